//! The selectors of an expression, for those who want to know what it reads.

use model::Matcher;

use super::ast::{Expr, ExprKind};

/// The conditions of each selector, range selectors and arguments of functions included, in the order of the text.
pub fn selectors(expr: &Expr) -> Vec<&[Matcher]> {
    let mut found: Vec<&[Matcher]> = Vec::new();
    // What is still to be looked at, the next one last: chains of operators may be long.
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        match &expr.kind {
            ExprKind::Number { .. } | ExprKind::String(_) => {}
            ExprKind::Paren(inner) => rest.push(inner),
            ExprKind::Unary(unary) => rest.push(&unary.expr),
            ExprKind::Binary(binary) => rest.extend([&binary.rhs, &binary.lhs]),
            ExprKind::Aggregate(aggregate) => {
                rest.push(&aggregate.expr);
                rest.extend(&aggregate.param);
            }
            ExprKind::Call(call) => rest.extend(call.args.iter().rev()),
            ExprKind::Subquery(subquery) => rest.push(&subquery.expr),
            ExprKind::Vector(selector) => found.push(&selector.matchers),
            ExprKind::Matrix(matrix) => found.push(&matrix.selector.matchers),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Features, parse};

    #[test]
    fn every_selector_is_found() {
        let text = r#"-(sum(rate(a{x="1"}[5m])) / on () b) + topk(scalar(c), max_over_time(d[1h:])) * info(e, {f="2"})"#;
        let expr = parse(text, &Features { experimental_functions: true, ..Features::NONE }).unwrap();
        let shown =
            |matchers: &&[Matcher]| matchers.iter().map(Matcher::to_string).collect::<Vec<_>>().join(",");
        let found: Vec<_> = selectors(&expr).iter().map(shown).collect();
        let expected = [
            r#"x="1",__name__="a""#,
            r#"__name__="b""#,
            r#"__name__="c""#,
            r#"__name__="d""#,
            r#"__name__="e""#,
            r#"f="2""#,
        ];
        assert_eq!(found, expected);
        assert!(selectors(&parse("1 + time()", &Features::NONE).unwrap()).is_empty());
    }
}
