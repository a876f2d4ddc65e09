//! One side of a histogram: sparse buckets by index.

/// A run of buckets next to each other, as formats on the wire and on disk describe them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Distance from the end of the span before; the index of the first bucket for the first span.
    pub offset: i32,
    /// Number of buckets.
    pub length: u32,
}

/// Buckets in ascending order of their indexes, each index once. A bucket may be there and be empty.
#[derive(Clone, Debug, Default)]
pub struct Buckets(Vec<(i32, f64)>);

impl Buckets {
    /// Buckets that are sorted by index already; `None` when they are not, or an index is there twice.
    pub fn from_sorted(buckets: Vec<(i32, f64)>) -> Option<Self> {
        let sorted = buckets.is_sorted_by(|a, b| a.0 < b.0);
        sorted.then_some(Self(buckets))
    }

    /// Buckets from spans and the counts of all their buckets in turn.
    ///
    /// `None` when spans overlap, leave the range of indexes, or ask for another number of counts.
    pub fn from_spans(spans: &[Span], counts: &[f64]) -> Option<Self> {
        let wanted: u64 = spans.iter().map(|s| u64::from(s.length)).sum();
        if wanted != counts.len() as u64 {
            return None;
        }
        let mut buckets = Vec::with_capacity(counts.len());
        let mut counts = counts.iter();
        let mut index = 0i32;
        for (n, span) in spans.iter().enumerate() {
            if n > 0 && span.offset < 0 {
                return None;
            }
            index = index.checked_add(span.offset)?;
            for &count in counts.by_ref().take(usize::try_from(span.length).ok()?) {
                buckets.push((index, count));
                index = index.checked_add(1)?;
            }
        }
        Some(Self(buckets))
    }

    /// The spans that describe the indexes; counts follow in the order of [`Buckets::iter`].
    pub fn to_spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut next = 0;
        for &(index, _) in &self.0 {
            match spans.last_mut() {
                Some(span) if index == next => span.length += 1,
                _ => spans.push(Span { offset: index.saturating_sub(next), length: 1 }),
            }
            next = index.saturating_add(1);
        }
        spans
    }

    /// Index and count of each bucket, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i32, f64)> + ExactSizeIterator + Clone + '_ {
        self.0.iter().copied()
    }

    /// The counts, to be changed in place.
    pub fn counts_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.0.iter_mut().map(|(_, count)| count)
    }

    /// Number of buckets, empty ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without any bucket.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops all buckets.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Drops the buckets whose index and count `keep` refuses.
    pub(super) fn retain(&mut self, keep: impl Fn(i32, f64) -> bool) {
        self.0.retain(|&(index, count)| keep(index, count));
    }

    /// Drops the buckets without observations.
    pub fn compact(&mut self) {
        self.0.retain(|&(_, count)| count != 0.0);
    }

    /// True when both have the same buckets with bit for bit the same counts.
    pub fn same_bits(&self, other: &Self) -> bool {
        let bits = |&(index, count): &(i32, f64)| (index, count.to_bits());
        self.0.iter().map(bits).eq(other.0.iter().map(bits))
    }

    /// Bytes on the heap.
    pub fn size_bytes(&self) -> usize {
        self.0.capacity() * size_of::<(i32, f64)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_describe_buckets_both_ways() {
        let spans = [Span { offset: -2, length: 2 }, Span { offset: 3, length: 1 }];
        let buckets = Buckets::from_spans(&spans, &[1.0, 0.0, 5.0]).unwrap();
        assert!(buckets.iter().eq([(-2, 1.0), (-1, 0.0), (3, 5.0)]));
        assert_eq!(buckets.to_spans(), spans);
        assert!(Buckets::from_spans(&spans, &[1.0]).is_none());
        let overlapping = [spans[0], Span { offset: -1, length: 1 }];
        assert!(Buckets::from_spans(&overlapping, &[1.0, 2.0, 3.0]).is_none());
        let beyond = [Span { offset: i32::MAX, length: 2 }];
        assert!(Buckets::from_spans(&beyond, &[1.0, 2.0]).is_none());
    }
}
