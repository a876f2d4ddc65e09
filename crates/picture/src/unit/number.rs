//! Numerals: how many decimals a value deserves, and the text of it.

use std::f64::consts::LN_10;

/// Decimals beyond which nothing is printed.
const DECIMALS_MAX: i32 = 20;

/// Decimals as Grafana chooses them: none for whole numbers, else three significant digits, and two for what is below
/// zero.
fn auto_decimals(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() || value.fract() == 0.0 {
        return 0;
    }
    let magnitude = (value.abs().ln() / LN_10).floor() as i32;
    (if value > 0.0 { 2 - magnitude } else { 1 - magnitude }).clamp(0, DECIMALS_MAX)
}

/// The value with fixed decimals, halves rounded up; `None` chooses them by its size.
pub(crate) fn to_fixed(value: f64, decimals: Option<i32>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    let digits = decimals.unwrap_or_else(|| auto_decimals(value)).clamp(0, DECIMALS_MAX);
    let factor = 10f64.powi(digits);
    let scaled = value * factor;
    let whole = scaled.floor();
    let rounded = if scaled - whole >= 0.5 { whole + 1.0 } else { whole } / factor;
    let text = plain(if rounded.is_finite() { rounded } else { value });
    if text.contains('e') || digits == 0 {
        return text;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{fraction:0<width$}", width = digits as usize)
}

/// A number as briefly as it can be written, very large and very small ones with an exponent.
pub(crate) fn plain(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if (1e-6..1e21).contains(&value.abs()) { value.to_string() } else { exponential(format!("{value:e}")) }
}

/// With the sign that exponents above zero have.
pub(crate) fn exponential(text: String) -> String {
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, at least `step`.
pub(crate) fn nice_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|factor| factor * power >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}
