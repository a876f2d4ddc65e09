//! The way in: sample groups to the groups of the head and to the log.

use std::{
    collections::{BTreeMap, VecDeque},
    hash::BuildHasher,
    ops::Range,
    sync::Arc,
    time::Duration,
};

use foldhash::fast::RandomState;
use model::{
    Appended, Appender, LabelSet, Origin, Reservation, SampleGroup, SeriesRef,
    appender::{AppendError, Outcome},
};

use super::{
    Head,
    brake::Source,
    count,
    group::{Group, Refusal},
    index::{Former, Index, Place},
    layout::{Layout, Part},
    ooo::Late,
    piece::{PieceAttachments, pieces},
};
use crate::{
    account::settle,
    wal::{COLUMNS_PER_RECORD, Form, Wal},
};

/// Lists of series that an appender remembers at first: a scrape comes in two or three groups, and a list
/// changes now and then.
const LAYOUTS_MIN: usize = 4;
/// Lists that it remembers when those it forgot come again, as with remote write, where 5,000 series in
/// requests of 2,000 make six lists.
const LAYOUTS_MAX: usize = 16;
/// How often a list is looked up again because columns moved meanwhile; they move at most once a flush.
const ATTEMPTS_MAX: usize = 8;

/// Appends for one origin.
pub(crate) struct HeadAppender {
    head: Arc<Head>,
    source: Arc<Source>,
    /// `None` while the log itself is read back.
    wal: Option<Arc<Wal>>,
    sync_always: bool,
    /// Whether the times of samples come from this process's clock.
    is_stamped_here: bool,
    layouts: Vec<Layout>,
    /// The layout that is expected next.
    next: usize,
    /// How many are remembered.
    layouts_max: usize,
    /// Hashes of the lists that were forgotten last.
    forgotten: VecDeque<u64>,
    hasher: RandomState,
    refused: Vec<(usize, Refusal)>,
    account: Reservation,
}

impl HeadAppender {
    pub(crate) fn new(head: Arc<Head>, origin: &Origin, wal: Option<Arc<Wal>>, sync_always: bool) -> Self {
        let account = head.budget.open(model::Part::Head);
        Self {
            source: head.brake.source(origin),
            is_stamped_here: wal.is_some() && !matches!(origin, Origin::Sender { .. }),
            head,
            wal,
            sync_always,
            layouts: Vec::new(),
            next: 0,
            layouts_max: LAYOUTS_MIN,
            forgotten: VecDeque::new(),
            hasher: RandomState::default(),
            refused: Vec::new(),
            account,
        }
    }

    /// The layout of a list of series, which is found out when it is new.
    fn layout(&mut self, series: &[SeriesRef], timestamp_ms: i64) -> usize {
        let known = self.layouts.len();
        let order = (self.next..known).chain(0..self.next.min(known));
        for at in order {
            if self.layouts.get(at).is_some_and(|layout| *layout.series == *series) {
                self.next = (at + 1) % known;
                return at;
            }
        }
        if self.forgotten.contains(&self.hash(series)) {
            self.layouts_max = LAYOUTS_MAX.min(self.layouts_max + 1);
        }
        let layout = self.head.lay_out(series, timestamp_ms);
        let at = if known < self.layouts_max {
            self.layouts.push(layout);
            known
        } else {
            let at = self.next % known;
            self.forgotten.truncate(LAYOUTS_MAX - 1);
            self.forgotten.push_front(self.hash(&self.layouts[at].series));
            self.layouts[at] = layout;
            at
        };
        self.next = (at + 1) % self.layouts.len();
        self.settle_account();
        at
    }

    fn hash(&self, series: &[SeriesRef]) -> u64 {
        self.hasher.hash_one(series)
    }

    fn settle_account(&mut self) {
        settle(&mut self.account, self.layouts.iter().map(Layout::bytes).sum());
    }

    fn append_laid_out(
        &mut self,
        at: usize,
        group: &SampleGroup<'_>,
        appended: &mut Appended,
    ) -> Result<(), AppendError> {
        for _ in 0..ATTEMPTS_MAX {
            self.refused.clear();
            let layout = &self.layouts[at];
            // What was taken before a part turned out stale is recognised when it comes again.
            if layout
                .parts
                .iter()
                .all(|part| self.head.append_part(part, group, &self.wal, &mut self.refused))
            {
                let unknown = layout.unknown.iter();
                appended.rejected.extend(unknown.map(|&position| (position, Outcome::UnknownSeries)));
                return self.settle_refused(group, appended);
            }
            self.layouts[at] = self.head.lay_out(group.series, group.timestamp_ms);
            self.settle_account();
        }
        appended.rejected.extend((0..group.series.len()).map(|at| (at, Outcome::UnknownSeries)));
        Ok(())
    }

