//! A group: series that are appended together, as columns over one timeline.
//!
//! A scrape touches the group once: values that stand still cost a comparison, the others a token. The series
//! of a group need not come with every timestamp; a column that was not touched when the next timestamp
//! arrives has a gap there.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{
    Clock, FloatHistogram, Reservation, SampleBlock, SampleGroup, appender::Outcome, clock::AHEAD_MAX_MS,
    sample::within,
};

use super::{
    attachment::{Attachments, Entries, Incoming},
    column::{Arena, Column, View},
    layout::Part,
    timeline::{Timeline, Times},
    window::{Progress, Seal, Source, Window},
};
use crate::{
    account::settle,
    bits::{Bits, WORD, ones},
    codec::token::{self, State, Token},
    wal::{GroupPlace, Log},
};

/// A group without samples for so long has stopped: few origins come less often.
const GROUP_STOPPED: Duration = Duration::from_secs(15 * 60);

/// A group behind its lock, which is never held while waiting for the disk.
#[derive(Debug)]
pub(super) struct Group(Mutex<Open>);

/// A group's columns and the samples of the window that is open.
#[derive(Debug)]
pub(super) struct Open {
    /// Changes when columns change their places; a layout made before is void.
    pub(super) epoch: u64,
    pub(super) ids: Vec<u64>,
    lasts: Vec<u64>,
    columns: Vec<Column>,
    arena: Arena,
    timeline: Timeline,
    /// The time of the newest position, which outlives the window, and of the one before it.
    newest_ms: i64,
    before_ms: i64,
    /// Columns with a sample at the newest position.
    touched: Bits,
    /// Columns that had a value at the last position where they were looked at.
    present: Bits,
    /// The newest sample of columns that have had some and are not present.
    stopped: HashMap<u32, i64>,
    /// Native histograms and start timestamps; `None` in a group that never had any.
    attachments: Option<Box<Attachments>>,
    seal: Seal,
    /// Windows that are over and not yet in a part.
    pub(super) sealed: Vec<Arc<Window>>,
    pub(super) place: GroupPlace,
    /// Columns whose value the log's reader knows.
    logged: Bits,
    account: Reservation,
    /// Since when, by the monotonic clock, no sample is known to have come.
    idle_since: Option<Duration>,
}

/// What a group says of a sample that it did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The sample is refused for good.
    Outcome(Outcome),
    /// The sample is fine but comes before the group's newest timestamp: its series needs another group.
    Misplaced,
}

