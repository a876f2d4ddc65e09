//! Makes a plan of a syntax tree.

use model::{METRIC_NAME, Projection};

use super::{
    Aggregate, Binary, Call, Function, Kind, Node, Range, RangeCall, Selector, Source, duration::Known,
};
use crate::{
    engine::{Error, binary::is_arithmetic, range_function},
    syntax::{
        ValueType,
        ast::{self, At, BinaryOp, Cardinality, Expr, ExprKind, Extended, Span},
    },
};

/// The times of a query; the same one twice, and no step, for an instant query.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct QueryTimes {
    pub(in crate::engine) start_ms: i64,
    pub(in crate::engine) end_ms: i64,
    pub(in crate::engine) step_ms: i64,
    pub(in crate::engine) lookback_delta_ms: i64,
    /// The step of subqueries without one.
    pub(in crate::engine) default_step_ms: i64,
}

/// Makes a plan of a syntax tree; the parser has checked its types.
///
/// # Errors
/// When a computed duration is none.
pub(in crate::engine) fn build(expr: &Expr, times: QueryTimes) -> Result<Node, Error> {
    let known = Known {
        step_seconds: times.step_ms as f64 / 1000.0,
        range_seconds: times.end_ms.saturating_sub(times.start_ms) as f64 / 1000.0,
    };
    let scope = Scope {
        from_ms: times.start_ms,
        to_ms: times.end_ms,
        in_statistics: false,
        whole_histograms: false,
        grouped_by: None,
    };
    Builder { times, known }.node(expr, scope)
}

/// What is around a part of the query.
#[derive(Clone, Copy)]
struct Scope<'e> {
    /// The evaluation times: those of the query, or of the subqueries around the part.
    from_ms: i64,
    to_ms: i64,
    /// A function takes figures from native histograms that need no buckets.
    in_statistics: bool,
    /// Something does need the buckets.
    whole_histograms: bool,
    /// The aggregation that folds the series, if nothing in between looks at their labels.
    grouped_by: Option<&'e ast::Aggregate>,
}

struct Builder {
    times: QueryTimes,
    known: Known,
}

