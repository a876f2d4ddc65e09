//! The head: recent samples in memory, by scrape group, with the index of their series.

mod appender;
mod attachment;
mod brake;
mod collect;
mod column;
mod group;
mod harvest;
mod held;
mod index;
mod layout;
mod ooo;
mod piece;
mod postings;
mod select;
mod shed;
mod statistics;
mod symbol;
mod timeline;
mod window;

use std::sync::{
    Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
};

use model::{
    Budget, Clock, LabelSet, SeriesRef,
    appender::{AppendError, Outcome},
    clock::AHEAD_MAX_MS,
};

pub(crate) use appender::HeadAppender;
pub(crate) use brake::{Brake, Report};
use brake::{Room, Source};
pub(crate) use harvest::Harvest;
use held::Held;
pub(crate) use held::Wait;
use index::Index;
use ooo::OutOfOrder;
pub(crate) use ooo::OutOfOrderHarvest;
pub(crate) use select::{HeadChunk, HeadSeries};
pub(crate) use shed::Logged;
pub use statistics::{Cardinality, HeadStatistics};

use crate::codec::labels::SetBlock;

/// What the head may do and what it asks for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Beyond so many bytes a flush is due and new series are shared out, and beyond twice that none is taken.
    pub(crate) bytes: usize,
}

/// Sample bytes a series for which a flush pays: twice what a series that moves takes at once, and more than its
/// labels and pages take in a part.
const SAMPLE_BYTES_WORTH: usize = 64;

/// Why memory asks for a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressure {
    /// It does not.
    None,
    /// There are many samples, which a flush takes away.
    Samples,
    /// There are many series; a flush takes away only those that have stopped.
    Series,
}

/// Which samples are still taken; it may change while the head is in use.
#[derive(Debug)]
pub(crate) struct Reach {
    /// Samples older than this, in milliseconds, are refused; 0 takes all.
    pub(crate) retention_ms: AtomicI64,
    /// Samples out of order are taken when they are not further than this behind the newest of all that
    /// is not far ahead of the clock, in milliseconds; 0 takes none.
    pub(crate) out_of_order_window_ms: AtomicI64,
    /// The newest sample ever taken, in milliseconds since the Unix epoch.
    pub(crate) newest_ms: AtomicI64,
}

impl Reach {
    pub(crate) fn new(retention_ms: i64, out_of_order_window_ms: i64) -> Self {
        Self {
            retention_ms: AtomicI64::new(retention_ms),
            out_of_order_window_ms: AtomicI64::new(out_of_order_window_ms),
            newest_ms: AtomicI64::new(i64::MIN),
        }
    }

    fn is_out_of_bounds(&self, timestamp_ms: i64, now_ms: i64) -> bool {
        let retention_ms = self.retention_ms.load(Ordering::Relaxed);
        retention_ms > 0 && timestamp_ms < now_ms.saturating_sub(retention_ms)
    }

    /// What becomes of a sample that is not in order; `None` when it is taken. One sample of a clock that was far
    /// ahead does not make all others too old.
    fn judge_out_of_order(&self, timestamp_ms: i64, now_ms: i64) -> Option<Outcome> {
        let window_ms = self.out_of_order_window_ms.load(Ordering::Relaxed);
        if window_ms <= 0 {
            return Some(Outcome::OutOfOrder);
        }
        let newest_ms = self.newest_ms.load(Ordering::Relaxed).min(now_ms.saturating_add(AHEAD_MAX_MS));
        (timestamp_ms < newest_ms.saturating_sub(window_ms)).then_some(Outcome::TooOld)
    }
}

/// Recent samples and their series.
pub(crate) struct Head {
    index: RwLock<Index>,
    budget: Arc<Budget>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    pub(crate) reach: Reach,
    out_of_order: Mutex<OutOfOrder>,
    closed: AtomicBool,
    pub(crate) counters: Counters,
    pub(crate) brake: Brake,
    pub(crate) held: Held,
    /// The id that the next series had at the last flush: older ones without samples are forgotten then.
    watermark: Mutex<u64>,
}

/// What the head has counted since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) appended: AtomicU64,
    /// Of those appended.
    pub(crate) appended_histograms: AtomicU64,
    pub(crate) duplicate: AtomicU64,
    pub(crate) out_of_order: AtomicU64,
    /// Of those appended.
    pub(crate) appended_out_of_order: AtomicU64,
    pub(crate) out_of_bounds: AtomicU64,
    pub(crate) too_old: AtomicU64,
    pub(crate) unknown_series: AtomicU64,
    pub(crate) series_created: AtomicU64,
    pub(crate) series_removed: AtomicU64,
    pub(crate) series_refused: AtomicU64,
    /// Samples that were dropped because memory was used up and the disk failed, or the clock was not set.
    pub(crate) shed: AtomicU64,
    /// The longest that one append took, in nanoseconds.
    pub(crate) longest_append_ns: AtomicU64,
}

