//! The parser: tokens to a tree, by recursive descent with precedence climbing.
//!
//! One token of lookahead, linear in the length of the text. It stops at the first error, which is the one
//! that Prometheus reports.

mod binary;
mod chain;
mod duration;
mod grouping;
mod postfix;
mod primary;
mod selector;

use model::Matcher;

use super::{
    Features,
    ast::{Expr, ExprKind, Span},
    check,
    error::ParseError,
    lexer::Lexer,
    token::{Keyword, Token, TokenKind},
};

/// The longest text that is parsed, in bytes. Ten times the longest expressions that tools generate; the tree
/// of such a text takes at most some 20 MiB.
pub const LENGTH_MAX: usize = 128 * 1024;

/// The highest tree that is built: so many operators may follow each other, `or` and `and` apart, of which there may
/// be any number. Checker, printer and engine recurse over it. Evaluating a chain of matched vectors takes 2.8 KiB of
/// stack for each, measured on a release build: 560 KiB, which threads that run queries need to have.
pub const DEPTH_MAX: usize = 200;

/// How deeply parentheses, calls, signs and right operands may be nested. Less than [`DEPTH_MAX`], because the
/// parser runs through ten functions for each level; dashboards stay below twenty.
pub const NESTING_MAX: usize = 100;

/// Parses an expression and checks its types.
///
/// # Errors
/// The first error, worded and positioned as in Prometheus; beyond that only texts longer than
/// [`LENGTH_MAX`] and expressions nested deeper than [`NESTING_MAX`] or [`DEPTH_MAX`] are refused.
pub fn parse(text: &str, features: &Features) -> Result<Expr, ParseError> {
    let mut parser = Parser::new(text, *features)?;
    if parser.peek()?.kind == TokenKind::End {
        return Err(parser.error_at(Span::default(), "no expression found in input"));
    }
    let tree = parser.expression().and_then(|tree| parser.end().map(|()| tree));
    let mut expr = tree.map_err(Failure::into_error)?.expr;
    check::check(&mut expr, text)?;
    Ok(expr)
}

/// Parses a selector without modifiers, such as the parameter `match[]` of the API.
///
/// A selector that matches everything is accepted here: whether it may be used is up to the caller.
///
/// # Errors
/// As [`parse`].
pub fn parse_selector(text: &str) -> Result<Vec<Matcher>, ParseError> {
    let mut parser = Parser::new(text, Features::NONE)?;
    let tree = parser.selector().and_then(|expr| parser.end().map(|()| expr));
    match tree.map_err(Failure::into_error)?.kind {
        ExprKind::Vector(selector) => Ok(selector.matchers),
        _ => Ok(Vec::new()),
    }
}

/// An expression and the height of its tree.
struct Tree {
    expr: Expr,
    height: usize,
}

/// An error on its way up.
enum Failure {
    /// Said in full.
    Final(ParseError),
    /// A token that fits nowhere. The innermost construct that has a name in messages claims it
    /// ([`Claim::within`]).
    Unexpected(ParseError),
}

type Parsed<T> = Result<T, Failure>;

impl Failure {
    fn into_error(self) -> ParseError {
        match self {
            Self::Final(error) | Self::Unexpected(error) => error,
        }
    }
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Self::Final(error)
    }
}

/// Names the construct that an unexpected token was found in.
trait Claim {
    /// Adds ` in <construct>, expected <expected>` when nothing within has done so.
    fn within(self, construct: &str, expected: &str) -> Self;
}

impl<T> Claim for Parsed<T> {
    fn within(self, construct: &str, expected: &str) -> Self {
        self.map_err(|failure| match failure {
            Failure::Unexpected(mut error) => {
                error.message.push_str(" in ");
                error.message.push_str(construct);
                if !expected.is_empty() {
                    error.message.push_str(", expected ");
                    error.message.push_str(expected);
                }
                Failure::Final(error)
            }
            other => other,
        })
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The token that was looked at but not taken.
    ahead: Option<Token<'a>>,
    /// Where the last token that was taken ends.
    taken_end: usize,
    /// How deep the recursion is.
    nesting: usize,
    features: Features,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, features: Features) -> Result<Self, ParseError> {
        if text.len() > LENGTH_MAX {
            let message = format!("expression of {} bytes is too long, at most {LENGTH_MAX}", text.len());
            return Err(ParseError::new(text, Span::default(), message));
        }
        Ok(Self { lexer: Lexer::new(text), ahead: None, taken_end: 0, nesting: 0, features })
    }

    fn peek(&mut self) -> Result<Token<'a>, ParseError> {
        match self.ahead {
            Some(token) => Ok(token),
            None => Ok(*self.ahead.insert(self.lexer.next_token()?)),
        }
    }

    fn take(&mut self) -> Result<Token<'a>, ParseError> {
        let token = self.peek()?;
        self.ahead = None;
        self.taken_end = token.span.end;
        Ok(token)
    }

    /// Takes the next token if it is of this kind.
    fn take_if(&mut self, kind: TokenKind) -> Result<Option<Token<'a>>, ParseError> {
        let token = self.peek()?;
        if token.kind == kind { self.take().map(Some) } else { Ok(None) }
    }

    fn take_keyword(&mut self, keyword: Keyword) -> Result<bool, ParseError> {
        Ok(self.take_if(TokenKind::Keyword(keyword))?.is_some())
    }

    fn expect(&mut self, kind: TokenKind) -> Parsed<Token<'a>> {
        match self.take_if(kind)? {
            Some(token) => Ok(token),
            None => self.unexpected(),
        }
    }

    fn end(&mut self) -> Parsed<()> {
        self.expect(TokenKind::End).map(drop)
    }

    /// The next token fits nowhere.
    fn unexpected<T>(&mut self) -> Parsed<T> {
        let token = self.peek()?;
        Err(Failure::Unexpected(self.error_at(token.span, format!("unexpected {token}"))))
    }

    fn error_at(&self, span: Span, message: impl Into<String>) -> ParseError {
        ParseError::new(self.lexer.text(), span, message.into())
    }

    fn fail<T>(&self, span: Span, message: impl Into<String>) -> Parsed<T> {
        Err(Failure::Final(self.error_at(span, message)))
    }

    /// From `start` to the end of the last token taken.
    fn span_from(&self, start: usize) -> Span {
        Span { start, end: self.taken_end }
    }

    /// Runs a rule that may lead back to itself.
    fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.nesting += 1;
        self.allow(self.nesting, NESTING_MAX)?;
        let result = rule(self);
        self.nesting -= 1;
        result
    }

    fn allow(&self, levels: usize, levels_max: usize) -> Parsed<()> {
        if levels <= levels_max {
            return Ok(());
        }
        let span = Span { start: self.taken_end, end: self.lexer.text().len() };
        self.fail(span, format!("expression is nested too deeply, at most {levels_max} levels"))
    }

    /// A node over children whose trees are at most `below` high.
    fn tree(&self, kind: ExprKind, span: Span, below: usize) -> Parsed<Tree> {
        self.allow(below + 1, DEPTH_MAX)?;
        Ok(Tree { expr: Expr { kind, span }, height: below + 1 })
    }
}

#[cfg(test)]
mod tests;
