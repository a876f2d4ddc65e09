//! Numerals: how many decimals a value deserves, and the text of it.

/// Decimals beyond which nothing is printed.
const DECIMALS_MAX: i32 = 20;

/// Decimals that leave three significant digits of a value, none for whole numbers.
pub(crate) fn auto_decimals(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() || value.fract() == 0.0 {
        return 0;
    }
    (2 - value.abs().log10().floor() as i32).clamp(0, DECIMALS_MAX)
}

/// The value with fixed decimals; `None` chooses them by [`auto_decimals`].
pub(crate) fn to_fixed(value: f64, decimals: Option<i32>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    let digits = decimals.unwrap_or_else(|| auto_decimals(value)).clamp(0, DECIMALS_MAX) as usize;
    if value.abs() >= 1e21 {
        return format!("{value:e}");
    }
    let printed = format!("{value:.digits$}");
    // A zero has no sign.
    let zero = printed.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    printed.strip_prefix('-').filter(|_| zero).map_or(printed.clone(), str::to_owned)
}

/// Takes the binary noise off a product, so that 0.07 × 100 is 7 and not 7.000000000000001.
pub(crate) fn round_off(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// 1, 2, 2.5 or 5 times a power of ten, at least `step`.
pub(crate) fn nice_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|factor| factor * power >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}
