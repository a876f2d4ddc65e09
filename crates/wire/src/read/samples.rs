//! All samples in one message: `prometheus.ReadResponse`.

use std::cmp::Ordering;

use model::{LabelSet, SampleBlock};

use super::histogram;
use crate::put;

/// Collects an answer.
///
/// Lengths stand in front of what they count, and the whole is compressed as one block, so it cannot be sent
/// before it is complete.
#[derive(Debug, Default)]
pub struct Samples {
    message: Vec<u8>,
    /// Of the current query.
    result: Vec<u8>,
    /// Where in it the current series begins.
    series: usize,
}

impl Samples {
    /// What follows belongs to this series.
    pub fn start_series(&mut self, labels: &LabelSet) {
        self.series = put::open(&mut self.result, 1);
        put_labels(&mut self.result, labels);
    }

    /// Adds samples of the series, all later than those before.
    pub fn push(&mut self, samples: &SampleBlock) {
        let mut histograms = samples.histograms.iter().peekable();
        for (at, sample) in samples.iter().enumerate() {
            match histograms.next_if(|(position, _)| *position == at) {
                Some((_, histogram)) => put::message(&mut self.result, 4, |out| {
                    histogram::write(out, sample.timestamp_ms, histogram);
                }),
                None => put::message(&mut self.result, 2, |out| {
                    put::double(out, 1, sample.value);
                    put::integer(out, 2, sample.timestamp_ms as u64);
                }),
            }
        }
    }

    /// Ends the series.
    pub fn end_series(&mut self) {
        put::close(&mut self.result, self.series);
    }

    /// Ends the result of a query.
    pub fn end_result(&mut self) {
        put::bytes(&mut self.message, 1, &self.result);
        self.result.clear();
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.message.capacity() + self.result.capacity()
    }

    /// The answer as a Snappy block.
    ///
    /// # Errors
    /// Above 4 GiB.
    pub fn into_block(self) -> Result<Vec<u8>, snap::Error> {
        drop(self.result);
        snap::raw::Encoder::new().compress_vec(&self.message)
    }
}

/// Writes labels as field 1 of a series.
pub(super) fn put_labels(out: &mut Vec<u8>, labels: &LabelSet) {
    for (name, value) in labels {
        put::message(out, 1, |out| {
            put::bytes(out, 1, name.as_bytes());
            put::bytes(out, 2, value.as_bytes());
        });
    }
}

/// The labels of a series and those of `others` that it does not have.
pub fn merge_labels(series: &LabelSet, others: &LabelSet) -> LabelSet {
    if others.is_empty() {
        return series.clone();
    }
    let (mut left, mut right) = (series.iter().peekable(), others.iter().peekable());
    let merged: Vec<_> = std::iter::from_fn(|| match (left.peek(), right.peek()) {
        (Some((a, _)), Some((b, _))) => match a.cmp(b) {
            Ordering::Less => left.next(),
            Ordering::Greater => right.next(),
            Ordering::Equal => {
                right.next();
                left.next()
            }
        },
        (Some(_), None) => left.next(),
        _ => right.next(),
    })
    .collect();
    LabelSet::from_sorted(merged.into_iter())
}
