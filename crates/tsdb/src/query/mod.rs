//! The way out: series by matchers over head and parts, merged, in label order, page by page.

pub(crate) mod postings;
mod querier;
mod series;

use std::sync::Arc;

use model::{CounterReset, SampleBlock};

pub(crate) use querier::{StoreQuerier, admit};
pub(crate) use series::{Chunk, StoredSeries};

/// Sorts samples by time; of those with the same time the last one stays.
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
        if order.get(n + 1).is_none_or(|&next| time(next) != time(at)) {
            sorted.extend_from(block, at..at + 1);
        }
    }
    forget_resets(&mut sorted);
    *block = sorted;
}

/// What is known of resets held between samples that were neighbours; now others may stand between them.
fn forget_resets(block: &mut SampleBlock) {
    for (_, histogram) in &mut block.histograms {
        if histogram.counter_reset != CounterReset::Gauge {
            Arc::make_mut(histogram).counter_reset = CounterReset::Unknown;
        }
    }
}
