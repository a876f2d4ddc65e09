//! Label matchers: `name="value"`, `!=`, `=~`, `!~`, and the patterns of the latter two.
//!
//! Patterns are written in the syntax of Go's `regexp` and mean what they mean there. Most of them are texts
//! with gaps between them, such as `a|b`, `a.*` or `.*(a|b).*`: these are matched without a regular expression.

mod class;
mod glob;
mod parse;
mod pattern;

use std::{fmt, slice, sync::Arc};

use regex::{Regex, RegexBuilder};

use self::{glob::Glob, pattern::Node};
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
    /// Of the two operators that have one.
    pattern: Option<Arc<Pattern>>,
}

impl Matcher {
    /// Makes a matcher; a pattern is anchored at both ends, and `.` matches line breaks.
    ///
    /// # Errors
    /// When `op` is one of the two regex operators and `value` is no pattern.
    pub fn new(op: MatchOp, name: &str, value: &str) -> Result<Self, PatternError> {
        let pattern = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => Some(Arc::new(Pattern::new(value)?)),
        };
        Ok(Self { name: name.into(), op, value: value.into(), pattern })
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
        let is_match = match &self.pattern {
            Some(pattern) => pattern.matches(value),
            None => *self.value == *value,
        };
        match self.op {
            MatchOp::Equal | MatchOp::Regex => is_match,
            MatchOp::NotEqual | MatchOp::NotRegex => !is_match,
        }
    }

    /// The only values that equal the value or match the pattern, in order, whether the operator accepts these
    /// or all others; `None` when they are not a few texts.
    pub fn set_matches(&self) -> Option<&[Box<str>]> {
        match self.pattern.as_deref() {
            None => Some(slice::from_ref(&self.value)),
            Some(Pattern { method: Method::Set(values), .. }) => Some(values),
            Some(_) => None,
        }
    }

    /// The text that all values start with that equal the value or match the pattern; often `""`.
    pub fn prefix(&self) -> &str {
        self.pattern.as_deref().map_or(&self.value, |pattern| &pattern.prefix)
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

/// A pattern that does not compile, in the words of Go's `regexp`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {what}: `{part}`")]
pub struct PatternError {
    what: &'static str,
    part: Box<str>,
}

impl PatternError {
    fn new(what: &'static str, part: &str) -> Self {
        Self { what, part: part.into() }
    }
}

/// Most bytes of a compiled regular expression. Usual ones take some kilobytes; this is what keeps
/// `(a{100}){10}` and its like from taking the memory of everything else.
const COMPILED_MAX: usize = 1 << 20;

/// Alternatives with gaps that are tried one by one; for more of them an automaton is faster.
const GLOBS_MAX: usize = 32;

/// Compiles a pattern of Go's syntax to a regular expression that is anchored at both ends, and in which `.`
/// matches line breaks. Its groups are numbered and named as in the pattern.
///
/// # Errors
/// When it is no pattern, or too large a one.
pub fn compile(pattern: &str) -> Result<Regex, PatternError> {
    compile_node(&parse::parse(pattern)?, pattern)
}

fn compile_node(node: &Node, pattern: &str) -> Result<Regex, PatternError> {
    let mut text = String::from("\\A(?:");
    node.render(&mut text);
    text.push_str(")\\z");
    let compiled = RegexBuilder::new(&text).size_limit(COMPILED_MAX).dfa_size_limit(COMPILED_MAX).build();
    compiled.map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => PatternError::new("expression too large", pattern),
        _ => PatternError::new("expression is not supported", pattern),
    })
}

#[derive(Debug)]
struct Pattern {
    method: Method,
    prefix: Box<str>,
}

#[derive(Debug)]
enum Method {
    /// One of these, in order.
    Set(Box<[Box<str>]>),
    /// Texts with gaps.
    Globs(Box<[Glob]>),
    Regex(Regex),
}

impl Pattern {
    fn new(text: &str) -> Result<Self, PatternError> {
        let node = parse::parse(text)?;
        let inner = node.without_outer_anchors();
        if let Some(globs) = glob::expand(&inner) {
            let prefix = glob::common_prefix(&globs).into();
            if globs.iter().all(Glob::is_text) {
                let mut values: Vec<Box<str>> = globs.into_iter().map(Glob::into_text).collect();
                values.sort_unstable();
                values.dedup();
                return Ok(Self { method: Method::Set(values.into()), prefix });
            }
            if globs.len() <= GLOBS_MAX {
                return Ok(Self { method: Method::Globs(globs.into()), prefix });
            }
        }
        let mut prefix = String::new();
        glob::push_prefix(&inner, &mut prefix);
        Ok(Self { method: Method::Regex(compile_node(&node, text)?), prefix: prefix.into() })
    }

    fn matches(&self, value: &str) -> bool {
        match &self.method {
            Method::Set(values) => values.binary_search_by(|known| (**known).cmp(value)).is_ok(),
            Method::Globs(globs) => globs.iter().any(|glob| glob.matches(value)),
            Method::Regex(regex) => value.starts_with(&*self.prefix) && regex.is_match(value),
        }
    }
}

#[cfg(test)]
mod tests;
