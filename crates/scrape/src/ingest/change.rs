//! Bodies that are not as last time: what is new is resolved, what is gone is found.

use std::collections::HashSet;

use model::SeriesRef;

use super::{Ingest, Tally};
use crate::{
    error::ScrapeError,
    labels::LabelBuffer,
    layout::{Cursor, Layout, Line},
    reading::Change,
};

/// The part of the layout that a body repeats.
pub(super) struct Kept<'b> {
    pub(super) cursor: Cursor,
    pub(super) lines: usize,
    pub(super) previous: &'b [u8],
}

impl Ingest {
    /// Resolves what is new, and makes the layout that of this body; the result is the series that are gone.
    pub(super) fn take_change(
        &mut self,
        kept: Kept<'_>,
        change: Change<'_>,
        values: &mut Vec<f64>,
        timestamps_ms: &mut Vec<(usize, i64)>,
        buffer: &mut LabelBuffer,
        tally: &mut Tally,
    ) -> Result<Vec<SeriesRef>, ScrapeError> {
        let mut layout = Layout::default();
        layout.push_before(&self.layout, kept.cursor, kept.lines);
        let mut taken: Option<HashSet<SeriesRef>> = None;
        let mut previous = kept.previous;
        let mut full = false;
        for line in &change.lines {
            let mut repeated = false;
            let series = match line.series {
                Some(series) => series,
                None if full => {
                    tally.refused += 1;
                    continue;
                }
                None => {
                    let labels = buffer.label_set(line.text, &self.rules.labels)?;
                    let Some(series) = self.resolve(&labels)? else {
                        (full, tally.refused) = (true, tally.refused + 1);
                        continue;
                    };
                    let taken = taken.get_or_insert_with(|| self.taken(&layout, &change));
                    let first = taken.insert(series);
                    // With times of their own, several samples of a series may come at once.
                    repeated = !first && line.timestamp_ms.is_none();
                    tally.added += usize::from(first);
                    series
                }
            };
            let timed = line.timestamp_ms.is_some();
            layout.push(previous, line.text, Line { repeated, timed });
            previous = line.text;
            if repeated {
                continue;
            }
            if let Some(own_ms) = line.timestamp_ms {
                timestamps_ms.push((values.len(), own_ms));
            }
            layout.series.push(series);
            values.push(line.value);
        }
        let gone = self.gone(&change, taken);
        self.replace_layout(layout);
        Ok(gone)
    }

    /// All series that the body has already when the first unknown line comes.
    fn taken(&self, kept: &Layout, change: &Change<'_>) -> HashSet<SeriesRef> {
        let known = change.lines.iter().filter_map(|line| line.series);
        kept.series.iter().copied().chain(known).chain(self.own.into_iter().flatten()).collect()
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
