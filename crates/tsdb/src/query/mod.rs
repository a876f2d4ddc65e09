//! The way out: series by matchers over head and parts, merged, in label order, page by page.

pub(crate) mod postings;
mod querier;
mod series;

use model::SampleBlock;

pub(crate) use querier::{StoreQuerier, admit};
pub(crate) use series::{Chunk, StoredSeries};

/// Sorts samples by time; of those with the same time the last one stays.
pub(crate) fn sort_samples(block: &mut SampleBlock) {
    let ascends = block.timestamps_ms.iter().zip(block.timestamps_ms.iter().skip(1)).all(|(a, b)| a < b);
    if ascends {
        return;
    }
    let mut samples: Vec<_> = block.iter().collect();
    // Stable: samples with the same time keep their order.
    samples.sort_by_key(|sample| sample.timestamp_ms);
    block.clear();
    for (at, sample) in samples.iter().enumerate() {
        if samples.get(at + 1).is_none_or(|next| next.timestamp_ms != sample.timestamp_ms) {
            block.push(sample.timestamp_ms, sample.value);
        }
    }
}
