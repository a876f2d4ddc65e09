//! Long chains of one set operator, as machines write them: `a or b or c …`.
//!
//! Trees of chains lean to the left, as in Prometheus, and are as high as the chain is long. From a certain length
//! on the operands of `or` and `and` are joined pairwise instead, so that the height grows with the logarithm of the
//! length only: which operand is joined first makes no difference to what such a chain gives, nor to its order.

use super::{
    super::ast::{Binary, BinaryOp, Cardinality, ExprKind, Span, VectorMatching},
    Parsed, Parser, Tree,
};

/// So many operands a chain has before it is joined pairwise: what people write keeps its usual tree.
const LEANING_MAX: usize = 100;

/// An operator of a chain, which has its modifiers.
pub(super) struct Link {
    pub(super) op: BinaryOp,
    pub(super) op_span: Span,
    pub(super) return_bool: bool,
    pub(super) matching: VectorMatching,
}

impl Link {
    /// True when it does not matter which of two operators is evaluated first. What the checker refuses is left to it.
    fn goes_with(&self, op: BinaryOp, matching: &VectorMatching) -> bool {
        let is_set = matches!(self.op, BinaryOp::Or | BinaryOp::And) && self.op == op;
        let VectorMatching { cardinality, fill_left, fill_right, .. } = matching;
        let is_plain = *cardinality == Cardinality::OneToOne && fill_left.or(*fill_right).is_none();
        is_set && is_plain && !self.return_bool && self.matching == *matching
    }
}

/// The operands of a chain beyond its leaning part, each with the operator before it.
#[derive(Default)]
pub(super) struct Chain {
    /// Each of these trees stands for twice as many operands as the next one, or more.
    pending: Vec<(Link, Tree, u32)>,
    /// Operators that followed each other with nothing else in between.
    length: usize,
}

impl Chain {
    /// Joins `lhs` with a further operand; it may be done later.
    pub(super) fn add(&mut self, parser: &Parser<'_>, lhs: Tree, link: Link, rhs: Tree) -> Parsed<Tree> {
        let goes_on = match (self.pending.last(), &lhs.expr.kind) {
            (Some((last, ..)), _) => link.goes_with(last.op, &last.matching),
            (None, ExprKind::Binary(last)) => {
                last.matching.as_ref().is_some_and(|matching| link.goes_with(last.op, matching))
            }
            _ => false,
        };
        self.length = if goes_on { self.length + 1 } else { 0 };
        if self.length < LEANING_MAX {
            let lhs = self.close(parser, lhs)?;
            return join(parser, lhs, link, rhs);
        }
        self.pending.push((link, rhs, 0));
        while let [.., (_, _, before), (_, _, after)] = &self.pending[..]
            && before == after
        {
            self.join_last(parser)?;
        }
        Ok(lhs)
    }

    /// Joins all that is left with `lhs`.
    pub(super) fn close(&mut self, parser: &Parser<'_>, lhs: Tree) -> Parsed<Tree> {
        while self.pending.len() > 1 {
            self.join_last(parser)?;
        }
        match self.pending.pop() {
            Some((link, rhs, _)) => join(parser, lhs, link, rhs),
            None => Ok(lhs),
        }
    }

    /// Joins the last two trees.
    fn join_last(&mut self, parser: &Parser<'_>) -> Parsed<()> {
        if let (Some((link, rhs, _)), Some((before, lhs, rank))) = (self.pending.pop(), self.pending.pop()) {
            self.pending.push((before, join(parser, lhs, link, rhs)?, rank + 1));
        }
        Ok(())
    }
}

fn join(parser: &Parser<'_>, lhs: Tree, link: Link, rhs: Tree) -> Parsed<Tree> {
    let span = Span { start: lhs.expr.span.start, end: rhs.expr.span.end };
    let below = lhs.height.max(rhs.height);
    let Link { op, op_span, return_bool, matching } = link;
    let binary = Binary { op, lhs: lhs.expr, rhs: rhs.expr, return_bool, matching: Some(matching), op_span };
    parser.tree(ExprKind::Binary(Box::new(binary)), span, below)
}
