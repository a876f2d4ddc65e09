//! Points that count from the one before, summed up to points that count from the start.

use std::collections::HashMap;

use model::{
    LabelSet, Reservation,
    histogram::{BUCKETS_MAX, EXPONENTIAL_SCHEMA_MIN},
};

use super::point::{Dense, Point, PointValue};

/// A stream that was silent for so long is forgotten, and starts again from nothing.
const STALE_MS: i64 = 5 * 60 * 1_000;

/// Time between two looks for silent streams.
const SWEEP_MS: i64 = 60 * 1_000;

/// Bytes of a stream beside its labels and buckets.
const STREAM_BYTES: usize = size_of::<(LabelSet, Stream)>() + 32;

/// The sums of all streams. They live in memory alone: after a restart counts begin at nothing, which queries
/// see as a counter reset.
#[derive(Debug)]
pub struct DeltaSums {
    streams: HashMap<LabelSet, Stream>,
    account: Reservation,
    swept_ms: i64,
}

#[derive(Debug)]
struct Stream {
    value: PointValue,
    start_ns: u64,
    time_ns: u64,
    /// When it was last heard of, by the receiver's clock.
    heard_ms: i64,
    bytes: usize,
}

impl DeltaSums {
    /// No sums yet; memory is drawn from an account.
    pub fn new(account: Reservation) -> Self {
        Self { streams: HashMap::new(), account, swept_ms: i64::MIN }
    }

    /// Forgets the streams that were silent for five minutes, once a minute.
    pub(super) fn sweep(&mut self, now_ms: i64) {
        if now_ms < self.swept_ms.saturating_add(SWEEP_MS) {
            return;
        }
        self.swept_ms = now_ms;
        let Self { streams, account, .. } = self;
        streams.retain(|_, stream| {
            let kept = now_ms.saturating_sub(stream.heard_ms) < STALE_MS;
            if !kept {
                account.shrink(stream.bytes);
            }
            kept
        });
    }

    /// Adds a point to the stream of its labels, and makes it say the sum.
    ///
    /// # Errors
    /// When it is older than what was added before, or there is no memory for its stream.
    pub(super) fn add(
        &mut self,
        labels: &LabelSet,
        point: &mut Point<'_>,
        now_ms: i64,
    ) -> Result<(), String> {
        let Some(stream) = self.streams.get_mut(labels) else { return self.begin(labels, point, now_ms) };
        if point.start_ns < stream.start_ns {
            return Err(format!(
                "dropped sample with start_time={}, because series only starts at \
                 start_time={}. consider checking for multiple processes sending the exact same series: {labels}",
                point.start_ns, stream.start_ns
            ));
        }
        if point.time_ns <= stream.time_ns {
            return Err(format!(
                "out of order: dropped sample from time={}, because series is already at \
                 time={}: {labels}",
                point.time_ns, stream.time_ns
            ));
        }
        stream.value.add(&point.value);
        (stream.time_ns, stream.heard_ms) = (point.time_ns, now_ms);
        let bytes = stream_bytes(labels, &stream.value);
        if bytes > stream.bytes && !self.account.grow(bytes - stream.bytes) {
            self.forget(labels);
            return Err(format!("no memory for the sums of {labels}"));
        }
        stream.bytes = stream.bytes.max(bytes);
        point.value = stream.value.clone();
        point.start_ns = stream.start_ns;
        Ok(())
    }

    fn begin(&mut self, labels: &LabelSet, point: &Point<'_>, now_ms: i64) -> Result<(), String> {
        let bytes = stream_bytes(labels, &point.value);
        if !self.account.grow(bytes) {
            return Err(format!("no memory for the sums of {labels}"));
        }
        let (start_ns, time_ns) = (point.start_ns, point.time_ns);
        let stream = Stream { value: point.value.clone(), start_ns, time_ns, heard_ms: now_ms, bytes };
        self.streams.insert(labels.clone(), stream);
        Ok(())
    }

