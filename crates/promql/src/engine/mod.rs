//! Evaluates trees over the querier trait, series by series over the step grid.
//!
//! A selector decodes one series after the other, slides a window over it and hands the column of values on: to
//! a function that changes it, to an aggregation that folds it into its group, or to the answer. Only what has
//! to wait for other series is kept: groups, one side of a binary operation, the inside of a subquery.

mod aggregate;
mod ahead;
mod annotation;
mod binary;
mod column;
mod context;
mod control;
mod error;
mod evaluate;
mod explain;
mod feed;
mod function;
mod grid;
mod matrix;
mod plan;
mod quantile;
mod range_function;
mod selector;
mod series;
mod smoothed;
mod subquery;
mod value;
mod window;
mod xxhash;

#[cfg(test)]
mod tests;

use model::Queryable;

pub use control::{Control, EngineOptions};
pub use error::Error;
pub use explain::NodeStats;
pub use value::{MatrixSeries, SampleValue, Value, VectorSample};

use crate::syntax::{self, ValueType, ast::Expr};
use context::Context;
use grid::Grid;
use plan::{Kind, Node, QueryTimes};
use series::{Collector, Series, without_metadata};
use value::Points;

/// A query's answer.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The value.
    pub value: Value,
    /// Warnings, each with its position in the text.
    pub warnings: Vec<String>,
    /// Infos, each with its position in the text.
    pub infos: Vec<String>,
    /// What the query cost.
    pub stats: Stats,
}

/// What a query cost.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Samples that were looked at, each as often as it was.
    pub total_samples: u64,
    /// Most samples held at a time.
    pub peak_samples: u64,
    /// [`Stats::total_samples`] by step; empty unless asked for.
    pub samples_per_step: Vec<u64>,
    /// Samples that were read from the store, each once for each selector that reads it.
    pub samples_read: u64,
    /// [`Stats::samples_read`] by step; what a subquery reads counts for the first one.
    pub samples_read_per_step: Vec<u64>,
    /// What each part of the query gave and cost, each before those within it; empty unless asked for.
    pub nodes: Vec<NodeStats>,
}

/// Answers queries.
#[derive(Debug)]
pub struct Engine {
    options: EngineOptions,
    helpers: ahead::Helpers,
}

impl Engine {
    /// An engine with some settings.
    pub fn new(options: EngineOptions) -> Self {
        Self { options, helpers: ahead::Helpers::default() }
    }

    /// Its settings.
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Evaluates an expression at one time. Blocks until it is done.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn instant(
        &self,
        queryable: &dyn Queryable,
        text: &str,
        time_ms: i64,
        control: &Control,
    ) -> Result<Outcome, Error> {
        let expr = syntax::parse(text, &self.options.features)?;
        self.instant_expr(queryable, &expr, text, time_ms, control)
    }

