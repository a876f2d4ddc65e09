//! Label matchers: `name="value"`, `!=`, `=~`, `!~`.

use std::fmt;

use regex::Regex;

use crate::label::{is_legacy_label_name, write_quoted};

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

impl MatchOp {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

/// A condition on the value of one label; an absent label has the value `""`.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: Box<str>,
    op: MatchOp,
    value: Box<str>,
    regex: Option<Regex>,
}

impl Matcher {
    /// Makes a matcher; a pattern is anchored at both ends, and `.` matches line breaks.
    ///
    /// # Errors
    /// When `op` is one of the two regex operators and `value` is no pattern.
    pub fn new(op: MatchOp, name: &str, value: &str) -> Result<Self, PatternError> {
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => Some(compile(value)?),
        };
        Ok(Self { name: name.into(), op, value: value.into(), regex })
    }

    /// The label that it looks at.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    pub fn op(&self) -> MatchOp {
        self.op
    }

    /// The value or pattern as it was written.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// True when a label with this value is accepted.
    pub fn matches(&self, value: &str) -> bool {
        match (self.op, &self.regex) {
            (MatchOp::Equal, _) => *self.value == *value,
            (MatchOp::NotEqual, _) => *self.value != *value,
            (MatchOp::Regex, Some(regex)) => regex.is_match(value),
            (MatchOp::NotRegex, Some(regex)) => !regex.is_match(value),
            (MatchOp::Regex | MatchOp::NotRegex, None) => false,
        }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.op == other.op && self.value == other.value
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_legacy_label_name(&self.name) {
            f.write_str(&self.name)?
        } else {
            write_quoted(f, &self.name)?
        }
        f.write_str(self.op.as_str())?;
        write_quoted(f, &self.value)
    }
}

/// A pattern that does not compile.
#[derive(Clone, Debug, thiserror::Error)]
#[error("error parsing regexp: {0}")]
pub struct PatternError(Box<str>);

fn compile(pattern: &str) -> Result<Regex, PatternError> {
    Regex::new(&format!("^(?s:{pattern})$")).map_err(|e| PatternError(e.to_string().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_anchored_and_see_line_breaks() {
        let m = Matcher::new(MatchOp::Regex, "a", "x.*|y").unwrap();
        assert!(m.matches("x\n") && m.matches("y") && !m.matches("ay") && !m.matches("yb"));
        let not = Matcher::new(MatchOp::NotRegex, "a", ".+").unwrap();
        assert!(not.matches("") && !not.matches("z"));
        assert!(Matcher::new(MatchOp::Regex, "a", "(").is_err());
    }
}
