//! Why a text is no expression.

use std::fmt;

use super::ast::Span;

/// Why a text is no expression, and where. Prints as Prometheus prints it:
/// `1:5: parse error: unexpected end of input`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The part of the text that is wrong.
    pub span: Span,
    /// What is wrong, without its place.
    pub message: String,
    position: Option<Position>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    line: usize,
    column: usize,
}

impl ParseError {
    pub(super) fn new(text: &str, span: Span, message: String) -> Self {
        Self { span, message, position: position(text, span.start) }
    }

    /// Line and column of the start, counted from 1, columns in bytes; `None` when there is no text.
    pub fn line_column(&self) -> Option<(usize, usize)> {
        self.position.map(|p| (p.line, p.column))
    }
}

fn position(text: &str, offset: usize) -> Option<Position> {
    if text.is_empty() {
        return None;
    }
    let before = text.as_bytes().get(..offset)?;
    let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
    let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    Some(Position { line, column: offset - line_start + 1 })
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(p) => write!(f, "{}:{}: parse error: {}", p.line, p.column, self.message),
            None => write!(f, "unknown position: parse error: {}", self.message),
        }
    }
}

impl std::error::Error for ParseError {}
