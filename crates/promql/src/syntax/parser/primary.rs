//! Literals, parentheses, calls and aggregations.

use super::{
    super::{
        ast::{Aggregate, AggregateOp, Call, Expr, ExprKind, Span},
        function,
        quote::unquote,
        token::{Keyword, Token, TokenKind},
    },
    Claim, Parsed, Parser, Tree,
};

/// Expressions and the height of the highest.
struct Arguments {
    exprs: Vec<Expr>,
    height: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn primary(&mut self) -> Parsed<Tree> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Number | TokenKind::Duration => self.number_or_duration(),
            TokenKind::String => {
                self.take()?;
                self.tree(ExprKind::String(unquote(token.text)), token.span, 0)
            }
            TokenKind::LeftParen => self.paren(),
            TokenKind::LeftBrace => self.selector().map(|expr| Tree { expr, height: 1 }),
            kind if kind.names_metric() => {
                self.take()?;
                self.named(token)
            }
            _ => self.unexpected(),
        }
    }

    /// What a name starts: an aggregation, a call or a selector.
    fn named(&mut self, name: Token<'a>) -> Parsed<Tree> {
        let next = self.peek()?.kind;
        match name.kind {
            TokenKind::Aggregator(op) if next == TokenKind::LeftParen || is_grouping(next) => {
                self.aggregate(op, name).within("aggregation", "")
            }
            TokenKind::Identifier
            | TokenKind::Keyword(
                Keyword::Start
                | Keyword::End
                | Keyword::Step
                | Keyword::Range
                | Keyword::MaxOf
                | Keyword::MinOf,
            ) if next == TokenKind::LeftParen => self.call(name),
            _ => self.selector_of(name).map(|expr| Tree { expr, height: 1 }),
        }
    }

    fn paren(&mut self) -> Parsed<Tree> {
        let open = self.expect(TokenKind::LeftParen)?;
        let inner = self.expression()?;
        self.expect(TokenKind::RightParen)?;
        self.tree(ExprKind::Paren(Box::new(inner.expr)), self.span_from(open.span.start), inner.height)
    }

    fn arguments(&mut self) -> Parsed<Arguments> {
        self.expect(TokenKind::LeftParen)?;
        let mut args = Arguments { exprs: Vec::new(), height: 0 };
        if self.take_if(TokenKind::RightParen)?.is_some() {
            return Ok(args);
        }
        loop {
            let Tree { expr, height } = self.expression()?;
            args.height = args.height.max(height);
            args.exprs.push(expr);
            let Some(comma) = self.take_if(TokenKind::Comma)? else { break };
            if !self.peek()?.kind.starts_expression() {
                return self.fail(comma.span, "trailing commas not allowed in function call args");
            }
        }
        self.expect(TokenKind::RightParen)?;
        Ok(args)
    }

    fn call(&mut self, name: Token<'a>) -> Parsed<Tree> {
        let args = self.arguments()?;
        let Some(function) = function::lookup(name.text) else {
            return self.fail(name.span, format!("unknown function with name {:?}", name.text));
        };
        if function.experimental && !self.features.experimental_functions {
            return self.fail(name.span, format!("function {:?} is not enabled", name.text));
        }
        let call = Call { function, args: args.exprs };
        self.tree(ExprKind::Call(Box::new(call)), self.span_from(name.span.start), args.height)
    }

    fn aggregate(&mut self, op: AggregateOp, name: Token<'a>) -> Parsed<Tree> {
        let before = self.grouping()?;
        let args = self.arguments()?;
        let grouping = match before {
            Some(grouping) => Some(grouping),
            None => self.grouping()?,
        };
        let span = self.span_from(name.span.start);
        let (param, expr) = self.aggregate_arguments(op, args.exprs, span)?;
        let (without, grouping) = grouping.unwrap_or_default();
        let aggregate = Aggregate { op, expr, param, grouping, without };
        self.tree(ExprKind::Aggregate(Box::new(aggregate)), span, args.height)
    }

    /// `by` or `without` with its labels; true for `without`.
    fn grouping(&mut self) -> Parsed<Option<(bool, Vec<Box<str>>)>> {
        let without = match self.peek()?.kind {
            TokenKind::Keyword(Keyword::By) => false,
            TokenKind::Keyword(Keyword::Without) => true,
            _ => return Ok(None),
        };
        self.take()?;
        Ok(Some((without, self.grouping_labels()?)))
    }

    /// Parameter, if the operator has one, and operand.
    fn aggregate_arguments(
        &self,
        op: AggregateOp,
        args: Vec<Expr>,
        span: Span,
    ) -> Parsed<(Option<Expr>, Expr)> {
        if args.is_empty() {
            return self.fail(span, "no arguments for aggregate expression provided");
        }
        if op.is_experimental() && !self.features.experimental_functions {
            let name = op.as_str();
            return self.fail(
                span,
                format!(
                    "{name}() is experimental and must be enabled with \
                     --enable-feature=promql-experimental-functions"
                ),
            );
        }
        let (count, wanted) = (args.len(), if op.param().is_some() { 2 } else { 1 });
        let mut args = args.into_iter();
        let param = op.param().and_then(|_| args.next());
        match args.next() {
            Some(expr) if count == wanted => Ok((param, expr)),
            _ => self.fail(
                span,
                format!(
                    "wrong number of arguments for aggregate expression provided, expected {wanted}, got {count}"
                ),
            ),
        }
    }
}

fn is_grouping(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Keyword(Keyword::By | Keyword::Without))
}
