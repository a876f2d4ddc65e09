//! What an `eval` command expects of the answer.

use regex::Regex;

use crate::{
    series::{SeriesLine, parse_series},
    steps::{Steps, parse_steps},
    word::number,
};

/// Everything that an `eval` command expects.
#[derive(Debug, Default)]
pub(crate) struct Expectations {
    /// The order of the series counts.
    pub(crate) ordered: bool,
    /// The query fails, with a message that this matches.
    pub(crate) fail: Option<Pattern>,
    /// Of warnings and of infos.
    pub(crate) warnings: AnnotationExpectation,
    pub(crate) infos: AnnotationExpectation,
    /// The times of a range vector.
    pub(crate) range_vector: Option<Steps>,
    pub(crate) string: Option<String>,
    pub(crate) scalar: Option<f64>,
    /// In the order of the script, each label set once.
    pub(crate) series: Vec<SeriesLine>,
}

/// What is expected of the annotations of one kind.
#[derive(Debug, Default)]
pub(crate) struct AnnotationExpectation {
    pub(crate) none: bool,
    /// Each matches at least one annotation, and each annotation is matched.
    pub(crate) patterns: Vec<Pattern>,
    /// `eval_warn` and `eval_info`: there is at least one.
    pub(crate) some: bool,
}

/// A text that is compared as a whole, or a regular expression that is searched for.
#[derive(Debug)]
pub(crate) enum Pattern {
    Any,
    Message(String),
    Regex(Regex),
}

impl Pattern {
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Message(message) => message == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }

    /// The text or the regular expression.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Any => ".*",
            Self::Message(message) => message,
            Self::Regex(regex) => regex.as_str(),
        }
    }
}

impl Expectations {
    /// What the word after `eval_` says; it is an older form of some `expect` lines.
    pub(crate) fn new(mode: &str) -> Self {
        let mut expected = Self { ordered: mode == "ordered", ..Self::default() };
        expected.fail = (mode == "fail").then_some(Pattern::Any);
        expected.warnings.some = mode == "warn";
        expected.infos.some = mode == "info";
        expected
    }

    /// Takes a line below the command.
    pub(crate) fn parse_line(&mut self, line: &str) -> Result<(), String> {
        if let Some(steps) = line.strip_prefix("expect range vector") {
            self.range_vector = Some(parse_steps(steps)?.0);
        } else if let Some(literal) = line.strip_prefix("expect string") {
            self.string = Some(parse_string(literal.trim())?);
        } else if line == "expect" || line.starts_with("expect ") {
            self.parse_expect(line.trim_start_matches("expect").trim())?;
        } else if let Some(message) =
            line.strip_prefix("expected_fail_message").filter(|_| self.fail.is_some())
        {
            self.fail = Some(Pattern::Message(message.trim().to_owned()));
        } else if let Some(pattern) =
            line.strip_prefix("expected_fail_regexp").filter(|_| self.fail.is_some())
        {
            self.fail = Some(Pattern::Regex(regex(pattern.trim())?));
        } else if let Some(scalar) = number(line) {
            self.scalar = Some(scalar);
        } else {
            let series = parse_series(line)?;
            self.series.retain(|known| known.labels != series.labels);
            self.series.push(series);
        }
        Ok(())
    }

    /// `<type>`, `<type> msg: <text>` or `<type> regex: <pattern>`.
    fn parse_expect(&mut self, text: &str) -> Result<(), String> {
        let (kind, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let pattern = match rest.trim().split_once(':') {
            None if rest.trim().is_empty() => Pattern::Any,
            Some(("msg", message)) => Pattern::Message(message.trim().to_owned()),
            Some(("regex", pattern)) => Pattern::Regex(regex(pattern.trim())?),
            _ => {
                return Err(
                    "invalid expect statement, must match `expect <type> <match_type>: <string>`".into()
                );
            }
        };
        match kind {
            "ordered" => self.ordered = true,
            "fail" if self.fail.is_some() => {
                return Err("invalid expect lines, multiple expect fail lines are not allowed".into());
            }
            "fail" => self.fail = Some(pattern),
            "warn" => self.warnings.patterns.push(pattern),
            "info" => self.infos.patterns.push(pattern),
            "no_warn" => self.warnings.none = true,
            "no_info" => self.infos.none = true,
            _ => return Err(format!("invalid expected error/annotation type {kind}")),
        }
        Ok(())
    }

    /// Finds expectations that exclude each other.
    pub(crate) fn validate(&self, is_instant: bool) -> Result<(), String> {
        for (kind, of) in [("warn", &self.warnings), ("info", &self.infos)] {
            if of.none && !of.patterns.is_empty() {
                return Err(format!("invalid expect lines, {kind} and no_{kind} cannot be used together"));
            }
        }
        let several = self.series.iter().any(|series| series.points.len() > 1);
        if is_instant && several && self.range_vector.is_none() {
            return Err("expecting multiple values in instant evaluation not allowed. consider using \
                        'expect range vector' directive to enable a range vector result for an instant query"
                .into());
        }
        Ok(())
    }
}

fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|e| format!("invalid regex {pattern}: {e}"))
}

/// A string in double or back quotes.
fn parse_string(literal: &str) -> Result<String, String> {
    use promql::syntax::{Features, ast::ExprKind, parse};
    match parse(literal, &Features::NONE).map(|expr| expr.kind) {
        Ok(ExprKind::String(text)) => Ok(text.into()),
        _ => Err("expected string literal not valid - check that the string is correctly quoted".to_owned()),
    }
}
