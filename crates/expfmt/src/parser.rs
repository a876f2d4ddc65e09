//! One pass over a body, entry by entry, without allocating.

use std::borrow::Cow;

use model::MetricType;

use crate::{
    Format,
    error::{NumberError, ParseErrorKind, quote},
    float::{parse_float, parse_short},
    scanner::{Expect, Grammar, Result, Scanner, is_blank},
};

/// Reads an exposition.
///
/// ```
/// use expfmt::{Entry, Format, Parser};
///
/// let mut parser = Parser::new(b"up{job=\"a\"} 1 1700000000000\n", Format::PrometheusText004);
/// let Some(Entry::Sample(sample)) = parser.next()? else { panic!() };
/// assert_eq!(sample.series, b"up{job=\"a\"}");
/// assert_eq!((sample.value, sample.timestamp_ms), (1.0, Some(1_700_000_000_000)));
/// assert_eq!(parser.next()?, None);
/// # Ok::<(), Box<expfmt::ParseError>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Parser<'a> {
    pub(crate) scanner: Scanner<'a>,
    ended: bool,
    /// Kept apart from the sample, which is passed around by the hundred and rarely has one.
    exemplar: Option<Exemplar<'a>>,
}

/// A line of an exposition.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry<'a> {
    /// `# HELP`.
    Help {
        /// The metric family.
        metric: &'a str,
        /// Its help, escapes replaced.
        text: Cow<'a, str>,
    },
    /// `# TYPE`.
    Type {
        /// The metric family.
        metric: &'a str,
        /// Its type.
        kind: MetricType,
    },
    /// `# UNIT`, in OpenMetrics only.
    Unit {
        /// The metric family.
        metric: &'a str,
        /// Its unit; may be empty.
        unit: &'a str,
    },
    /// Any other comment, in text only.
    Comment,
    /// A sample.
    Sample(Sample<'a>),
}

/// A value of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<'a> {
    /// The series as it stands there, `name{labels}`; see [`crate::visit_labels`].
    pub series: &'a [u8],
    /// The value.
    pub value: f64,
    /// The sample's own time in milliseconds since the Unix epoch, where it has one.
    pub timestamp_ms: Option<i64>,
}

/// One event that a sample counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar<'a> {
    /// Its labels as they stand there, braces included; see [`crate::visit_labels`].
    pub labels: &'a [u8],
    /// Its value.
    pub value: f64,
    /// Its time in milliseconds since the Unix epoch, where it has one.
    pub timestamp_ms: Option<i64>,
}

impl<'a> Parser<'a> {
    /// Starts at the first line of a body.
    pub fn new(body: &'a [u8], format: Format) -> Self {
        let grammar = if format.is_open_metrics() { Grammar::OpenMetrics } else { Grammar::Text };
        Self { scanner: Scanner::new(body, grammar), ended: false, exemplar: None }
    }

