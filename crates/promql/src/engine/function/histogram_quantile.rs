//! `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`, of classic and native histograms.

use std::sync::Arc;

use foldhash::HashMap;
use model::{FloatHistogram, LabelSet, LabelSetBuilder};

use super::{arg, scalar_arg, string_arg};
use crate::{
    engine::{
        Error,
        annotation::{Note, Repair},
        column::{Column, Point},
        context::{Context, Held},
        evaluate::{self, Scalars},
        grid::Grid,
        plan::{Call, Node},
        quantile::{self, Bucket},
        series::{Distinct, Series, Sink, without_metadata},
    },
    syntax::ast::Span,
};

/// The label that holds the upper bound of a classic bucket.
const BOUND: &str = "le";

/// Series that are one histogram: the same labels, the bound left out.
struct Group {
    /// With the metric name.
    labels: LabelSet,
    /// Bounds and counts.
    buckets: Vec<(f64, Column)>,
    native: Option<Column>,
}

/// The histograms of a vector, classic and native.
struct Histograms<'c> {
    groups: Vec<Group>,
    span: Span,
    _held: Held<'c>,
}

/// The groups while series are put into them.
#[derive(Default)]
struct Grouping {
    index: HashMap<LabelSet, usize>,
    groups: Vec<Group>,
}

impl Grouping {
    fn group(&mut self, labels: LabelSet) -> Option<&mut Group> {
        let Self { index, groups } = self;
        let at = *index.entry(labels).or_insert_with_key(|labels| {
            groups.push(Group { labels: labels.clone(), buckets: Vec::new(), native: None });
            groups.len() - 1
        });
        groups.get_mut(at)
    }

    fn add(&mut self, context: &Context<'_>, span: Span, series: Series) -> Result<(), Error> {
        let Series { labels, column, .. } = series;
        if column.has_histograms() {
            let mut native = column.clone();
            native.retain(|step| matches!(column.get(step), Some(Point::Histogram(_))));
            // Its signature has all labels, `le` too if there is one.
            if let Some(group) = self.group(labels.clone()) {
                match &mut group.native {
                    Some(all) => {
                        all.merge(&native);
                    }
                    None => group.native = Some(native),
                }
            }
        }
        if !column.iter().any(|(_, point)| matches!(point, Point::Float(_))) {
            return Ok(());
        }
        let text = labels.get(BOUND);
        let Some(bound) = parse_bound(text) else {
            let name = if context.options.delayed_name_removal { labels.metric_name() } else { "" };
            context.note(Note::BadBucketLabel { label: text.to_owned(), name: name.to_owned() }, span);
            return Ok(());
        };
        if let Some(group) = self.group(labels.retain(|name| name != BOUND)) {
            group.buckets.push((bound, column));
        }
        Ok(())
    }
}

impl<'c> Histograms<'c> {
    fn collect(context: &'c Context<'_>, node: &Node, grid: Grid) -> Result<Self, Error> {
        let mut held = context.hold();
        let mut grouping = Grouping::default();
        evaluate::vector(context, node, grid, &mut |series| {
            let bytes = size_of::<Group>() + series.column.size_bytes();
            held.grow(bytes, series.column.samples(), &"the buckets of histograms")?;
            grouping.add(context, node.span, series)
        })?;
        Ok(Self { groups: grouping.groups, span: node.span, _held: held })
    }

    /// Gives one series for each group.
    fn each(
        &self,
        context: &Context<'_>,
        grid: Grid,
        sink: &mut dyn FnMut(Series) -> Result<(), Error>,
        classic: impl Fn(usize, Vec<Bucket>, &str) -> f64,
        native: impl Fn(usize, &FloatHistogram, &str) -> f64,
    ) -> Result<(), Error> {
        let delayed = context.options.delayed_name_removal;
        for group in &self.groups {
            context.tick(grid.steps * (group.buckets.len() + 1))?;
            // Where names are dropped at once they are gone when it comes to notes.
            let name = if delayed { group.labels.metric_name() } else { "" };
            let mut column = Column::new(grid.steps);
            for step in 0..grid.steps {
                let buckets = group.buckets_at(step);
                let value = match (group.native_at(step), buckets.is_empty()) {
                    (Some(_), false) => {
                        context.note(Note::MixedClassicNative(name.to_owned()), self.span);
                        continue;
                    }
                    (Some(histogram), true) => native(step, histogram, name),
                    (None, false) => classic(step, buckets, name),
                    (None, true) => continue,
                };
                column.set_float(step, value);
            }
            if column.is_absent() {
                continue;
            }
            let labels = if delayed { group.labels.clone() } else { without_metadata(&group.labels) };
            sink(Series { labels, drop_name: true, column })?;
        }
        Ok(())
    }

