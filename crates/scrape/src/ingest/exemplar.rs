//! The exemplars of a scrape, after its samples.

use expfmt::visit_labels;
use model::{
    Exemplar, LabelSetBuilder, appender::ExemplarOutcome, clock::AHEAD_MAX_MS,
    exemplar::EXEMPLAR_LABEL_CHARS_MAX,
};

use super::{Ingest, Tally};
use crate::reading::LineExemplar;

/// Bytes of an exemplar's labels as they stand in a body: a character may take four, an escape two, and each label
/// has quotes around it. Longer ones are not even read.
const LABELS_BYTES_MAX: usize = 8 * EXEMPLAR_LABEL_CHARS_MAX;

impl Ingest {
    /// Hands exemplars to the store. None of them holds up a scrape, and most come again with each.
    pub(super) fn append_exemplars(
        &mut self,
        lines: &[LineExemplar<'_>],
        scraped_ms: i64,
        tally: &mut Tally,
    ) {
        let series = |line: &LineExemplar<'_>| self.layout.series.get(line.at).copied();
        let exemplars: Vec<_> =
            lines.iter().filter_map(|line| Some((series(line)?, exemplar(line, scraped_ms)?))).collect();
        if exemplars.is_empty() {
            return;
        }
        let refused = self.appender.append_exemplars(&exemplars);
        let late = refused.iter().filter(|(_, outcome)| *outcome == ExemplarOutcome::OutOfOrder);
        tally.late_exemplars += late.count();
    }
}

/// The exemplar of a line; `None` when its labels are too long, or its time is so far ahead that all that follow
/// would come too late.
fn exemplar(line: &LineExemplar<'_>, scraped_ms: i64) -> Option<Exemplar> {
    let expfmt::Exemplar { labels, value, timestamp_ms } = line.exemplar;
    let own_ms = timestamp_ms.or(line.sample_ms).unwrap_or(scraped_ms);
    if labels.len() > LABELS_BYTES_MAX || own_ms.saturating_sub(scraped_ms) > AHEAD_MAX_MS {
        return None;
    }
    let mut set = LabelSetBuilder::default();
    visit_labels(labels, |name, value| _ = set.set(name, value)).ok()?;
    Some(Exemplar { labels: set.build(), value, timestamp_ms: own_ms, timed: timestamp_ms.is_some() })
}
