//! `absent_over_time`: what no series has.

use super::each_series;
use crate::engine::{
    Error,
    column::{Column, StepSet},
    context::Context,
    grid::Grid,
    plan::{RangeCall, labels_of_absent_range},
    series::{Series, Sink},
};

/// One series with 1 at the steps where no series has a sample in its window.
#[inline(never)]
pub(in crate::engine) fn vector(
    context: &Context<'_>,
    call: &RangeCall,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let mut present = StepSet::new(grid.steps);
    each_series(context, call, grid, &mut |series| {
        for (step, _) in series.column.iter() {
            present.insert(step);
        }
        Ok(())
    })?;
    let mut column = Column::new(grid.steps);
    for step in (0..grid.steps).filter(|&step| !present.contains(step)) {
        column.set_float(step, 1.0);
    }
    if column.is_absent() {
        return Ok(());
    }
    sink(Series { labels: labels_of_absent_range(&call.range.source), drop_name: true, column })
}
