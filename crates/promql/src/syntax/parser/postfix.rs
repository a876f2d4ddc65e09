//! What follows an expression: ranges, subqueries, `offset`, `@`, `anchored` and `smoothed`.

use super::{
    super::{
        ast::{At, Duration, Expr, ExprKind, Extended, MatrixSelector, Subquery, VectorSelector},
        token::{Keyword, Token, TokenKind},
    },
    Claim, Parsed, Parser, Tree,
};

/// What `[` may be followed by.
const DURATION: &str = "number, duration, step(), or range()";

/// The parts of a selector or subquery that modifiers set.
struct Modified<'e> {
    offset: &'e mut Duration,
    at: &'e mut Option<At>,
}

impl<'a> Parser<'a> {
    /// An expression with everything that follows it.
    pub(super) fn postfix(&mut self) -> Parsed<Tree> {
        let mut tree = self.primary()?;
        loop {
            match self.peek()?.kind {
                TokenKind::LeftBracket => tree = self.brackets(tree)?,
                TokenKind::Keyword(Keyword::Offset) => self.offset(&mut tree.expr)?,
                TokenKind::At => self.at(&mut tree.expr)?,
                TokenKind::Keyword(Keyword::Anchored) => self.extend(&mut tree.expr, Extended::Anchored)?,
                TokenKind::Keyword(Keyword::Smoothed) => self.extend(&mut tree.expr, Extended::Smoothed)?,
                _ => return Ok(tree),
            }
        }
    }

    /// `[range]` or `[range:step]`.
    fn brackets(&mut self, operand: Tree) -> Parsed<Tree> {
        let open = self.expect(TokenKind::LeftBracket)?;
        let range = self.positive_duration().within("subquery or range selector", DURATION)?;
        if self.take_if(TokenKind::Colon)?.is_some() {
            return self.subquery(operand, range);
        }
        self.expect(TokenKind::RightBracket).within("subquery or range", "\":\" or \"]\"")?;
        self.matrix(operand.expr, range, open)
    }

    fn subquery(&mut self, operand: Tree, range: Duration) -> Parsed<Tree> {
        let mut step = None;
        if self.take_if(TokenKind::RightBracket)?.is_none() {
            let expected = "number, duration, step(), range(), or \"]\"";
            step = Some(self.positive_duration().within("subquery selector", expected)?);
            self.expect(TokenKind::RightBracket).within("subquery selector", "\"]\"")?;
        }
        let span = self.span_from(operand.expr.span.start);
        let subquery = Subquery { expr: operand.expr, range, step, offset: Duration::Fixed(0), at: None };
        self.tree(ExprKind::Subquery(Box::new(subquery)), span, operand.height)
    }

    fn matrix(&mut self, operand: Expr, range: Duration, open: Token<'a>) -> Parsed<Tree> {
        let brackets = self.span_from(open.span.start);
        let ExprKind::Vector(selector) = operand.kind else {
            return self.fail(brackets, "ranges only allowed for vector selectors");
        };
        if selector.offset != Duration::Fixed(0) {
            return self.fail(brackets, "no offset modifiers allowed before range");
        }
        if selector.at.is_some() {
            return self.fail(brackets, "no @ modifiers allowed before range");
        }
        let span = self.span_from(operand.span.start);
        let matrix = MatrixSelector { selector: *selector, selector_span: operand.span, range };
        self.tree(ExprKind::Matrix(Box::new(matrix)), span, 1)
    }

    fn offset(&mut self, expr: &mut Expr) -> Parsed<()> {
        self.take()?;
        let offset = self.offset_duration().within("offset", DURATION)?;
        let span = expr.span;
        let Some(modified) = modified(expr) else {
            return self.fail(
                span,
                "offset modifier must be preceded by an instant vector selector or range vector selector \
                 or a subquery",
            );
        };
        if *modified.offset != Duration::Fixed(0) {
            return self.fail(span, "offset may not be set multiple times");
        }
        *modified.offset = offset;
        expr.span.end = self.taken_end;
        Ok(())
    }

    fn at(&mut self, expr: &mut Expr) -> Parsed<()> {
        self.take()?;
        let at = self.at_time(expr).within("@", "timestamp")?;
        let span = expr.span;
        let Some(modified) = modified(expr) else {
            return self.fail(
                span,
                "@ modifier must be preceded by an instant vector selector or range vector selector \
                 or a subquery",
            );
        };
        if modified.at.is_some() {
            return self.fail(span, "@ <timestamp> may not be set multiple times");
        }
        *modified.at = Some(at);
        expr.span.end = self.taken_end;
        Ok(())
    }

    fn at_time(&mut self, expr: &Expr) -> Parsed<At> {
        let border = match self.peek()?.kind {
            TokenKind::Keyword(Keyword::Start) => At::Start,
            TokenKind::Keyword(Keyword::End) => At::End,
            _ => return self.at_timestamp(expr),
        };
        self.take()?;
        self.expect(TokenKind::LeftParen)?;
        self.expect(TokenKind::RightParen)?;
        Ok(border)
    }

    fn at_timestamp(&mut self, expr: &Expr) -> Parsed<At> {
        let seconds = self.signed_number()?;
        // As in Prometheus the seconds must fit, the milliseconds are cut to what fits.
        if seconds.is_nan() || seconds.abs() >= i64::MAX as f64 {
            let shown = match seconds {
                f64::INFINITY => "+Inf".to_owned(),
                f64::NEG_INFINITY => "-Inf".to_owned(),
                s if s.is_nan() => "NaN".to_owned(),
                s => format!("{s:.6}"),
            };
            return self.fail(expr.span, format!("timestamp out of bounds for @ modifier: {shown}"));
        }
        Ok(At::Timestamp((seconds * 1000.0).round() as i64))
    }

    fn extend(&mut self, expr: &mut Expr, how: Extended) -> Parsed<()> {
        let token = self.take()?;
        let word = token.text.to_ascii_lowercase();
        if !self.features.extended_range_selectors {
            return self.fail(expr.span, format!("{word} modifier is experimental and not enabled"));
        }
        let selector: &mut VectorSelector = match &mut expr.kind {
            ExprKind::Vector(selector) => selector,
            ExprKind::Matrix(matrix) => &mut matrix.selector,
            ExprKind::Subquery(_) => {
                return self.fail(expr.span, format!("{word} modifier is not supported for subqueries"));
            }
            _ => return self.fail(expr.span, format!("{word} modifier not implemented")),
        };
        if selector.extended != Extended::No && selector.extended != how {
            return self.fail(expr.span, "anchored and smoothed modifiers cannot be used together");
        }
        selector.extended = how;
        Ok(())
    }
}

fn modified(expr: &mut Expr) -> Option<Modified<'_>> {
    match &mut expr.kind {
        ExprKind::Vector(s) => Some(Modified { offset: &mut s.offset, at: &mut s.at }),
        ExprKind::Matrix(m) => Some(Modified { offset: &mut m.selector.offset, at: &mut m.selector.at }),
        ExprKind::Subquery(s) => Some(Modified { offset: &mut s.offset, at: &mut s.at }),
        _ => None,
    }
}
