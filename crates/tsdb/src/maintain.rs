//! What the store does by itself, when it is due: sync, flush, merge, retention.

use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use model::{LabelSet, SampleBlock};

use crate::{
    error::Error,
    head::{Harvest, Head, HeadAppender, Logged, OutOfOrderHarvest, Pressure, Report, Wait},
    part::{Origin, Parts},
    store::Inner,
    wal::Form,
};

/// The shortest time between flushes for want of memory where most of it is series: each makes a part, and
/// parts cost merges.
const SERIES_FLUSH_INTERVAL: Duration = Duration::from_secs(60);
/// How often memory is looked at, and how often while it is far from its limit: with few targets waking up is a
/// good part of all that there is to do.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
const QUIET_LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// How long a failed flush waits to be tried again: the shortest at first, then twice as long each time.
const RETRY_INTERVAL_MIN: Duration = Duration::from_secs(2);
const RETRY_INTERVAL_MAX: Duration = Duration::from_secs(60);
/// A part covers at most this share of the retention, as parts are dropped as a whole.
const RETENTION_SHARE: i64 = 5;
/// The longest time that a part covers where samples are kept for ever.
const SPAN_MAX_MS: i64 = 31 * 86_400_000;

/// When what was done last, by the monotonic clock.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) synced: Duration,
    /// The last flush, whether it succeeded or not.
    pub(crate) flushed: Duration,
    /// Flushes that failed since the last one that succeeded.
    pub(crate) failures: u32,
    /// What was in memory when the log failed.
    pub(crate) logged: Option<Logged>,
    /// Whether the log brought back a window or more at the start: a machine that restarts often would never
    /// reach the end of one.
    pub(crate) overdue: bool,
    /// Whether the log holds samples that are in parts as well: those that did not fit in memory at the start.
    pub(crate) relieved: bool,
    /// Whether the last flush left something to merge or drop.
    pub(crate) tidy: bool,
}

impl Inner {
    pub(crate) fn maintain(&self) -> Result<Duration, Error> {
        let mut schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_closed() {
            return Err(Error::Closed);
        }
        self.release_held();
        self.report_refused();
        if self.flush_is_due(&schedule) {
            if let Err(error) = self.flush_now(&mut schedule) {
                self.bear(&mut schedule);
                return Err(error);
            }
            schedule.overdue = false;
        }
        // After the flush, which mends a log that has failed, and before the merges, which take long.
        self.sync_if_due(&mut schedule.synced)?;
        if self.tidy_asked.swap(false, Ordering::Relaxed) || schedule.tidy {
            schedule.tidy = false;
            self.tidy(&mut schedule.synced)?;
        }
        let interval = self.options.wal_sync_interval;
        let sync_in = (schedule.synced + interval).saturating_sub(self.clock.monotonic());
        let quiet = schedule.failures == 0 && self.head.bytes() < self.options.head_bytes / 4;
        let look_in = if quiet { QUIET_LOOK_INTERVAL } else { LOOK_INTERVAL };
        Ok(if interval.is_zero() { look_in } else { sync_in.min(look_in) })
    }

    /// Appends the samples that wait for the clock, once it is set or is not waited for any more.
    fn release_held(&self) {
        match self.head.wait() {
            Wait::None | Wait::Lasting => {}
            Wait::Begun => tracing::warn!(
                "the clock is not set: it shows a time before this program was built, or before the newest stored \
                 sample; samples wait in memory until it is set"
            ),
            Wait::Over => {
                let samples = self.append_held();
                tracing::info!(samples, "the clock is set; the samples that waited have their time now");
            }
            Wait::GivenUp => {
                let samples = self.append_held();
                tracing::warn!(
                    samples,
                    "the clock is not waited for any longer: until it is set, time goes on from the newest stored \
                     sample"
                );
            }
        }
    }

    /// Appends the samples that wait; gives their number.
    pub(crate) fn append_held(&self) -> u64 {
        let wal = Some(Arc::clone(&self.wal));
        let mut appender = HeadAppender::new(Arc::clone(&self.head), &model::Origin::Own, wal, false);
        self.head.release(|group| {
            // What was refused is counted, and nobody is left to be told.
            let _ = appender.append_now(group);
        })
    }

