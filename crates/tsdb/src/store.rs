//! The store: head, log and parts behind the doors of `model`.

use std::{
    any::Any,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{
    Appendable, Appender, Budget, Clock, ExemplarQueryable, FamilyMetadata, Matcher, Origin, Querier,
    Queryable, Reservation, SeriesExemplars, SeriesRef, metadata::MetadataQueryable, querier::QueryError,
};

use crate::{
    appender::StoreAppender,
    aside::SetAside,
    codec::labels::SetBlock,
    disk::{Disk, FileSystem, ReadOnly},
    error::Error,
    exemplar::Exemplars,
    head::{Head, HeadAppender, Limits, Reach},
    maintain::{self, Schedule},
    metadata::Families,
    options::Options,
    part::Parts,
    query::StoreQuerier,
    status::{PartInfo, Status},
    wal::{self, Form, Replayed, Wal},
};

/// The name of the lock file in the data folder.
const LOCK_FILE: &str = "lock";
/// Share of the budget that exemplars may take: 2 MiB of 64, some 10,000 with their trace ids.
const EXEMPLARS_SHARE: usize = 32;
/// Share of the budget for what is known about metric families: 1 MiB of 64, some 4,000.
const METADATA_SHARE: usize = 64;

/// A store of samples on disk. Clones share the same store.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) head: Arc<Head>,
    pub(crate) wal: Arc<Wal>,
    pub(crate) parts: Arc<Parts>,
    pub(crate) aside: SetAside,
    pub(crate) retention_bytes: AtomicU64,
    /// The bits of [`Options::retention_percentage`].
    pub(crate) retention_percentage: AtomicU64,
    /// Whether parts are to be looked through for other reasons than a flush.
    pub(crate) tidy_asked: AtomicBool,
    pub(crate) exemplars: Exemplars,
    pub(crate) families: Families,
    pub(crate) schedule: Mutex<Schedule>,
    replayed: Replayed,
    replay_duration: Duration,
    closed: AtomicBool,
    /// Held for as long as the store is open.
    lock: Mutex<Option<Box<dyn Any + Send + Sync>>>,
}

impl Store {
    /// Opens the store in a folder, which is made when it is not there, and reads back what the log holds.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has the folder, [`Error::Io`] when the disk fails. Damage on
    /// disk is no error: it is set aside, counted in [`Store::status`] and logged.
    pub fn open(options: Options, clock: Arc<dyn Clock>, budget: Arc<Budget>) -> Result<Self, Error> {
        Self::open_on(Arc::new(FileSystem), options, clock, budget)
    }

    /// Opens the store in a folder to look at it: nothing on disk is changed, and no lock is taken. What the log
    /// holds is read into memory, whatever it takes.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be read, also because a server changes it meanwhile.
    pub fn open_read_only(dir: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let options = Options { retention_ms: 0, head_bytes: usize::MAX / 16, ..Options::new(dir) };
        Self::open_on(Arc::new(ReadOnly), options, clock, Budget::new(usize::MAX))
    }

