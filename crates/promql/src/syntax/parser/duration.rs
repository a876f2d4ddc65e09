//! Durations in brackets and after `offset`: fixed ones, and expressions that need the query's step or range.

use super::{
    super::{
        ast::{BinaryOp, Duration, DurationExpr, DurationExprKind, DurationOp, ExprKind, Span},
        token::{Keyword, Token, TokenKind},
    },
    DEPTH_MAX, Parsed, Parser,
};

/// Seconds beyond which nanoseconds do not fit into 64 bits, Prometheus's limit.
const SECONDS_MAX: f64 = 9_223_372_036.854_776;

/// The precedence of a sign: that of a multiplication.
const SIGN: u8 = 2;

fn operator(op: BinaryOp) -> Option<(DurationOp, u8)> {
    Some(match op {
        BinaryOp::Add => (DurationOp::Add, 1),
        BinaryOp::Sub => (DurationOp::Sub, 1),
        BinaryOp::Mul => (DurationOp::Mul, 2),
        BinaryOp::Div => (DurationOp::Div, 2),
        BinaryOp::Mod => (DurationOp::Mod, 2),
        BinaryOp::Pow => (DurationOp::Pow, 3),
        _ => return None,
    })
}

/// A duration expression and the height of its tree.
struct DurationTree {
    expr: DurationExpr,
    height: usize,
}

impl<'a> Parser<'a> {
    /// A range or step: more than nothing, as far as that is known yet.
    pub(super) fn positive_duration(&mut self) -> Parsed<Duration> {
        let DurationTree { expr, .. } = self.duration_operators(0)?;
        if let DurationExprKind::Literal { seconds, .. } = expr.kind
            && seconds <= 0.0
        {
            return self.fail(expr.span, "duration must be greater than 0");
        }
        Ok(finish(expr))
    }

