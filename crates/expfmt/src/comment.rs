//! Lines that start with `#`: what an exposition says about its metric families.

use model::MetricType;

use crate::{
    error::{ParseErrorKind, quote},
    escape::{unescape, unescape_help},
    parser::{Entry, Parser},
    scanner::{Expect, Grammar, Result, is_blank},
};

#[derive(Clone, Copy)]
enum Keyword {
    Help,
    Type,
    Unit,
}

impl Keyword {
    fn as_str(self) -> &'static str {
        match self {
            Self::Help => "HELP",
            Self::Type => "TYPE",
            Self::Unit => "UNIT",
        }
    }

    fn name_expected(self) -> &'static str {
        match self {
            Self::Help => "metric name after HELP",
            Self::Type => "metric name after TYPE",
            Self::Unit => "metric name after UNIT",
        }
    }
}

impl<'a> Parser<'a> {
    /// Goes past the comments of a family if they stand next and say exactly this: `# HELP`, unless the help
    /// is empty, then `# TYPE`, then `# UNIT`, unless the unit is empty. False, and nothing read, when they say
    /// anything else or are written in another way.
    ///
    /// This is to comments what [`Parser::sample_after`] is to samples.
    pub fn skip_family(&mut self, metric: &str, help: &str, kind: MetricType, unit: &str) -> bool {
        let kind = match (kind, self.scanner.grammar) {
            (MetricType::Unknown, Grammar::Text) => "untyped",
            _ => kind.as_str(),
        };
        let mut rest = Some(self.remaining());
        if !help.is_empty() {
            rest = strip(rest, &["# HELP ", metric, " ", help, "\n"]);
        }
        rest = strip(rest, &["# TYPE ", metric, " ", kind, "\n"]);
        if !unit.is_empty() {
            rest = strip(rest, &["# UNIT ", metric, " ", unit, "\n"]);
        }
        match rest {
            // The same bytes with a backslash may mean another text.
            Some(rest) if memchr::memchr(b'\\', help.as_bytes()).is_none() => {
                self.scanner.at = self.scanner.body.len() - rest.len();
                true
            }
            _ => false,
        }
    }

