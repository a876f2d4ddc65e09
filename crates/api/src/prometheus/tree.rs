//! Expressions as JSON, their fields in alphabetical order as in Prometheus.

use model::Matcher;
use promql::syntax::ast::{
    Aggregate, At, Binary, Call, Cardinality, Duration, DurationExpr, DurationExprKind, DurationOp, Expr,
    ExprKind, Extended, Subquery, VectorMatching, VectorSelector,
};

use crate::json::{Object, write_array, write_float, write_scalar, write_str, write_strings};

/// Writes an expression and, within it, its parts. Recurses as deep as the parser allows trees to be.
pub(super) fn write_tree(out: &mut String, expr: &Expr) {
    let mut object = Object::new(out);
    match &expr.kind {
        ExprKind::Number { value, .. } => {
            object.str("type", "numberLiteral");
            write_scalar(object.field("val"), *value);
        }
        ExprKind::String(text) => _ = object.str("type", "stringLiteral").str("val", text),
        ExprKind::Paren(inner) => {
            write_tree(object.field("expr"), inner);
            object.str("type", "parenExpr");
        }
        ExprKind::Unary(unary) => {
            write_tree(object.field("expr"), &unary.expr);
            object.str("op", if unary.negative { "-" } else { "+" }).str("type", "unaryExpr");
        }
        ExprKind::Binary(binary) => write_binary(&mut object, binary),
        ExprKind::Aggregate(aggregate) => write_aggregate(&mut object, aggregate),
        ExprKind::Call(call) => write_call(&mut object, call),
        ExprKind::Vector(selector) => write_selector(&mut object, selector, None),
        ExprKind::Matrix(matrix) => write_selector(&mut object, &matrix.selector, Some(&matrix.range)),
        ExprKind::Subquery(subquery) => write_subquery(&mut object, subquery),
    }
    object.end();
}

fn write_binary(object: &mut Object<'_>, binary: &Binary) {
    object.plain("bool", binary.return_bool);
    write_tree(object.field("lhs"), &binary.lhs);
    match &binary.matching {
        Some(matching) => write_matching(object.field("matching"), matching),
        None => object.field("matching").push_str("null"),
    }
    object.str("op", binary.op.as_str());
    write_tree(object.field("rhs"), &binary.rhs);
    object.str("type", "binaryExpr");
}

fn write_matching(out: &mut String, matching: &VectorMatching) {
    let card = match matching.cardinality {
        Cardinality::OneToOne => "one-to-one",
        Cardinality::ManyToOne => "many-to-one",
        Cardinality::OneToMany => "one-to-many",
        Cardinality::ManyToMany => "many-to-many",
    };
    let mut object = Object::new(out);
    object.str("card", card);
    let mut fills = Object::new(object.field("fillValues"));
    for (side, fill) in [("lhs", matching.fill_left), ("rhs", matching.fill_right)] {
        let out = fills.field(side);
        // JSON has no NaN and no infinities.
        match fill.filter(|fill| fill.is_finite()) {
            Some(fill) => write_float(out, fill),
            None => out.push_str("null"),
        }
    }
    fills.end();
    write_strings(object.field("include"), &matching.include);
    write_strings(object.field("labels"), &matching.labels);
    object.plain("on", matching.on).end();
}

fn write_aggregate(object: &mut Object<'_>, aggregate: &Aggregate) {
    write_tree(object.field("expr"), &aggregate.expr);
    write_strings(object.field("grouping"), &aggregate.grouping);
    object.str("op", aggregate.op.as_str());
    match &aggregate.param {
        Some(param) => write_tree(object.field("param"), param),
        None => object.field("param").push_str("null"),
    }
    object.str("type", "aggregation").plain("without", aggregate.without);
}

fn write_call(object: &mut Object<'_>, call: &Call) {
    write_array(object.field("args"), &call.args, write_tree);
    let function = call.function;
    let mut signature = Object::new(object.field("func"));
    write_array(signature.field("argTypes"), function.args, |out, arg| write_str(out, arg.as_str()));
    signature
        .str("name", function.name)
        .str("returnType", function.returns.as_str())
        .plain("variadic", function.variadic)
        .end();
    object.str("type", "call");
}

/// An instant vector selector or, with a range, a range vector selector.
fn write_selector(object: &mut Object<'_>, selector: &VectorSelector, range: Option<&Duration>) {
    object.plain("anchored", selector.extended == Extended::Anchored);
    write_array(object.field("matchers"), &selector.matchers, write_matcher);
    object.str("name", selector.name.as_deref().unwrap_or(""));
    write_duration(object, ("offset", "offsetExpr"), Some(&selector.offset));
    if range.is_some() {
        write_duration(object, ("range", "rangeExpr"), range);
    }
    object.plain("smoothed", selector.extended == Extended::Smoothed);
    write_at(object, selector.at);
    object.str("type", if range.is_some() { "matrixSelector" } else { "vectorSelector" });
}

fn write_subquery(object: &mut Object<'_>, subquery: &Subquery) {
    write_tree(object.field("expr"), &subquery.expr);
    write_duration(object, ("offset", "offsetExpr"), Some(&subquery.offset));
    write_duration(object, ("range", "rangeExpr"), Some(&subquery.range));
    write_border(object, border(subquery.at));
    write_duration(object, ("step", "stepExpr"), subquery.step.as_ref());
    write_timestamp(object, subquery.at);
    object.str("type", "subquery");
}

