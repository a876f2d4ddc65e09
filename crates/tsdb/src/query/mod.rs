//! The way out: series by matchers over head and parts, merged, in label order, page by page.

pub(crate) mod postings;
mod querier;
mod series;

use std::sync::Arc;

use model::{CounterReset, SampleBlock};

pub(crate) use querier::{StoreQuerier, admit};
pub(crate) use series::{Chunk, StoredSeries};

/// Sorts samples by time; of those with the same time the first one stays.
pub(crate) fn sort_samples(block: &mut SampleBlock) {
    let ascends = block.timestamps_ms.iter().zip(block.timestamps_ms.iter().skip(1)).all(|(a, b)| a < b);
    if ascends {
        return;
    }
    let mut order: Vec<usize> = (0..block.len()).collect();
    let time = |at: usize| block.timestamps_ms.get(at).copied().unwrap_or_default();
    // Stable: samples with the same time keep their order.
    order.sort_by_key(|&at| time(at));
    let mut sorted = SampleBlock::default();
    for (n, &at) in order.iter().enumerate() {
        if n.checked_sub(1).and_then(|n| order.get(n)).is_none_or(|&before| time(before) != time(at)) {
            sorted.extend_from(block, at..at + 1);
        }
    }
    forget_resets(&mut sorted);
    *block = sorted;
}

/// Makes sorted samples a piece of all that are read, which ends at `end_ms`; `is_merged` says that they come from
/// several places.
pub(crate) fn cut_piece(block: &mut SampleBlock, end_ms: i64, is_merged: bool) {
    block.truncate(block.timestamps_ms.partition_point(|&time| time <= end_ms));
    if is_merged {
        // The piece before may have ended with a sample of another place.
        forget_resets(block);
    }
}

/// What is known of resets held between samples that were neighbours; now others may stand between them.
fn forget_resets(block: &mut SampleBlock) {
    for (_, histogram) in &mut block.histograms {
        // One that is shared is copied for it.
        if !matches!(histogram.counter_reset, CounterReset::Gauge | CounterReset::Unknown) {
            Arc::make_mut(histogram).counter_reset = CounterReset::Unknown;
        }
    }
}
