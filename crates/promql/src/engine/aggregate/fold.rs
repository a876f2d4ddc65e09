//! The aggregations that keep a few numbers for each group and step.

use model::{FloatHistogram, is_stale, kahan};

use super::{
    Param, evaluate,
    group::Groups,
    histogram::{Folded, HistogramFold},
};
use crate::{
    engine::{
        Error,
        annotation::{Note, Operation},
        column::{Column, Point},
        context::Context,
        grid::Grid,
        plan::Aggregate,
        quantile,
        range_function::Mean,
        series::{Series, Sink},
        value::SampleValue,
    },
    syntax::ast::{AggregateOp, Span},
};

/// What is kept of the samples of a group at one step.
pub(super) trait Cell: Default {
    fn float(&mut self, value: f64);

    fn histogram(&mut self, histogram: &FloatHistogram, notes: &Notes<'_>);

    /// The result; `None` when there was no sample.
    fn finish(self, param: f64, notes: &Notes<'_>) -> Option<SampleValue>;

    /// Bytes on the heap that one more float can take.
    const BYTES_PER_FLOAT: usize = 0;
}

/// Where a cell notes what there is to say.
pub(super) struct Notes<'a> {
    context: &'a Context<'a>,
    span: Span,
    /// The metric name of the series at hand.
    name: String,
}

impl Notes<'_> {
    fn add(&self, note: Note) {
        self.context.note(note, self.span);
    }
}

struct GroupCells<C> {
    drop_name: bool,
    cells: Vec<C>,
}

/// Folds the series of the operand into their groups and hands the groups on.
#[inline(never)]
pub(super) fn vector<C: Cell>(
    context: &Context<'_>,
    aggregate: &Aggregate,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let param = Param::evaluate(context, aggregate, grid)?;
    if aggregate.op == AggregateOp::Quantile {
        note_invalid_quantiles(context, aggregate, &param);
    }
    let mut notes = Notes { context, span: aggregate.expr.span, name: String::new() };
    let mut held = context.hold();
    let mut groups = Groups::new(aggregate);
    evaluate::vector(context, &aggregate.expr, grid, &mut |series| {
        let make = || {
            let bytes = grid.steps * size_of::<C>();
            held.grow(bytes, grid.steps, &"the groups of an aggregation")?;
            let cells = std::iter::repeat_with(C::default).take(grid.steps).collect();
            Ok(GroupCells { drop_name: false, cells })
        };
        let Some(group) = groups.of::<Error>(&series.labels, make)? else {
            return Ok(());
        };
        if C::BYTES_PER_FLOAT > 0 {
            let samples = series.column.samples();
            held.grow(samples * C::BYTES_PER_FLOAT, samples, &"the samples of an aggregation")?;
        }
        if series.column.has_histograms() {
            series.labels.metric_name().clone_into(&mut notes.name);
        }
        group.drop_name |= series.drop_name;
        add(group, &series.column, &notes);
        context.tick(grid.steps)
    })?;
    for (labels, group) in groups.groups {
        let mut column = Column::new(grid.steps);
        for (step, cell) in group.cells.into_iter().enumerate() {
            if let Some(value) = cell.finish(param.values.at(step), &notes) {
                column.set(step, value);
            }
        }
        if !column.is_absent() {
            sink(Series { labels, drop_name: group.drop_name, column })?;
        }
    }
    Ok(())
}

fn add<C: Cell>(group: &mut GroupCells<C>, column: &Column, notes: &Notes<'_>) {
    if let Some(floats) = column.only_floats() {
        for (cell, &value) in group.cells.iter_mut().zip(floats) {
            if !is_stale(value) {
                cell.float(value);
            }
        }
        return;
    }
    for (step, point) in column.iter() {
        let Some(cell) = group.cells.get_mut(step) else { continue };
        match point {
            Point::Float(value) => cell.float(value),
            Point::Histogram(histogram) => cell.histogram(histogram, notes),
        }
    }
}

