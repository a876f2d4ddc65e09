//! The exemplars of a request, after its samples.

use model::{
    Exemplar, LabelSet, SeriesRef,
    appender::ExemplarOutcome::{self, UnknownSeries},
};

use super::{Intake, Turn, labels};
use crate::{error::Error, message::ExemplarEntry, message::Protocol, rejection::Reason};

/// Exemplars that are handed over at once; their label sets are short.
const RUN: usize = 128;

impl Intake {
    /// Hands over all exemplars whose series are there. One does not make its series.
    pub(super) fn append_exemplars(&self, turn: &mut Turn<'_>) -> Result<(), Error> {
        for entries in self.batch.exemplars.chunks(RUN) {
            let mut run = Vec::with_capacity(entries.len());
            for entry in entries {
                match self.exemplar(entry, turn)? {
                    Some(exemplar) => run.push((*entry, exemplar)),
                    None => turn.report.exemplars_rejected += 1,
                }
            }
            self.append_run(run, turn)?;
        }
        Ok(())
    }

    /// The exemplar; `None` when it cannot be stored.
    fn exemplar(&self, entry: &ExemplarEntry, turn: &Turn<'_>) -> Result<Option<Exemplar>, Error> {
        let labels = entry.labels(turn.protocol, &self.message, &self.batch.symbols);
        if entry.timestamp_ms > turn.newest_ms {
            return Ok(None);
        }
        let Some(labels) = labels::to_exemplar_set(labels)? else { return Ok(None) };
        let ExemplarEntry { value, timestamp_ms, .. } = *entry;
        // A time of 0 is what a sender without one sends.
        Ok(Some(Exemplar { labels, value, timestamp_ms, timed: timestamp_ms != 0 }))
    }

    fn append_run(&self, run: Vec<(ExemplarEntry, Exemplar)>, turn: &mut Turn<'_>) -> Result<(), Error> {
        let mut known = Vec::with_capacity(run.len());
        for (entry, exemplar) in run {
            let series = self.refs.get(entry.series as usize).copied().flatten();
            match series.map_or_else(|| self.find(&entry, turn), |series| Ok(Some(series)))? {
                Some(series) => known.push((entry, (series, exemplar))),
                None => turn.report.exemplars_rejected += 1,
            }
        }
        let (entries, mut exemplars): (Vec<_>, Vec<_>) = known.into_iter().unzip();
        let refused = turn.appender.append_exemplars(&exemplars);
        turn.report.exemplars += exemplars.len() - refused.len();
        for (at, outcome) in refused {
            let (entry, (series, exemplar)) = (&entries[at], &mut exemplars[at]);
            let outcome = match outcome {
                // The store has forgotten the handle since.
                UnknownSeries => match self.find(entry, turn)?.filter(|found| found != series) {
                    Some(found) => append_one(found, exemplar, turn),
                    None => Some(UnknownSeries),
                },
                outcome => Some(outcome),
            };
            match outcome {
                Some(outcome) => self.reject_exemplar(entry, outcome, turn),
                None => turn.report.exemplars += 1,
            }
        }
        Ok(())
    }

    fn find(&self, entry: &ExemplarEntry, turn: &mut Turn<'_>) -> Result<Option<SeriesRef>, Error> {
        let Some(series) = self.batch.series.get(entry.series as usize) else { return Ok(None) };
        let set = labels::to_set(self.batch.labels(turn.protocol, &self.message, series))?;
        Ok(set.ok().and_then(|set: LabelSet| turn.appender.find(&set)))
    }

    /// As in Prometheus only 2.0 hears of it, and only of what came too late.
    fn reject_exemplar(&self, entry: &ExemplarEntry, outcome: ExemplarOutcome, turn: &mut Turn<'_>) {
        turn.report.exemplars_rejected += 1;
        if outcome == ExemplarOutcome::OutOfOrder && turn.protocol == Protocol::V2 {
            turn.report.reject(Reason::LateExemplar, || self.describe(entry.series, turn.protocol));
        }
    }
}

fn append_one(series: SeriesRef, exemplar: &Exemplar, turn: &mut Turn<'_>) -> Option<ExemplarOutcome> {
    turn.appender.append_exemplars(&[(series, exemplar.clone())]).first().map(|(_, outcome)| *outcome)
}
