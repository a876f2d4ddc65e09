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
    Column(ColumnFeed<'f>),
}

/// Reads the points of a column that are there.
pub(super) struct ColumnFeed<'f> {
    grid: Grid,
    column: &'f Column,
    step: usize,
    times_ms: Vec<i64>,
    values: Vec<f64>,
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
        Self::Column(ColumnFeed { grid, column, step: 0, times_ms: Vec::new(), values: Vec::new() })
    }

    /// The time of the next sample.
    pub(super) fn peek_time(&mut self) -> Result<Option<i64>, Error> {
        match self {
            Self::Store(store) => store.peek_time(),
            Self::Column(feed) => Ok(feed.peek_time()),
        }
    }

    /// The next sample.
    pub(super) fn next(&mut self) -> Result<Option<RawSample>, Error> {
        let Some(timestamp_ms) = self.peek_time()? else {
            return Ok(None);
        };
        match self {
            Self::Store(store) => Ok(store.take(timestamp_ms)),
            Self::Column(feed) => Ok(feed.take(timestamp_ms)),
        }
    }
}

/// Times and values of floats without start timestamps.
pub(super) type Plain<'r> = (&'r [i64], &'r [f64]);

impl Feed<'_> {
    /// True when what is at hand is not all plain floats: it is to be taken one by one.
    pub(super) fn is_mixed(&self) -> bool {
        match self {
            Self::Store(store) => store.is_mixed(),
            Self::Column(feed) => feed.column.has_histograms(),
        }
    }

    /// All that is at hand, unless it [is mixed](Feed::is_mixed).
    pub(super) fn plain(&mut self) -> Option<Plain<'_>> {
        if self.is_mixed() {
            return None;
        }
        match self {
            Self::Store(store) => store.plain(),
            Self::Column(feed) => Some(feed.plain()),
        }
    }

    /// The newest sample up to a time, those before it left out; `None` when there is no further one.
    #[inline]
    pub(super) fn newest(&mut self, end_ms: i64) -> Result<Option<RawSample>, Error> {
        let mut newest = None;
        if let Self::Store(store) = self {
            newest = store.newest_plain(end_ms);
            if store.at < store.block.len() && !store.is_mixed() {
                return Ok(newest);
            }
        }
        while self.peek_time()?.is_some_and(|at| at <= end_ms) {
            newest = match self {
                Self::Store(store) if !store.is_mixed() => store.newest_plain(end_ms),
                _ => self.next()?,
            };
        }
        Ok(newest)
    }
}

impl ColumnFeed<'_> {
    fn peek_time(&mut self) -> Option<i64> {
        while self.step < self.grid.steps && !self.column.has(self.step) {
            self.step += 1;
        }
        (self.step < self.grid.steps).then(|| self.grid.at(self.step))
    }

    fn take(&mut self, timestamp_ms: i64) -> Option<RawSample> {
        let (value, histogram) = match self.column.get(self.step)? {
            Point::Float(value) => (value, None),
            Point::Histogram(histogram) => (histogram.sum, Some(Arc::clone(histogram))),
        };
        self.step += 1;
        Some(RawSample { timestamp_ms, value, histogram, start_ms: 0 })
    }

    fn plain(&mut self) -> Plain<'_> {
        self.times_ms.clear();
        self.values.clear();
        for (step, point) in self.column.iter().skip_while(|(step, _)| *step < self.step) {
            if let Point::Float(value) = point {
                self.times_ms.push(self.grid.at(step));
                self.values.push(value);
            }
        }
        self.step = self.grid.steps;
        (&self.times_ms, &self.values)
    }
}

impl StoreFeed<'_> {
    #[inline]
    fn is_mixed(&self) -> bool {
        !self.block.histograms.is_empty() || !self.block.start_timestamps_ms.is_empty()
    }

    fn plain(&mut self) -> Option<Plain<'_>> {
        let from = std::mem::replace(&mut self.at, self.block.len());
        Some((self.block.timestamps_ms.get(from..)?, self.block.values.get(from..)?))
    }

    /// The newest sample at hand up to a time, if all of them are plain floats.
    #[inline]
    fn newest_plain(&mut self, end_ms: i64) -> Option<RawSample> {
        if self.is_mixed() {
            return None;
        }
        let mut at = self.at;
        while self.block.timestamps_ms.get(at).is_some_and(|&time_ms| time_ms <= end_ms) {
            at += 1;
        }
        if at == self.at {
            return None;
        }
        self.at = at;
        let (&timestamp_ms, &value) =
            self.block.timestamps_ms.get(at - 1).zip(self.block.values.get(at - 1))?;
        Some(RawSample { timestamp_ms, value, histogram: None, start_ms: 0 })
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
