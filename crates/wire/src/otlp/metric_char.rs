//! The characters that a metric's name may hold.

/// The characters of a metric's name that need no underscore instead.
pub(super) fn is_metric_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == ':'
}

/// Underscores for what metric names cannot hold, none in front, and one in place of several.
pub(super) fn clean(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            c if is_metric_char(c) => out.push(c),
            _ if out.ends_with('_') || out.is_empty() => {}
            _ => out.push('_'),
        }
    }
    out
}
