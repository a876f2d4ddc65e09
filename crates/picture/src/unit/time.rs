//! Units of time.

use super::{
    Formatted,
    number::{auto_decimals, round_off, to_fixed},
};

/// Size in seconds and name, from the largest to the smallest.
const STEPS: [(f64, &str); 9] = [
    (31_557_600.0, " year"),
    (604_800.0, " week"),
    (86_400.0, " day"),
    (3_600.0, " hour"),
    (60.0, " min"),
    (1.0, " s"),
    (1e-3, " ms"),
    (1e-6, " µs"),
    (1e-9, " ns"),
];

/// A duration in the largest unit that it fills.
pub(super) fn seconds(value: f64, decimals: Option<i32>) -> Formatted {
    if value == 0.0 || !value.is_finite() {
        return Formatted::with_suffix(to_fixed(value, decimals), if value == 0.0 { " s" } else { "" });
    }
    let (size, name) = STEPS.into_iter().find(|(step, _)| value.abs() >= *step).unwrap_or((1e-9, " ns"));
    let count = round_off(value / size);
    let text = to_fixed(count, Some(decimals.unwrap_or_else(|| auto_decimals(count))));
    let plural = size >= 3_600.0 && text.parse::<f64>().is_ok_and(|shown| shown.abs() != 1.0);
    Formatted::with_suffix(text, format!("{name}{}", if plural { "s" } else { "" }))
}

const WORDS: [(f64, &str); 7] = [
    (31_536_000.0, "year"),
    (2_592_000.0, "month"),
    (604_800.0, "week"),
    (86_400.0, "day"),
    (3_600.0, "hour"),
    (60.0, "minute"),
    (1.0, "second"),
];

/// `2 days, 3 hours`: the largest unit, and as many more as there are decimals.
pub(super) fn in_words(seconds: f64, decimals: Option<i32>) -> String {
    if !seconds.is_finite() {
        return to_fixed(seconds, None);
    }
    let mut parts = Vec::new();
    let mut rest = seconds.abs().floor();
    for (size, name) in WORDS {
        let count = (rest / size).floor();
        rest -= count * size;
        if count > 0.0 {
            parts.push(format!("{count} {name}{}", if count == 1.0 { "" } else { "s" }));
        }
        if parts.len() as i32 > decimals.unwrap_or(0).max(0) {
            break;
        }
    }
    let words = match parts.is_empty() {
        true => format!("{} seconds", to_fixed(seconds.abs(), Some(if seconds == 0.0 { 0 } else { 3 }))),
        false => parts.join(", "),
    };
    if seconds < 0.0 { format!("{words} ago") } else { words }
}

/// `26:05:09`, or `1 d 02:05:09` with days set apart.
pub(super) fn as_clock(seconds: f64, days: bool) -> String {
    if !seconds.is_finite() {
        return to_fixed(seconds, None);
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let total = seconds.abs() as u64;
    let (whole, rest) = if days { (total / 86_400, total % 86_400) } else { (0, total) };
    let clock = format!("{:02}:{:02}:{:02}", rest / 3_600, rest % 3_600 / 60, rest % 60);
    if days { format!("{sign}{whole} d {clock}") } else { format!("{sign}{clock}") }
}