    /// Names who was refused new series, and the cure.
    fn report_refused(&self) {
        if let Some(Report { origin, series }) = self.head.brake.report(self.clock.monotonic()) {
            let used_bytes = self.head.bytes();
            tracing::warn!(
                %origin, series, used_bytes,
                "new series refused: memory for series runs short, and this origin brought most; let it make \
                 fewer series, or raise --memory-budget"
            );
        }
    }

    fn sync_if_due(&self, synced: &mut Duration) -> Result<(), Error> {
        let now = self.clock.monotonic();
        if now < *synced + self.options.wal_sync_interval {
            return Ok(());
        }
        *synced = now;
        // A log that has failed has said so, and can be written again only after a flush.
        if self.wal.figures().failing {
            return Ok(());
        }
        // A journal that fails says so itself, and holds up nothing else.
        let _ = self.sync_journals();
        self.wal.sync(Form::Batches)
    }

    fn flush_is_due(&self, schedule: &Schedule) -> bool {
        let since = self.clock.monotonic().saturating_sub(schedule.flushed);
        if schedule.failures > 0 || self.wal.figures().failing {
            let doubled = RETRY_INTERVAL_MIN.saturating_mul(1 << schedule.failures.min(16));
            return schedule.failures == 0 || since >= doubled.min(RETRY_INTERVAL_MAX);
        }
        if self.head.held.is_holding() && self.head.pressure() == Pressure::None {
            // A flush forgets series without samples, and theirs are still to come.
            return false;
        }
        schedule.overdue
            || since >= self.options.head_window
            || match self.head.pressure() {
                Pressure::None => false,
                Pressure::Samples => true,
                Pressure::Series => since >= SERIES_FLUSH_INTERVAL,
            }
    }

    /// Flushes whether it is due or not.
    pub(crate) fn flush_now(&self, schedule: &mut Schedule) -> Result<(), Error> {
        schedule.flushed = self.clock.monotonic();
        schedule.failures = schedule.failures.saturating_add(1);
        if schedule.failures > 1 {
            // A flush ends windows, of which many short ones would take much memory.
            self.parts.probe()?;
        }
        self.flush(&mut schedule.synced)?;
        if self.wal.figures().failing {
            return Ok(());
        }
        schedule.failures = 0;
        schedule.tidy = true;
        schedule.relieved = false;
        schedule.logged = None;
        Ok(())
    }

    /// After a failed flush: where the log has failed as well, memory is all there is, and has an end.
    fn bear(&self, schedule: &mut Schedule) {
        if !self.wal.figures().failing {
            return;
        }
        let logged = schedule.logged.get_or_insert_with(|| self.head.set_apart());
        let samples = self.head.shed(logged);
        if samples > 0 {
            self.head.counters.shed.fetch_add(samples, Ordering::Relaxed);
            tracing::error!(
                samples,
                "the disk takes nothing and memory is used up: the oldest samples that are not on disk are lost"
            );
        }
    }

    /// Writes the head's samples to a part and drops what is in it from log and memory.
    fn flush(&self, synced: &mut Duration) -> Result<(), Error> {
        let floor = self.wal.rotate();
        let (harvest, out_of_order) = (self.head.harvest(), self.head.harvest_out_of_order());
        write_parts(&self.head, &self.parts, (&harvest, &out_of_order), floor, || {
            // A log that fails now fails for samples that the next flush sees to.
            let _ = self.sync_if_due(synced);
        })?;
        // First, as a series with samples out of order is not forgotten.
        self.head.forget_out_of_order(&out_of_order);
        self.head.forget(&harvest);
        self.wal.close_gap();
        self.wal.drop_before(floor)
    }

    /// Merges parts and drops those that are too old or too much. What fails keeps nothing else from being done, or a
    /// file that cannot be removed would have the disk fill up.
    fn tidy(&self, synced: &mut Duration) -> Result<(), Error> {
        // What a failed disk left to do; the last call says whether it is done.
        let _ = self.parts.remove_leaving();
        let merged = self.merge(synced);
        if let Err(Error::Closed) = merged {
            return merged;
        }
        let retained = self.retain();
        merged.and(retained).and(self.parts.remove_leaving())
    }

