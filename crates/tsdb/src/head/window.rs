//! A window that is over: the samples that a group had in it, which do not change any more.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use model::{Reservation, SampleBlock};

use super::{
    attachment::{SealedAttachments, Streams},
    column::{Arena, Column, View},
    timeline::{Timeline, Times},
};
use crate::{bits::Bits, codec::attachment::HistogramReader};

/// Where the samples of a window can be found once it is sealed; until then they are in the group.
pub(super) type Seal = Arc<OnceLock<Arc<Window>>>;

/// A group's samples of a window that is over: they do not change any more.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) ids: Vec<u64>,
    pub(super) timeline: Timeline,
    pub(super) arena: Arena,
    pub(super) columns: Vec<Column>,
    pub(super) lasts: Vec<u64>,
    pub(super) present: Bits,
    pub(super) attachments: SealedAttachments,
    pub(super) account: Reservation,
}

/// A series in a group: its id, and the column where it was last seen, if that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) id: u64,
    pub(super) column: u32,
}

impl Source {
    /// The series' columns now: they move when others are dropped, and a series that left its group and came
    /// back has two.
    pub(super) fn columns(self, ids: &[u64]) -> impl Iterator<Item = usize> + '_ {
        let hint = self.column as usize;
        let known = (ids.get(hint) == Some(&self.id)).then_some(hint);
        let searched = if known.is_some() { &[] } else { ids };
        let found = searched.iter().enumerate().filter(move |(_, id)| **id == self.id);
        known.into_iter().chain(found.map(|(column, _)| column))
    }
}

type Readers = BTreeMap<(usize, Option<u64>, usize), HistogramReader>;

/// How far the histograms of a series were read, by window and column.
#[derive(Debug, Default)]
pub(super) struct Progress {
    readers: Readers,
    window: usize,
}

impl Progress {
    /// Goes on with another window, by its place among those that are read.
    pub(super) fn go_to(&mut self, window: usize) {
        self.window = window;
    }

    /// The reader of a column; while the window is open its columns are good for one epoch of the group.
    pub(super) fn of(&mut self, epoch: Option<u64>, column: usize) -> ReaderPlace<'_> {
        ReaderPlace { key: (self.window, epoch, column), readers: &mut self.readers }
    }
}

/// Where the reader of a column is, or will be once it is needed: most columns have no histograms.
pub(super) struct ReaderPlace<'p> {
    readers: &'p mut Readers,
    key: (usize, Option<u64>, usize),
}

impl<'p> ReaderPlace<'p> {
    pub(super) fn take(self) -> &'p mut HistogramReader {
        self.readers.entry(self.key).or_default()
    }
}

impl View<'_> {
    /// Appends the samples within a range of time and what they carry, as [`Window::read`] does.
    pub(super) fn read_with(
        &self,
        streams: Streams<'_>,
        range_ms: &mut (i64, i64),
        reader: ReaderPlace<'_>,
        block: &mut SampleBlock,
    ) {
        let start = block.len();
        self.read(range_ms.0, range_ms.1, block);
        if let Some(left_ms) = streams.read(self.times_ms, reader, start, block) {
            range_ms.1 = left_ms.saturating_sub(1);
        }
    }
}

impl Window {
    pub(super) fn range_ms(&self) -> Option<(i64, i64)> {
        self.timeline.range_ms()
    }

    pub(super) fn bytes(&self) -> usize {
        8 * (self.ids.capacity() + self.lasts.capacity())
            + size_of::<Column>() * self.columns.capacity()
            + self.arena.bytes()
            + self.timeline.bytes()
            + self.present.bytes()
            + self.attachments.bytes()
            + size_of::<Self>()
    }

    /// True when the column has a sample in this window.
    pub(super) fn has_samples(&self, column: usize) -> bool {
        self.present.get(column) || self.columns.get(column).is_some_and(|c| !c.is_still())
    }

    /// Appends the samples of a series within a range of time, whose end comes nearer where their histograms would
    /// take too much memory at once; samples beyond that end may be among those appended.
    pub(super) fn read(
        &self,
        source: Source,
        range_ms: &mut (i64, i64),
        times: &mut Times,
        progress: &mut Progress,
        block: &mut SampleBlock,
    ) {
        for at in source.columns(&self.ids) {
            let Some(view) = self.view(at, times) else { return };
            view.read_with(self.attachments.streams(at), range_ms, progress.of(None, at), block);
        }
    }

    /// A column's values.
    pub(super) fn view<'a>(&'a self, at: usize, times: &'a mut Times) -> Option<View<'a>> {
        let (column, &last) = self.columns.get(at).zip(self.lasts.get(at))?;
        let (present, end) = (self.present.get(at), self.timeline.len());
        Some(View { times_ms: times.of(&self.timeline), arena: &self.arena, column, last, present, end })
    }
}