/// Adds to a counter.
pub(crate) fn count(counter: &AtomicU64, by: usize) {
    counter.fetch_add(by as u64, Ordering::Relaxed);
}

impl Head {
    pub(crate) fn new(budget: Arc<Budget>, clock: Arc<dyn Clock>, limits: Limits, reach: Reach) -> Self {
        let index = Index::new(budget.open(model::Part::Head));
        let out_of_order = Mutex::new(OutOfOrder::new(budget.open(model::Part::Head)));
        let held = Held::new(budget.open(model::Part::Head));
        Self {
            index: RwLock::new(index),
            budget,
            clock,
            limits,
            reach,
            out_of_order,
            closed: AtomicBool::new(false),
            counters: Counters::default(),
            brake: Brake::default(),
            held,
            watermark: Mutex::new(0),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes no samples any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Bytes in use by series and samples.
    pub(crate) fn bytes(&self) -> usize {
        self.budget.part_bytes(model::Part::Head)
    }

    /// How much memory asks for a flush.
    pub(crate) fn pressure(&self) -> Pressure {
        if self.is_out_of_order_full() { Pressure::Samples } else { self.pressure_in_order() }
    }

    /// As [`Head::pressure`], but that samples out of order may be as many as are ever taken: while the log is read
    /// back no query looks through them, and small parts would be many.
    pub(crate) fn pressure_in_replay(&self) -> Pressure {
        if self.is_out_of_order_at_limit() { Pressure::Samples } else { self.pressure_in_order() }
    }

    fn pressure_in_order(&self) -> Pressure {
        if self.bytes() <= self.limits.bytes {
            return Pressure::None;
        }
        let index = self.read();
        let samples: usize = index.groups.iter().flatten().map(|group| group.lock().sample_bytes()).sum();
        // What many series leave of a small budget fills up within seconds, and a part of it is mostly labels.
        let pays = samples >= index.series() * SAMPLE_BYTES_WORTH || self.is_nearly_full();
        if samples >= self.limits.bytes / 4 && pays { Pressure::Samples } else { Pressure::Series }
    }

    /// Beyond so many bytes no new series is taken.
    fn bytes_max(&self) -> usize {
        self.limits.bytes.saturating_mul(2).min(self.budget.limit_bytes())
    }

    fn is_nearly_full(&self) -> bool {
        self.bytes() >= self.bytes_max() / 8 * 7
    }

    /// The handle of a series that is there.
    pub(crate) fn find(&self, labels: &LabelSet) -> Option<SeriesRef> {
        self.read().find(labels).map(SeriesRef)
    }

    /// The labels of a series that is there.
    pub(crate) fn labels(&self, series: SeriesRef) -> Option<LabelSet> {
        let index = self.read();
        index.row(series.0).map(|row| index.labels(row))
    }

    fn resolve(&self, labels: &LabelSet, source: &Arc<Source>) -> Result<SeriesRef, AppendError> {
        let room = {
            let index = self.read();
            if let Some(id) = index.find(labels) {
                return Ok(SeriesRef(id));
            }
            self.room(&index)
        };
        source.bring(room, self.clock.monotonic()).map_err(|brought_bytes| {
            count(&self.counters.series_refused, 1);
            self.brake.refuse(source);
            let Room { series, used, limit, .. } = room;
            AppendError::SeriesLimit { series, used_bytes: used, limit_bytes: limit, brought_bytes }
        })?;
        Ok(self.resolve_always(labels))
    }

    fn room(&self, index: &Index) -> Room {
        let budget_bytes = self.budget.limit_bytes();
        Room {
            used: self.bytes(),
            ample: self.limits.bytes,
            limit: self.bytes_max(),
            budget_left: budget_bytes.saturating_sub(self.budget.used_bytes()),
            series: index.series(),
        }
    }

    /// The series with these labels, which is made when it is new, whatever memory there is.
    fn resolve_always(&self, labels: &LabelSet) -> SeriesRef {
        SeriesRef(self.counting_new(|index| index.intern(labels)))
    }

    /// As [`Head::resolve_always`] for all sets of a block; `None` for sets without labels.
    pub(crate) fn resolve_all(&self, sets: &SetBlock) -> Vec<Option<SeriesRef>> {
        let ids = self.counting_new(|index| index.intern_all(sets));
        ids.into_iter().map(|id| id.map(SeriesRef)).collect()
    }

    fn counting_new<T>(&self, intern: impl FnOnce(&mut Index) -> T) -> T {
        let mut index = self.write();
        let next = index.next_id();
        let interned = intern(&mut index);
        count(&self.counters.series_created, (index.next_id() - next) as usize);
        interned
    }
}
