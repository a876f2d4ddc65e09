//! The second core: a helper reads and decodes the next series of a selection while the query works on those before.
//!
//! The helper runs a bounded number of samples ahead, in batches whose memory goes to and fro. A machine with one core
//! has none, and of several queries at a time one for each further core; the others read for themselves.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread::{self, Builder},
};

use model::{LabelSet, Sample, SampleBlock, SeriesSet, querier::QueryError};

use super::{Error, context::Context, selector::Visit};

/// A selection of fewer series is read before a helper would have begun.
pub(super) const ALONE_MAX: usize = 64;
/// Samples in a batch, a histogram as many as it takes the memory of: some 130 KB.
const BATCH_SAMPLES: usize = 8_192;
/// Series in a batch: of short ones many, so that the two wait for each other seldom.
const BATCH_SERIES: usize = 256;
/// The samples of a series that are read ahead; the rest is left to the query.
const SERIES_SAMPLES: usize = BATCH_SAMPLES / 2;
/// One batch is filled, one waits and one is in use.
const BATCHES: usize = 3;
/// The deepest thing that runs there is the decoder of a page.
const STACK_BYTES: usize = 256 << 10;

/// Helpers that run now, in all queries of an engine.
#[derive(Debug, Default)]
pub(super) struct Helpers(AtomicUsize);

/// The right to one helper; given back when dropped.
struct Permit<'h>(&'h Helpers);

impl Helpers {
    fn take(&self) -> Option<Permit<'_>> {
        // Asking takes reading files of the system.
        static FURTHER_CORES: OnceLock<usize> = OnceLock::new();
        let further_cores =
            *FURTHER_CORES.get_or_init(|| thread::available_parallelism().map_or(0, |cores| cores.get() - 1));
        let one_more = |running| (running < further_cores).then_some(running + 1);
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        // Not `then_some`: a permit that is made and not handed out would give back what it never took.
        taken.is_ok().then(|| Permit(self))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A series and the first of its samples.
struct Ahead {
    series: Box<dyn model::Series>,
    samples: SampleBlock,
    is_read: bool,
}

impl model::Series for Ahead {
    fn labels(&self) -> &LabelSet {
        self.series.labels()
    }

    fn read(&mut self, block: &mut SampleBlock) -> Result<bool, QueryError> {
        if self.is_read {
            return self.series.read(block);
        }
        self.is_read = true;
        let is_any = !self.samples.is_empty();
        if block.is_empty() {
            std::mem::swap(block, &mut self.samples);
        } else {
            block.append(&mut self.samples);
        }
        Ok(is_any)
    }
}

/// Some series, and blocks that were used before.
#[derive(Default)]
struct Batch {
    series: Vec<Ahead>,
    spare: Vec<SampleBlock>,
}

/// Calls `visit` for each series of a set, with a helper if there is one to be had.
///
/// # Errors
/// The first of `visit` and of the set, in the order of the series.
pub(super) fn each(
    context: &Context<'_>,
    mut set: Box<dyn SeriesSet>,
    visit: Visit<'_>,
) -> Result<(), Error> {
    let mut block = SampleBlock::default();
    let mut held = context.hold();
    let bytes = BATCHES * BATCH_SAMPLES * (size_of::<i64>() + size_of::<f64>());
    let permit =
        context.helpers.take().filter(|_| held.grow(bytes, 0, &"series that are read ahead").is_ok());
    if permit.is_none() {
        return alone(context, &mut *set, &mut block, visit);
    }
    thread::scope(|scope| {
        let (full, filled) = sync_channel(1);
        let (empty, emptied) = channel();
        (1..BATCHES).for_each(|_| _ = empty.send(Batch::default()));
        let helper = Builder::new().name("query".to_owned()).stack_size(STACK_BYTES);
        let read = move || read_ahead(&mut *set, &full, &emptied);
        helper.spawn_scoped(scope, read).map_err(|error| Error::execution(format!("no thread: {error}")))?;
        consume(context, &filled, &empty, &mut block, visit)
    })
}

/// Calls `visit` for each series of a set.
fn alone(
    context: &Context<'_>,
    set: &mut dyn SeriesSet,
    block: &mut SampleBlock,
    visit: Visit<'_>,
) -> Result<(), Error> {
    while let Some(mut series) = set.next()? {
        context.check()?;
        visit(&mut *series, block)?;
    }
    Ok(())
}

fn consume(
    context: &Context<'_>,
    filled: &Receiver<Result<Batch, QueryError>>,
    empty: &Sender<Batch>,
    block: &mut SampleBlock,
    visit: Visit<'_>,
) -> Result<(), Error> {
    for batch in filled {
        let Batch { mut series, mut spare } = batch?;
        for mut ahead in series.drain(..) {
            context.check()?;
            visit(&mut ahead, block)?;
            // What was swapped in place of its samples goes back to be filled again.
            spare.push(ahead.samples);
        }
        // The helper may be done.
        _ = empty.send(Batch { series, spare });
    }
    Ok(())
}

/// Reads batch after batch, as long as anybody takes them.
fn read_ahead(
    set: &mut dyn SeriesSet,
    full: &SyncSender<Result<Batch, QueryError>>,
    emptied: &Receiver<Batch>,
) {
    for mut batch in emptied {
        let filled = fill(set, &mut batch);
        let is_last = !matches!(filled, Ok(true));
        if full.send(filled.map(|_| batch)).is_err() || is_last {
            return;
        }
    }
}

/// Fills a batch; false when there are no further series.
fn fill(set: &mut dyn SeriesSet, batch: &mut Batch) -> Result<bool, QueryError> {
    let mut weight = 0;
    while weight < BATCH_SAMPLES && batch.series.len() < BATCH_SERIES {
        let Some(mut series) = set.next()? else { return Ok(false) };
        let mut samples = batch.spare.pop().unwrap_or_default();
        samples.clear();
        while weigh(&samples) < SERIES_SAMPLES && series.read(&mut samples)? {}
        weight += weigh(&samples);
        batch.series.push(Ahead { series, samples, is_read: false });
    }
    Ok(true)
}

fn weigh(block: &SampleBlock) -> usize {
    let bytes: usize = block.histograms.iter().map(|(_, histogram)| histogram.size_bytes()).sum();
    block.len() + bytes / size_of::<Sample>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_that_is_refused_gives_nothing_back() {
        let helpers = Helpers::default();
        let taken: Vec<_> = std::iter::from_fn(|| helpers.take()).collect();
        assert!(helpers.take().is_none());
        assert_eq!(helpers.0.load(Ordering::Relaxed), taken.len());
        drop(taken);
        assert_eq!(helpers.0.load(Ordering::Relaxed), 0);
    }
}
