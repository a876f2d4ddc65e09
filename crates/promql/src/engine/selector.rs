//! Instant vector selectors: at each step the newest sample within the lookback.

use model::{SampleBlock, SelectHints, is_stale, querier::QueryError};

use super::{
    Error, ahead,
    column::Column,
    context::Context,
    feed::{Feed, RawSample},
    grid::Grid,
    plan::Selector,
    series::{Series, Sink},
    smoothed,
    value::SampleValue,
};
use crate::syntax::ast::{Extended, Span};

/// What of a sample is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    Value,
    /// Its time, in seconds.
    Timestamp,
    /// Its start timestamp, in seconds.
    StartTimestamp,
    /// Its time, in milliseconds.
    TimestampMs,
}

/// Hands on the series of a selector.
#[inline(never)]
pub(super) fn series(
    context: &Context<'_>,
    selector: &Selector,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    if selector.extended == Extended::Smoothed {
        return smoothed::series(context, selector, span, grid, sink);
    }
    taking(context, selector, Take::Value, grid, sink)
}

/// As [`series`], with something else of the samples than their values.
#[inline(never)]
pub(super) fn taking(
    context: &Context<'_>,
    selector: &Selector,
    take: Take,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let mut held = context.hold();
    held.grow(grid.steps * size_of::<f64>(), 0, selector)?;
    each(context, selector, &mut |series, block| {
        let labels = series.labels().clone();
        let mut feed = Feed::of_selector(context, selector, series, block);
        let column = column(context, &mut feed, selector, take, grid)?;
        if column.is_absent() {
            return Ok(());
        }
        sink(Series { labels, drop_name: false, column })
    })
}

/// Takes a series and a block to read it by.
pub(super) type Visit<'v> = &'v mut dyn FnMut(&mut dyn model::Series, &mut SampleBlock) -> Result<(), Error>;

/// Calls `visit` for each series of a selector.
pub(super) fn each(context: &Context<'_>, selector: &Selector, visit: Visit<'_>) -> Result<(), Error> {
    let hints = SelectHints { labels: selector.labels.as_ref(), ..SelectHints::default() };
    let querier = context.queryable.querier(selector.mint_ms, selector.maxt_ms)?;
    let mut set = querier.select(&selector.matchers, &hints).map_err(|error| of_selector(error, selector))?;
    let mut block = SampleBlock::default();
    for _ in 0..ahead::ALONE_MAX {
        let Some(mut series) = set.next()? else { return Ok(()) };
        context.check()?;
        visit(&mut *series, &mut block)?;
    }
    ahead::each(context, set, visit)
}

/// Says which selector it was that the store has no memory for.
fn of_selector(error: QueryError, selector: &Selector) -> Error {
    match error {
        QueryError::Budget { wanted_bytes, used_bytes, limit_bytes } => {
            Error::Budget { what: selector.to_string(), wanted_bytes, used_bytes, limit_bytes }
        }
        error => Error::Storage(error),
    }
}

fn column(
    context: &Context<'_>,
    feed: &mut Feed<'_>,
    selector: &Selector,
    take: Take,
    grid: Grid,
) -> Result<Column, Error> {
    let mut column = Column::new(grid.steps);
    let mut newest: Option<RawSample> = None;
    for (step, time_ms) in grid.times() {
        let reference_ms = match (take, selector.at_ms) {
            // Prometheus forgets the offset here, though not when it chooses the samples to read.
            (Take::Timestamp | Take::StartTimestamp, Some(at_ms)) => at_ms,
            _ => selector.reference_ms(time_ms),
        };
        if let Some(sample) = feed.newest(reference_ms)? {
            newest = Some(sample);
        }
        let oldest_ms = reference_ms.saturating_sub(context.lookback_delta_ms);
        let fresh = newest.as_ref().filter(|s| s.timestamp_ms > oldest_ms && !is_stale(s.value));
        let Some(sample) = fresh else { continue };
        if take == Take::Value && sample.histogram.is_none() {
            grid.count(context, step, 1);
            grid.count_read(context, step, 1);
            column.set_float(step, sample.value);
        } else {
            let samples = sample.histogram.as_ref().map_or(1, |h| super::column::histogram_samples(h));
            grid.count(context, step, samples);
            grid.count_read(context, step, samples);
            column.set(step, taken(sample, take));
        }
    }
    context.tick(grid.steps)?;
    Ok(column)
}

fn taken(sample: &RawSample, take: Take) -> SampleValue {
    match (take, &sample.histogram) {
        (Take::Timestamp, _) => SampleValue::Float(sample.timestamp_ms as f64 / 1000.0),
        (Take::TimestampMs, None) => SampleValue::Float(sample.timestamp_ms as f64),
        (Take::StartTimestamp, _) => SampleValue::Float(sample.start_ms as f64 / 1000.0),
        (Take::Value | Take::TimestampMs, Some(histogram)) => SampleValue::Histogram(histogram.clone()),
        (Take::Value, None) => SampleValue::Float(sample.value),
    }
}
