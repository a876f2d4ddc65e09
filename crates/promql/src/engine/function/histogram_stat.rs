//! Figures of single native histograms.

use model::{FloatHistogram, METRIC_NAME, kahan};

use super::arg;
use crate::engine::{
    Error,
    column::Column,
    context::Context,
    evaluate,
    grid::Grid,
    plan::Call,
    series::{Distinct, Sink},
};

/// The function of a name.
pub(in crate::engine) fn lookup(name: &str) -> Option<fn(&FloatHistogram) -> f64> {
    Some(match name {
        "histogram_count" => |histogram| histogram.count,
        "histogram_sum" => |histogram| histogram.sum,
        "histogram_avg" => |histogram| histogram.sum / histogram.count,
        "histogram_stdvar" => variance,
        "histogram_stddev" => |histogram| variance(histogram).sqrt(),
        _ => return None,
    })
}

/// Gives the figure of each histogram; floats are dropped.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    call: &Call,
    figure: fn(&FloatHistogram) -> f64,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let mut distinct = Distinct::new(context, false, grid.steps);
    evaluate::vector(context, arg(call, 0)?, grid, &mut |mut series| {
        let mut column = Column::new(grid.steps);
        for (step, histogram) in evaluate::histograms(&series.column) {
            column.set_float(step, figure(histogram));
        }
        if column.is_absent() {
            return Ok(());
        }
        if !context.options.delayed_name_removal {
            // Type and unit stay, in Prometheus too.
            series.labels = series.labels.retain(|name| name != METRIC_NAME);
        }
        (series.column, series.drop_name) = (column, true);
        distinct.check(context, &series)?;
        sink(series)
    })
}

/// The variance, each observation taken to be in the middle of its bucket: the arithmetic one with custom
/// bounds, zero in the zero bucket, else the geometric one.
fn variance(h: &FloatHistogram) -> f64 {
    let mean = h.sum / h.count;
    let (mut sum, mut c) = (0.0, 0.0);
    for bucket in h.buckets().filter(|bucket| bucket.count != 0.0) {
        let middle = if h.uses_custom_bounds() {
            (bucket.upper + bucket.lower) / 2.0
        } else if bucket.lower <= 0.0 && bucket.upper >= 0.0 {
            0.0
        } else {
            (bucket.upper * bucket.lower).sqrt().copysign(bucket.upper)
        };
        let delta = middle - mean;
        (sum, c) = kahan::add(bucket.count * delta * delta, sum, c);
    }
    (sum + c) / h.count
}
