//! Prints trees as Prometheus prints them: one line, canonical spacing, labels of selectors sorted.

use std::fmt::{self, Display, Formatter, Write as _};

use model::{
    METRIC_NAME, MatchOp,
    duration::DurationMs,
    float::Shortest,
    label::{Quoted, is_legacy_label_name},
};

use super::ast::{
    Aggregate, At, Binary, Cardinality, Duration, DurationExpr, DurationExprKind, DurationOp, Expr, ExprKind,
    Extended, MatrixSelector, Subquery, VectorMatching, VectorSelector,
};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number { value, is_duration } => number(f, *value, *is_duration),
            ExprKind::String(text) => write!(f, "{}", Quoted(text)),
            ExprKind::Paren(inner) => write!(f, "({inner})"),
            ExprKind::Unary(unary) => write!(f, "{}{}", sign(unary.negative), unary.expr),
            ExprKind::Binary(binary) => {
                write!(f, "{} {} {}", binary.lhs, Operator(binary), binary.rhs)
            }
            ExprKind::Aggregate(aggregate) => {
                write!(f, "{}(", AggregateHead(aggregate))?;
                if let Some(param) = &aggregate.param {
                    write!(f, "{param}, ")?;
                }
                write!(f, "{})", aggregate.expr)
            }
            ExprKind::Call(call) => {
                write!(f, "{}(", call.function.name)?;
                joined(f, &call.args, ", ", |f, arg| write!(f, "{arg}"))?;
                f.write_char(')')
            }
            ExprKind::Vector(selector) => write!(f, "{selector}"),
            ExprKind::Matrix(matrix) => write!(f, "{matrix}"),
            ExprKind::Subquery(subquery) => write!(f, "{}{}", subquery.expr, SubqueryTail(subquery)),
        }
    }
}

pub(super) fn sign(negative: bool) -> char {
    if negative { '-' } else { '+' }
}

fn joined<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    separator: &str,
    print: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        print(f, item)?;
    }
    Ok(())
}

fn labels(f: &mut Formatter<'_>, labels: &[Box<str>]) -> fmt::Result {
    joined(f, labels, ", ", |f, label| {
        if is_legacy_label_name(label) { f.write_str(label) } else { write!(f, "{}", Quoted(label)) }
    })
}

fn number(f: &mut Formatter<'_>, value: f64, is_duration: bool) -> fmt::Result {
    match value {
        _ if is_duration => write!(f, "{}", DurationMs((value * 1e9) as i64 / 1_000_000)),
        f64::INFINITY => f.write_str("+Inf"),
        f64::NEG_INFINITY => f.write_str("-Inf"),
        _ if value.is_nan() => f.write_str("NaN"),
        _ => write!(f, "{value}"),
    }
}

/// An aggregation up to its parenthesis.
pub(super) struct AggregateHead<'a>(pub(super) &'a Aggregate);

impl Display for AggregateHead<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Aggregate { op, grouping, without, .. } = self.0;
        f.write_str(op.as_str())?;
        if !*without && grouping.is_empty() {
            return Ok(());
        }
        f.write_str(if *without { " without (" } else { " by (" })?;
        labels(f, grouping)?;
        f.write_str(") ")
    }
}

/// An operator with its modifiers.
pub(super) struct Operator<'a>(pub(super) &'a Binary);

impl Display for Operator<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.op.as_str())?;
        if self.0.return_bool {
            f.write_str(" bool")?;
        }
        self.0.matching.as_ref().map_or(Ok(()), |m| matching(f, m))
    }
}

fn matching(f: &mut Formatter<'_>, matching: &VectorMatching) -> fmt::Result {
    let group = match matching.cardinality {
        Cardinality::ManyToOne => Some("group_left"),
        Cardinality::OneToMany => Some("group_right"),
        Cardinality::OneToOne | Cardinality::ManyToMany => None,
    };
    if matching.on || !matching.labels.is_empty() || group.is_some() {
        f.write_str(if matching.on { " on (" } else { " ignoring (" })?;
        labels(f, &matching.labels)?;
        f.write_char(')')?;
    }
    if let Some(group) = group {
        write!(f, " {group} (")?;
        labels(f, &matching.include)?;
        f.write_char(')')?;
    }
    match (matching.fill_left, matching.fill_right) {
        (Some(left), Some(right)) if left == right => fill(f, "fill", Some(left)),
        (left, right) => fill(f, "fill_left", left).and_then(|()| fill(f, "fill_right", right)),
    }
}