fn note_invalid_quantiles(context: &Context<'_>, aggregate: &Aggregate, param: &Param) {
    let span = aggregate.param.as_ref().map(|param| param.span).unwrap_or_default();
    let invalid = [(param.any_nan, f64::NAN), (param.max > 1.0, param.max), (param.min < 0.0, param.min)];
    for (_, value) in invalid.into_iter().filter(|(is, _)| *is) {
        context.note(Note::InvalidQuantile(value), span);
    }
}

/// Histograms of a group at a step, and whether the group has a result at all.
#[derive(Default)]
struct Histograms {
    fold: Option<Box<HistogramFold>>,
    incompatible: bool,
}

impl Histograms {
    fn add(&mut self, h: &FloatHistogram, start: fn(&FloatHistogram) -> HistogramFold, notes: &Notes<'_>) {
        let Some(fold) = &mut self.fold else {
            self.fold = Some(Box::new(start(h)));
            return;
        };
        match fold.add(h) {
            Folded::Added => {}
            Folded::Reconciled => notes.add(Note::BoundsReconciled(Operation::Aggregation)),
            Folded::Incompatible => {
                notes.add(Note::MixedExponentialCustom(notes.name.clone()));
                self.incompatible = true;
            }
        }
    }

    /// The result beside that of the floats.
    fn finish(self, floats: Option<f64>, notes: &Notes<'_>) -> Option<SampleValue> {
        match (floats, self.fold) {
            (Some(_), Some(_)) => {
                notes.add(Note::MixedFloatsHistogramsAggregation);
                None
            }
            _ if self.incompatible => None,
            (Some(value), None) => Some(SampleValue::Float(value)),
            (None, Some(fold)) => {
                if fold.resets_collide() {
                    notes.add(Note::ResetCollision(Operation::Aggregation));
                }
                let mut histogram = fold.finish();
                histogram.compact();
                Some(SampleValue::Histogram(histogram.into()))
            }
            (None, None) => None,
        }
    }
}

/// `sum`
#[derive(Default)]
pub(super) struct Sum {
    sum: f64,
    c: f64,
    any: bool,
    histograms: Histograms,
}

impl Cell for Sum {
    fn float(&mut self, value: f64) {
        if self.any {
            (self.sum, self.c) = kahan::add(value, self.sum, self.c);
        } else if !self.histograms.incompatible {
            (self.sum, self.any) = (value, true);
        }
    }

    fn histogram(&mut self, histogram: &FloatHistogram, notes: &Notes<'_>) {
        if !self.histograms.incompatible {
            self.histograms.add(histogram, HistogramFold::sum, notes);
        }
    }

    fn finish(self, _: f64, notes: &Notes<'_>) -> Option<SampleValue> {
        self.histograms.finish(self.any.then_some(self.sum + self.c), notes)
    }
}

/// `avg`
#[derive(Default)]
pub(super) struct Avg {
    mean: Mean,
    any: bool,
    histograms: Histograms,
}

impl Cell for Avg {
    fn float(&mut self, value: f64) {
        if !self.histograms.incompatible {
            self.mean.add(value);
            self.any = true;
        }
    }

    fn histogram(&mut self, histogram: &FloatHistogram, notes: &Notes<'_>) {
        if !self.histograms.incompatible {
            self.histograms.add(histogram, HistogramFold::mean, notes);
        }
    }

    fn finish(self, _: f64, notes: &Notes<'_>) -> Option<SampleValue> {
        self.histograms.finish(self.any.then(|| self.mean.value()), notes)
    }
}

/// `count`
#[derive(Default)]
pub(super) struct Count(f64);

impl Cell for Count {
    fn float(&mut self, _: f64) {
        self.0 += 1.0;
    }

    fn histogram(&mut self, _: &FloatHistogram, _: &Notes<'_>) {
        self.0 += 1.0;
    }