impl Group {
    pub(super) fn new(account: Reservation) -> Self {
        Self(Mutex::new(Open {
            epoch: 0,
            ids: Vec::new(),
            lasts: Vec::new(),
            columns: Vec::new(),
            arena: Arena::default(),
            timeline: Timeline::default(),
            newest_ms: i64::MIN,
            before_ms: i64::MIN,
            touched: Bits::default(),
            present: Bits::default(),
            stopped: HashMap::new(),
            attachments: None,
            seal: Seal::default(),
            sealed: Vec::new(),
            place: GroupPlace::default(),
            logged: Bits::default(),
            account,
            idle_since: None,
        }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Open> {
        // A panic while the lock was held leaves at worst a column whose newest samples are wrong.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends the samples that a series has in the window of `seal`, as [`Window::read`] does.
    pub(super) fn read(
        &self,
        seal: &Seal,
        source: Source,
        range_ms: &mut (i64, i64),
        times: &mut Times,
        progress: &mut Progress,
        block: &mut SampleBlock,
    ) {
        if let Some(window) = seal.get() {
            return window.read(source, range_ms, times, progress, block);
        }
        let open = self.lock();
        match seal.get() {
            Some(window) => window.read(source, range_ms, times, progress, block),
            None => open.read(source, range_ms, times, progress, block),
        }
    }
}

impl Open {
    pub(super) fn newest_ms(&self) -> i64 {
        self.newest_ms
    }

    pub(super) fn range_ms(&self) -> Option<(i64, i64)> {
        self.timeline.range_ms()
    }

    pub(super) fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Adds a column for a series and gives its place.
    pub(super) fn add_column(&mut self, id: u64) -> u32 {
        let column = self.ids.len();
        self.ids.push(id);
        self.lasts.push(0);
        self.columns.push(Column::default());
        for bits in [&mut self.touched, &mut self.present, &mut self.logged] {
            bits.resize(column + 1);
        }
        column as u32
    }

    /// Appends what `part` takes from `group`; what was not taken goes to `refused` by its position. `trusted`
    /// says that the hints of histograms are those of a store already.
    pub(super) fn append(
        &mut self,
        part: &Part,
        group: &SampleGroup<'_>,
        trusted: bool,
        clock: &dyn Clock,
        mut log: Option<&mut Log<'_>>,
        refused: &mut Vec<(usize, Refusal)>,
    ) {
        let SampleGroup { timestamp_ms, values, .. } = *group;
        if timestamp_ms < self.newest_ms {
            let future_ms = clock.now_ms().saturating_add(AHEAD_MAX_MS);
            return self.refuse_late(part, group, future_ms, refused);
        }
        if timestamp_ms > self.newest_ms {
            self.close_position();
            (self.before_ms, self.newest_ms) = (self.newest_ms, timestamp_ms);
            self.timeline.push(timestamp_ms);
        } else if self.timeline.len() == 0 {
            // The columns that were touched in the window before have their samples in this one, too.
            self.timeline.push(timestamp_ms);
            self.attachments.iter_mut().for_each(|attachments| attachments.resume(&self.touched));
        }
        self.idle_since = None;
        if let Some(log) = &mut log
            && log.begin(&mut self.place, timestamp_ms)
        {
            self.logged.clear_all();
            self.attachments.iter_mut().for_each(|attachments| attachments.forget_logged());
        }
        self.attach(part, group, trusted, log.as_deref_mut(), refused);
        for run in &part.runs {
            let Range { mut start, end } = run.columns();
            while start < end {
                let stop = end.min((start / WORD + 1) * WORD);
                let position = run.position(start);
                let values = &values[position..position + stop - start];
                self.append_word(start, values, position, log.as_deref_mut(), refused);
                start = stop;
            }
        }
        if let Some(log) = log {
            log.end(&mut self.place, &part.coverage);
        }
        self.settle_account();
    }

    /// Takes the native histograms and start timestamps of samples that are about to be appended at the newest
    /// position, and refuses what repeats a sample of the same value with another histogram.
    fn attach(
        &mut self,
        part: &Part,
        group: &SampleGroup<'_>,
        trusted: bool,
        log: Option<&mut Log<'_>>,
        refused: &mut Vec<(usize, Refusal)>,
    ) {
        if group.histograms.is_empty() && group.start_timestamps_ms.is_empty() && self.attachments.is_none() {
            return;
        }
        let attachments = self.attachments.get_or_insert_default();
        let incoming = Incoming { group, position: self.timeline.len() - 1, trusted };
        let mut entries = Entries::default();
        for &run in &part.runs {
            for column in run.columns().filter(|&column| self.touched.get(column)) {
                let position = run.position(column);
                let same_value = group.values[position].to_bits() == self.lasts[column];
                if same_value && !attachments.repeats(column, histogram_at(group, position)) {
                    refused.push((position, Refusal::Outcome(Outcome::Duplicate)));
                }
            }
            attachments.append(&incoming, run, |column| !self.touched.get(column), &mut entries);
        }
        if let Some(log) = log {
            log.attach(&entries.encode(group.timestamp_ms));
        }
    }

    /// Appends the values of columns that share a word of bits: what stands still is dealt with at once.
    fn append_word(
        &mut self,
        column: usize,
        values: &[f64],
        position: usize,
        mut log: Option<&mut Log<'_>>,
        refused: &mut Vec<(usize, Refusal)>,
    ) {
        let (word, shift) = (column / WORD, column % WORD);
        let pairs = self.lasts[column..].iter().zip(values).enumerate();
        let moved = pairs.fold(0, |bits, (i, (&last, value))| bits | u64::from(last != value.to_bits()) << i)
            << shift;
        let all = (u64::MAX >> (WORD - values.len())) << shift;
        let touched = self.touched.word_mut(word);
        let again = all & *touched;
        *touched |= all;
        let mask = all & !again;
        for bit in ones(again) {
            if moved >> bit & 1 == 1 {
                refused.push((position + bit - shift, Refusal::Outcome(Outcome::Duplicate)));
            }
            if let Some(log) = &mut log {
                log.skip((word * WORD + bit) as u32);
            }
        }
        let logged = if log.is_some() { self.logged.word(word) } else { u64::MAX };
        let known = self.present.word(word) & logged;
        let changed = mask & (moved | !known);
        if let Some(log) = &mut log {
            log.cover(&mut self.place, word, mask, changed);
            *self.logged.word_mut(word) |= mask;
        }
        for bit in ones(changed) {
            let was_logged = logged >> bit & 1 == 1;
            let token = self.take(word * WORD + bit, values[bit - shift].to_bits(), was_logged);
            if let Some(log) = &mut log {
                log.token(&token);
            }
        }
    }

    /// Takes the value of a column at the newest position and gives its token for the log.
    fn take(&mut self, column: usize, bits: u64, was_logged: bool) -> Token {
        let present = self.present.get(column);
        let slot = &mut self.columns[column];
        let last = State { bits: self.lasts[column], scale: slot.scale };
        if present && last.bits == bits {
            return token::absolute(last);
        }
        let position = self.timeline.len() - 1;
        let (relative, next) = token::relative(last, bits);
        if present && position > 0 {
            self.arena.settle(slot, last, position);
            self.arena.push_value(slot, &relative);
        } else if position > 0 {
            self.arena.skip(slot, position);
            self.arena.push_value(slot, &token::absolute(next));
        }
        (slot.scale, self.lasts[column]) = (next.scale, bits);
        if !present {
            self.present.set(column);
            self.stopped.remove(&(column as u32));
        }
        if present && was_logged { relative } else { token::absolute(next) }
    }

    fn refuse_late(
        &self,
        part: &Part,
        group: &SampleGroup<'_>,
        future_ms: i64,
        refused: &mut Vec<(usize, Refusal)>,
    ) {
        for run in &part.runs {
            for column in run.columns() {
                let position = run.position(column);
                let refusal = self.judge_late(column, group, position, future_ms);
                refused.extend(refusal.map(|refusal| (position, refusal)));
            }
        }
    }

    /// What becomes of a sample older than the newest position; `None` when it repeats what is there. After
    /// `future_ms` the clock itself must have been wrong, and does not hold up the samples that come now.
    fn judge_late(
        &self,
        column: usize,
        group: &SampleGroup<'_>,
        position: usize,
        future_ms: i64,
    ) -> Option<Refusal> {
        let timestamp_ms = group.timestamp_ms;
        let newest = if self.touched.get(column) {
            Some(self.newest_ms)
        } else if self.present.get(column) {
            Some(self.before_ms)
        } else {
            self.stopped.get(&(column as u32)).copied()
        };
        match newest {
            Some(newest) if newest > future_ms && timestamp_ms <= future_ms => Some(Refusal::Misplaced),
            Some(newest) if timestamp_ms < newest => Some(Refusal::Outcome(Outcome::OutOfOrder)),
            Some(newest) if timestamp_ms == newest => {
                let same_value = self.lasts[column] == group.values[position].to_bits();
                let histogram = histogram_at(group, position);
                let repeats = same_value
                    && match &self.attachments {
                        Some(attachments) => attachments.repeats(column, histogram),
                        None => histogram.is_none(),
                    };
                (!repeats).then_some(Refusal::Outcome(Outcome::Duplicate))
            }
            _ => Some(Refusal::Misplaced),
        }
    }

    /// Gives the columns that were not touched at the newest position a gap there.
    fn close_position(&mut self) {
        let missing: Vec<usize> = self.present.without(&self.touched).collect();
        let position = self.timeline.len().saturating_sub(1);
        for column in missing {
            let slot = &mut self.columns[column];
            self.arena.settle(slot, State { bits: self.lasts[column], scale: slot.scale }, position);
            self.present.clear(column);
            self.logged.clear(column);
            self.stopped.insert(column as u32, self.before_ms);
        }
        self.touched.clear_all();
    }

    fn read(
        &self,
        source: Source,
        range_ms: &mut (i64, i64),
        times: &mut Times,
        progress: &mut Progress,
        block: &mut SampleBlock,
    ) {
        for at in source.columns(&self.ids) {
            let present = self.present.get(at);
            let end = self.timeline.len() - u32::from(!self.touched.get(at)).min(self.timeline.len());
            let (times_ms, column) = (times.of(&self.timeline), &self.columns[at]);
            let view = View { times_ms, arena: &self.arena, column, last: self.lasts[at], present, end };
            let streams = self.attachments.as_ref().map(|attachments| attachments.streams(at));
            let reader = progress.of(Some(self.epoch), at);
            view.read_with(streams.unwrap_or_default(), range_ms, reader, block);
        }
    }

    /// Ends the window: its samples move into one that does not change, and a new one begins.
    pub(super) fn seal_window(&mut self, now: Duration) {
        self.idle_since.get_or_insert(now);
        if self.timeline.len() == 0 {
            return;
        }
        let touched = self.touched.clone();
        self.close_position();
        // A sample that comes again with the same timestamp is still recognised.
        self.touched = touched;
        let restarted = self.columns.iter().map(Column::restarted).collect();
        let fresh = self.account.budget().open(model::Part::Head);
        let mut window = Window {
            ids: self.ids.clone(),
            timeline: std::mem::take(&mut self.timeline),
            arena: std::mem::take(&mut self.arena),
            columns: std::mem::replace(&mut self.columns, restarted),
            lasts: self.lasts.clone(),
            present: self.present.clone(),
            attachments: self.attachments.as_mut().map(|a| a.seal()).unwrap_or_default(),
            account: std::mem::replace(&mut self.account, fresh),
        };
        let bytes = window.bytes();
        settle(&mut window.account, bytes);
        self.settle_account();
        let window = Arc::new(window);
        let _ = self.seal.set(Arc::clone(&window));
        self.seal = Seal::default();
        self.sealed.push(window);
    }

    /// Drops windows that are in a part now.
    pub(super) fn drop_sealed(&mut self, flushed: &[Arc<Window>]) {
        self.sealed.retain(|window| !flushed.iter().any(|f| Arc::ptr_eq(f, window)));
    }

    /// True when the column has nothing in the open window and nothing more is to come: its series has left the
    /// group or stopped, or the whole group has. A column that was just made waits for its first sample.
    pub(super) fn is_idle(&self, column: usize, left: bool, now: Duration) -> bool {
        let still = self.columns.get(column).is_none_or(Column::is_still);
        let stopped = left || self.stopped.contains_key(&(column as u32));
        let group_stopped = self.idle_since.is_some_and(|since| now.saturating_sub(since) >= GROUP_STOPPED);
        still && (group_stopped || stopped && !self.present.get(column))
    }

    /// Drops the columns that `dead` names; the others move up.
    pub(super) fn drop_columns(&mut self, dead: impl Fn(usize) -> bool) {
        let kept: Vec<usize> = (0..self.ids.len()).filter(|&column| !dead(column)).collect();
        let mut touched = Bits::default();
        let mut present = Bits::default();
        touched.resize(kept.len());
        present.resize(kept.len());
        let mut stopped = HashMap::new();
        for (to, &from) in kept.iter().enumerate() {
            if self.touched.get(from) {
                touched.set(to);
            }
            if self.present.get(from) {
                present.set(to);
            }
            if let Some(&time) = self.stopped.get(&(from as u32)) {
                stopped.insert(to as u32, time);
            }
        }
        self.ids = kept.iter().map(|&from| self.ids[from]).collect();
        self.lasts = kept.iter().map(|&from| self.lasts[from]).collect();
        self.columns = kept.iter().map(|&from| self.columns[from]).collect();
        (self.touched, self.present, self.stopped) = (touched, present, stopped);
        self.attachments.iter_mut().for_each(|attachments| attachments.keep(&kept));
        self.logged = Bits::default();
        self.logged.resize(kept.len());
        self.place = GroupPlace::default();
        self.epoch += 1;
        self.settle_account();
    }

    fn bytes(&self) -> usize {
        8 * (self.ids.capacity() + self.lasts.capacity())
            + size_of::<Column>() * self.columns.capacity()
            + self.arena.bytes()
            + self.timeline.bytes()
            + self.touched.bytes()
            + self.present.bytes()
            + self.logged.bytes()
            + self.place.bytes()
            + 24 * self.stopped.capacity()
            + self.attachments.as_ref().map_or(0, |attachments| attachments.bytes())
            + size_of::<Self>()
    }

    /// Bytes that a flush would free.
    pub(super) fn sample_bytes(&self) -> usize {
        let attachments = self.attachments.as_ref().map_or(0, |attachments| attachments.bytes());
        self.arena.bytes() + self.timeline.bytes() + attachments
    }

    fn settle_account(&mut self) {
        let bytes = self.bytes();
        settle(&mut self.account, bytes);
    }
}

fn histogram_at<'a>(group: &SampleGroup<'a>, position: usize) -> Option<&'a Arc<FloatHistogram>> {
    within(group.histograms, &(position..position + 1)).first().map(|(_, histogram)| histogram)
}