/// Prints the value as Go's `%v` does, which changes to exponents later than `%g`.
fn fill(f: &mut Formatter<'_>, word: &str, value: Option<f64>) -> fmt::Result {
    match value {
        None => Ok(()),
        Some(value) if (1e-4..1e21).contains(&value.abs()) => write!(f, " {word} ({value})"),
        Some(value) => write!(f, " {word} ({})", Shortest(value)),
    }
}

impl Display for VectorSelector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        bare_selector(f, self)?;
        at(f, self.at)?;
        extended(f, self.extended)?;
        offset(f, &self.offset)
    }
}

/// Name and matchers, without modifiers.
fn bare_selector(f: &mut Formatter<'_>, selector: &VectorSelector) -> fmt::Result {
    let name = selector.name.as_deref().unwrap_or("");
    f.write_str(name)?;
    let is_name = |m: &&model::Matcher| {
        m.name() == METRIC_NAME && m.op() == MatchOp::Equal && m.value() == name && !name.is_empty()
    };
    let mut matchers: Vec<_> =
        selector.matchers.iter().filter(|m| !is_name(m)).map(ToString::to_string).collect();
    if matchers.is_empty() {
        // `{}` is an argument of `info`.
        return if name.is_empty() { f.write_str("{}") } else { Ok(()) };
    }
    matchers.sort();
    write!(f, "{{{}}}", matchers.join(","))
}

impl Display for MatrixSelector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        bare_selector(f, &self.selector)?;
        write!(f, "[{}]", self.range)?;
        extended(f, self.selector.extended)?;
        at(f, self.selector.at)?;
        offset(f, &self.selector.offset)
    }
}

/// What follows the expression of a subquery.
pub(super) struct SubqueryTail<'a>(pub(super) &'a Subquery);

impl Display for SubqueryTail<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "[{}:", self.0.range)?;
        if let Some(step) = &self.0.step {
            write!(f, "{step}")?;
        }
        f.write_char(']')?;
        at(f, self.0.at)?;
        offset(f, &self.0.offset)
    }
}

fn at(f: &mut Formatter<'_>, at: Option<At>) -> fmt::Result {
    match at {
        None => Ok(()),
        Some(At::Timestamp(ms)) => write!(f, " @ {:.3}", ms as f64 / 1000.0),
        Some(At::Start) => f.write_str(" @ start()"),
        Some(At::End) => f.write_str(" @ end()"),
    }
}

fn extended(f: &mut Formatter<'_>, extended: Extended) -> fmt::Result {
    f.write_str(match extended {
        Extended::No => "",
        Extended::Anchored => " anchored",
        Extended::Smoothed => " smoothed",
    })
}

fn offset(f: &mut Formatter<'_>, offset: &Duration) -> fmt::Result {
    if *offset == Duration::Fixed(0) { Ok(()) } else { write!(f, " offset {offset}") }
}

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(ms) => write!(f, "{}", DurationMs(*ms)),
            Self::Computed(expr) => write!(f, "{expr}"),
        }
    }
}

impl Display for DurationExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DurationExprKind::Literal { seconds, is_duration } => number(f, *seconds, *is_duration),
            DurationExprKind::Step => f.write_str("step()"),
            DurationExprKind::Range => f.write_str("range()"),
            DurationExprKind::Unary { negative, operand } => write!(f, "{}{operand}", sign(*negative)),
            DurationExprKind::Paren(inner) => write!(f, "({inner})"),
            DurationExprKind::Binary { op, lhs, rhs } => match op {
                DurationOp::MinOf | DurationOp::MaxOf => write!(f, "{}({lhs}, {rhs})", op.as_str()),
                _ => write!(f, "{lhs} {} {rhs}", op.as_str()),
            },
        }
    }
}
