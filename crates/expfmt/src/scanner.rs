//! The alphabet of both formats: blanks, names, quoted strings and what stands between braces.

use crate::{
    error::{ParseError, ParseErrorKind, quote},
    escape::unescape,
};

pub(crate) type Result<T> = std::result::Result<T, Box<ParseError>>;

/// The two grammars: in text blanks are free, in OpenMetrics each has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    Text,
    OpenMetrics,
}

/// What can follow, which decides what a byte means.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// A new line of the exposition, or its metric's name.
    Line,
    /// Something between braces.
    Label,
    /// The value of a label.
    LabelValue,
    /// The value of a sample.
    Value,
    /// What may follow the value of a sample.
    Tail,
}

/// A place in a body, and the start of the entry that is being read.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) at: usize,
    pub(crate) start: usize,
    pub(crate) grammar: Grammar,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(body: &'a [u8], grammar: Grammar) -> Self {
        Self { body, at: 0, start: 0, grammar }
    }

    /// The next byte. The text format's last line ends even without a line break.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied().or_else(|| self.end_byte())
    }

    #[cold]
    fn end_byte(&self) -> Option<u8> {
        (self.at == self.body.len() && self.grammar == Grammar::Text).then_some(b'\n')
    }

    /// Goes past blanks where the grammar has them free.
    #[inline]
    pub(crate) fn skip_blanks(&mut self) {
        if self.grammar == Grammar::Text {
            self.skip_while(is_blank);
        }
    }

    #[inline]
    pub(crate) fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.body.get(self.at).is_some_and(|&byte| accept(byte)) {
            self.at += 1;
        }
    }

    /// The bytes between two places; empty when they are not in the body.
    #[inline]
    pub(crate) fn bytes(&self, from: usize, to: usize) -> &'a [u8] {
        self.body.get(from..to.min(self.body.len())).unwrap_or_default()
    }

    /// Goes past a metric name that needs no quotes; false when there is none.
    #[inline]
    pub(crate) fn skip_metric_name(&mut self) -> bool {
        let start = self.at;
        if self.body.get(start).is_some_and(|&byte| is_name_byte(byte) && !byte.is_ascii_digit()) {
            self.skip_while(is_name_byte);
        }
        self.at > start
    }

    /// Goes past a string in quotes; false, and nowhere, when it does not end. Only the text format lets label
    /// values and names go on over line breaks.
    #[inline]
    pub(crate) fn skip_quoted(&mut self, over_lines: bool) -> bool {
        // Strings are short: looking at each byte is quicker than starting a search for several.
        let mut at = self.at + 1;
        while let Some(&byte) = self.body.get(at) {
            at += 1;
            match byte {
                b'"' => {
                    self.at = at;
                    return true;
                }
                // The escaped byte is whatever it is, but no line break.
                b'\\' if self.body.get(at) != Some(&b'\n') => at += 1,
                b'\\' => return false,
                b'\n' if !over_lines => return false,
                _ => {}
            }
        }
        false
    }

    /// Goes past what stands between braces and the closing brace, and shows each pair of name and value,
    /// unquoted but not unescaped, both UTF-8; a metric name in quotes comes as the value of
    /// [`model::METRIC_NAME`].
    ///
    /// `named` says that the metric has its name already; the result, whether it has one now.
    pub(crate) fn skip_labels(
        &mut self,
        mut named: bool,
        in_exemplar: bool,
        visit: &mut impl FnMut(&'a [u8], &'a [u8]),
    ) -> Result<bool> {
        loop {
            self.skip_blanks();
            if self.peek() == Some(b'}') {
                self.at += 1;
                return Ok(named);
            }
            let (name, quoted) = self.label_name()?;
            self.skip_blanks();
            match self.peek() {
                Some(b'=') => {}
                Some(b',' | b'}') if quoted && !in_exemplar => {
                    if named {
                        return Err(self.fault(ParseErrorKind::NameTwice(quote(self.entry(self.at + 1)))));
                    }
                    named = true;
                    visit(model::METRIC_NAME.as_bytes(), name);
                    self.skip_comma();
                    continue;
                }
                _ => return Err(self.expected("equal", Expect::Label)),
            }
            self.at += 1;
            self.skip_blanks();
            visit(name, self.label_value()?);
            self.skip_blanks();
            if !self.skip_comma() && self.grammar == Grammar::OpenMetrics && self.peek() != Some(b'}') {
                return Err(self.expected("comma or brace close", Expect::Label));
            }
        }
    }

    fn skip_comma(&mut self) -> bool {
        let comma = self.peek() == Some(b',');
        self.at += usize::from(comma);
        comma
    }

    /// Goes past a label's name and says whether it is in quotes.
    fn label_name(&mut self) -> Result<(&'a [u8], bool)> {
        let start = self.at;
        if self.peek().is_some_and(|byte| is_label_byte(byte) && !byte.is_ascii_digit()) {
            self.skip_while(is_label_byte);
            return Ok((self.bytes(start, self.at), false));
        }
        if self.peek() != Some(b'"') || !self.skip_quoted(true) {
            return Err(self.expected("label name", Expect::Label));
        }
        let name = self.bytes(start + 1, self.at - 1);
        if !is_utf8(name) {
            return Err(self.fault_at(start, ParseErrorKind::NameUtf8(quote(name))));
        }
        Ok((name, true))
    }

    fn label_value(&mut self) -> Result<&'a [u8]> {
        let start = self.at;
        if self.peek() != Some(b'"') || !self.skip_quoted(self.grammar == Grammar::Text) {
            return Err(self.expected("label value", Expect::LabelValue));
        }
        let value = self.bytes(start + 1, self.at - 1);
        if !is_utf8(value) {
            let shown = quote(self.bytes(start, self.at));
            return Err(self.fault_at(start, ParseErrorKind::ValueUtf8(shown)));
        }
        Ok(value)
    }

    /// The entry up to some place.
    pub(crate) fn entry(&self, to: usize) -> &'a [u8] {
        self.bytes(self.start, to)
    }

    #[cold]
    pub(crate) fn fault(&self, kind: ParseErrorKind) -> Box<ParseError> {
        self.fault_at(self.at, kind)
    }

    #[cold]
    pub(crate) fn fault_at(&self, at: usize, kind: ParseErrorKind) -> Box<ParseError> {
        ParseError::new(self.body, at, kind)
    }

    /// Something else stands here than what the grammar wants.
    #[cold]
    pub(crate) fn expected(&self, what: &'static str, expect: Expect) -> Box<ParseError> {
        let (token, end) = self.token(expect);
        let shown = |from: usize| {
            let mut bytes = self.bytes(from, end + 1).to_vec();
            if end >= self.body.len() && self.grammar == Grammar::Text {
                bytes.push(b'\n');
            }
            quote(&bytes)
        };
        let (got, parsed) = (shown(self.at), shown(self.start));
        self.fault(ParseErrorKind::Expected { what, got, token, parsed })
    }

    /// Prometheus's name for what stands here, and where it ends.
    fn token(&self, expect: Expect) -> (&'static str, usize) {
        let mut ahead = self.clone();
        let invalid = ("INVALID", self.at);
        match (expect, self.peek()) {
            (_, None) => ("EOF", self.at),
            (Expect::Value | Expect::Tail, Some(b' ')) if self.grammar == Grammar::OpenMetrics => {
                ahead.at += 1;
                ahead.skip_while(|byte| !matches!(byte, b' ' | b'\n'));
                (if ahead.at > self.at + 1 { "TIMESTAMP" } else { "INVALID" }, ahead.at)
            }
            (Expect::Tail, Some(b'0'..=b'9')) => {
                ahead.skip_while(|byte| byte.is_ascii_digit());
                ("TIMESTAMP", ahead.at)
            }
            (_, Some(b' ' | b'\t')) if self.grammar == Grammar::OpenMetrics => invalid,
            (Expect::Line, Some(b'{')) | (Expect::Value, Some(b'{')) => ("BOPEN", self.at + 1),
            (Expect::Label, Some(b'}')) => ("BCLOSE", self.at + 1),
            (Expect::Label, Some(b'=')) => ("EQUAL", self.at + 1),
            (Expect::Label, Some(b',')) => ("COMMA", self.at + 1),
            (Expect::Label | Expect::LabelValue, Some(b'"')) => match ahead.skip_quoted(true) {
                true if matches!(expect, Expect::Label) => ("QSTRING", ahead.at),
                true => ("LVALUE", ahead.at),
                false => ("INVALID", self.body.len()),
            },
            (Expect::Label, Some(byte)) if is_label_byte(byte) && !byte.is_ascii_digit() => {
                ahead.skip_while(is_label_byte);
                ("LNAME", ahead.at)
            }
            (Expect::Line, Some(_)) if ahead.skip_metric_name() => ("MNAME", ahead.at),
            _ => invalid,
        }
    }
}

#[inline]
fn is_utf8(bytes: &[u8]) -> bool {
    bytes.is_ascii() || std::str::from_utf8(bytes).is_ok()
}

#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_name_byte(byte: u8) -> bool {
    is_label_byte(byte) || byte == b':'
}

/// Shows each label of a series as it stands in an exposition (`name{a="b"}`), its metric name as
/// [`model::METRIC_NAME`], escapes replaced. Labels come in the order of the text, and a name may come twice.
///
/// # Errors
/// When the bytes are not a series; never for those of a [`crate::Sample`].
pub fn visit_labels(series: &[u8], mut visit: impl FnMut(&str, &str)) -> Result<()> {
    let mut scanner = Scanner::new(series, Grammar::Text);
    let named = scanner.skip_metric_name();
    if named {
        visit(model::METRIC_NAME, text(scanner.entry(scanner.at)));
    }
    scanner.skip_blanks();
    if scanner.peek() == Some(b'{') {
        scanner.at += 1;
        scanner.skip_labels(named, false, &mut |name, value| {
            visit(&unescape(text(name)), &unescape(text(value)));
        })?;
    }
    Ok(())
}

/// Bytes that the scanner has found to be UTF-8.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