    /// Reports what was refused, takes what is out of order, and finds another group for what was only misplaced.
    fn settle_refused(
        &mut self,
        group: &SampleGroup<'_>,
        appended: &mut Appended,
    ) -> Result<(), AppendError> {
        let (mut misplaced, mut late) = (Vec::new(), Vec::new());
        for &(position, refusal) in &self.refused {
            match refusal {
                Refusal::Outcome(outcome) if self.is_late(outcome) => late.push(position),
                Refusal::Outcome(outcome) => appended.rejected.push((position, outcome)),
                Refusal::Misplaced => misplaced.push(position),
            }
        }
        if !misplaced.is_empty() {
            self.append_misplaced(group, &misplaced, appended);
        }
        if late.is_empty() { Ok(()) } else { self.append_late(group, &late, appended) }
    }

    /// Whether a sample that no group takes is one out of order. The log holds none that was refused for good: what
    /// looks like a duplicate when it is read back came out of order after a sample that is in a part.
    fn is_late(&self, outcome: Outcome) -> bool {
        outcome == Outcome::OutOfOrder || outcome == Outcome::Duplicate && self.wal.is_none()
    }

    /// Takes samples out of order as far as the window reaches; what the log holds was taken once. Those that an
    /// error is about are among the rejected as well.
    fn append_late(
        &self,
        group: &SampleGroup<'_>,
        positions: &[usize],
        appended: &mut Appended,
    ) -> Result<(), AppendError> {
        if self.wal.is_some() {
            let now_ms = self.head.clock.now_ms();
            if let Some(outcome) = self.head.reach.judge_out_of_order(group.timestamp_ms, now_ms) {
                appended.rejected.extend(positions.iter().map(|&position| (position, outcome)));
                return Ok(());
            }
            let (used_bytes, limit_bytes) = self.head.out_of_order_bytes();
            if used_bytes > limit_bytes {
                let refused = positions.iter().map(|&position| (position, Outcome::OutOfOrder));
                appended.rejected.extend(refused);
                return Err(AppendError::OutOfOrderLimit { used_bytes, limit_bytes });
            }
        }
        let samples: Vec<Late> = positions.iter().filter_map(|&at| Late::new(group, at)).collect();
        let unknown = self.head.append_out_of_order(group.timestamp_ms, &samples, &self.wal);
        let gone = positions.iter().zip(&samples).filter(|(_, late)| unknown.contains(&late.id));
        appended.rejected.extend(gone.map(|(&position, _)| (position, Outcome::UnknownSeries)));
        count(&self.head.counters.appended_out_of_order, samples.len() - unknown.len());
        Ok(())
    }

    fn append_misplaced(&mut self, group: &SampleGroup<'_>, misplaced: &[usize], appended: &mut Appended) {
        self.refused.clear();
        let layout = self.head.relocate(group, misplaced);
        let mut unknown = layout.unknown;
        for part in &layout.parts {
            if !self.head.append_part(part, group, &self.wal, &mut self.refused) {
                // A flush came between and found nothing in the new group.
                unknown.extend(part.positions());
            }
        }
        // Nobody else knows the new group yet, so nothing else can be refused.
        appended.rejected.extend(unknown.into_iter().map(|position| (position, Outcome::UnknownSeries)));
    }

    fn append_in_pieces(
        &mut self,
        group: &SampleGroup<'_>,
        pieces: Vec<Range<usize>>,
    ) -> Result<Appended, AppendError> {
        let mut appended = Appended::default();
        for piece in pieces {
            let attachments = PieceAttachments::new(group, &piece);
            let Appended { accepted, rejected } = self.append(&attachments.group(group, &piece))?;
            appended.accepted += accepted;
            appended.rejected.extend(rejected.into_iter().map(|(at, why)| (piece.start + at, why)));
        }
        Ok(appended)
    }

    fn count(&self, group: &SampleGroup<'_>, appended: &Appended) {
        let counters = &self.head.counters;
        count(&counters.appended_histograms, appended.histograms(group));
        count(&counters.appended, appended.accepted);
        for (_, outcome) in &appended.rejected {
            let counter = match outcome {
                Outcome::Duplicate => &counters.duplicate,
                Outcome::OutOfOrder => &counters.out_of_order,
                Outcome::OutOfBounds => &counters.out_of_bounds,
                Outcome::TooOld => &counters.too_old,
                Outcome::UnknownSeries => &counters.unknown_series,
            };
            count(counter, 1);
        }
    }
}