    /// The duration of an offset. A number, a call or parentheses, with a sign or without, stand for
    /// themselves: in `a offset -1m ^ 2` the power belongs to the selector. Anything else is an expression.
    pub(super) fn offset_duration(&mut self) -> Parsed<Duration> {
        let token = self.peek()?;
        let tree = match token.kind {
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                self.take()?;
                match self.peek()?.kind {
                    TokenKind::Operator(_) => {
                        let operand = self.nested(|p| p.duration_operators(SIGN + 1))?;
                        let signed = self.signed(op, token, operand)?;
                        self.duration_rest(signed, 0)?
                    }
                    _ => {
                        let operand = self.duration_operand()?;
                        self.signed(op, token, operand)?
                    }
                }
            }
            TokenKind::LeftParen => self.duration_operators(0)?,
            _ => self.duration_operand()?,
        };
        Ok(finish(tree.expr))
    }

    fn duration_operators(&mut self, min: u8) -> Parsed<DurationTree> {
        let first = self.nested(Self::duration_operand)?;
        self.duration_rest(first, min)
    }

    /// The operators after a first operand that bind at least as tightly as `min`.
    fn duration_rest(&mut self, mut lhs: DurationTree, min: u8) -> Parsed<DurationTree> {
        loop {
            let token = self.peek()?;
            let TokenKind::Operator(op) = token.kind else { return Ok(lhs) };
            let Some((op, binds)) = operator(op).filter(|(_, binds)| *binds >= min) else { return Ok(lhs) };
            self.take()?;
            let right_min = if op == DurationOp::Pow { binds } else { binds + 1 };
            let rhs = self.nested(|p| p.duration_operators(right_min))?;
            self.enabled(lhs.expr.span)?;
            let by_zero = matches!(rhs.expr.kind, DurationExprKind::Literal { seconds: 0.0, .. });
            match op {
                DurationOp::Div if by_zero => return self.fail(token.span, "division by zero"),
                DurationOp::Mod if by_zero => return self.fail(token.span, "modulo by zero"),
                _ => {}
            }
            let span = Span { start: lhs.expr.span.start, end: rhs.expr.span.end };
            lhs = self.duration_binary(op, lhs, rhs, span)?;
        }
    }

    fn duration_binary(
        &self,
        op: DurationOp,
        lhs: DurationTree,
        rhs: DurationTree,
        span: Span,
    ) -> Parsed<DurationTree> {
        let below = lhs.height.max(rhs.height);
        let kind = DurationExprKind::Binary { op, lhs: Box::new(lhs.expr), rhs: Box::new(rhs.expr) };
        self.duration_tree(kind, span, below)
    }

    fn duration_tree(&self, kind: DurationExprKind, span: Span, below: usize) -> Parsed<DurationTree> {
        self.allow(below + 1, DEPTH_MAX)?;
        Ok(DurationTree { expr: DurationExpr { kind, span }, height: below + 1 })
    }

    fn duration_operand(&mut self) -> Parsed<DurationTree> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Number | TokenKind::Duration => self.duration_literal(),
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                self.take()?;
                let operand = self.duration_operators(SIGN + 1)?;
                self.signed(op, token, operand)
            }
            TokenKind::LeftParen => self.duration_paren(),
            TokenKind::Keyword(Keyword::Step) => self.duration_constant(DurationExprKind::Step),
            TokenKind::Keyword(Keyword::Range) => self.duration_constant(DurationExprKind::Range),
            TokenKind::Keyword(Keyword::MinOf) => self.duration_call(DurationOp::MinOf),
            TokenKind::Keyword(Keyword::MaxOf) => self.duration_call(DurationOp::MaxOf),
            _ => self.unexpected(),
        }
    }

    fn duration_literal(&mut self) -> Parsed<DurationTree> {
        let literal = self.number_or_duration()?;
        let span = literal.expr.span;
        let ExprKind::Number { value: seconds, is_duration } = literal.expr.kind else {
            return self.unexpected();
        };
        if seconds.is_nan() || seconds.abs() > SECONDS_MAX {
            return self.fail(span, "duration out of range");
        }
        self.duration_tree(DurationExprKind::Literal { seconds, is_duration }, span, 0)
    }

    /// `step()` or `range()`.
    fn duration_constant(&mut self, kind: DurationExprKind) -> Parsed<DurationTree> {
        let word = self.take()?;
        self.expect(TokenKind::LeftParen)?;
        self.expect(TokenKind::RightParen)?;
        let span = self.span_from(word.span.start);
        self.enabled(span)?;
        self.duration_tree(kind, span, 0)
    }

    /// `min_of(x, y)` or `max_of(x, y)`.
    fn duration_call(&mut self, op: DurationOp) -> Parsed<DurationTree> {
        let word = self.take()?;
        self.expect(TokenKind::LeftParen)?;
        let lhs = self.duration_operators(0)?;
        self.expect(TokenKind::Comma)?;
        let rhs = self.duration_operators(0)?;
        self.expect(TokenKind::RightParen)?;
        let span = self.span_from(word.span.start);
        self.enabled(span)?;
        self.duration_binary(op, lhs, rhs, span)
    }

    fn duration_paren(&mut self) -> Parsed<DurationTree> {
        let open = self.expect(TokenKind::LeftParen)?;
        let inner = self.duration_operators(0)?;
        self.expect(TokenKind::RightParen)?;
        self.enabled(inner.expr.span)?;
        // Parentheses around parentheses say nothing.
        if matches!(inner.expr.kind, DurationExprKind::Paren(_)) {
            return Ok(inner);
        }
        let span = self.span_from(open.span.start);
        self.duration_tree(DurationExprKind::Paren(Box::new(inner.expr)), span, inner.height)
    }

    /// An operand with its sign: `+` changes nothing, `-` becomes part of a literal.
    fn signed(&self, op: BinaryOp, sign: Token<'a>, operand: DurationTree) -> Parsed<DurationTree> {
        let DurationTree { mut expr, height } = operand;
        let span = Span { start: sign.span.start, end: expr.span.end };
        if let DurationExprKind::Literal { seconds, .. } = &mut expr.kind {
            *seconds = if op == BinaryOp::Sub { -*seconds } else { *seconds };
            return Ok(DurationTree { expr: DurationExpr { span, ..expr }, height });
        }
        if op == BinaryOp::Add {
            return Ok(DurationTree { expr, height });
        }
        let kind = DurationExprKind::Unary { negative: true, operand: Box::new(expr) };
        self.duration_tree(kind, span, height)
    }

    fn enabled(&self, span: Span) -> Parsed<()> {
        if self.features.duration_expr {
            return Ok(());
        }
        self.fail(span, "experimental duration expression is not enabled")
    }
}

/// Literals are fixed, cut to whole milliseconds after rounding to nanoseconds, as in Prometheus.
fn finish(expr: DurationExpr) -> Duration {
    match expr.kind {
        DurationExprKind::Literal { seconds, .. } => {
            Duration::Fixed((seconds * 1e9).round() as i64 / 1_000_000)
        }
        _ => Duration::Computed(Box::new(expr)),
    }
}
