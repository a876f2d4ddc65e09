//! Why an exposition cannot be read, and where.

use std::fmt::Write;

/// The first fault of an exposition. Its text is Prometheus's own; the position is beside it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseError {
    /// Line of the fault, from 1.
    pub line: usize,
    /// Byte of the fault within its line, from 1.
    pub column: usize,
    /// The line, cut to [`EXCERPT_BYTES_MAX`]; bytes that are not UTF-8 are replaced.
    pub excerpt: Box<str>,
    /// What is wrong.
    pub kind: ParseErrorKind,
}

/// Bytes of a body that an error quotes at most.
pub const EXCERPT_BYTES_MAX: usize = 256;

/// What is wrong with an exposition. Texts from the body are quoted already, as Go's `%q` does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs)] // The messages say what the fields are.
pub enum ParseErrorKind {
    #[error("expected {what}, got {got} ({token:?}) while parsing: {parsed}")]
    Expected { what: &'static str, got: Box<str>, token: &'static str, parsed: Box<str> },
    #[error("{error} while parsing: {parsed}")]
    Number { error: NumberError, parsed: Box<str> },
    #[error("expected text in {0}")]
    NoText(&'static str),
    #[error("invalid metric type {0}")]
    MetricType(Box<str>),
    #[error("unit {unit} not a suffix of metric {metric}")]
    Unit { unit: Box<str>, metric: Box<str> },
    #[error("help text {0} is not a valid utf8 string")]
    HelpUtf8(Box<str>),
    #[error("invalid UTF-8 label value: {0}")]
    ValueUtf8(Box<str>),
    #[error("invalid UTF-8 name: {0}")]
    NameUtf8(Box<str>),
    #[error("metric name not set while parsing: {0}")]
    NameMissing(Box<str>),
    #[error("metric name already set while parsing: {0}")]
    NameTwice(Box<str>),
    #[error("invalid timestamp {0}")]
    Timestamp(Box<str>),
    #[error("invalid exemplar timestamp {0}")]
    ExemplarTimestamp(Box<str>),
    #[error("data does not end with # EOF")]
    EofMissing,
    #[error("unexpected data after # EOF")]
    AfterEof,
}

/// Why a text is not a number; worded as Go words it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Not a number.
    #[error("strconv.ParseFloat: parsing {0}: invalid syntax")]
    Syntax(Box<str>),
    /// Beyond what a float holds.
    #[error("strconv.ParseFloat: parsing {0}: value out of range")]
    Range(Box<str>),
    /// Forms that only newer Go reads.
    #[error("unsupported character in float")]
    Unsupported,
    /// A timestamp beyond 64 bits.
    #[error("strconv.ParseInt: parsing {0}: value out of range")]
    IntegerRange(Box<str>),
}

/// Text in double quotes as Go's `%q` writes it, bytes that are not UTF-8 as `\xff`; long text is cut.
pub(crate) fn quote(bytes: &[u8]) -> Box<str> {
    let mut out = String::from("\"");
    for chunk in clip(bytes).utf8_chunks() {
        let mut quoted = String::new();
        // Writing to a string cannot fail.
        let _ = model::label::write_quoted(&mut quoted, chunk.valid());
        out.push_str(quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).unwrap_or_default());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push_str(if bytes.len() > EXCERPT_BYTES_MAX { "...\"" } else { "\"" });
    out.into()
}

impl ParseError {
    /// Locates a fault at byte `at` of `body`.
    #[cold]
    pub(crate) fn new(body: &[u8], at: usize, kind: ParseErrorKind) -> Box<Self> {
        let (before, after) = body.split_at(at.min(body.len()));
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line_end = memchr::memchr(b'\n', after).map_or(body.len(), |newline| before.len() + newline);
        let text = body.get(line_start..line_end).unwrap_or_default();
        Box::new(Self {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: before.len() - line_start + 1,
            excerpt: String::from_utf8_lossy(clip(text)).into(),
            kind,
        })
    }
}

fn clip(bytes: &[u8]) -> &[u8] {
    bytes.get(..EXCERPT_BYTES_MAX).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_is_that_of_go() {
        assert_eq!(&*quote(b"a\xff\"\n\xc3\xa9"), "\"a\\xff\\\"\\n\u{e9}\"");
        assert!(quote(&[b'x'; 1000]).len() < 300);
    }

    #[test]
    fn a_fault_has_its_line_and_column() {
        let error = ParseError::new(b"one\ntwo bad\nthree", 8, ParseErrorKind::EofMissing);
        assert_eq!((error.line, error.column, &*error.excerpt), (2, 5, "two bad"));
    }
}