impl Appender for HeadAppender {
    fn resolve(&mut self, labels: &LabelSet) -> Result<SeriesRef, AppendError> {
        // What the log holds was taken once: it is read back whatever the limit is now.
        if self.wal.is_some() {
            self.head.resolve(labels, &self.source)
        } else {
            Ok(self.head.resolve_always(labels))
        }
    }

    fn append(&mut self, group: &SampleGroup<'_>) -> Result<Appended, AppendError> {
        if self.is_stamped_here && self.head.hold(group)? {
            let accepted = group.series.len().min(group.values.len());
            return Ok(Appended { accepted, ..Appended::default() });
        }
        self.append_now(group)
    }

    fn sync(&mut self) -> Result<(), AppendError> {
        match &self.wal {
            Some(wal) => wal.sync(Form::Records).map_err(|error| AppendError::Storage(error.into())),
            None => Ok(()),
        }
    }
}

impl HeadAppender {
    /// Appends a group whose time is known.
    ///
    /// # Errors
    /// As [`Appender::append`].
    pub(crate) fn append_now(&mut self, group: &SampleGroup<'_>) -> Result<Appended, AppendError> {
        if self.head.closed.load(std::sync::atomic::Ordering::Acquire) {
            return Err(AppendError::Closed);
        }
        if !group.histograms.is_empty() {
            let pieces = pieces(group);
            if pieces.len() > 1 {
                return self.append_in_pieces(group, pieces);
            }
        }
        let len = group.series.len().min(group.values.len());
        let group = SampleGroup {
            timestamp_ms: group.timestamp_ms,
            series: group.series.get(..len).unwrap_or_default(),
            values: group.values.get(..len).unwrap_or_default(),
            ..*group
        };
        let start = self.head.clock.monotonic();
        let (mut appended, mut result) = (Appended::default(), Ok(()));
        let reach = &self.head.reach;
        if self.wal.is_some() && reach.is_out_of_bounds(group.timestamp_ms, self.head.clock.now_ms()) {
            appended.rejected.extend((0..len).map(|at| (at, Outcome::OutOfBounds)));
        } else if len > 0 {
            let at = self.layout(group.series, group.timestamp_ms);
            result = self.append_laid_out(at, &group, &mut appended);
            appended.rejected.sort_unstable_by_key(|(position, _)| *position);
        }
        appended.accepted = len - appended.rejected.len();
        if appended.accepted > 0 {
            self.head.reach.newest_ms.fetch_max(group.timestamp_ms, std::sync::atomic::Ordering::Relaxed);
        }
        self.count(&group, &appended);
        self.head.note_pause(self.head.clock.monotonic().saturating_sub(start));
        if let Some(wal) = &self.wal {
            // A log that fails is shown by the store's status; the samples are in memory.
            let _ = if self.sync_always { wal.sync(Form::Records) } else { wal.relieve() };
        }
        result.map(|()| appended)
    }
}

impl Head {
    fn note_pause(&self, pause: Duration) {
        let ns = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
        self.counters.longest_append_ns.fetch_max(ns, std::sync::atomic::Ordering::Relaxed);
    }

    /// Appends one group's share; false when the layout is not valid any more, or when again and again a new
    /// segment of the log began before the group was defined in it.
    fn append_part(
        &self,
        part: &Part,
        group: &SampleGroup<'_>,
        wal: &Option<Arc<Wal>>,
        refused: &mut Vec<(usize, Refusal)>,
    ) -> bool {
        for _ in 0..ATTEMPTS_MAX {
            let mut open = part.group.lock();
            if open.epoch != part.epoch {
                return false;
            }
            let mut log = wal.as_ref().and_then(|wal| wal.log());
            if log.as_ref().is_some_and(|log| log.needs_definition(&open.place, open.ids.len())) {
                let missing = log.as_ref().map_or(0, |log| open.ids.len() - log.defined(&open.place));
                drop((log, open));
                for _ in 0..missing.div_ceil(COLUMNS_PER_RECORD) {
                    self.define(&part.group, group.timestamp_ms, wal);
                }
                continue;
            }
            // What the log gives back was given its hints before it went there.
            open.append(part, group, wal.is_none(), &*self.clock, log.as_mut(), refused);
            return true;
        }
        false
    }

