//! A window that is over: the samples that a group had in it, which do not change any more.

use std::sync::{Arc, OnceLock};

use model::{Reservation, SampleBlock};

use super::{
    attachment::SealedAttachments,
    column::{Arena, Column, View},
    timeline::{Timeline, Times},
};
use crate::bits::Bits;

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

    pub(super) fn read(
        &self,
        source: Source,
        range_ms: (i64, i64),
        times: &mut Times,
        block: &mut SampleBlock,
    ) {
        for at in source.columns(&self.ids) {
            let (Some(column), Some(&last)) = (self.columns.get(at), self.lasts.get(at)) else { return };
            let (present, end) = (self.present.get(at), self.timeline.len());
            let times_ms = times.of(&self.timeline);
            let view = View { times_ms, arena: &self.arena, column, last, present, end };
            let start = block.len();
            view.read(range_ms.0, range_ms.1, block);
            self.attachments.read(at, &self.timeline, start, block);
        }
    }
}