    /// Gives the quantiles.
    fn quantiles(
        &self,
        context: &Context<'_>,
        grid: Grid,
        q: &Scalars,
        sink: &mut dyn FnMut(Series) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let classic = |step: usize, buckets: Vec<Bucket>, name: &str| {
            let found = quantile::bucket_quantile(q.at(step), buckets);
            if let Some(forced) = found.forced {
                let at_ms = grid.at(step);
                let repair = Repair {
                    bucket_min: forced.bucket_min,
                    bucket_max: forced.bucket_max,
                    diff_max: forced.diff_max,
                    from_ms: at_ms,
                    to_ms: at_ms,
                    samples: 1,
                };
                context.note_repair(name, self.span, repair);
            }
            found.value
        };
        let native = |step: usize, histogram: &FloatHistogram, name: &str| {
            noted(context, self.span, name, quantile::quantile(q.at(step), histogram))
        };
        self.each(context, grid, sink, classic, native)
    }
}

fn noted(context: &Context<'_>, span: Span, name: &str, (value, note): quantile::Noted) -> f64 {
    if let Some(note) = note {
        context.note(note(name.to_owned()), span);
    }
    value
}

impl Group {
    fn buckets_at(&self, step: usize) -> Vec<Bucket> {
        let at_step = |(upper, column): &(f64, Column)| match column.get(step) {
            Some(Point::Float(count)) => Some(Bucket { upper: *upper, count }),
            _ => None,
        };
        self.buckets.iter().filter_map(at_step).collect()
    }

    fn native_at(&self, step: usize) -> Option<&Arc<FloatHistogram>> {
        match self.native.as_ref()?.get(step)? {
            Point::Histogram(histogram) => Some(histogram),
            Point::Float(_) => None,
        }
    }
}

/// A bound as the label has it; NaN and what is no number is none.
fn parse_bound(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn note_invalid(context: &Context<'_>, q: &Scalars, span: Span, grid: Grid) {
    let steps = if matches!(q, Scalars::Constant(_)) { 1 } else { grid.steps };
    for q in (0..steps).map(|step| q.at(step)).filter(|q| !(0.0..=1.0).contains(q)) {
        context.note(Note::InvalidQuantile(q), span);
    }
}

#[inline(never)]
pub(super) fn quantile(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let q = scalar_arg(context, call, 0, grid)?;
    note_invalid(context, &q, arg(call, 0)?.span, grid);
    let histograms = Histograms::collect(context, arg(call, 1)?, grid)?;
    let mut distinct = Distinct::new(context, false, grid.steps);
    histograms.quantiles(context, grid, &q, &mut |series| {
        distinct.check(context, &series)?;
        sink(series)
    })
}

#[inline(never)]
pub(super) fn quantiles(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let histograms = Histograms::collect(context, arg(call, 0)?, grid)?;
    let label = string_arg(call, 1)?;
    let mut distinct = Distinct::new(context, false, grid.steps);
    for at in 2..call.args.len() {
        let q = scalar_arg(context, call, at, grid)?;
        note_invalid(context, &q, arg(call, at)?.span, grid);
        histograms.quantiles(context, grid, &q, &mut |series| {
            // A quantile that changes by step gives a series for each value.
            let mut rest = series.column.clone();
            while !rest.is_absent() {
                let value = rest.iter().next().map_or(f64::NAN, |(step, _)| q.at(step));
                let same = |step| q.at(step) == value || q.at(step).is_nan() && value.is_nan();
                let mut column = rest.clone();
                column.retain(same);
                rest.retain(|step| !same(step));
                let labels =
                    LabelSetBuilder::new(&series.labels).set(label, &open_metrics_float(value)).build();
                let series = Series { labels, drop_name: series.drop_name, column };
                distinct.check(context, &series)?;
                sink(series)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// A float as the label of a quantile has it: always with a point or an exponent.
fn open_metrics_float(value: f64) -> String {
    let text = model::float::Shortest(value).to_string();
    let has_point = text.contains(['.', 'e']) || !value.is_finite();
    if has_point { text } else { text + ".0" }
}

#[inline(never)]
pub(super) fn fraction(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let (lower, upper) = (scalar_arg(context, call, 0, grid)?, scalar_arg(context, call, 1, grid)?);
    let histograms = Histograms::collect(context, arg(call, 2)?, grid)?;
    let classic = |step, buckets, _: &str| quantile::bucket_fraction(lower.at(step), upper.at(step), buckets);
    let native = |step, histogram: &FloatHistogram, name: &str| {
        noted(context, histograms.span, name, quantile::fraction(lower.at(step), upper.at(step), histogram))
    };
    let mut distinct = Distinct::new(context, false, grid.steps);
    let mut emit = |series: Series| {
        distinct.check(context, &series)?;
        sink(series)
    };
    histograms.each(context, grid, &mut emit, classic, native)
}