    /// As [`Engine::instant`], of an expression that was parsed before from `text`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn instant_expr(
        &self,
        queryable: &dyn Queryable,
        expr: &Expr,
        text: &str,
        time_ms: i64,
        control: &Control,
    ) -> Result<Outcome, Error> {
        let times = (time_ms, time_ms, 0);
        let node = plan::build(expr, self.times(times, control))?;
        let grid = Grid::instant(time_ms);
        let context = Context::new(queryable, self, control, text, grid.steps);
        let value = instant_value(&context, &node, grid)?;
        Ok(outcome(value, context))
    }

    /// Evaluates an expression at each step from start to end, both included. Blocks until it is done.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn range(
        &self,
        queryable: &dyn Queryable,
        text: &str,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
        control: &Control,
    ) -> Result<Outcome, Error> {
        let expr = syntax::parse(text, &self.options.features)?;
        self.range_expr(queryable, &expr, text, (start_ms, end_ms, step_ms), control)
    }

    /// As [`Engine::range`], of an expression that was parsed before from `text`; start, end and step in
    /// milliseconds.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn range_expr(
        &self,
        queryable: &dyn Queryable,
        expr: &Expr,
        text: &str,
        (start_ms, end_ms, step_ms): (i64, i64, i64),
        control: &Control,
    ) -> Result<Outcome, Error> {
        let node = plan::build(expr, self.times((start_ms, end_ms, step_ms), control))?;
        let refused = match node.value_type {
            ValueType::Scalar | ValueType::Vector => None,
            ValueType::Matrix => Some("range vector"),
            ValueType::String => Some("string"),
        };
        if let Some(refused) = refused {
            let message = "range query, must be Scalar or instant Vector";
            return Err(Error::Invalid(format!("invalid expression type {refused:?} for {message}")));
        }
        let grid = Grid::range(start_ms, end_ms, step_ms, self.options.max_samples)?;
        let context = Context::new(queryable, self, control, text, grid.steps);
        let value = Value::Matrix(matrix(&context, &node, grid)?);
        Ok(outcome(value, context))
    }

    fn times(&self, (start_ms, end_ms, step_ms): (i64, i64, i64), control: &Control) -> QueryTimes {
        QueryTimes {
            start_ms,
            end_ms,
            step_ms,
            lookback_delta_ms: control.lookback_delta_ms.unwrap_or(self.options.lookback_delta_ms),
            default_step_ms: self.options.default_step_ms,
        }
    }
}

fn outcome(value: Value, context: Context<'_>) -> Outcome {
    let (warnings, infos, stats) = context.finish();
    Outcome { value, warnings, infos, stats }
}

fn instant_value(context: &Context<'_>, node: &Node, grid: Grid) -> Result<Value, Error> {
    let timestamp_ms = grid.start_ms;
    match (&node.kind, node.value_type) {
        (Kind::String(text), _) => Ok(Value::String { timestamp_ms, value: text.to_string() }),
        (_, ValueType::Scalar) => {
            Ok(Value::Scalar { timestamp_ms, value: evaluate::scalar(context, node, grid)?.at(0) })
        }
        (Kind::Matrix(range), _) => Ok(Value::Matrix(matrix::samples(context, range, grid)?)),
        _ => Ok(Value::Vector(vector(context, node, grid)?)),
    }
}

/// The samples of an instant vector in the order in which the expression gives them.
fn vector(context: &Context<'_>, node: &Node, grid: Grid) -> Result<Vec<VectorSample>, Error> {
    let mut collector = Collector::new(context, "the result");
    evaluate::vector(context, node, grid, &mut |series| collector.push(finished(context, series)))?;
    let mut distinct = series::Distinct::new(context, !context.options.delayed_name_removal, grid.steps);
    let mut samples = Vec::with_capacity(collector.series.len());
    for series in &collector.series {
        distinct.check_labels(&series.labels, &series.column)?;
        if let Some(point) = series.column.get(0) {
            let labels = series.labels.clone();
            samples.push(VectorSample { labels, timestamp_ms: grid.start_ms, value: point.to_value() });
        }
    }
    Ok(samples)
}

/// The series of a range query in label order.
fn matrix(context: &Context<'_>, node: &Node, grid: Grid) -> Result<Vec<MatrixSeries>, Error> {
    let mut collector = Collector::new(context, "the result");
    evaluate::any(context, node, grid, &mut |series| collector.push(finished(context, series)))?;
    let (merged, _held) = collector.merged()?;
    let on_grid =
        |Series { labels, column, .. }| MatrixSeries { labels, points: Points::OnGrid { grid, column } };
    Ok(merged.into_iter().map(on_grid).collect())
}

/// A series as it is answered: without its name, if that was to be dropped at the end.
fn finished(context: &Context<'_>, mut series: Series) -> Series {
    if context.options.delayed_name_removal && series.drop_name {
        series.labels = without_metadata(&series.labels);
    }
    series
}
