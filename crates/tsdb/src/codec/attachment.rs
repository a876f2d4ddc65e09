//! What samples carry beside their values, by position: native histograms and start timestamps.
//!
//! Columns of the head and pages of parts share these streams; `docs/format/part.md` has the byte tables.

use std::{ops::Range, sync::Arc};

use model::{CounterReset, FloatHistogram, SampleBlock};

use super::{
    histogram,
    varint::{Decoded, Malformed, Reader, put_bytes, put_i64, put_u64},
};

/// Memory that histograms take that are read at once, those of a page or some of a window of the head, but for a single
/// one that is larger: two hours of a usual one at one sample in 15 s.
pub(crate) const READ_HISTOGRAM_BYTES: usize = 512 << 10;

/// Native histograms of some positions, each as what changed since the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct HistogramStream {
    bytes: Vec<u8>,
    /// The position after the last one.
    next: u32,
    last: Option<Arc<FloatHistogram>>,
}

impl HistogramStream {
    /// Adds the histogram of a position above all that are there.
    ///
    /// Of a counter reset before the first one nothing is kept: late samples may come between it and what another
    /// stream ends with.
    pub(crate) fn push(&mut self, position: u32, histogram: &Arc<FloatHistogram>) {
        let mut histogram = Arc::clone(histogram);
        let known = !matches!(histogram.counter_reset, CounterReset::Unknown | CounterReset::Gauge);
        if known && self.last.is_none() {
            Arc::make_mut(&mut histogram).counter_reset = CounterReset::Unknown;
        }
        histogram::encode(position - self.next, &histogram, self.last.as_deref(), &mut self.bytes);
        self.next = position + 1;
        self.last = Some(histogram);
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes; what follows is written afresh.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let Self { bytes, .. } = std::mem::take(self);
        bytes
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

/// Reads a stream of histograms, some at a time.
#[derive(Debug, Default)]
pub(crate) struct HistogramReader {
    bytes_read: usize,
    /// The position after the last one that was read.
    next: u32,
    current: Option<FloatHistogram>,
    /// The last one that was handed out.
    given: Option<Arc<FloatHistogram>>,
}

impl HistogramReader {
    /// Adds histograms to a block whose samples from `start` on have these positions, ascending, until they take
    /// more than `room_bytes`; the stream may have grown since the last call. Gives the position from which on
    /// histograms may be missing.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        positions: &[u32],
        start: usize,
        room_bytes: usize,
        block: &mut SampleBlock,
    ) -> Decoded<Option<u32>> {
        let (Some(&first), Some(&last)) = (positions.first(), positions.last()) else { return Ok(None) };
        if first < self.next {
            *self = Self::default();
        }
        let mut made_bytes = 0;
        loop {
            let mut reader = Reader::new(bytes.get(self.bytes_read..).unwrap_or_default());
            if reader.is_empty() || self.next > last {
                return Ok(None);
            }
            if made_bytes > room_bytes {
                return Ok(Some(self.next));
            }
            let (flags, distance) = histogram::decode_distance(&mut reader)?;
            let position = self.next.checked_add(distance).ok_or(Malformed)?;
            if position > last {
                return Ok(None);
            }
            histogram::decode(flags, &mut reader, &mut self.current)?;
            self.next = position.checked_add(1).ok_or(Malformed)?;
            self.bytes_read = bytes.len() - reader.rest().len();
            if let Ok(at) = positions.binary_search(&position) {
                let sum = *block.values.get(start + at).ok_or(Malformed)?;
                made_bytes += self.give(start + at, sum, block)?;
            }
        }
    }

    /// Adds the current histogram to a block; gives the bytes of memory that it takes.
    fn give(&mut self, at: usize, sum: f64, block: &mut SampleBlock) -> Decoded<usize> {
        let current = self.current.as_mut().ok_or(Malformed)?;
        current.sum = sum;
        // One that stands still is held once.
        let (histogram, made_bytes) = match self.given.take().filter(|given| given.is_same_sample(current)) {
            Some(given) if given.counter_reset == current.counter_reset => (given, 0),
            _ => (Arc::new(current.clone()), current.size_bytes()),
        };
        block.histograms.push((at, Arc::clone(&histogram)));
        self.given = Some(histogram);
        Ok(made_bytes)
    }
}

/// Start timestamps of some positions; a position without an entry has that of the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct StartStream {
    bytes: Vec<u8>,
    next: u32,
    start_ms: Option<i64>,
    /// The last start timestamp that was known.
    base_ms: i64,
}

