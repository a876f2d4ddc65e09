//! Binary and unary operators and their modifiers.

use super::{
    super::{
        ast::{BinaryOp, Cardinality, Expr, ExprKind, Span, Unary, VectorMatching},
        number,
        token::{Keyword, TokenKind},
    },
    Parsed, Parser, Tree,
    chain::{Chain, Link},
};

/// How tightly an operator binds.
fn precedence(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 1,
        BinaryOp::And | BinaryOp::Unless => 2,
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::LessEqual
        | BinaryOp::Less
        | BinaryOp::GreaterEqual
        | BinaryOp::Greater
        | BinaryOp::TrimUpper
        | BinaryOp::TrimLower => 3,
        BinaryOp::Add | BinaryOp::Sub => 4,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod | BinaryOp::Atan2 => 5,
        BinaryOp::Pow => POWER,
    }
}

/// The precedence of `^`, the only operator that binds to the right, and more tightly than a sign.
const POWER: u8 = 6;

/// What stands between an operator and its right operand.
struct Modifiers {
    return_bool: bool,
    matching: VectorMatching,
}

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<Tree> {
        self.operators(0)
    }

    /// Operands joined by operators that bind at least as tightly as `min`.
    fn operators(&mut self, min: u8) -> Parsed<Tree> {
        let mut lhs = self.nested(Self::operand)?;
        let mut chain = Chain::default();
        while let Some(op) = self.operator(min)? {
            let token = self.take()?;
            let Modifiers { return_bool, matching } = self.modifiers()?;
            let op_span = self.span_from(token.span.start);
            let binds = precedence(op);
            let right_min = if binds == POWER { binds } else { binds + 1 };
            let rhs = self.nested(|p| p.operators(right_min))?;
            let filled = matching.fill_left.or(matching.fill_right).is_some();
            if filled && !self.features.binop_fill_modifiers {
                let span = Span { start: lhs.expr.span.start, end: rhs.expr.span.end };
                return self.fail(span, "binop fill modifiers are experimental and not enabled");
            }
            lhs = chain.add(self, lhs, Link { op, op_span, return_bool, matching }, rhs)?;
        }
        chain.close(self, lhs)
    }

    /// The next token, if it is an operator that binds at least as tightly as `min`.
    fn operator(&mut self, min: u8) -> Parsed<Option<BinaryOp>> {
        let TokenKind::Operator(op) = self.peek()?.kind else { return Ok(None) };
        Ok((precedence(op) >= min).then_some(op))
    }

    /// A signed expression, or one with selectors and modifiers behind it.
    fn operand(&mut self) -> Parsed<Tree> {
        let token = self.peek()?;
        let negative = match token.kind {
            TokenKind::Operator(BinaryOp::Add) => false,
            TokenKind::Operator(BinaryOp::Sub) => true,
            _ => return self.postfix(),
        };
        self.take()?;
        let mut operand = self.operators(POWER)?;
        let span = Span { start: token.span.start, end: operand.expr.span.end };
        // A sign before a literal belongs to it.
        if let ExprKind::Number { value, .. } = &mut operand.expr.kind {
            *value = if negative { -*value } else { *value };
            operand.expr.span = span;
            return Ok(operand);
        }
        let unary = Unary { negative, expr: operand.expr };
        self.tree(ExprKind::Unary(Box::new(unary)), span, operand.height)
    }

    fn modifiers(&mut self) -> Parsed<Modifiers> {
        let return_bool = self.take_keyword(Keyword::Bool)?;
        let mut matching = VectorMatching {
            cardinality: Cardinality::OneToOne,
            labels: Vec::new(),
            on: false,
            include: Vec::new(),
            fill_left: None,
            fill_right: None,
        };
        matching.on = self.take_keyword(Keyword::On)?;
        if matching.on || self.take_keyword(Keyword::Ignoring)? {
            matching.labels = self.grouping_labels()?;
            if self.take_keyword(Keyword::GroupLeft)? {
                matching.cardinality = Cardinality::ManyToOne;
            } else if self.take_keyword(Keyword::GroupRight)? {
                matching.cardinality = Cardinality::OneToMany;
            }
            if matching.cardinality != Cardinality::OneToOne && !self.operand_follows()? {
                matching.include = self.grouping_labels()?;
            }
        }
        self.fill(&mut matching)?;
        Ok(Modifiers { return_bool, matching })
    }

    /// True when no list of labels stands between `group_left` or `group_right` and the operand.
    fn operand_follows(&mut self) -> Parsed<bool> {
        let kind = self.peek()?.kind;
        let fills = [Keyword::Fill, Keyword::FillLeft, Keyword::FillRight].map(TokenKind::Keyword);
        Ok(kind != TokenKind::LeftParen && (kind.starts_expression() || fills.contains(&kind)))
    }

    /// `fill`, or `fill_left` and `fill_right` in any order.
    fn fill(&mut self, matching: &mut VectorMatching) -> Parsed<()> {
        if self.take_keyword(Keyword::Fill)? {
            let value = self.fill_value()?;
            matching.fill_left = Some(value);
            matching.fill_right = Some(value);
        } else if self.take_keyword(Keyword::FillLeft)? {
            matching.fill_left = Some(self.fill_value()?);
            if self.take_keyword(Keyword::FillRight)? {
                matching.fill_right = Some(self.fill_value()?);
            }
        } else if self.take_keyword(Keyword::FillRight)? {
            matching.fill_right = Some(self.fill_value()?);
            if self.take_keyword(Keyword::FillLeft)? {
                matching.fill_left = Some(self.fill_value()?);
            }
        }
        Ok(())
    }

    fn fill_value(&mut self) -> Parsed<f64> {
        self.expect(TokenKind::LeftParen)?;
        let value = self.signed_number()?;
        self.expect(TokenKind::RightParen)?;
        Ok(value)
    }

    /// A number, or a duration as seconds, with or without a sign.
    pub(super) fn signed_number(&mut self) -> Parsed<f64> {
        let sign = match self.peek()?.kind {
            TokenKind::Operator(BinaryOp::Add) => Some(1.0),
            TokenKind::Operator(BinaryOp::Sub) => Some(-1.0),
            _ => None,
        };
        if sign.is_some() {
            self.take()?;
        }
        let Tree { expr: Expr { kind, .. }, .. } = self.number_or_duration()?;
        match kind {
            ExprKind::Number { value, .. } => Ok(sign.map_or(value, |sign| sign * value)),
            _ => self.unexpected(),
        }
    }

    pub(super) fn number_or_duration(&mut self) -> Parsed<Tree> {
        let token = self.peek()?;
        let is_duration = match token.kind {
            TokenKind::Number => false,
            TokenKind::Duration => true,
            _ => return self.unexpected(),
        };
        self.take()?;
        let value = if is_duration {
            model::duration::parse_ms(token.text).map(|ms| ms as f64 / 1000.0).map_err(|e| e.to_string())
        } else {
            number::parse(token.text)
        };
        match value {
            Ok(value) => self.tree(ExprKind::Number { value, is_duration }, token.span, 0),
            Err(message) => self.fail(token.span, message),
        }
    }
}
