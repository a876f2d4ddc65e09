//! The samples of one series in order of time, from the store or from a subquery.

use std::sync::Arc;

use model::{CounterReset, FloatHistogram, SampleBlock, is_stale};

use super::{
    Error,
    column::{Column, Point},
    context::Context,
    grid::Grid,
    plan::Selector,
};

/// A sample as a series has it.
#[derive(Clone, Debug)]
pub(super) struct RawSample {
    pub(super) timestamp_ms: i64,
    /// The sum if it is a histogram: staleness shows here for both.
    pub(super) value: f64,
    pub(super) histogram: Option<Arc<FloatHistogram>>,
    /// 0 when it is not known.
    pub(super) start_ms: i64,
}

/// The samples of one series in order of time.
pub(super) enum Feed<'f> {
    Store(StoreFeed<'f>),
    Column { grid: Grid, column: &'f Column, step: usize },
}

/// Reads a series of the store block by block.
pub(super) struct StoreFeed<'f> {
    context: &'f Context<'f>,
    series: &'f mut dyn model::Series,
    block: &'f mut SampleBlock,
    at: usize,
    histograms_at: usize,
    starts_at: usize,
    done: bool,
    statistics: Option<Statistics>,
}

/// Reduces native histograms to their figures, with what the buckets tell of counter resets as hints.
#[derive(Default)]
struct Statistics {
    previous: Option<Arc<FloatHistogram>>,
}

impl Statistics {
    fn reduce(&mut self, histogram: &Arc<FloatHistogram>) -> FloatHistogram {
        let hint = match (histogram.counter_reset, &self.previous) {
            (CounterReset::Unknown, Some(previous)) if histogram.is_reset_after(previous) => {
                CounterReset::Reset
            }
            (CounterReset::Unknown, Some(_)) => CounterReset::NotReset,
            (hint, _) => hint,
        };
        if !is_stale(histogram.sum) {
            self.previous = Some(Arc::clone(histogram));
        }
        let FloatHistogram { schema, count, sum, .. } = **histogram;
        FloatHistogram { counter_reset: hint, schema, count, sum, ..Default::default() }
    }
}

impl<'f> Feed<'f> {
    /// The samples of a series that a selector gave; the block's memory is used for reading.
    pub(super) fn of_selector(
        context: &'f Context<'_>,
        selector: &Selector,
        series: &'f mut dyn model::Series,
        block: &'f mut SampleBlock,
    ) -> Self {
        block.clear();
        let statistics = selector.statistics_only.then(Statistics::default);
        Self::Store(StoreFeed {
            context,
            series,
            block,
            at: 0,
            histograms_at: 0,
            starts_at: 0,
            done: false,
            statistics,
        })
    }

    pub(super) fn of_column(grid: Grid, column: &'f Column) -> Self {
        Self::Column { grid, column, step: 0 }
    }

    /// The time of the next sample.
    pub(super) fn peek_time(&mut self) -> Result<Option<i64>, Error> {
        match self {
            Self::Store(store) => store.peek_time(),
            Self::Column { grid, column, step } => {
                while *step < grid.steps && !column.has(*step) {
                    *step += 1;
                }
                Ok((*step < grid.steps).then(|| grid.at(*step)))
            }
        }
    }

    /// The next sample.
    pub(super) fn next(&mut self) -> Result<Option<RawSample>, Error> {
        let Some(timestamp_ms) = self.peek_time()? else {
            return Ok(None);
        };
        match self {
            Self::Store(store) => Ok(store.take(timestamp_ms)),
            Self::Column { column, step, .. } => {
                let (value, histogram) = match column.get(*step) {
                    Some(Point::Float(value)) => (value, None),
                    Some(Point::Histogram(histogram)) => (histogram.sum, Some(Arc::clone(histogram))),
                    None => return Ok(None),
                };
                *step += 1;
                Ok(Some(RawSample { timestamp_ms, value, histogram, start_ms: 0 }))
            }
        }
    }
}

/// Times and values of floats without start timestamps.
pub(super) type Run<'r> = (&'r [i64], &'r [f64]);

impl Feed<'_> {
    /// The samples that are at hand up to a time, if there are such and all of them are plain floats.
    pub(super) fn run(&mut self, end_ms: i64) -> Option<Run<'_>> {
        match self {
            Self::Store(store) => store.run(end_ms),
            Self::Column { .. } => None,
        }
    }

    /// The newest sample up to a time, those before it left out; `None` when there is no further one.
    pub(super) fn newest(&mut self, end_ms: i64) -> Result<Option<RawSample>, Error> {
        let mut newest = None;
        while self.peek_time()?.is_some_and(|at| at <= end_ms) {
            newest = match self.run(end_ms) {
                Some((times_ms, values)) => match (times_ms.last(), values.last()) {
                    (Some(&timestamp_ms), Some(&value)) => {
                        Some(RawSample { timestamp_ms, value, histogram: None, start_ms: 0 })
                    }
                    _ => newest,
                },
                None => self.next()?,
            };
        }
        Ok(newest)
    }
}

impl StoreFeed<'_> {
    fn run(&mut self, end_ms: i64) -> Option<Run<'_>> {
        let SampleBlock { timestamps_ms, values, histograms, start_timestamps_ms } = &*self.block;
        if !histograms.is_empty() || !start_timestamps_ms.is_empty() {
            return None;
        }
        let ahead = timestamps_ms.get(self.at..)?;
        let length = ahead.iter().take_while(|&&time_ms| time_ms <= end_ms).count();
        let values = values.get(self.at..self.at + length)?;
        self.at += length;
        (length > 0).then_some((ahead.get(..length)?, values))
    }

    fn peek_time(&mut self) -> Result<Option<i64>, Error> {
        while self.at >= self.block.len() {
            if self.done {
                return Ok(None);
            }
            self.context.tick(self.block.len().max(1))?;
            self.block.clear();
            (self.at, self.histograms_at, self.starts_at) = (0, 0, 0);
            self.done = !self.series.read(self.block)?;
        }
        Ok(self.block.timestamps_ms.get(self.at).copied())
    }

    fn take(&mut self, timestamp_ms: i64) -> Option<RawSample> {
        let at = self.at;
        let value = self.block.values.get(at).copied()?;
        self.at += 1;
        let histogram = match self.block.histograms.get(self.histograms_at) {
            Some((position, histogram)) if *position == at => {
                self.histograms_at += 1;
                Some(match &mut self.statistics {
                    Some(statistics) => Arc::new(statistics.reduce(histogram)),
                    None => Arc::clone(histogram),
                })
            }
            _ => None,
        };
        let start_ms = match self.block.start_timestamps_ms.get(self.starts_at) {
            Some(&(position, start_ms)) if position == at => {
                self.starts_at += 1;
                start_ms
            }
            _ => 0,
        };
        Some(RawSample { timestamp_ms, value, histogram, start_ms })
    }
}
