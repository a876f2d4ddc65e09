//! A window that slides over the samples of a series.

use std::sync::Arc;

use model::{FloatHistogram, is_stale};

use super::{
    Error,
    column::histogram_samples,
    context::{Context, Held},
    feed::Feed,
};

/// Samples left of the window are dropped when there are so many of them, and more than in the window.
const DROP_MIN: usize = 256;

/// The samples of one kind, with those left of the window that are not dropped yet.
#[derive(Debug)]
struct Track<T> {
    times_ms: Vec<i64>,
    values: Vec<T>,
    /// Empty as long as none is known.
    starts_ms: Vec<i64>,
    /// The first one within the window.
    first: usize,
    /// Number of samples that were dropped.
    dropped: usize,
    /// What the samples within the window count.
    weight: usize,
    /// What those left of it count that are not dropped yet.
    weight_behind: usize,
}

/// What a sample counts against the limit of samples.
trait Weigh {
    fn weight(&self) -> usize;
}

impl Weigh for f64 {
    fn weight(&self) -> usize {
        1
    }
}

impl Weigh for Arc<FloatHistogram> {
    fn weight(&self) -> usize {
        histogram_samples(self)
    }
}

impl<T> Default for Track<T> {
    fn default() -> Self {
        Self {
            times_ms: Vec::new(),
            values: Vec::new(),
            starts_ms: Vec::new(),
            first: 0,
            dropped: 0,
            weight: 0,
            weight_behind: 0,
        }
    }
}

impl<T: Weigh> Track<T> {
    fn push(&mut self, time_ms: i64, value: T, start_ms: i64) {
        if start_ms != 0 || !self.starts_ms.is_empty() {
            self.starts_ms.resize(self.times_ms.len(), 0);
            self.starts_ms.push(start_ms);
        }
        self.weight += value.weight();
        self.times_ms.push(time_ms);
        self.values.push(value);
    }

    fn leave_behind(&mut self, start_ms: i64) {
        let ahead = self.times_ms.get(self.first..).unwrap_or_default();
        let left = ahead.iter().take_while(|&&time_ms| time_ms <= start_ms).count();
        let values = self.values.iter().skip(self.first).take(left);
        let weight: usize = values.map(Weigh::weight).sum();
        self.first += left;
        self.weight -= weight;
        self.weight_behind += weight;
        if self.first >= DROP_MIN && self.first * 2 > self.times_ms.len() {
            self.times_ms.drain(..self.first);
            self.values.drain(..self.first);
            self.starts_ms.drain(..self.first.min(self.starts_ms.len()));
            self.dropped += self.first;
            (self.first, self.weight_behind) = (0, 0);
        }
    }

    fn clear(&mut self) {
        self.times_ms.clear();
        self.values.clear();
        self.starts_ms.clear();
        (self.first, self.dropped, self.weight, self.weight_behind) = (0, 0, 0, 0);
    }

    fn held_weight(&self) -> usize {
        self.weight + self.weight_behind
    }

    fn view(&self) -> Samples<'_, T> {
        Samples {
            times_ms: self.times_ms.get(self.first..).unwrap_or_default(),
            values: self.values.get(self.first..).unwrap_or_default(),
            starts_ms: self.starts_ms.get(self.first..).unwrap_or_default(),
            index: self.dropped + self.first,
        }
    }
}

/// Samples of one kind within a window, as columns of equal length.
#[derive(Debug)]
pub(super) struct Samples<'w, T> {
    pub(super) times_ms: &'w [i64],
    pub(super) values: &'w [T],
    /// 0 where it is not known; may be empty when none is.
    pub(super) starts_ms: &'w [i64],
    /// How many samples of the series were before these.
    pub(super) index: usize,
}

impl<T> Clone for Samples<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Samples<'_, T> {}