    /// As [`Store::open`], on another disk than the machine's.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        options: Options,
        clock: Arc<dyn Clock>,
        budget: Arc<Budget>,
    ) -> Result<Self, Error> {
        let dir = &options.dir;
        disk.create_dir(dir).map_err(Error::io("create", dir))?;
        let lock = disk.lock(&dir.join(LOCK_FILE)).map_err(|error| match error.kind() {
            std::io::ErrorKind::WouldBlock => Error::Locked { dir: dir.clone() },
            _ => Error::Io { operation: "lock", path: dir.join(LOCK_FILE), source: error },
        })?;
        let start = clock.monotonic();
        let limits = Limits { bytes: options.head_bytes };
        let reach = Reach::new(options.retention_ms, options.out_of_order_window_ms);
        let head = Arc::new(Head::new(Arc::clone(&budget), Arc::clone(&clock), limits, reach));
        let parts = Parts::open(Arc::clone(&disk), dir, &budget)?;
        let floor = parts.wal_floor();
        if let Some((_, newest_ms)) = parts.figures().range_ms {
            head.reach.newest_ms.store(newest_ms, Ordering::Relaxed);
        }
        let parts_before = parts.get().len();
        let mut relieving = true;
        let replayed = wal::replay(&*disk, dir, floor, &Replay(Arc::clone(&head)), |segment| {
            if let Some(Err(error)) = relieving.then(|| maintain::relieve(&head, &parts, segment)) {
                // A full disk is no reason not to start; the first flush sees to what is in memory.
                relieving = false;
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot make room in memory while the log is read back");
            }
        })?;
        let relieved = parts.get().len() > parts_before;
        let wal = Wal::new(Arc::clone(&disk), dir, options.wal_segment_bytes, &replayed, floor);
        let exemplars_bytes = budget.limit_bytes() / EXEMPLARS_SHARE;
        let exemplars =
            Exemplars::open(Arc::clone(&disk), dir, &budget, options.exemplars_max, exemplars_bytes)?;
        let families =
            Families::open(Arc::clone(&disk), dir, &budget, budget.limit_bytes() / METADATA_SHARE)?;
        let aside = SetAside::open(disk, dir)?;
        let now = clock.monotonic();
        let span_ms = head.range_ms().map_or(0, |(min_ms, max_ms)| max_ms.abs_diff(min_ms));
        let overdue = u128::from(span_ms) >= options.head_window.as_millis();
        let inner = Inner {
            clock,
            budget,
            head,
            wal: Arc::new(wal),
            parts: Arc::new(parts),
            aside,
            retention_bytes: AtomicU64::new(options.retention_bytes),
            retention_percentage: AtomicU64::new(options.retention_percentage.to_bits()),
            tidy_asked: AtomicBool::new(false),
            exemplars,
            families,
            schedule: Mutex::new(Schedule {
                synced: now,
                flushed: now,
                failures: 0,
                logged: None,
                overdue,
                relieved,
                tidy: true,
            }),
            replayed,
            replay_duration: now.saturating_sub(start),
            closed: AtomicBool::new(false),
            lock: Mutex::new(Some(lock)),
            options,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Does what is due and says when to call again. One thread calls it as long as the store is open.
    ///
    /// # Errors
    /// What failed; the rest is tried again at the next call.
    pub fn maintain(&self) -> Result<Duration, Error> {
        self.0.maintain()
    }

    /// Writes the samples of the head to a part, whatever is due.
    ///
    /// # Errors
    /// What failed; memory and log keep the samples.
    pub fn flush(&self) -> Result<(), Error> {
        let mut schedule = self.0.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.flush_now(&mut schedule)
    }

    /// Syncs the log, takes no samples any more and gives the folder free. Queries go on. The next start reads
    /// the head back from the log, so that a restart costs no part.
    ///
    /// # Errors
    /// What failed; the store is closed nevertheless.
    pub fn close(&self) -> Result<(), Error> {
        if self.0.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        // What waits for the clock gets the time that goes on from what is stored: better than none.
        self.0.append_held();
        self.0.head.close();
        // Whatever is being merged is left to the next start.
        let _schedule = self.0.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        // A deletion that failed must not come about by the restart.
        let pruned = self.0.parts.prune_tombstones();
        let result = self.0.wal.sync(Form::Batches).and(self.0.sync_journals()).and(pruned);
        *self.0.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        result
    }

    /// Changes how many exemplars are held at most; the oldest go.
    pub fn set_exemplars_max(&self, max: usize) {
        self.0.exemplars.set_max(max);
    }

    /// Changes [`Options::retention_ms`], [`Options::retention_bytes`] and [`Options::retention_percentage`]; what is
    /// too much goes at the next [`Store::maintain`].
    pub fn set_retention(&self, retention_ms: i64, retention_bytes: u64, retention_percentage: f64) {
        let percentage_bits = retention_percentage.to_bits();
        let before_ms = self.0.head.reach.retention_ms.swap(retention_ms, Ordering::Relaxed);
        let before =
            [(&self.0.retention_bytes, retention_bytes), (&self.0.retention_percentage, percentage_bits)]
                .map(|(held, new)| held.swap(new, Ordering::Relaxed));
        if (before_ms, before) != (retention_ms, [retention_bytes, percentage_bits]) {
            self.0.tidy_asked.store(true, Ordering::Relaxed);
        }
    }

    /// Changes [`Options::out_of_order_window_ms`].
    pub fn set_out_of_order_window(&self, window_ms: i64) {
        self.0.head.reach.out_of_order_window_ms.store(window_ms, Ordering::Relaxed);
    }

    /// The parts on disk, oldest number first.
    pub fn part_infos(&self) -> Vec<PartInfo> {
        self.0.parts.infos()
    }

    /// Whether samples are in memory only because the disk fails.
    pub fn is_failing(&self) -> bool {
        self.0.wal.figures().failing
    }

    /// Figures of the store; lists have at most `limit` entries.
    pub fn status(&self, limit: usize) -> Status {
        let Inner { head, wal, replayed, .. } = &*self.0;
        let counters = &head.counters;
        let wal = wal.figures();
        let parts = self.0.parts.figures();
        let (series_refused_by_origin, series_refused_to_others) = head.brake.refused();
        let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        Status {
            head: head.statistics(limit),
            samples_appended: load(&counters.appended),
            histograms_appended: load(&counters.appended_histograms),
            samples_duplicate: load(&counters.duplicate),
            samples_out_of_order: load(&counters.out_of_order),
            samples_appended_out_of_order: load(&counters.appended_out_of_order),
            samples_out_of_bounds: load(&counters.out_of_bounds),
            samples_too_old: load(&counters.too_old),
            samples_unknown_series: load(&counters.unknown_series),
            series_created: load(&counters.series_created),
            series_removed: load(&counters.series_removed),
            series_refused: load(&counters.series_refused),
            series_refused_by_origin,
            samples_shed: load(&counters.shed),
            samples_held: load(&head.held.samples),
            samples_stamped: load(&head.held.stamped),
            series_refused_to_others,
            wal_segments: wal.segments,
            wal_bytes: wal.bytes,
            wal_bytes_written: wal.bytes_written,
            wal_syncs: wal.syncs,
            wal_failures: wal.failures,
            wal_failing: wal.failing,
            parts: parts.parts,
            part_samples: parts.samples,
            part_bytes: parts.bytes,
            part_memory_bytes: parts.memory_bytes,
            part_bytes_written: parts.bytes_written,
            part_min_time_ms: parts.range_ms.map(|(min_ms, _)| min_ms),
            part_max_time_ms: parts.range_ms.map(|(_, max_ms)| max_ms),
            parts_merged: parts.merges,
            parts_removed: parts.removed,
            parts_damaged: parts.damaged,
            set_aside: self.0.aside.names(),
            set_aside_bytes: self.0.aside.bytes(),
            tombstones: self.0.parts.tombstones.get().len(),
            tombstone_bytes: self.0.parts.tombstones.bytes(),
            wal_damaged: replayed.damaged,
            wal_damaged_bytes: replayed.damaged_bytes,
            wal_unusable_records: replayed.unusable,
            wal_torn_bytes: replayed.torn_bytes,
            wal_replayed_records: replayed.records,
            wal_replayed_samples: replayed.samples,
            replay_duration: self.0.replay_duration,
            exemplars: self.0.exemplars.figures(),
            metadata_journal_bytes: self.0.families.0.file_bytes(),
            longest_append: Duration::from_nanos(load(&counters.longest_append_ns)),
        }
    }
}

impl Inner {
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Bytes of the journals on disk.
    pub(crate) fn journal_bytes(&self) -> u64 {
        (self.exemplars.0.file_bytes() + self.families.0.file_bytes()) as u64
    }

    /// Brings what the journals do not have yet to disk.
    ///
    /// # Errors
    /// What failed; both were tried.
    pub(crate) fn sync_journals(&self) -> Result<(), Error> {
        let exemplars = self.exemplars.0.sync();
        self.families.0.sync().and(exemplars)
    }
}

impl Appendable for Store {
    fn appender_of(&self, origin: &Origin) -> Box<dyn Appender> {
        let sync_always = self.0.options.wal_sync_interval.is_zero();
        let (head, wal) = (Arc::clone(&self.0.head), Arc::clone(&self.0.wal));
        let samples = HeadAppender::new(head, origin, Some(wal), sync_always);
        Box::new(StoreAppender::new(samples, Arc::clone(&self.0)))
    }
}

impl Queryable for Store {
    fn querier(&self, mint_ms: i64, maxt_ms: i64) -> Result<Box<dyn Querier>, QueryError> {
        Ok(Box::new(StoreQuerier {
            head: Arc::clone(&self.0.head),
            parts: Arc::clone(&self.0.parts),
            budget: Arc::clone(&self.0.budget),
            range_ms: (mint_ms, maxt_ms),
        }))
    }
}

impl ExemplarQueryable for Store {
    fn exemplars(
        &self,
        mint_ms: i64,
        maxt_ms: i64,
        selectors: &[&[Matcher]],
        account: &mut Reservation,
    ) -> Result<Vec<SeriesExemplars>, QueryError> {
        self.0.exemplars.select((mint_ms, maxt_ms), selectors, account)
    }
}

impl MetadataQueryable for Store {
    fn metadata(&self) -> Vec<Arc<FamilyMetadata>> {
        self.0.families.list()
    }

    fn metadata_of(&self, metric: &str) -> Option<Arc<FamilyMetadata>> {
        self.0.families.get(metric)
    }
}

/// Puts into the head what the log held.
struct Replay(Arc<Head>);

impl Appendable for Replay {
    fn appender_of(&self, origin: &Origin) -> Box<dyn Appender> {
        Box::new(HeadAppender::new(Arc::clone(&self.0), origin, None, false))
    }
}

impl wal::Sink for Replay {
    fn resolve_all(&self, sets: &SetBlock) -> Vec<Option<SeriesRef>> {
        self.0.resolve_all(sets)
    }

    fn is_full(&self) -> bool {
        self.0.is_out_of_order_at_limit()
    }
}
