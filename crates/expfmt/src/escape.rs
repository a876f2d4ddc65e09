//! Escapes in label values, quoted names and help texts.

use std::borrow::Cow;

/// Replaces `\\`, `\n` and `\"`; a backslash before anything else stands for itself.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    replace(text, true)
}

/// Replaces `\\` and `\n`: what text 0.0.4 escapes in help texts.
pub(crate) fn unescape_help(text: &str) -> Cow<'_, str> {
    replace(text, false)
}

fn replace(text: &str, quotes: bool) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let replaced = match (c, chars.peek()) {
            ('\\', Some('\\')) => Some('\\'),
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('"')) if quotes => Some('"'),
            _ => None,
        };
        if replaced.is_some() {
            chars.next();
        }
        out.push(replaced.unwrap_or(c));
    }
    Cow::Owned(out)
}

/// Writes a help text as text 0.0.4 escapes it.
pub(crate) fn push_help(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
}

/// Writes a label's value, or a name that needs quotes, in quotes.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' => out.push_str("\\\""),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_escapes_are_replaced_and_others_kept() {
        assert_eq!(unescape(r#"a\\b\n\"\x\"#), "a\\b\n\"\\x\\");
        assert_eq!(unescape_help(r#"a\\n\n\""#), "a\\n\n\\\"");
        assert!(matches!(unescape("plain"), Cow::Borrowed("plain")));
    }
}