impl StartStream {
    /// Says what the start timestamp of a position is, which is above all that were named before.
    pub(crate) fn push(&mut self, position: u32, start_ms: Option<i64>) {
        if start_ms == self.start_ms {
            return;
        }
        let distance = u64::from(position - self.next);
        put_u64(&mut self.bytes, distance << 1 | u64::from(start_ms.is_some()));
        if let Some(start_ms) = start_ms {
            put_i64(&mut self.bytes, start_ms.wrapping_sub(self.base_ms));
            self.base_ms = start_ms;
        }
        (self.next, self.start_ms) = (position + 1, start_ms);
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes; what follows is written afresh.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let Self { bytes, .. } = std::mem::take(self);
        bytes
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

/// Adds the start timestamps of a stream to a block whose samples from `start` on have these positions, ascending.
pub(crate) fn read_starts(
    bytes: &[u8],
    positions: &[u32],
    start: usize,
    block: &mut SampleBlock,
) -> Decoded<()> {
    let (mut reader, mut next, mut base_ms) = (Reader::new(bytes), 0u32, 0i64);
    let mut places = positions.iter().zip(start..).peekable();
    let mut start_ms = None;
    let mut give = |before: Option<u32>, start_ms: Option<i64>| {
        while let Some((_, at)) = places.next_if(|(position, _)| before.is_none_or(|end| **position < end)) {
            block.start_timestamps_ms.extend(start_ms.map(|start_ms| (at, start_ms)));
        }
    };
    while !reader.is_empty() {
        let head = reader.u64()?;
        let distance = u32::try_from(head >> 1).map_err(|_| Malformed)?;
        let position = next.checked_add(distance).ok_or(Malformed)?;
        give(Some(position), start_ms);
        start_ms = None;
        if head & 1 == 1 {
            base_ms = base_ms.wrapping_add(reader.i64()?);
            start_ms = Some(base_ms);
        }
        next = position.checked_add(1).ok_or(Malformed)?;
    }
    give(None, start_ms);
    Ok(())
}

/// Appends the attachments of a block's samples, whose positions are their places; nothing when there are none.
pub(crate) fn encode_page(block: &SampleBlock, out: &mut Vec<u8>) {
    if block.histograms.is_empty() && block.start_timestamps_ms.is_empty() {
        return;
    }
    let mut histograms = HistogramStream::default();
    for (at, histogram) in &block.histograms {
        histograms.push(*at as u32, histogram);
    }
    put_bytes(out, histograms.as_bytes());
    let (mut stream, mut starts) = (StartStream::default(), block.start_timestamps_ms.iter().peekable());
    for at in 0..block.len() {
        let start_ms = starts.next_if(|(position, _)| *position == at).map(|(_, start_ms)| *start_ms);
        stream.push(at as u32, start_ms);
    }
    out.extend_from_slice(stream.as_bytes());
}

/// Adds what [`encode_page`] wrote to a block whose samples from `start` on are those of a page at `positions`.
pub(crate) fn decode_page(
    bytes: &[u8],
    positions: Range<u32>,
    start: usize,
    block: &mut SampleBlock,
) -> Decoded<()> {
    let mut reader = Reader::new(bytes);
    let (histograms, positions) = (reader.prefixed()?, positions.collect::<Vec<_>>());
    // The writer ends pages before their histograms take much; those of other writers are read as well.
    HistogramReader::default().read(histograms, &positions, start, usize::MAX, block)?;
    read_starts(reader.rest(), &positions, start, block)
}

#[cfg(test)]
mod tests {
    use model::histogram::{Buckets, CUSTOM_SCHEMA};
    use proptest::prelude::*;

    use super::*;

    fn any_histogram() -> impl Strategy<Value = Arc<FloatHistogram>> {
        let count = prop_oneof![Just(0.0), (0..1000u32).prop_map(f64::from), any::<f64>(), Just(-0.0)];
        let side = || proptest::collection::btree_map(-3..6i32, count.clone(), 0..4);
        let bounds = prop_oneof![Just(vec![]), Just(vec![0.5, 1.0]), Just(vec![0.5, f64::MAX])];
        let parts = (0..4usize, any::<bool>(), side(), side(), bounds, count.clone(), -4..3i32);
        parts.prop_map(|(hint, integer, positive, negative, bounds, count, schema)| {
            let buckets = |side: std::collections::BTreeMap<_, _>| {
                Buckets::from_sorted(side.into_iter().collect()).unwrap()
            };
            let hints =
                [CounterReset::Unknown, CounterReset::Reset, CounterReset::NotReset, CounterReset::Gauge];
            Arc::new(FloatHistogram {
                counter_reset: hints[hint],
                integer,
                schema: if bounds.is_empty() { schema } else { CUSTOM_SCHEMA },
                zero_threshold: if integer { 0.0 } else { 2.938_735_877_055_719e-39 },
                zero_count: count,
                count,
                sum: count * 2.0,
                positive: buckets(positive),
                negative: buckets(negative),
                custom_bounds: bounds.into(),
            })
        })
    }

    /// Floats and histograms with and without start timestamps.
    fn any_block() -> impl Strategy<Value = SampleBlock> {
        let sample = (proptest::option::of(any_histogram()), proptest::option::of(-3..3i64));
        proptest::collection::vec((sample, 1..4usize), 1..12).prop_map(|samples| {
            let mut block = SampleBlock::default();
            for ((histogram, start_ms), times) in samples {
                for _ in 0..times {
                    let at = block.len();
                    match &histogram {
                        Some(histogram) => block.push_histogram(at as i64, Arc::clone(histogram)),
                        None => block.push(at as i64, 1.0),
                    }
                    block.start_timestamps_ms.extend(start_ms.map(|start_ms| (at, start_ms)));
                }
            }
            block
        })
    }

    fn assert_same(block: &SampleBlock, other: &SampleBlock) {
        assert_eq!(block.start_timestamps_ms, other.start_timestamps_ms);
        assert_eq!(block.histograms.len(), other.histograms.len());
        for ((at, a), (position, b)) in block.histograms.iter().zip(&other.histograms) {
            assert!(at == position && a.is_same_sample(b), "{a:?} {b:?}");
            assert_eq!(a.counter_reset, b.counter_reset);
        }
    }

    proptest! {
        #[test]
        fn attachments_come_back(block in any_block(), range in (0..20usize, 0..20usize)) {
            let mut bytes = Vec::new();
            encode_page(&block, &mut bytes);
            let range = range.0.min(block.len())..(range.0 + range.1).min(block.len());
            let (mut block, mut expected, mut back) = (block, SampleBlock::default(), SampleBlock::default());
            if let Some((_, first)) = block.histograms.first_mut()
                && first.counter_reset != CounterReset::Gauge
            {
                Arc::make_mut(first).counter_reset = CounterReset::Unknown;
            }
            expected.extend_from(&block, range.clone());
            back.timestamps_ms.clone_from(&expected.timestamps_ms);
            back.values.clone_from(&expected.values);
            if !bytes.is_empty() {
                decode_page(&bytes, range.start as u32..range.end as u32, 0, &mut back).unwrap();
            }
            assert_same(&back, &expected);
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut block = SampleBlock::default();
            (0..9).for_each(|at| block.push(at, 1.0));
            let _ = decode_page(&bytes, 0..9, 0, &mut block);
        }
    }

    #[test]
    fn a_histogram_that_grows_takes_a_byte_for_each_bucket_that_moved() {
        let mut stream = HistogramStream::default();
        for step in 0..101 {
            let moved = |index| (index, f64::from(index) * 100.0 + f64::from(step % 20));
            let histogram = FloatHistogram {
                count: f64::from(step * 8),
                positive: Buckets::from_sorted((0..8).map(moved).collect()).unwrap(),
                ..FloatHistogram::default()
            };
            stream.push(step as u32, &Arc::new(histogram));
        }
        assert!(stream.as_bytes().len() < 101 * 13, "{}", stream.as_bytes().len());
    }
}