    /// Writes the labels of some of a group's columns to the log that the current segment does not have.
    fn define(&self, group: &Group, timestamp_ms: i64, wal: &Option<Arc<Wal>>) {
        let index = self.read();
        let mut open = group.lock();
        let log = || wal.as_ref().and_then(|wal| wal.log());
        let Some(defined) = log().map(|log| log.defined(&open.place)) else { return };
        let ids = open.ids.iter().skip(defined).take(COLUMNS_PER_RECORD);
        // A column whose series is gone has no labels; the reader passes over it.
        let rows: Vec<_> = ids.map(|&id| index.row(id)).collect();
        let sets = index.encode_sets(&rows);
        drop(index);
        // Nobody waited for the log meanwhile, which may have begun a new segment.
        if let Some(mut log) = log().filter(|log| log.defined(&open.place) == defined) {
            log.define(&mut open.place, timestamp_ms, rows.len(), &sets);
        }
    }

    /// Finds the group and column of each series, and gives those that have none a column.
    fn lay_out(&self, series: &[SeriesRef], timestamp_ms: i64) -> Layout {
        let ids = || (0..).zip(series.iter().map(|series| series.0));
        {
            let index = self.read();
            let found = Found::look_up(&index, ids());
            if found.unplaced.is_empty() {
                return found.into_layout(&index, series);
            }
        }
        let mut index = self.write();
        // Another appender may have placed some of them meanwhile.
        let mut found = Found::look_up(&index, ids());
        self.place(&mut index, &mut found, timestamp_ms);
        found.into_layout(&index, series)
    }

    /// Adds columns for series that have none: to the group that has most of the others, if it takes the
    /// timestamp, else to a new one.
    fn place(&self, index: &mut Index, found: &mut Found, timestamp_ms: i64) {
        if found.unplaced.is_empty() {
            return;
        }
        let most = found.columns.iter().max_by_key(|(_, pairs)| pairs.len()).map(|(&group, _)| group);
        let fits = |group: &u32| index.group(*group).is_some_and(|g| g.lock().newest_ms() <= timestamp_ms);
        let at = most
            .filter(fits)
            .unwrap_or_else(|| index.add_group(Arc::new(Group::new(self.budget.open(model::Part::Head)))));
        let Some(group) = index.group(at).map(Arc::clone) else { return };
        let mut open = group.lock();
        for (position, id) in std::mem::take(&mut found.unplaced) {
            if let Some(row) = index.row(id) {
                let column = open.add_column(id);
                index.set_place(row, Place::Column { group: at, column });
                found.columns.entry(at).or_default().push((column, position));
            }
        }
    }

    /// Moves the series at some positions to a group of their own.
    fn relocate(&self, group: &SampleGroup<'_>, positions: &[usize]) -> Layout {
        let mut index = self.write();
        let mut found = Found::default();
        for &position in positions {
            let Some(id) = group.series.get(position).map(|series| series.0) else { continue };
            let Some(row) = index.row(id) else {
                found.unknown.push(position);
                continue;
            };
            if let Place::Column { group: from, .. } = index.place(row)
                && let Some(from) = index.group(from).map(Arc::clone)
            {
                let mut open = from.lock();
                // Layouts that lead to the old column are void.
                open.epoch += 1;
                let seal = Arc::clone(open.seal());
                drop(open);
                index.former.entry(id).or_default().push(Former { group: from, seal });
            }
            index.set_place(row, Place::None);
            found.unplaced.push((position as u32, id));
        }
        self.place(&mut index, &mut found, group.timestamp_ms);
        found.into_layout(&index, &[])
    }
}

/// Where the series of a list are.
#[derive(Default)]
struct Found {
    /// By group: column and position.
    columns: BTreeMap<u32, Vec<(u32, u32)>>,
    /// Position and id.
    unplaced: Vec<(u32, u64)>,
    unknown: Vec<usize>,
}

impl Found {
    fn look_up(index: &Index, ids: impl Iterator<Item = (u32, u64)>) -> Self {
        let mut found = Self::default();
        for (position, id) in ids {
            match index.row(id).map(|row| index.place(row)) {
                Some(Place::Column { group, column }) => {
                    found.columns.entry(group).or_default().push((column, position));
                }
                Some(Place::None) => found.unplaced.push((position, id)),
                Some(Place::Dead) | None => found.unknown.push(position as usize),
            }
        }
        found
    }

    /// The layout, as long as the lock of the index is held: columns do not move then.
    fn into_layout(self, index: &Index, series: &[SeriesRef]) -> Layout {
        let part = |(group, pairs)| {
            let group = Arc::clone(index.group(group)?);
            let epoch = group.lock().epoch;
            Some(Part::new(group, epoch, pairs))
        };
        let parts = self.columns.into_iter().filter_map(part).collect();
        Layout { series: series.into(), parts, unknown: self.unknown }
    }
}