impl Builder {
    fn node(&self, expr: &Expr, scope: Scope<'_>) -> Result<Node, Error> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Paren(inner) => self.node(inner, scope),
            ExprKind::Unary(unary) => self.unary(unary, span, scope),
            ExprKind::Number { value, .. } => Ok(Node::number(*value, span)),
            ExprKind::String(text) => Ok(Node {
                kind: Kind::String(text.clone()),
                value_type: ValueType::String,
                ..Node::number(0.0, span)
            }),
            ExprKind::Binary(binary) => self.binary(binary, span, scope),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, span, scope),
            ExprKind::Call(call) => self.call(call, span, scope),
            ExprKind::Vector(selector) => {
                let selector = self.selector(selector, None, scope)?;
                let (invariant, distinct) = (selector.at_ms.is_some(), selector.has_one_name());
                let kind = Kind::Vector(Box::new(selector));
                Ok(Node { kind, span, value_type: ValueType::Vector, invariant, distinct })
            }
            ExprKind::Matrix(_) | ExprKind::Subquery(_) => {
                let (range, distinct) = self.range(expr, scope)?;
                let invariant = range.at_ms.is_some();
                let kind = Kind::Matrix(Box::new(range));
                Ok(Node { kind, span, value_type: ValueType::Matrix, invariant, distinct })
            }
        }
    }

    fn unary(&self, unary: &ast::Unary, span: Span, scope: Scope<'_>) -> Result<Node, Error> {
        let inner = self.node(&unary.expr, scope)?;
        if !unary.negative {
            return Ok(Node { span, ..inner });
        }
        let (value_type, invariant, distinct) = (inner.value_type, inner.invariant, inner.distinct);
        Ok(Node { kind: Kind::Negate(Box::new(inner)), span, value_type, invariant, distinct })
    }

    fn binary(&self, binary: &ast::Binary, span: Span, scope: Scope<'_>) -> Result<Node, Error> {
        let trims = matches!(binary.op, BinaryOp::TrimUpper | BinaryOp::TrimLower);
        let scope = Scope { whole_histograms: scope.whole_histograms || trims, ..scope };
        // With a scalar the labels stay as they are; two vectors are matched by them.
        let of_vectors = [&binary.lhs, &binary.rhs].iter().all(|side| side.value_type() == ValueType::Vector);
        let side = |expr: &Expr| {
            let keeps = !of_vectors && expr.value_type() == ValueType::Vector;
            Scope { grouped_by: scope.grouped_by.filter(|_| keeps), ..scope }
        };
        let lhs = self.node(&binary.lhs, side(&binary.lhs))?;
        let rhs = self.node(&binary.rhs, side(&binary.rhs))?;
        let scalar = lhs.value_type == ValueType::Scalar && rhs.value_type == ValueType::Scalar;
        let value_type = if scalar { ValueType::Scalar } else { ValueType::Vector };
        let invariant = lhs.invariant && rhs.invariant;
        let one_to_one = |m: &ast::VectorMatching| m.cardinality == Cardinality::OneToOne;
        let distinct = match (&binary.matching, binary.op) {
            (None, _) if lhs.value_type == ValueType::Vector => lhs.distinct,
            (None, _) => rhs.distinct,
            (Some(_), BinaryOp::And | BinaryOp::Unless) => lhs.distinct,
            (Some(matching), op) => one_to_one(matching) && is_arithmetic(op),
        };
        let binary = Binary {
            op: binary.op,
            lhs,
            rhs,
            return_bool: binary.return_bool,
            matching: binary.matching.clone(),
        };
        Ok(Node { kind: Kind::Binary(Box::new(binary)), span, value_type, invariant, distinct })
    }

    fn aggregate(&self, aggregate: &ast::Aggregate, span: Span, scope: Scope<'_>) -> Result<Node, Error> {
        let grouped_by = Some(aggregate).filter(|aggregate| folds(aggregate.op));
        let expr = self.node(&aggregate.expr, Scope { grouped_by, ..scope })?;
        let scope = Scope { grouped_by: None, ..scope };
        let param = aggregate.param.as_ref().map(|param| self.node(param, scope)).transpose()?;
        let mut grouping = aggregate.grouping.clone();
        grouping.sort_unstable();
        grouping.dedup();
        let keeps_labels = matches!(
            aggregate.op,
            ast::AggregateOp::TopK
                | ast::AggregateOp::BottomK
                | ast::AggregateOp::LimitK
                | ast::AggregateOp::LimitRatio
        );
        let named =
            aggregate.op == ast::AggregateOp::CountValues || grouping.iter().any(|name| is_metadata(name));
        let distinct = if keeps_labels { expr.distinct } else { !named && !aggregate.without };
        // A parameter that changes by step does not make it change: so it is in Prometheus.
        let invariant = expr.invariant;
        let aggregate = Aggregate { op: aggregate.op, expr, param, grouping, without: aggregate.without };
        let kind = Kind::Aggregate(Box::new(aggregate));
        Ok(Node { kind, span, value_type: ValueType::Vector, invariant, distinct })
    }

    fn call(&self, call: &ast::Call, span: Span, scope: Scope<'_>) -> Result<Node, Error> {
        let name = call.function.name;
        if let Some(value) = self.query_constant(name) {
            return Ok(Node::number(value, span));
        }
        let mut scope = scope;
        scope.in_statistics |= matches!(name, "histogram_count" | "histogram_sum" | "histogram_avg");
        scope.whole_histograms |=
            matches!(name, "histogram_quantile" | "histogram_quantiles" | "histogram_fraction");
        if let Some(function) = range_function::lookup(name) {
            return self.range_call(function, call, span, scope);
        }
        if !leaves_labels(name) {
            scope.grouped_by = None;
        }
        let args: Vec<Node> = call.args.iter().map(|arg| self.node(arg, scope)).collect::<Result<_, _>>()?;
        let function = super::call::lookup(name, &args)
            .ok_or_else(|| Error::execution(format!("unknown function with name {name:?}")))?;
        let all_invariant = args.iter().all(|arg| arg.invariant);
        let invariant = all_invariant && function.keeps_invariance(&args);
        let distinct = match &function {
            Function::LabelReplace | Function::LabelJoin | Function::Info => false,
            Function::HistogramQuantiles => false,
            _ => args.iter().all(|arg| arg.distinct),
        };
        let value_type = call.function.returns;
        let kind = Kind::Call(Box::new(Call { function, args }));
        Ok(Node { kind, span, value_type, invariant, distinct })
    }

    /// `start()`, `end()`, `range()` and `step()`.
    fn query_constant(&self, name: &str) -> Option<f64> {
        let times = &self.times;
        match name {
            "start" => Some(times.start_ms as f64 / 1000.0),
            "end" => Some(times.end_ms as f64 / 1000.0),
            "range" => Some(self.known.range_seconds),
            "step" if times.start_ms == times.end_ms => Some(0.0),
            "step" => Some(self.known.step_seconds),
            _ => None,
        }
    }

    fn range_call(
        &self,
        function: range_function::RangeFunction,
        call: &ast::Call,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Node, Error> {
        let (mut range, mut scalars, mut note_span) = (None, Vec::new(), None);
        for arg in &call.args {
            let arg = unwrap_parens(arg);
            if matches!(arg.kind, ExprKind::Matrix(_) | ExprKind::Subquery(_)) {
                range = Some(self.range(arg, scope)?);
                // Notes about a subquery have no better place than the start of the text.
                let is_subquery = matches!(arg.kind, ExprKind::Subquery(_));
                note_span.get_or_insert(if is_subquery { Span::default() } else { arg.span });
            } else {
                scalars.push(self.node(arg, Scope { grouped_by: None, ..scope })?);
                note_span.get_or_insert(arg.span);
            }
        }
        let (range, distinct) = range.ok_or_else(|| Error::execution("expected a range vector"))?;
        function.check_modifier(range.extended)?;
        let constant = scalars.iter().all(|arg| arg.invariant);
        let invariant = function.is_invariant() && range.at_ms.is_some() && constant;
        let call = RangeCall { function, range, scalars, note_span: note_span.unwrap_or(span) };
        let kind = Kind::RangeCall(Box::new(call));
        Ok(Node { kind, span, value_type: ValueType::Vector, invariant, distinct })
    }

    /// A range vector, and whether its series stay distinct without their names.
    fn range(&self, expr: &Expr, scope: Scope<'_>) -> Result<(Range, bool), Error> {
        match &expr.kind {
            ExprKind::Matrix(matrix) => {
                let range_ms = self.known.range_ms(&matrix.range)?;
                let selector = self.selector(&matrix.selector, Some(range_ms), scope)?;
                let distinct = selector.has_one_name();
                let (at_ms, offset_ms, extended) = (selector.at_ms, selector.offset_ms, selector.extended);
                let source = Source::Selector(Box::new(selector));
                Ok((Range { span: expr.span, source, range_ms, at_ms, offset_ms, extended }, distinct))
            }
            ExprKind::Subquery(subquery) => self.subquery(subquery, expr.span, scope),
            _ => Err(Error::execution("expected a range vector")),
        }
    }

    fn subquery(
        &self,
        subquery: &ast::Subquery,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<(Range, bool), Error> {
        let range_ms = self.known.range_ms(&subquery.range)?;
        let offset_ms = self.known.offset_ms(&subquery.offset)?;
        let step = subquery.step.as_ref().map(|step| self.known.range_ms(step)).transpose()?;
        let at_ms = self.at(subquery.at);
        let (from_ms, to_ms) = at_ms.map_or((scope.from_ms, scope.to_ms), |at| (at, at));
        let inner = Scope {
            from_ms: from_ms.saturating_sub(offset_ms).saturating_sub(range_ms),
            to_ms: to_ms.saturating_sub(offset_ms),
            // Resets between the samples that a subquery takes show in the buckets only.
            whole_histograms: true,
            // The pieces of a series are put together by its labels.
            grouped_by: None,
            ..scope
        };
        let expr = Box::new(self.node(&subquery.expr, inner)?);
        let distinct = expr.distinct;
        let source = Source::Subquery { expr, step_ms: step.unwrap_or(self.times.default_step_ms).max(1) };
        Ok((Range { span, source, range_ms, at_ms, offset_ms, extended: Extended::No }, distinct))
    }

    fn selector(
        &self,
        selector: &ast::VectorSelector,
        range_ms: Option<i64>,
        scope: Scope<'_>,
    ) -> Result<Selector, Error> {
        let offset_ms = self.known.offset_ms(&selector.offset)?;
        let at_ms = self.at(selector.at);
        let (from_ms, to_ms) = at_ms.map_or((scope.from_ms, scope.to_ms), |at| (at, at));
        let lookback_ms = self.times.lookback_delta_ms;
        let (before_ms, after_ms) = match (range_ms, selector.extended) {
            (None, Extended::Smoothed) => (lookback_ms, lookback_ms),
            (None, _) => (lookback_ms, 0),
            (Some(range_ms), Extended::No) => (range_ms, 0),
            (Some(range_ms), Extended::Anchored) => (range_ms.saturating_add(lookback_ms), 0),
            (Some(range_ms), Extended::Smoothed) => (range_ms.saturating_add(lookback_ms), lookback_ms),
        };
        let mut plan = Selector {
            matchers: selector.matchers.clone(),
            at_ms,
            offset_ms,
            extended: selector.extended,
            // Windows are open on the left: a sample that far back is out.
            mint_ms: from_ms.saturating_sub(offset_ms).saturating_sub(before_ms).saturating_add(1),
            maxt_ms: to_ms.saturating_sub(offset_ms).saturating_add(after_ms),
            statistics_only: scope.in_statistics && !scope.whole_histograms,
            labels: None,
        };
        // Without a single name, series that become the same without theirs have to be found.
        if plan.has_one_name() {
            plan.labels = scope.grouped_by.map(projection);
        }
        Ok(plan)
    }

    fn at(&self, at: Option<At>) -> Option<i64> {
        Some(match at? {
            At::Timestamp(ms) => ms,
            At::Start => self.times.start_ms,
            At::End => self.times.end_ms,
        })
    }
}

impl Node {
    fn number(value: f64, span: Span) -> Self {
        Self {
            kind: Kind::Number(value),
            span,
            value_type: ValueType::Scalar,
            invariant: true,
            distinct: true,
        }
    }
}

/// Whether an aggregation needs nothing of a series but its values and its group.
fn folds(op: ast::AggregateOp) -> bool {
    use ast::AggregateOp::{Avg, Count, Group, Max, Min, Quantile, Stddev, Stdvar, Sum};
    matches!(op, Sum | Avg | Count | Min | Max | Group | Stddev | Stdvar | Quantile)
}

/// Whether a function of one vector gives it the labels that it had, but for the name.
fn leaves_labels(function: &str) -> bool {
    matches!(
        function,
        "abs"
            | "ceil"
            | "clamp"
            | "clamp_max"
            | "clamp_min"
            | "exp"
            | "floor"
            | "ln"
            | "log10"
            | "log2"
            | "round"
            | "sgn"
            | "sqrt"
            | "timestamp"
    )
}

/// The labels that an aggregation needs; those that notes and warnings are about are always among them.
fn projection(aggregate: &ast::Aggregate) -> Projection {
    let grouping = aggregate.grouping.iter().cloned();
    if aggregate.without {
        return Projection::except(grouping.filter(|name| !is_metadata(name)));
    }
    Projection::only(grouping.chain([METRIC_NAME, "__type__"].map(Box::from)))
}

/// The expression within all parentheses.
fn unwrap_parens(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

/// True for the labels that are dropped together with the metric name.
pub(in crate::engine) fn is_metadata(label: &str) -> bool {
    matches!(label, METRIC_NAME | "__type__" | "__unit__")
}
