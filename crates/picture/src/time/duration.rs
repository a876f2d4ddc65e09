//! Durations as dashboards write them: `15s`, `1h30m`, `1y`, and bare seconds.

const UNITS: [(&str, f64); 8] = [
    ("ms", 1.0),
    ("s", 1e3),
    ("m", 6e4),
    ("h", 3.6e6),
    ("d", 8.64e7),
    ("w", 6.048e8),
    ("M", 2.592e9),
    ("y", 3.1536e10),
];

/// Longest duration, some three thousand years: sums of it and a moment stay numbers of milliseconds.
const LONGEST_MS: f64 = 1e14;

/// Milliseconds of a duration; a bare number means seconds. `None` when it is none.
pub(crate) fn parse_duration(source: &str) -> Option<f64> {
    let text = source.trim().trim_start_matches(['<', '>', '=']);
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return text.parse::<f64>().ok().map(|seconds| seconds * 1e3).filter(|ms| *ms <= LONGEST_MS);
    }
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, tail) = rest.split_at(end);
        let end = tail.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, size_ms) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        total += number.parse::<f64>().ok()? * size_ms;
        rest = tail;
    }
    Some(total).filter(|ms| *ms <= LONGEST_MS)
}

/// The shortest text that PromQL reads back as the same duration, in one unit.
pub(crate) fn format_duration(ms: f64) -> String {
    let rounded = ms.round().max(1.0) as u64;
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let whole = units.into_iter().find(|(_, size)| rounded.is_multiple_of(*size));
    let (name, size) = whole.unwrap_or(("ms", 1));
    format!("{}{name}", rounded / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, ms) in [
            ("15s", Some(15_000.0)),
            ("1h30m", Some(5_400_000.0)),
            (">=10s", Some(10_000.0)),
            ("2", Some(2_000.0)),
            ("1M", Some(2_592_000_000.0)),
            ("", None),
            ("x", None),
            ("5x", None),
            ("s", None),
            ("9999999999999y", None),
        ] {
            assert_eq!(parse_duration(text), ms, "{text}");
        }
        assert_eq!((format_duration(90_000.0), format_duration(60_000.0)), ("90s".into(), "1m".into()));
        assert_eq!(format_duration(1_500.0), "1500ms");
    }
}
