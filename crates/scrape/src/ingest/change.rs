//! Bodies that are not as last time: what is new is resolved, what is gone is found.

use std::collections::HashSet;

use model::SeriesRef;

use super::{Ingest, Tally};
use crate::{
    error::ScrapeError,
    labels::LabelBuffer,
    layout::{Cursor, Layout, Line},
    reading::{Change, ChangedLine, LineExemplar},
};

/// The series from which the CPU time of a target's process is known.
const CPU_SERIES: &[u8] = b"process_cpu_seconds_total";

/// The part of the layout that a body repeats.
pub(super) struct Kept<'b> {
    pub(super) cursor: Cursor,
    pub(super) lines: usize,
    pub(super) previous: &'b [u8],
}

/// The samples of a body whose series have handles.
pub(super) struct Columns<'b> {
    pub(super) values: Vec<f64>,
    /// Positions in `values` and times of samples that have a time of their own.
    pub(super) timestamps_ms: Vec<(usize, i64)>,
    /// At their positions in `values`.
    pub(super) exemplars: Vec<LineExemplar<'b>>,
    /// Positions in `values`, and places in the body's list of attachments.
    pub(super) attached: Vec<(usize, usize)>,
}

impl Ingest {
    /// Resolves what is new, and makes the layout that of this body; the result is the series that are gone.
    pub(super) fn take_change<'b>(
        &mut self,
        kept: Kept<'_>,
        change: Change<'b>,
        columns: &mut Columns<'b>,
        buffer: &mut LabelBuffer,
        tally: &mut Tally,
    ) -> Result<Vec<SeriesRef>, ScrapeError> {
        let mut layout = Layout::default();
        layout.push_before(&self.layout, kept.cursor, kept.lines);
        let mut taken: Option<HashSet<SeriesRef>> = None;
        let mut previous = kept.previous;
        let mut cpu_at = self.cpu_at.filter(|at| *at < columns.values.len());
        let mut exemplars = change.exemplars.iter().peekable();
        let mut attached = change.attached.iter().peekable();
        for (at, line) in change.lines.iter().enumerate() {
            let exemplar = exemplars.next_if(|exemplar| exemplar.at == at);
            let attachment = attached.next_if(|(position, _)| *position == at);
            let unknown = line.series.is_none();
            let Some(series) = self.handle(line, buffer)? else {
                tally.refused += 1;
                continue;
            };
            if unknown && taken.is_none() {
                taken = Some(layout.series.iter().copied().chain(self.own.into_iter().flatten()).collect());
            }
            let first = taken.as_mut().is_none_or(|taken| taken.insert(series));
            tally.added += usize::from(unknown && first);
            // With times of their own, several samples of a series may come at once.
            let repeated = !first && line.timestamp_ms.is_none();
            layout.push(previous, line.text, Line { repeated, timed: line.timestamp_ms.is_some() });
            previous = line.text;
            if repeated {
                continue;
            }
            let position = columns.values.len();
            if line.text == CPU_SERIES {
                cpu_at = Some(position);
            }
            columns.timestamps_ms.extend(line.timestamp_ms.map(|own_ms| (position, own_ms)));
            columns.exemplars.extend(exemplar.map(|exemplar| LineExemplar { at: position, ..*exemplar }));
            columns.attached.extend(attachment.map(|(_, place)| (position, *place)));
            layout.series.push(series);
            columns.values.push(line.value);
        }
        let gone = self.gone(&change, taken);
        self.replace_layout(layout);
        self.cpu_at = cpu_at;
        Ok(gone)
    }

    /// The handle of a line's series; `None` when the store has no room for it. One that is refused says nothing
    /// about the next: the store may have that one already.
    fn handle(
        &mut self,
        line: &ChangedLine<'_>,
        buffer: &mut LabelBuffer,
    ) -> Result<Option<SeriesRef>, ScrapeError> {
        if line.series.is_some() {
            return Ok(line.series);
        }
        let labels = buffer.label_set(line.text, &self.rules.labels)?;
        self.resolve(&labels)
    }

    fn gone(&self, change: &Change<'_>, taken: Option<HashSet<SeriesRef>>) -> Vec<SeriesRef> {
        let gone = change.gone().filter(|(_, line)| self.tracks(*line)).map(|(series, _)| series);
        // A series may go on under another text: its labels in another order.
        gone.filter(|series| self.live && taken.as_ref().is_none_or(|taken| !taken.contains(series)))
            .collect()
    }

    pub(super) fn tracks(&self, line: Line) -> bool {
        !line.timed || self.rules.track_timestamps_staleness
    }

    /// The layout is kept even when the budget has no room left: series that are held already are never
    /// refused, and the layout is smaller than the body, which had room.
    fn replace_layout(&mut self, mut layout: Layout) {
        layout.shrink();
        let bytes = layout.heap_bytes();
        if !self.account.resize(bytes) {
            tracing::debug!(bytes, "no room in the memory budget for what is known of a target");
        }
        self.layout = layout;
    }
}