impl<'w, T> Samples<'w, T> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Time and value of a sample.
    pub(super) fn get(&self, at: usize) -> Option<(i64, &'w T)> {
        Some((*self.times_ms.get(at)?, self.values.get(at)?))
    }

    pub(super) fn first(&self) -> Option<(i64, &'w T)> {
        self.get(0)
    }

    pub(super) fn last(&self) -> Option<(i64, &'w T)> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Times and values in order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &'w T)> + ExactSizeIterator + 'w {
        self.times_ms.iter().copied().zip(self.values)
    }

    /// From a sample on.
    pub(super) fn from(&self, at: usize) -> Self {
        Self {
            times_ms: self.times_ms.get(at..).unwrap_or_default(),
            values: self.values.get(at..).unwrap_or_default(),
            starts_ms: self.starts_ms.get(at..).unwrap_or_default(),
            index: self.index + at,
        }
    }

    /// The start timestamp of a sample; 0 when it is not known.
    pub(super) fn start_ms(&self, at: usize) -> i64 {
        self.starts_ms.get(at).copied().unwrap_or(0)
    }
}

/// A window over a series: floats and histograms apart, staleness markers left out.
pub(super) struct Window<'c> {
    floats: Track<f64>,
    histograms: Track<Arc<FloatHistogram>>,
    context: &'c Context<'c>,
    held: Held<'c>,
    paid: usize,
}

impl<'c> Window<'c> {
    pub(super) fn new(context: &'c Context<'_>) -> Self {
        let held = context.hold();
        Self { floats: Track::default(), histograms: Track::default(), context, held, paid: 0 }
    }

    /// Makes ready for another series.
    pub(super) fn reset(&mut self) {
        self.floats.clear();
        self.histograms.clear();
    }

    /// Moves the window on: it is open on the left, closed on the right. It never goes back.
    pub(super) fn slide(&mut self, feed: &mut Feed<'_>, start_ms: i64, end_ms: i64) -> Result<(), Error> {
        self.floats.leave_behind(start_ms);
        self.histograms.leave_behind(start_ms);
        while feed.peek_time()?.is_some_and(|at| at <= end_ms) {
            if let Some(run) = feed.run(end_ms) {
                self.push_run(run, start_ms);
                continue;
            }
            let Some(sample) = feed.next()? else { break };
            if sample.timestamp_ms <= start_ms || is_stale(sample.value) {
                continue;
            }
            match sample.histogram {
                Some(histogram) => self.histograms.push(sample.timestamp_ms, histogram, sample.start_ms),
                None => self.floats.push(sample.timestamp_ms, sample.value, sample.start_ms),
            }
        }
        self.pay()
    }

    /// Takes over floats without start timestamps.
    fn push_run(&mut self, (times_ms, values): (&[i64], &[f64]), start_ms: i64) {
        let outside = times_ms.iter().take_while(|&&time_ms| time_ms <= start_ms).count();
        let times_ms = times_ms.get(outside..).unwrap_or_default();
        let values = values.get(outside..).unwrap_or_default();
        let track = &mut self.floats;
        if values.iter().any(|&value| is_stale(value)) {
            let kept = times_ms.iter().zip(values).filter(|(_, value)| !is_stale(**value));
            kept.for_each(|(&time_ms, &value)| track.push(time_ms, value, 0));
            return;
        }
        track.times_ms.extend_from_slice(times_ms);
        track.values.extend_from_slice(values);
        track.weight += values.len();
        if !track.starts_ms.is_empty() {
            track.starts_ms.resize(track.times_ms.len(), 0);
        }
    }

    /// Pays for the samples by the largest number of them that was held so far.
    fn pay(&mut self) -> Result<(), Error> {
        self.context.tick(1)?;
        let samples = self.floats.held_weight() + self.histograms.held_weight();
        if samples > self.paid {
            let more = samples - self.paid;
            let bytes = more * (2 * size_of::<i64>() + size_of::<f64>());
            self.held.grow(bytes, more, &"the samples within a range")?;
            self.paid = samples;
        }
        Ok(())
    }

    pub(super) fn floats(&self) -> Samples<'_, f64> {
        self.floats.view()
    }

    pub(super) fn histograms(&self) -> Samples<'_, Arc<FloatHistogram>> {
        self.histograms.view()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.floats().is_empty() && self.histograms().is_empty()
    }

    /// What its samples count in the statistics.
    pub(super) fn samples(&self) -> usize {
        self.floats.weight + self.histograms.weight
    }
}