    fn merge(&self, synced: &mut Duration) -> Result<(), Error> {
        let retention_ms = self.head.reach.retention_ms.load(Ordering::Relaxed);
        let span_max_ms = match retention_ms {
            0 => SPAN_MAX_MS,
            retention_ms => (retention_ms / RETENTION_SHARE).min(SPAN_MAX_MS),
        };
        while self.parts.merge(span_max_ms, || self.pause(synced))? {}
        Ok(())
    }

    fn retain(&self) -> Result<(), Error> {
        let retention_ms = self.head.reach.retention_ms.load(Ordering::Relaxed);
        let retention_bytes = self.bytes_max();
        let newest_ms = self.parts.figures().range_ms.map_or(i64::MAX, |(_, max_ms)| max_ms);
        // A clock that is ahead of all samples must not cost them; one that is behind keeps them longer.
        let now_ms = self.clock.now_ms().min(newest_ms);
        let oldest_ms = (retention_ms > 0).then(|| now_ms.saturating_sub(retention_ms));
        let bounded = self.aside.bound(retention_bytes);
        let other_bytes = self.wal.figures().bytes
            + self.parts.tombstones.bytes()
            + self.journal_bytes()
            + self.aside.bytes();
        self.parts.retain(oldest_ms, retention_bytes, other_bytes).and(bounded)
    }

    /// How many bytes all files may take; 0 is no limit. The file system may have grown since the last time.
    fn bytes_max(&self) -> u64 {
        let bytes = self.retention_bytes.load(Ordering::Relaxed);
        let percentage = f64::from_bits(self.retention_percentage.load(Ordering::Relaxed));
        if percentage <= 0.0 {
            return bytes;
        }
        match self.parts.capacity() {
            Ok(capacity_bytes) => ((capacity_bytes as f64 * percentage / 100.0) as u64).max(1),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "retention.percentage does not hold: the size of the disk is not known"
                );
                bytes
            }
        }
    }

    /// What goes on during a merge.
    pub(crate) fn pause(&self, synced: &mut Duration) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        // A log that fails is no reason to give the merge up; the next flush sees to it.
        let _ = self.sync_if_due(synced);
        Ok(())
    }
}

/// Takes samples of a series for a part; true says that they are its last ones.
type EachSeries<'a> = dyn FnMut(&LabelSet, &SampleBlock, bool) -> Result<(), Error> + 'a;

/// Writes what a flush took to parts, which are served from then on: samples in order to one, those out of order
/// to a newer one, since they are older and would have queries for new samples read more. `tick` is called
/// between series.
fn write_parts(
    head: &Head,
    parts: &Parts,
    (harvest, out_of_order): (&Harvest, &OutOfOrderHarvest),
    wal_floor: u64,
    mut tick: impl FnMut(),
) -> Result<(), Error> {
    if !harvest.is_empty() {
        // The log is needed until all is written.
        let floor = if out_of_order.is_empty() { wal_floor } else { parts.wal_floor() };
        write_part(parts, floor, &mut tick, |each| harvest.for_each(head, each))?;
    }
    if !out_of_order.is_empty() {
        write_part(parts, wal_floor, &mut tick, |each| out_of_order.for_each(head, each))?;
    }
    Ok(())
}

fn write_part(
    parts: &Parts,
    wal_floor: u64,
    tick: &mut impl FnMut(),
    fill: impl FnOnce(&mut EachSeries<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut writer = parts.create()?;
    fill(&mut |labels, block, is_last| {
        tick();
        writer.push(block)?;
        if is_last { writer.end_series(labels) } else { Ok(()) }
    })?;
    parts.publish(writer, Origin { wal_floor, ..Origin::default() })
}

/// Makes room while the log is read back: writes the samples that are in memory to a part when they are many.
/// The log keeps them as well, from segment `wal_floor` on, until the next flush.
pub(crate) fn relieve(head: &Head, parts: &Parts, wal_floor: u64) -> Result<(), Error> {
    if head.pressure_in_replay() == Pressure::Samples {
        let (harvest, out_of_order) = (head.harvest(), head.harvest_out_of_order());
        write_parts(head, parts, (&harvest, &out_of_order), wal_floor, || ())?;
        head.forget_out_of_order(&out_of_order);
        head.forget_windows(&harvest);
    }
    Ok(())
}