    fn forget(&mut self, labels: &LabelSet) {
        if let Some(stream) = self.streams.remove(labels) {
            self.account.shrink(stream.bytes);
        }
    }
}

fn stream_bytes(labels: &LabelSet, value: &PointValue) -> usize {
    let numbers = value.positive.counts.len() + value.negative.counts.len() + value.bounds.len();
    STREAM_BYTES + labels.as_bytes().len() + 8 * numbers
}

impl PointValue {
    /// Adds what another one counts.
    fn add(&mut self, other: &Self) {
        if self.bounds != other.bounds {
            // Other buckets are another histogram.
            self.clone_from(other);
            return;
        }
        self.number += other.number;
        self.count = self.count.saturating_add(other.count);
        self.zero_count = self.zero_count.saturating_add(other.zero_count);
        self.sum = self.sum.zip(other.sum).map(|(a, b)| a + b);
        let (mut positive, mut negative) = (other.positive.clone(), other.negative.clone());
        let finer = other.scale.saturating_sub(self.scale);
        self.coarsen(finer.saturating_neg().max(0));
        positive.coarsen(finer.max(0));
        negative.coarsen(finer.max(0));
        while self.positive.union_len(&positive) > BUCKETS_MAX
            || self.negative.union_len(&negative) > BUCKETS_MAX
        {
            if self.scale <= EXPONENTIAL_SCHEMA_MIN {
                // No histogram holds both: the stream begins anew, which queries see as a counter reset.
                self.clone_from(other);
                return;
            }
            self.coarsen(1);
            positive.coarsen(1);
            negative.coarsen(1);
        }
        self.positive.add(&positive);
        self.negative.add(&negative);
    }

    fn coarsen(&mut self, by: i32) {
        self.scale = self.scale.saturating_sub(by);
        self.positive.coarsen(by);
        self.negative.coarsen(by);
    }
}

impl Dense {
    /// Merges `2^by` buckets into one.
    fn coarsen(&mut self, by: i32) {
        let by = by.min(31);
        if by == 0 || self.counts.is_empty() {
            return;
        }
        let first = self.offset >> by;
        let mut counts = Vec::new();
        for (at, count) in self.counts.iter().enumerate() {
            let index = ((i64::from(self.offset) + at as i64) >> by) - i64::from(first);
            counts.resize(counts.len().max(index as usize + 1), 0u64);
            if let Some(merged) = counts.last_mut() {
                *merged = merged.saturating_add(*count);
            }
        }
        *self = Self { offset: first, counts };
    }

    /// Buckets from the lowest of either to the highest.
    fn union_len(&self, other: &Self) -> usize {
        let end = |dense: &Self| i64::from(dense.offset) + dense.counts.len() as i64;
        match (self.counts.is_empty(), other.counts.is_empty()) {
            (true, _) => other.counts.len(),
            (_, true) => self.counts.len(),
            _ => {
                let len = end(self).max(end(other)) - i64::from(self.offset.min(other.offset));
                // It may be more than an address of 32 bits can say.
                usize::try_from(len).unwrap_or(usize::MAX)
            }
        }
    }

    fn add(&mut self, other: &Self) {
        let len = self.union_len(other);
        if self.counts.is_empty() {
            self.offset = other.offset;
        }
        let offset = if other.counts.is_empty() { self.offset } else { self.offset.min(other.offset) };
        let mut counts = vec![0u64; len];
        for dense in [&*self, other] {
            let skipped = dense.offset.abs_diff(offset) as usize;
            for (sum, count) in counts.iter_mut().skip(skipped).zip(&dense.counts) {
                *sum = sum.saturating_add(*count);
            }
        }
        *self = Self { offset, counts };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_at_both_ends_of_the_scale_are_never_held_side_by_side() {
        let at = |offset| Dense { offset, counts: vec![1] };
        assert!(at(i32::MIN).union_len(&at(i32::MAX)) > BUCKETS_MAX);
        assert_eq!(at(-3).union_len(&at(4)), 8);
    }
}