    fn finish(self, _: f64, _: &Notes<'_>) -> Option<SampleValue> {
        (self.0 > 0.0).then_some(SampleValue::Float(self.0))
    }
}

/// `group`
#[derive(Default)]
pub(super) struct Group(bool);

impl Cell for Group {
    fn float(&mut self, _: f64) {
        self.0 = true;
    }

    fn histogram(&mut self, _: &FloatHistogram, _: &Notes<'_>) {
        self.0 = true;
    }

    fn finish(self, _: f64, _: &Notes<'_>) -> Option<SampleValue> {
        self.0.then_some(SampleValue::Float(1.0))
    }
}

/// `min`
#[derive(Default)]
pub(super) struct Min(Option<f64>);

impl Cell for Min {
    fn float(&mut self, value: f64) {
        if self.0.is_none_or(|least| least > value || least.is_nan()) {
            self.0 = Some(value);
        }
    }

    fn histogram(&mut self, _: &FloatHistogram, notes: &Notes<'_>) {
        notes.add(Note::IgnoredInAggregation("min"));
    }

    fn finish(self, _: f64, _: &Notes<'_>) -> Option<SampleValue> {
        self.0.map(SampleValue::Float)
    }
}

/// `max`
#[derive(Default)]
pub(super) struct Max(Option<f64>);

impl Cell for Max {
    fn float(&mut self, value: f64) {
        if self.0.is_none_or(|most| most < value || most.is_nan()) {
            self.0 = Some(value);
        }
    }

    fn histogram(&mut self, _: &FloatHistogram, notes: &Notes<'_>) {
        notes.add(Note::IgnoredInAggregation("max"));
    }

    fn finish(self, _: f64, _: &Notes<'_>) -> Option<SampleValue> {
        self.0.map(SampleValue::Float)
    }
}

/// Variance by Welford's method.
#[derive(Default)]
struct Variance {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Variance {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        if self.count == 1.0 {
            self.mean = value;
            self.squares = if value.is_finite() { 0.0 } else { f64::NAN };
            return;
        }
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0.0).then(|| self.squares / self.count)
    }
}

/// `stdvar`
#[derive(Default)]
pub(super) struct Stdvar(Variance);

impl Cell for Stdvar {
    fn float(&mut self, value: f64) {
        self.0.add(value);
    }

    fn histogram(&mut self, _: &FloatHistogram, notes: &Notes<'_>) {
        notes.add(Note::IgnoredInAggregation("stdvar"));
    }

    fn finish(self, _: f64, _: &Notes<'_>) -> Option<SampleValue> {
        self.0.value().map(SampleValue::Float)
    }
}

/// `stddev`
#[derive(Default)]
pub(super) struct Stddev(Variance);

impl Cell for Stddev {
    fn float(&mut self, value: f64) {
        self.0.add(value);
    }

    fn histogram(&mut self, _: &FloatHistogram, notes: &Notes<'_>) {
        notes.add(Note::IgnoredInAggregation("stddev"));
    }

    fn finish(self, _: f64, _: &Notes<'_>) -> Option<SampleValue> {
        self.0.value().map(|variance| SampleValue::Float(variance.sqrt()))
    }
}

/// `quantile`
#[derive(Default)]
pub(super) struct Quantile(Vec<f64>);

impl Cell for Quantile {
    // A vector grows to twice its length.
    const BYTES_PER_FLOAT: usize = 2 * size_of::<f64>();

    fn float(&mut self, value: f64) {
        self.0.push(value);
    }

    fn histogram(&mut self, _: &FloatHistogram, notes: &Notes<'_>) {
        notes.add(Note::IgnoredInAggregation("quantile"));
    }

    fn finish(mut self, q: f64, _: &Notes<'_>) -> Option<SampleValue> {
        (!self.0.is_empty()).then(|| SampleValue::Float(quantile::of_values(q, &mut self.0)))
    }
}