    /// Comments that say nothing about a family are skipped.
    pub(crate) fn text_comment(&mut self) -> Result<Entry<'a>> {
        let start = self.scanner.at + 1;
        let blanks = count_blanks(self.scanner.bytes(start, usize::MAX));
        let rest = self.scanner.bytes(start + blanks, usize::MAX);
        let keyword = match rest.get(..4) {
            Some(b"HELP") => Some(Keyword::Help),
            Some(b"TYPE") => Some(Keyword::Type),
            _ => None,
        };
        let gap = count_blanks(rest.get(4..).unwrap_or_default());
        match keyword {
            Some(keyword) if blanks > 0 && gap > 0 => {
                self.scanner.at = start + blanks + 4 + gap;
                self.family(keyword)
            }
            _ => {
                self.rest_of_line();
                Ok(Entry::Comment)
            }
        }
    }

    /// In OpenMetrics there are no other comments, and `# EOF` ends the body.
    pub(crate) fn open_metrics_comment(&mut self) -> Result<Option<Entry<'a>>> {
        let rest = self.remaining();
        let keyword = match rest.get(..7) {
            Some(b"# HELP ") => Keyword::Help,
            Some(b"# TYPE ") => Keyword::Type,
            Some(b"# UNIT ") => Keyword::Unit,
            _ => match rest.strip_prefix(b"# EOF") {
                Some(b"" | b"\n") => return Ok(None),
                Some(_) => return Err(self.scanner.fault(ParseErrorKind::AfterEof)),
                None => return Err(self.scanner.expected("a valid start token", Expect::Line)),
            },
        };
        self.scanner.at += 7;
        self.family(keyword).map(Some)
    }

    fn family(&mut self, keyword: Keyword) -> Result<Entry<'a>> {
        let metric = self.family_name(keyword)?;
        let text_at = self.scanner.at + 1;
        let line = self.rest_of_line();
        // One blank belongs to the grammar, whatever follows to the text.
        let text = match line.split_first() {
            None if self.scanner.grammar == Grammar::Text => line,
            Some((b' ', text)) => text,
            Some((_, text)) if self.scanner.grammar == Grammar::Text => text,
            _ => return Err(self.scanner.fault_at(text_at - 1, ParseErrorKind::NoText(keyword.as_str()))),
        };
        let Ok(text) = std::str::from_utf8(text) else {
            let kind = match keyword {
                Keyword::Help => ParseErrorKind::HelpUtf8(quote(text)),
                Keyword::Type => ParseErrorKind::MetricType(quote(text)),
                Keyword::Unit => ParseErrorKind::Unit { unit: quote(text), metric: quote(metric.as_bytes()) },
            };
            return Err(self.scanner.fault_at(text_at, kind));
        };
        let entry = match keyword {
            Keyword::Help if self.scanner.grammar == Grammar::Text => {
                Ok(Entry::Help { metric, text: unescape_help(text) })
            }
            Keyword::Help => Ok(Entry::Help { metric, text: unescape(text) }),
            Keyword::Type => metric_type(text, self.scanner.grammar).map(|kind| Entry::Type { metric, kind }),
            Keyword::Unit => check_unit(text, metric).map(|unit| Entry::Unit { metric, unit }),
        };
        entry.map_err(|kind| self.scanner.fault_at(text_at, kind))
    }

    fn family_name(&mut self, keyword: Keyword) -> Result<&'a str> {
        let start = self.scanner.at;
        let quoted = self.scanner.peek() == Some(b'"');
        let found = if quoted { self.scanner.skip_quoted(true) } else { self.scanner.skip_metric_name() };
        if !found {
            return Err(self.scanner.expected(keyword.name_expected(), Expect::Line));
        }
        let inset = usize::from(quoted);
        let name = self.scanner.bytes(start + inset, self.scanner.at - inset);
        std::str::from_utf8(name)
            .map_err(|_| self.scanner.fault_at(start, ParseErrorKind::NameUtf8(quote(name))))
    }

    /// Goes to the next line and gives what was left of this one.
    fn rest_of_line(&mut self) -> &'a [u8] {
        let rest = self.remaining();
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.scanner.at += (len + 1).min(rest.len());
        rest.get(..len).unwrap_or_default()
    }
}

/// What follows these parts, if they stand here.
fn strip<'a>(text: Option<&'a [u8]>, parts: &[&str]) -> Option<&'a [u8]> {
    parts.iter().try_fold(text?, |rest, part| rest.strip_prefix(part.as_bytes()))
}

fn count_blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| is_blank(byte)).count()
}

fn metric_type(text: &str, grammar: Grammar) -> std::result::Result<MetricType, ParseErrorKind> {
    Ok(match (text, grammar) {
        ("counter", _) => MetricType::Counter,
        ("gauge", _) => MetricType::Gauge,
        ("histogram", _) => MetricType::Histogram,
        ("summary", _) => MetricType::Summary,
        ("untyped", Grammar::Text) | ("unknown", Grammar::OpenMetrics) => MetricType::Unknown,
        ("gaugehistogram", Grammar::OpenMetrics) => MetricType::GaugeHistogram,
        ("info", Grammar::OpenMetrics) => MetricType::Info,
        ("stateset", Grammar::OpenMetrics) => MetricType::StateSet,
        _ => return Err(ParseErrorKind::MetricType(quote(text.as_bytes()))),
    })
}

/// A unit is the last word of its metric's name.
fn check_unit<'a>(unit: &'a str, metric: &str) -> std::result::Result<&'a str, ParseErrorKind> {
    let fits = metric.strip_suffix(unit).is_some_and(|stem| stem.ends_with('_'));
    if unit.is_empty() || fits {
        return Ok(unit);
    }
    Err(ParseErrorKind::Unit { unit: quote(unit.as_bytes()), metric: quote(metric.as_bytes()) })
}
