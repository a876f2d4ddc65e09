//! Units of time.

use super::{Formatted, number::to_fixed};

/// Below the limit the value is shown multiplied by a factor, under a name.
type Step = (f64, &'static str, f64);

const NS: &[Step] = &[
    (1e3, "ns", 1.0),
    (1e6, "µs", 1e-3),
    (1e9, "ms", 1e-6),
    (6e10, "s", 1e-9),
    (3.6e12, "min", 1.0 / 6e10),
    (8.64e13, "hour", 1.0 / 3.6e12),
    (f64::INFINITY, "day", 1.0 / 8.64e13),
];
const US: &[Step] = &[(1e3, "µs", 1.0), (1e6, "ms", 1e-3), (f64::INFINITY, "s", 1e-6)];
const MS: &[Step] = &[
    (1e3, "ms", 1.0),
    (6e4, "s", 1e-3),
    (3.6e6, "min", 1.0 / 6e4),
    (8.64e7, "hour", 1.0 / 3.6e6),
    (3.1536e10, "day", 1.0 / 8.64e7),
    (f64::INFINITY, "year", 1.0 / 3.1536e10),
];
const S: &[Step] = &[
    (1e-6, "ns", 1e9),
    (1e-3, "µs", 1e6),
    (1.0, "ms", 1e3),
    (60.0, "s", 1.0),
    (3_600.0, "min", 1.0 / 60.0),
    (86_400.0, "hour", 1.0 / 3_600.0),
    (604_800.0, "day", 1.0 / 86_400.0),
    (31_536_000.0, "week", 1.0 / 604_800.0),
    (f64::INFINITY, "year", 1.0 / 3.15569e7),
];
const M: &[Step] = &[
    (60.0, "min", 1.0),
    (1_440.0, "hour", 1.0 / 60.0),
    (10_080.0, "day", 1.0 / 1_440.0),
    (604_800.0, "week", 1.0 / 10_080.0),
    (f64::INFINITY, "year", 1.0 / 525_948.0),
];
const H: &[Step] = &[
    (24.0, "hour", 1.0),
    (168.0, "day", 1.0 / 24.0),
    (8_760.0, "week", 1.0 / 168.0),
    (f64::INFINITY, "year", 1.0 / 8_760.0),
];
const D: &[Step] = &[(7.0, "day", 1.0), (365.0, "week", 1.0 / 7.0), (f64::INFINITY, "year", 1.0 / 365.0)];

/// A duration that comes in a unit, in the largest one that it fills, as far as Grafana goes for each.
pub(super) fn duration(value: f64, unit: &str, decimals: Option<i32>) -> Formatted {
    if !value.is_finite() {
        return Formatted::plain(to_fixed(value, None));
    }
    let steps = match unit {
        "ns" => NS,
        "µs" => US,
        "ms" => MS,
        "m" => M,
        "h" => H,
        "d" => D,
        _ if value == 0.0 => return Formatted::with_suffix("0", " s"),
        _ => S,
    };
    let step = steps.iter().find(|(limit, ..)| value.abs() < *limit).or(steps.last());
    let (_, name, factor) = step.copied().unwrap_or((0.0, "s", 1.0));
    // Divided where the other way round is no exact number.
    let count = if factor < 1.0 { value / (1.0 / factor).round() } else { value * factor };
    Formatted::with_suffix(to_fixed(count, decimals), format!(" {name}"))
}

/// In milliseconds.
const WORDS: [(f64, &str); 8] = [
    (31_536_000_000.0, "year"),
    (2_592_000_000.0, "month"),
    (604_800_000.0, "week"),
    (86_400_000.0, "day"),
    (3_600_000.0, "hour"),
    (60_000.0, "minute"),
    (1_000.0, "second"),
    (1.0, "millisecond"),
];

/// `2 days, 0 hours`: the largest unit that is filled, and as many of the next ones as there are decimals.
pub(super) fn in_words(ms: f64, decimals: Option<i32>) -> String {
    if !ms.is_finite() {
        return to_fixed(ms, None);
    }
    let mut rest = ms.abs();
    let units = WORDS.iter().skip_while(|(size, _)| ms.abs() < *size);
    let parts = units.take(1 + decimals.unwrap_or(0).max(0) as usize).map(|(size, name)| {
        let count = (rest / size).floor();
        rest %= size;
        format!("{count} {name}{}", if count == 1.0 { "" } else { "s" })
    });
    let words = parts.collect::<Vec<_>>().join(", ");
    match ms {
        0.0 => "0 seconds".to_owned(),
        ..0.0 => format!("{words} ago"),
        _ => words,
    }
}

/// `26:05:09`, or `1 d 02:05:09` with days set apart.
pub(super) fn as_clock(seconds: f64, days: bool) -> String {
    if !seconds.is_finite() {
        return to_fixed(seconds, None);
    }
    let total = seconds.abs() as u64;
    let (whole, rest) = if days { (total / 86_400, total % 86_400) } else { (0, total) };
    let clock = format!("{:02}:{:02}:{:02}", rest / 3_600, rest % 3_600 / 60, rest % 60);
    let ago = if seconds < 0.0 { " ago" } else { "" };
    if whole > 0 { format!("{whole} d {clock}{ago}") } else { format!("{clock}{ago}") }
}

/// `2h:05m:09s:120ms`: the largest part that is filled, and as many of the next ones as there are decimals.
pub(super) fn in_parts(ms: f64, decimals: Option<i32>) -> String {
    if !ms.is_finite() {
        return to_fixed(ms, None);
    }
    let thousandths = format!("{:03}ms", ms.rem_euclid(1_000.0).floor());
    if ms < 1_000.0 {
        return thousandths;
    }
    let total = (ms / 1_000.0) as u64;
    let mut parts = Vec::new();
    if total >= 3_600 {
        parts.push(format!("{}h", total / 3_600));
    }
    if total >= 60 {
        parts.push(format!("{:02}m", total / 60 % 60));
    }
    parts.push(format!("{:02}s", total % 60));
    parts.push(thousandths);
    parts.truncate(1 + decimals.map_or(parts.len(), |decimals| decimals.max(0) as usize));
    parts.join(":")
}
