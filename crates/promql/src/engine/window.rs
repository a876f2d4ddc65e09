//! A window that slides over the samples of a series.

use std::sync::Arc;

use model::{FloatHistogram, is_stale};

use super::{
    Error,
    column::histogram_samples,
    context::{Context, Held},
    feed::{Feed, Plain},
};

/// Samples left of the window are dropped when there are so many of them, and more than in the window.
const DROP_MIN: usize = 256;

/// The samples of one kind, with those left of the window that are not dropped yet, and those right of it that were
/// read already.
#[derive(Debug)]
struct Track<T> {
    times_ms: Vec<i64>,
    values: Vec<T>,
    /// Empty as long as none is known.
    starts_ms: Vec<i64>,
    /// The first one within the window.
    first: usize,
    /// The first one right of it.
    end: usize,
    /// Number of samples that were dropped.
    dropped: usize,
    /// What the samples within the window count.
    weight: usize,
    /// What those left of it count that are not dropped yet.
    weight_behind: usize,
    /// What those count that came within or left of it at the last move.
    came: usize,
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
            end: 0,
            dropped: 0,
            weight: 0,
            weight_behind: 0,
            came: 0,
        }
    }
}

impl<T: Weigh> Track<T> {
    fn push(&mut self, time_ms: i64, value: T, start_ms: i64) {
        if start_ms != 0 || !self.starts_ms.is_empty() {
            self.starts_ms.resize(self.times_ms.len(), 0);
            self.starts_ms.push(start_ms);
        }
        self.times_ms.push(time_ms);
        self.values.push(value);
    }

    /// Moves the borders on, as far as samples were read; true when there may be more up to the end.
    #[inline]
    fn slide(&mut self, start_ms: i64, end_ms: i64) -> bool {
        let mut end = self.end;
        while self.times_ms.get(end).is_some_and(|&time_ms| time_ms <= end_ms) {
            end += 1;
        }
        let mut first = self.first;
        while first < end && self.times_ms.get(first).is_some_and(|&time_ms| time_ms <= start_ms) {
            first += 1;
        }
        self.weigh(first, end);
        (self.first, self.end) = (first, end);
        end == self.times_ms.len()
    }

    fn weigh(&mut self, first: usize, end: usize) {
        let weight =
            |values: Option<&[T]>| values.unwrap_or_default().iter().map(Weigh::weight).sum::<usize>();
        let (came, left) =
            (weight(self.values.get(self.end..end)), weight(self.values.get(self.first..first)));
        self.weight = self.weight + came - left;
        self.weight_behind += left;
        self.came += came;
    }

    /// Drops what is left of the window, once it is worth the moving of the others.
    fn tidy(&mut self) {
        if self.first >= DROP_MIN && self.first * 2 > self.times_ms.len() {
            self.times_ms.drain(..self.first);
            self.values.drain(..self.first);
            self.starts_ms.drain(..self.first.min(self.starts_ms.len()));
            self.dropped += self.first;
            self.end -= self.first;
            (self.first, self.weight_behind) = (0, 0);
        }
    }

    fn clear(&mut self) {
        self.times_ms.clear();
        self.values.clear();
        self.starts_ms.clear();
        (self.first, self.end, self.dropped, self.weight, self.weight_behind) = (0, 0, 0, 0, 0);
    }

    fn held_weight(&self) -> usize {
        self.weight + self.weight_behind
    }

    #[inline]
    fn view(&self) -> Samples<'_, T> {
        let within = self.first..self.end;
        Samples {
            times_ms: self.times_ms.get(within.clone()).unwrap_or_default(),
            values: self.values.get(within).unwrap_or_default(),
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
    /// 0 where it is not known; may be empty when none is, and go beyond the window.
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
    paid_samples: usize,
    paid_slots: usize,
}

impl<'c> Window<'c> {
    pub(super) fn new(context: &'c Context<'_>) -> Self {
        let held = context.hold();
        let (floats, histograms) = (Track::default(), Track::default());
        Self { floats, histograms, context, held, paid_samples: 0, paid_slots: 0 }
    }

    /// Makes ready for another series.
    pub(super) fn reset(&mut self) {
        self.floats.clear();
        self.histograms.clear();
    }

    /// Moves the window on: it is open on the left, closed on the right. It never goes back.
    pub(super) fn slide(&mut self, feed: &mut Feed<'_>, start_ms: i64, end_ms: i64) -> Result<(), Error> {
        (self.floats.came, self.histograms.came) = (0, 0);
        while self.floats.slide(start_ms, end_ms) && self.read(feed, start_ms, end_ms)? {}
        self.histograms.slide(start_ms, end_ms);
        self.pay()
    }

    /// Reads on: plain floats as they are at hand, others one by one up to the end. False when there was none.
    #[inline(never)]
    fn read(&mut self, feed: &mut Feed<'_>, start_ms: i64, end_ms: i64) -> Result<bool, Error> {
        self.floats.tidy();
        self.histograms.tidy();
        if feed.peek_time()?.is_none_or(|at| at > end_ms) {
            return Ok(false);
        }
        if let Some(plain) = feed.plain() {
            self.push_plain(plain, start_ms);
            return Ok(true);
        }
        while feed.peek_time()?.is_some_and(|at| at <= end_ms) && feed.is_mixed() {
            let Some(sample) = feed.next()? else { break };
            if sample.timestamp_ms <= start_ms || is_stale(sample.value) {
                continue;
            }
            match sample.histogram {
                Some(histogram) => self.histograms.push(sample.timestamp_ms, histogram, sample.start_ms),
                None => self.floats.push(sample.timestamp_ms, sample.value, sample.start_ms),
            }
        }
        Ok(true)
    }

    /// Takes over floats without start timestamps.
    fn push_plain(&mut self, (times_ms, values): Plain<'_>, start_ms: i64) {
        let outside = times_ms.partition_point(|&time_ms| time_ms <= start_ms);
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
        if !track.starts_ms.is_empty() {
            track.starts_ms.resize(track.times_ms.len(), 0);
        }
    }

    /// Pays for the samples by the largest number of them that was held so far.
    fn pay(&mut self) -> Result<(), Error> {
        self.context.tick(1)?;
        let samples = self.floats.held_weight() + self.histograms.held_weight();
        let slots = (samples - self.floats.end) + self.floats.times_ms.len();
        if samples > self.paid_samples || slots > self.paid_slots {
            let more = samples.saturating_sub(self.paid_samples);
            let bytes = slots.saturating_sub(self.paid_slots) * (2 * size_of::<i64>() + size_of::<f64>());
            self.held.grow(bytes, more, &"the samples within a range")?;
            self.paid_samples = self.paid_samples.max(samples);
            self.paid_slots = self.paid_slots.max(slots);
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
        self.floats.first == self.floats.end && self.histograms.first == self.histograms.end
    }

    /// What those of its samples count in the statistics that were not in the window before.
    pub(super) fn came(&self) -> usize {
        (self.floats.came + self.histograms.came).min(self.samples())
    }

    /// What its samples count in the statistics.
    pub(super) fn samples(&self) -> usize {
        self.floats.weight + self.histograms.weight
    }
}