    /// What is left of the body; between entries this is where the next line starts.
    #[inline]
    pub fn remaining(&self) -> &'a [u8] {
        self.scanner.bytes(self.scanner.at, usize::MAX)
    }

    /// The exemplar of the last sample, in OpenMetrics only.
    pub fn exemplar(&self) -> Option<&Exemplar<'a>> {
        self.exemplar.as_ref()
    }

    /// The next entry; `None` after the last.
    ///
    /// # Errors
    /// At the first fault. What follows it is not read: the parser then answers `None`.
    #[allow(clippy::should_implement_trait)] // An iterator of results would go on after an error.
    pub fn next(&mut self) -> Result<Option<Entry<'a>>> {
        if self.ended {
            return Ok(None);
        }
        let entry = match self.scanner.grammar {
            Grammar::Text => self.text_entry(),
            Grammar::OpenMetrics => self.open_metrics_entry(),
        };
        self.ended = !matches!(entry, Ok(Some(_)));
        entry
    }

    /// Reads the rest of a line whose series the caller knows by its first `series_bytes` bytes.
    ///
    /// This is the fast way through a body that was seen before: when [`Parser::remaining`] starts with the
    /// bytes of a known series, neither its name nor its labels are looked at again. `None`, and nothing
    /// read, when the series does not end there.
    ///
    /// # Errors
    /// As [`Parser::next`].
    // Samples by the thousand: handed over in registers they cost half of what they cost by way of the stack.
    #[inline(always)]
    pub fn sample_after(&mut self, series_bytes: usize) -> Result<Option<Sample<'a>>> {
        let scanner = &mut self.scanner;
        let (start, end) = (scanner.at, scanner.at + series_bytes);
        let blank = scanner.body.get(end).is_some_and(|&byte| is_blank(byte));
        if !blank || series_bytes == 0 || self.ended {
            return Ok(None);
        }
        (scanner.start, scanner.at) = (start, end);
        scanner.skip_blanks();
        if scanner.peek() == Some(b'{') {
            scanner.at = start;
            return Ok(None);
        }
        let series = scanner.bytes(start, end);
        let sample = self.sample_tail(series);
        self.ended = sample.is_err();
        sample.map(Some)
    }

    fn text_entry(&mut self) -> Result<Option<Entry<'a>>> {
        let scanner = &mut self.scanner;
        scanner.skip_while(|byte| is_blank(byte) || byte == b'\n');
        scanner.start = scanner.at;
        match scanner.body.get(scanner.at) {
            None => Ok(None),
            Some(b'#') => self.text_comment().map(Some),
            Some(_) => self.sample().map(Some),
        }
    }

    fn open_metrics_entry(&mut self) -> Result<Option<Entry<'a>>> {
        let scanner = &mut self.scanner;
        scanner.start = scanner.at;
        match scanner.peek() {
            None => Err(scanner.fault(ParseErrorKind::EofMissing)),
            Some(b'#') => self.open_metrics_comment(),
            Some(_) => self.sample().map(Some),
        }
    }

    fn sample(&mut self) -> Result<Entry<'a>> {
        let scanner = &mut self.scanner;
        let mut named = scanner.skip_metric_name();
        let mut end = scanner.at;
        scanner.skip_blanks();
        if scanner.peek() == Some(b'{') {
            scanner.at += 1;
            named = scanner.skip_labels(named, false, &mut |_, _| {})?;
            end = scanner.at;
            scanner.skip_blanks();
        } else if !named {
            return Err(scanner.expected("a valid start token", Expect::Line));
        }
        if !named {
            let line_end = memchr::memchr(b'\n', scanner.bytes(end, usize::MAX));
            let line = scanner.entry(line_end.map_or(usize::MAX, |len| end + len));
            return Err(scanner.fault(ParseErrorKind::NameMissing(quote(line))));
        }
        let series = scanner.entry(end);
        self.sample_tail(series).map(Entry::Sample)
    }

    #[inline(always)]
    fn sample_tail(&mut self, series: &'a [u8]) -> Result<Sample<'a>> {
        let mut sample = Sample { series, value: 0.0, timestamp_ms: None };
        match self.scanner.grammar {
            Grammar::Text => self.text_tail(&mut sample)?,
            Grammar::OpenMetrics => self.open_metrics_tail(&mut sample)?,
        }
        Ok(sample)
    }

    #[inline(always)]
    fn text_tail(&mut self, sample: &mut Sample<'a>) -> Result<()> {
        sample.value = self.value("value after metric", ends_text_value)?;
        let scanner = &mut self.scanner;
        if scanner.body.get(scanner.at) == Some(&b'\n') {
            scanner.at += 1;
            return Ok(());
        }
        self.text_timestamp(sample)
    }

    /// What may follow the value in a line of text: blanks, a timestamp, the end.
    fn text_timestamp(&mut self, sample: &mut Sample<'a>) -> Result<()> {
        let scanner = &mut self.scanner;
        scanner.skip_blanks();
        let start = scanner.at;
        scanner.skip_while(|byte| byte.is_ascii_digit());
        if scanner.at > start {
            let digits = scanner.bytes(start, scanner.at);
            let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            let Some(timestamp_ms) = number else {
                return Err(self.bad_number(NumberError::IntegerRange(quote(digits))));
            };
            sample.timestamp_ms = Some(timestamp_ms);
            scanner.skip_blanks();
        }
        if scanner.peek() != Some(b'\n') {
            let timed = sample.timestamp_ms.is_some();
            let what = if timed { "next entry after timestamp" } else { "timestamp or new record" };
            return Err(scanner.expected(what, Expect::Tail));
        }
        scanner.at += 1;
        Ok(())
    }

    fn open_metrics_tail(&mut self, sample: &mut Sample<'a>) -> Result<()> {
        self.exemplar = None;
        sample.value = self.spaced_value("value after metric")?;
        let mut next = "timestamp or comment";
        if self.scanner.peek() == Some(b' ') && !self.at_exemplar() {
            let seconds = self.spaced_value(next)?;
            sample.timestamp_ms = Some(self.seconds_to_ms(seconds, ParseErrorKind::Timestamp)?);
            next = "next entry after timestamp";
        }
        if !self.at_exemplar() {
            return self.line_end(next);
        }
        self.exemplar = Some(self.read_exemplar()?);
        Ok(())
    }

    fn at_exemplar(&self) -> bool {
        self.remaining().starts_with(b" # {")
    }

    fn read_exemplar(&mut self) -> Result<Exemplar<'a>> {
        let start = self.scanner.at + 3;
        self.scanner.at += 4;
        self.scanner.skip_labels(true, true, &mut |_, _| {})?;
        let labels = self.scanner.bytes(start, self.scanner.at);
        let value = self.spaced_value("value after exemplar labels")?;
        let mut exemplar = Exemplar { labels, value, timestamp_ms: None };
        if self.scanner.peek() == Some(b' ') {
            let seconds = self.spaced_value("timestamp or comment")?;
            exemplar.timestamp_ms = Some(self.seconds_to_ms(seconds, ParseErrorKind::ExemplarTimestamp)?);
            self.line_end("next entry after exemplar timestamp")?;
        } else {
            self.line_end("timestamp or comment")?;
        }
        Ok(exemplar)
    }

    /// A number after one space, up to the next space or the end of the line.
    fn spaced_value(&mut self, what: &'static str) -> Result<f64> {
        let word = self.remaining().strip_prefix(b" ").and_then(|rest| rest.first());
        if word.is_none_or(|byte| matches!(byte, b' ' | b'\n')) {
            return Err(self.scanner.expected(what, Expect::Value));
        }
        self.scanner.at += 1;
        self.value(what, |byte| matches!(byte, b' ' | b'\n'))
    }

    /// A number up to a byte that ends it.
    #[inline(always)]
    fn value(&mut self, what: &'static str, ends: impl Fn(u8) -> bool) -> Result<f64> {
        let rest = self.remaining();
        if let Some((value, len)) = parse_short(rest)
            && rest.get(len).is_none_or(|&byte| ends(byte))
        {
            self.scanner.at += len;
            return Ok(value);
        }
        self.long_value(what, rest.iter().position(|&byte| ends(byte)).unwrap_or(rest.len()))
    }

    /// A number of so many bytes that is not a short one, or no number.
    fn long_value(&mut self, what: &'static str, len: usize) -> Result<f64> {
        if len == 0 {
            return Err(self.scanner.expected(what, Expect::Value));
        }
        let text = self.scanner.bytes(self.scanner.at, self.scanner.at + len);
        self.scanner.at += len;
        parse_float(text).map_err(|error| {
            self.scanner.at -= len;
            let parsed = quote(self.scanner.entry(self.scanner.at + len));
            self.scanner.fault(ParseErrorKind::Number { error, parsed })
        })
    }

    fn seconds_to_ms(&self, seconds: f64, fault: fn(Box<str>) -> ParseErrorKind) -> Result<i64> {
        if seconds.is_finite() {
            return Ok((seconds * 1000.0) as i64);
        }
        let text = match seconds {
            nan if nan.is_nan() => "NaN",
            positive if positive > 0.0 => "+Inf",
            _ => "-Inf",
        };
        Err(self.scanner.fault(fault(text.into())))
    }

    fn bad_number(&self, error: NumberError) -> Box<crate::ParseError> {
        let parsed = quote(self.scanner.entry(self.scanner.at));
        self.scanner.fault(ParseErrorKind::Number { error, parsed })
    }

    fn line_end(&mut self, what: &'static str) -> Result<()> {
        match self.scanner.peek() {
            Some(b'\n') => {
                self.scanner.at += 1;
                Ok(())
            }
            None => Err(self.scanner.fault(ParseErrorKind::EofMissing)),
            Some(_) => Err(self.scanner.expected(what, Expect::Tail)),
        }
    }
}

fn ends_text_value(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'{' | 0)
}
