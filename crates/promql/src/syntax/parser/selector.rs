//! Instant vector selectors without their modifiers.

use model::{METRIC_NAME, MatchOp, Matcher};

use super::{
    super::{
        ast::{BinaryOp, Duration, Expr, ExprKind, Extended, Span, VectorSelector},
        quote::unquote,
        token::{Token, TokenKind},
    },
    Claim, Parsed, Parser,
};

impl<'a> Parser<'a> {
    pub(super) fn selector(&mut self) -> Parsed<Expr> {
        let token = self.peek()?;
        if token.kind.names_metric() {
            self.take()?;
            return self.selector_of(token);
        }
        let matchers = self.label_matchers()?;
        Ok(self.selector_expr(None, matchers, token.span.start))
    }

    /// A selector the name of which has been taken.
    pub(super) fn selector_of(&mut self, name: Token<'a>) -> Parsed<Expr> {
        let mut matchers = match self.peek()?.kind {
            TokenKind::LeftBrace => self.label_matchers()?,
            _ => Vec::new(),
        };
        matchers.push(self.matcher(METRIC_NAME, MatchOp::Equal, name.text, name.span)?);
        Ok(self.selector_expr(Some(name.text.into()), matchers, name.span.start))
    }

    fn selector_expr(&self, name: Option<Box<str>>, matchers: Vec<Matcher>, start: usize) -> Expr {
        let (offset, extended) = (Duration::Fixed(0), Extended::No);
        let selector = VectorSelector { name, matchers, offset, at: None, extended };
        Expr { kind: ExprKind::Vector(Box::new(selector)), span: self.span_from(start) }
    }

    fn label_matchers(&mut self) -> Parsed<Vec<Matcher>> {
        self.expect(TokenKind::LeftBrace)?;
        let mut matchers = Vec::new();
        // A comma after the last matcher is allowed.
        while self.take_if(TokenKind::RightBrace)?.is_none() {
            matchers.push(self.label_matcher()?);
            if self.take_if(TokenKind::Comma)?.is_none() {
                self.expect(TokenKind::RightBrace).within("label matching", "\",\" or \"}\"")?;
                break;
            }
        }
        Ok(matchers)
    }

    fn label_matcher(&mut self) -> Parsed<Matcher> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Identifier => {
                self.take()?;
                let op = match self.match_op()? {
                    Some(op) => op,
                    None => return self.unexpected().within("label matching", "label matching operator"),
                };
                self.matcher_value(token.text, op, token.span)
            }
            TokenKind::String => {
                self.take()?;
                let name = unquote(token.text);
                match self.match_op()? {
                    Some(op) => self.matcher_value(&name, op, token.span),
                    // A string by itself is the metric name.
                    None => self.matcher(METRIC_NAME, MatchOp::Equal, &name, token.span),
                }
            }
            _ => self.unexpected().within("label matching", "identifier or \"}\""),
        }
    }

    fn match_op(&mut self) -> Parsed<Option<MatchOp>> {
        let op = match self.peek()?.kind {
            TokenKind::Assign => MatchOp::Equal,
            TokenKind::Operator(BinaryOp::NotEqual) => MatchOp::NotEqual,
            TokenKind::EqualRegex => MatchOp::Regex,
            TokenKind::NotEqualRegex => MatchOp::NotRegex,
            _ => return Ok(None),
        };
        self.take()?;
        Ok(Some(op))
    }

    fn matcher_value(&mut self, label: &str, op: MatchOp, label_span: Span) -> Parsed<Matcher> {
        let value = self.expect(TokenKind::String).within("label matching", "string")?;
        self.matcher(label, op, &unquote(value.text), self.span_from(label_span.start))
    }

    fn matcher(&self, label: &str, op: MatchOp, value: &str, span: Span) -> Parsed<Matcher> {
        Matcher::new(op, label, value).or_else(|e| self.fail(span, e.to_string()))
    }
}