fn write_matcher(out: &mut String, matcher: &Matcher) {
    Object::new(out)
        .str("name", matcher.name())
        .str("type", matcher.op().as_str())
        .str("value", matcher.value())
        .end();
}

fn write_at(object: &mut Object<'_>, at: Option<At>) {
    write_border(object, border(at));
    write_timestamp(object, at);
}

fn border(at: Option<At>) -> Option<&'static str> {
    match at {
        Some(At::Start) => Some("start"),
        Some(At::End) => Some("end"),
        Some(At::Timestamp(_)) | None => None,
    }
}

fn write_border(object: &mut Object<'_>, border: Option<&str>) {
    match border {
        Some(border) => _ = object.str("startOrEnd", border),
        None => object.field("startOrEnd").push_str("null"),
    }
}

fn write_timestamp(object: &mut Object<'_>, at: Option<At>) {
    match at {
        Some(At::Timestamp(ms)) => _ = object.plain("timestamp", ms),
        _ => object.field("timestamp").push_str("null"),
    }
}

/// A duration as two fields: milliseconds, and the expression that computes them.
fn write_duration(object: &mut Object<'_>, (fixed, computed): (&str, &str), duration: Option<&Duration>) {
    let (ms, expr) = match duration {
        Some(Duration::Fixed(ms)) => (*ms, None),
        Some(Duration::Computed(expr)) => (0, Some(expr)),
        None => (0, None),
    };
    object.plain(fixed, ms);
    match expr {
        Some(expr) => write_duration_expr(object.field(computed), expr, false),
        None => object.field(computed).push_str("null"),
    }
}

/// Prometheus has no node for parentheses, it marks what they are around.
fn write_duration_expr(out: &mut String, expr: &DurationExpr, wrapped: bool) {
    let (op, lhs, rhs) = match &expr.kind {
        DurationExprKind::Literal { seconds, is_duration } if !wrapped => {
            let mut object = Object::new(out);
            object.plain("duration", *is_duration).str("type", "numberLiteral");
            write_scalar(object.field("val"), *seconds);
            return object.end();
        }
        DurationExprKind::Paren(inner) => return write_duration_expr(out, inner, true),
        // A literal in parentheses is one with a sign there.
        DurationExprKind::Literal { .. } => ("+", None, Some(expr)),
        DurationExprKind::Step => ("step", None, None),
        DurationExprKind::Range => ("range", None, None),
        DurationExprKind::Unary { negative, operand } => {
            (if *negative { "-" } else { "+" }, None, Some(&**operand))
        }
        DurationExprKind::Binary { op, lhs, rhs } => (DurationOp::as_str(*op), Some(&**lhs), Some(&**rhs)),
    };
    let mut object = Object::new(out);
    write_operand(object.field("lhs"), lhs);
    object.str("op", op);
    write_operand(object.field("rhs"), rhs);
    object.str("type", "durationExpr").plain("wrapped", wrapped).end();
}

fn write_operand(out: &mut String, operand: Option<&DurationExpr>) {
    match operand {
        Some(expr) => write_duration_expr(out, expr, false),
        None => out.push_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use promql::syntax::{Features, parse};

    use super::*;

    #[test]
    fn expressions_are_written_as_trees() {
        for (text, json) in [
            (
                "sum without (a) (-b > bool on (c) group_left (d) fill (1) b)",
                r#"{"expr":{"bool":true,"lhs":{"expr":B,"op":"-","type":"unaryExpr"},"matching":{"card":"many-to-one","fillValues":{"lhs":1,"rhs":1},"include":["d"],"labels":["c"],"on":true},"op":"\u003e","rhs":B,"type":"binaryExpr"},"grouping":["a"],"op":"sum","param":null,"type":"aggregation","without":true}"#,
            ),
            (
                "round((b), 1e3) * 2",
                r#"{"bool":false,"lhs":{"args":[{"expr":B,"type":"parenExpr"},{"type":"numberLiteral","val":"1000"}],"func":{"argTypes":["vector","scalar"],"name":"round","returnType":"vector","variadic":1},"type":"call"},"matching":null,"op":"*","rhs":{"type":"numberLiteral","val":"2"},"type":"binaryExpr"}"#,
            ),
            (
                "b[5m:(1m) + step()] @ end() offset -1m",
                r#"{"expr":B,"offset":-60000,"offsetExpr":null,"range":300000,"rangeExpr":null,"startOrEnd":"end","step":0,"stepExpr":{"lhs":{"lhs":null,"op":"+","rhs":{"duration":true,"type":"numberLiteral","val":"60"},"type":"durationExpr","wrapped":true},"op":"+","rhs":{"lhs":null,"op":"step","rhs":null,"type":"durationExpr","wrapped":false},"type":"durationExpr","wrapped":false},"timestamp":null,"type":"subquery"}"#,
            ),
            (
                "{x=~\"y\"}[1m] smoothed @ 1.5",
                r#"{"anchored":false,"matchers":[{"name":"x","type":"=~","value":"y"}],"name":"","offset":0,"offsetExpr":null,"range":60000,"rangeExpr":null,"smoothed":true,"startOrEnd":null,"timestamp":1500,"type":"matrixSelector"}"#,
            ),
        ] {
            let selector = r#"{"anchored":false,"matchers":[{"name":"__name__","type":"=","value":"b"}],"name":"b","offset":0,"offsetExpr":null,"smoothed":false,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"}"#;
            let mut out = String::new();
            write_tree(&mut out, &parse(text, &Features::ALL).unwrap());
            assert_eq!(out, json.replace(":B", &format!(":{selector}")), "{text}");
        }
    }
}
