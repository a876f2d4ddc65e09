//! `count_values`: how many series have each value.

use foldhash::{HashMap, HashMapExt};
use model::{LabelSet, LabelSetBuilder, label::is_label_name};

use super::{evaluate, group};
use crate::engine::{
    Error,
    column::{Column, Point},
    context::Context,
    grid::Grid,
    plan::{Aggregate, Kind, Node},
    series::{Series, Sink},
};

/// Hands on one series for each value in each group.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    aggregate: &Aggregate,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let label = label(context, aggregate)?;
    let mut grouping = aggregate.grouping.clone();
    if let (false, Err(at)) = (aggregate.without, grouping.binary_search_by(|own| own.as_ref().cmp(label))) {
        grouping.insert(at, label.into());
    }
    let mut held = context.hold();
    let mut counts: HashMap<LabelSet, Vec<f64>> = HashMap::new();
    evaluate::vector(context, &aggregate.expr, grid, &mut |series| {
        let mut last: Option<(String, LabelSet)> = None;
        for (step, point) in series.column.iter() {
            let value = text(point);
            // Values often stand still.
            let labels = match last.take() {
                Some((same, labels)) if same == value => labels,
                _ => {
                    let mut labels = LabelSetBuilder::new(&series.labels);
                    labels.set(label, &value);
                    group::labels(aggregate, &grouping, &labels.build())
                }
            };
            if !counts.contains_key(&labels) {
                let bytes = labels.as_bytes().len() + grid.steps * size_of::<f64>();
                held.grow(bytes, grid.steps, &"the values of count_values")?;
            }
            let counts = counts.entry(labels.clone()).or_insert_with(|| vec![0.0; grid.steps]);
            if let Some(count) = counts.get_mut(step) {
                *count += 1.0;
            }
            last = Some((value, labels));
        }
        context.tick(grid.steps)
    })?;
    for (labels, counts) in counts {
        let mut column = Column::new(grid.steps);
        for (step, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0.0) {
            column.set_float(step, count);
        }
        sink(Series { labels, drop_name: false, column })?;
    }
    Ok(())
}

fn label<'a>(context: &Context<'_>, aggregate: &'a Aggregate) -> Result<&'a str, Error> {
    match aggregate.param.as_ref() {
        Some(Node { kind: Kind::String(label), .. }) if is_label_name(label) => Ok(label),
        param => {
            let written = param.and_then(|param| context.written(param.span)).unwrap_or_default();
            Err(Error::execution(format!("invalid label name {written}")))
        }
    }
}

/// The value as the label has it.
fn text(point: Point<'_>) -> String {
    match point {
        Point::Float(value) if value.is_infinite() => if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        Point::Float(value) => value.to_string(),
        Point::Histogram(histogram) => histogram.to_string(),
    }
}
