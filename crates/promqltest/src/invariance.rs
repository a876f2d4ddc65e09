//! Variants of an instant query that must give the same answer: every selector fixed in time by `@`.

use promql::syntax::ast::{At, Expr, ExprKind};

/// Functions whose result depends on when they are evaluated, whatever their arguments are fixed to.
const TIME_DEPENDENT: [&str; 15] = [
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "days_in_month",
    "end",
    "hour",
    "minute",
    "month",
    "predict_linear",
    "range",
    "start",
    "step",
    "time",
    "timestamp",
    "year",
];

/// Fixes all selectors and subqueries at a time, but for those that are fixed already and those within a
/// subquery. False when the expression would not give the same answer at all times even then.
pub(crate) fn fix(expr: &mut Expr, time_ms: i64) -> bool {
    match &mut expr.kind {
        ExprKind::Number { .. } | ExprKind::String(_) => true,
        ExprKind::Paren(inner) => fix(inner, time_ms),
        ExprKind::Unary(unary) => fix(&mut unary.expr, time_ms),
        ExprKind::Binary(binary) => fix(&mut binary.lhs, time_ms) & fix(&mut binary.rhs, time_ms),
        ExprKind::Aggregate(aggregate) => {
            let param = aggregate.param.as_mut().is_none_or(|param| fix(param, time_ms));
            fix(&mut aggregate.expr, time_ms) & param
        }
        ExprKind::Call(call) => {
            let args = call.args.iter_mut().fold(true, |all, arg| fix(arg, time_ms) & all);
            args && !TIME_DEPENDENT.contains(&call.function.name)
        }
        ExprKind::Vector(selector) => fix_at(&mut selector.at, time_ms),
        ExprKind::Matrix(matrix) => fix_at(&mut matrix.selector.at, time_ms),
        ExprKind::Subquery(subquery) => fix_at(&mut subquery.at, time_ms),
    }
}

fn fix_at(at: &mut Option<At>, time_ms: i64) -> bool {
    if !matches!(at, Some(At::Timestamp(_))) {
        *at = Some(At::Timestamp(time_ms));
    }
    true
}

/// The times at which a query fixed at `time_ms` is evaluated as well.
pub(crate) fn other_times(time_ms: i64) -> Vec<i64> {
    match time_ms {
        0 => vec![-1_000, 0, 1_000],
        _ => vec![-10 * time_ms, 0, time_ms / 5, time_ms, 10 * time_ms],
    }
}

#[cfg(test)]
mod tests {
    use promql::syntax::{Features, parse};

    use super::*;

    #[test]
    fn selectors_are_fixed_outside_of_subqueries() {
        for (text, fixed) in [
            ("a + rate(b[1m] @ 3)", Some("a @ 5.000 + rate(b[1m] @ 3.000)")),
            ("sum_over_time(a[1m:] @ end())", Some("sum_over_time(a[1m:] @ 5.000)")),
            ("topk(scalar(a), b)", Some("topk(scalar(a @ 5.000), b @ 5.000)")),
            ("a + time()", None),
        ] {
            let mut expr = parse(text, &Features::ALL).unwrap();
            let found = fix(&mut expr, 5_000).then(|| expr.to_string());
            assert_eq!(found.as_deref(), fixed, "{text}");
        }
    }
}
