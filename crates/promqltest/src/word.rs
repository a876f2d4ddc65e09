//! The words of a script's lines.

use model::duration;

/// The first word and what follows it.
pub(crate) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// A duration in milliseconds; `what` it is stands in the error.
pub(crate) fn time(text: &str, what: &str) -> Result<i64, String> {
    duration::parse_ms(text).map_err(|e| format!("invalid {what} definition {text:?}: {e}"))
}

/// A line that is a number alone.
pub(crate) fn number(line: &str) -> Option<f64> {
    line.parse().ok()
}
