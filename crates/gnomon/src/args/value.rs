//! What flags hold, read from their text.

use std::{str::FromStr, time::Duration};

use model::{MatchOp, Matcher, duration::parse_ms};

use crate::with_causes;

/// A duration as Prometheus writes them.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let ms = parse_ms(text).map_err(|e| format!("{e}: write for example 15s, 5m or 1h30m"))?;
    Ok(Duration::from_millis(ms.unsigned_abs()))
}

/// A duration above 0.
pub(crate) fn positive_duration(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|d| if d.is_zero() { Err("must be more than 0".to_owned()) } else { Ok(d) })
}

/// A whole number above 0.
pub(super) fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "must be a whole number above 0".to_owned())
}

/// A regular expression for the `Origin` of a request.
pub(super) fn origin(pattern: &str) -> Result<Matcher, String> {
    Matcher::new(MatchOp::Regex, "Origin", pattern).map_err(|e| with_causes(&e))
}

/// A fault of the sensor service.
pub(super) fn fault(text: &str) -> Result<sensor::Fault, String> {
    sensor::Fault::from_str(text).map_err(|e| with_causes(&e))
}
