//! Prints trees over several indented lines where one line would be too long.

use super::{
    ast::{Aggregate, Binary, Expr, ExprKind},
    print::{AggregateHead, Operator, SubqueryTail, sign},
};

/// Longer texts are split; in bytes, as in Prometheus.
const LINE_MAX: usize = 100;

/// Formats an expression for reading, as Prometheus's `format_query` does.
pub fn pretty(expr: &Expr) -> String {
    lines(expr, 0)
}

/// The expression with every line indented, but for subqueries that fit on a line, as in Prometheus.
fn lines(expr: &Expr, level: usize) -> String {
    let indent = "  ".repeat(level);
    let line = expr.to_string();
    let fits = line.len() <= LINE_MAX;
    match &expr.kind {
        ExprKind::Subquery(_) if fits => line,
        ExprKind::Unary(unary) => {
            format!("{indent}{}{}", sign(unary.negative), lines(&unary.expr, level).trim())
        }
        _ if fits => indent + &line,
        ExprKind::Aggregate(aggregate) => aggregation(aggregate, level, &indent),
        ExprKind::Binary(binary) => operation(binary, level, &indent),
        ExprKind::Call(call) => {
            let args: Vec<_> = call.args.iter().map(|arg| lines(arg, level + 1)).collect();
            format!("{indent}{}(\n{}\n{indent})", call.function.name, args.join(",\n"))
        }
        ExprKind::Paren(inner) => format!("{indent}(\n{}\n{indent})", lines(inner, level + 1)),
        ExprKind::Subquery(subquery) => lines(&subquery.expr, level) + &SubqueryTail(subquery).to_string(),
        ExprKind::Number { .. } | ExprKind::String(_) | ExprKind::Vector(_) | ExprKind::Matrix(_) => {
            indent + &line
        }
    }
}

fn aggregation(aggregate: &Aggregate, level: usize, indent: &str) -> String {
    let param = aggregate.param.as_ref().map(|param| lines(param, level + 1) + ",\n").unwrap_or_default();
    let operand = lines(&aggregate.expr, level + 1);
    format!("{indent}{}(\n{param}{operand}\n{indent})", AggregateHead(aggregate))
}

fn operation(binary: &Binary, level: usize, indent: &str) -> String {
    let (lhs, rhs) = (lines(&binary.lhs, level + 1), lines(&binary.rhs, level + 1));
    format!("{lhs}\n{indent}{}\n{rhs}", Operator(binary))
}
