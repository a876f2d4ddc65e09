//! JSON text exactly as Prometheus writes it, appended to a `String`.
//!
//! Two kinds of strings come from it: label names and values are written as they are, everything else has
//! `<`, `>` and `&` escaped. Answers are compared byte by byte, so both are kept.

use std::fmt::Write as _;

use model::{LabelSet, civil::Civil, float};

/// Writes a string; only quotes, backslashes and control characters are escaped.
pub(crate) fn write_label(out: &mut String, text: &str) {
    write_escaped(out, text, |_| false);
}

/// Writes a string so that it can stand in an HTML page.
pub(crate) fn write_str(out: &mut String, text: &str) {
    write_escaped(out, text, |c| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'));
}

fn write_escaped(out: &mut String, text: &str, html: fn(char) -> bool) {
    out.push('"');
    // Nearly all strings need no escape: one look over the bytes instead of one at each character.
    if text.bytes().all(|b| b >= 0x20 && !matches!(b, b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)) {
        out.push_str(text);
        out.push('"');
        return;
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || html(c) => _ = write!(out, "\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Writes a number as Go's `strconv` does: the shortest digits that read back as the same value, with an
/// exponent below 1e-6 and from 1e21 on.
pub(crate) fn write_float(out: &mut String, value: f64) {
    float::push_number(out, value);
}

/// Writes a sample value: a number in quotes, since JSON has no NaN and no infinities.
pub(crate) fn write_value(out: &mut String, value: f64) {
    out.push('"');
    write_float(out, value);
    out.push('"');
}

/// Writes milliseconds since the Unix epoch as seconds with at most three decimals.
pub(crate) fn write_timestamp(out: &mut String, timestamp_ms: i64) {
    float::push_seconds(out, timestamp_ms);
}

/// Writes milliseconds since the Unix epoch as seconds with the decimals that they need: the other of the two
/// ways in which Prometheus writes times.
pub(crate) fn write_seconds(out: &mut String, timestamp_ms: i64) {
    write_float(out, timestamp_ms as f64 / 1_000.0);
}

/// Writes the value of a scalar, which Prometheus writes without exponents.
pub(crate) fn write_scalar(out: &mut String, value: f64) {
    if value.is_finite() {
        _ = write!(out, "\"{value}\"");
    } else {
        write_value(out, value);
    }
}

/// Writes a moment as RFC 3339 without trailing zeros; `None` is Go's zero time.
pub(crate) fn write_moment(out: &mut String, timestamp_ms: Option<i64>) {
    let Some(ms) = timestamp_ms else { return out.push_str("\"0001-01-01T00:00:00Z\"") };
    let text = Civil::from_ms(ms).to_string();
    let (seconds, fraction) = text.trim_end_matches('Z').split_once('.').unwrap_or((&text, ""));
    match fraction.trim_end_matches('0') {
        "" => _ = write!(out, "\"{seconds}Z\""),
        digits => _ = write!(out, "\"{seconds}.{digits}Z\""),
    }
}

/// Writes a label set as an object.
pub(crate) fn write_labels(out: &mut String, labels: &LabelSet) {
    out.push('{');
    for (i, (name, value)) in labels.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_label(out, name);
        out.push(':');
        write_label(out, value);
    }
    out.push('}');
}

/// Writes an array, its items by `write`.
pub(crate) fn write_array<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// Writes an array of strings.
pub(crate) fn write_strings<S: AsRef<str>>(out: &mut String, items: &[S]) {
    write_array(out, items, |out, item| write_str(out, item.as_ref()));
}

/// Writes an object whose fields come one after the other.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

impl<'a> Object<'a> {
    /// Opens an object.
    pub(crate) fn new(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    /// Writes the name of a field and gives the place where its value goes.
    pub(crate) fn field(&mut self, name: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        write_str(self.out, name);
        self.out.push(':');
        self.out
    }

    /// Writes a field with a string.
    pub(crate) fn str(&mut self, name: &str, value: &str) -> &mut Self {
        write_str(self.field(name), value);
        self
    }

    /// Writes a field whose value prints as JSON: an integer or a boolean.
    pub(crate) fn plain(&mut self, name: &str, value: impl std::fmt::Display) -> &mut Self {
        _ = write!(self.field(name), "{value}");
        self
    }

    /// Closes the object.
    pub(crate) fn end(&mut self) {
        self.out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn floats_are_written_as_go_writes_them() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (1e-6, "0.000001"),
            (1e-7, "1e-07"),
            (-1.5e-300, "-1.5e-300"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (123_456_789.125, "123456789.125"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(text(|out| write_float(out, value)), expected);
        }
    }

    #[test]
    fn scalars_have_no_exponents() {
        assert_eq!(text(|out| write_scalar(out, 1e-7)), "\"0.0000001\"");
        assert_eq!(text(|out| write_scalar(out, f64::NEG_INFINITY)), "\"-Inf\"");
    }

    #[test]
    fn timestamps_have_three_decimals_or_none() {
        for (ms, seconds) in [
            (1_435_781_451_781, "1435781451.781"),
            (1_000, "1"),
            (1_020, "1.020"),
            (-1_005, "-1.005"),
            (0, "0"),
        ] {
            assert_eq!(text(|out| write_timestamp(out, ms)), seconds);
        }
        assert_eq!(text(|out| write_seconds(out, -1_020)), "-1.02");
        for (ms, moment) in [
            (Some(1_795_326_530_120), "\"2026-11-22T05:48:50.12Z\""),
            (Some(1_795_326_530_000), "\"2026-11-22T05:48:50Z\""),
            (None, "\"0001-01-01T00:00:00Z\""),
        ] {
            assert_eq!(text(|out| write_moment(out, ms)), moment);
        }
    }

    #[test]
    fn only_labels_keep_markup() {
        assert_eq!(
            text(|out| write_str(out, "<a&\"\u{1}\n\u{2028}é")),
            r#""\u003ca\u0026\"\u0001\n\u2028é""#
        );
        let set = LabelSet::from_pairs([("a", "<&\\"), ("b", "\u{2028}")]);
        assert_eq!(text(|out| write_labels(out, &set)), "{\"a\":\"<&\\\\\",\"b\":\"\u{2028}\"}");
    }

    #[test]
    fn objects_and_arrays_have_commas_in_between() {
        let written = text(|out| {
            let mut object = Object::new(out);
            object.str("a", "x").plain("b", 2);
            write_strings(object.field("c"), &["y", "z"]);
            object.end();
        });
        assert_eq!(written, r#"{"a":"x","b":2,"c":["y","z"]}"#);
    }
}
