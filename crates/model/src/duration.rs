//! Durations as Prometheus writes them: `1h30m`, `15s`, `500ms`.

use std::fmt;

const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DurationError {
    /// There is no text.
    #[error("empty duration string")]
    Empty,
    /// Not a sequence of numbers and units, largest unit first and each once.
    #[error("not a valid duration string: {0:?}")]
    Invalid(String),
    /// A unit that there is not.
    #[error("unknown unit {unit:?} in duration {text:?}")]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole text.
        text: String,
    },
    /// Beyond what milliseconds in 64 bits hold (some 292 years, Prometheus's limit in nanoseconds).
    #[error("duration out of range")]
    OutOfRange,
}

/// Reads a duration; the result is in milliseconds.
///
/// # Errors
/// See [`DurationError`]; the wording is that of Prometheus.
pub fn parse_ms(text: &str) -> Result<i64, DurationError> {
    match text {
        "" => return Err(DurationError::Empty),
        "0" => return Ok(0),
        _ => {}
    }
    let invalid = || DurationError::Invalid(text.to_owned());
    let (mut rest, mut total, mut next_unit) = (text, 0u64, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        if number.is_empty() || unit.is_empty() {
            return Err(invalid());
        }
        let at = UNITS.iter().position(|(name, _)| *name == unit);
        let unknown = || DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() };
        let at = at.ok_or_else(unknown)?;
        if at < next_unit {
            return Err(invalid());
        }
        let number: u64 = number.parse().map_err(|_| DurationError::OutOfRange)?;
        let factor = UNITS.get(at).map_or(1, |(_, ms)| *ms);
        let ms = number.checked_mul(factor).ok_or(DurationError::OutOfRange)?;
        total = total.checked_add(ms).ok_or(DurationError::OutOfRange)?;
        (rest, next_unit) = (tail, at + 1);
    }
    // Prometheus counts nanoseconds in a signed 64-bit integer.
    if total > i64::MAX as u64 / 1_000_000 {
        return Err(DurationError::OutOfRange);
    }
    Ok(total as i64)
}

/// A duration in milliseconds that prints as Prometheus prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct DurationMs(pub i64);

impl fmt::Display for DurationMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut ms = self.0.unsigned_abs();
        for (name, factor) in UNITS {
            // Years and weeks are written only when nothing is left over.
            let exact_only = matches!(name, "y" | "w");
            if exact_only && !ms.is_multiple_of(factor) {
                continue;
            }
            if ms >= factor {
                write!(f, "{}{name}", ms / factor)?;
                ms %= factor;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print() {
        for (text, ms, printed) in [
            ("0", 0, "0s"),
            ("0s", 0, "0s"),
            ("324ms", 324, "324ms"),
            ("3s", 3_000, "3s"),
            ("1m30s", 90_000, "1m30s"),
            ("4d1h", 349_200_000, "4d1h"),
            ("1y1h", 31_539_600_000, "365d1h"),
            ("14d", 1_209_600_000, "2w"),
            ("8w5d", 5_270_400_000, "61d"),
            ("1y", 31_536_000_000, "1y"),
        ] {
            assert_eq!(parse_ms(text), Ok(ms), "{text}");
            assert_eq!(DurationMs(ms).to_string(), printed);
        }
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["1", "1y1m1d", "-1w", "d", "1s1s"] {
            assert_eq!(parse_ms(text), Err(DurationError::Invalid(text.into())), "{text}");
        }
        for (text, message) in [
            ("10S", r#"unknown unit "S" in duration "10S""#),
            ("1.5d", r#"unknown unit "." in duration "1.5d""#),
            ("5y1hs", r#"unknown unit "hs" in duration "5y1hs""#),
        ] {
            assert_eq!(parse_ms(text).unwrap_err().to_string(), message);
        }
        assert_eq!(parse_ms("294y"), Err(DurationError::OutOfRange));
        assert_eq!(parse_ms(""), Err(DurationError::Empty));
    }
}
