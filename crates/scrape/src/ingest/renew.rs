//! Series whose handles the store has dropped: they are resolved again from their text.

use std::collections::{HashMap, HashSet};

use model::{Appended, SeriesRef, appender::Outcome};

use super::{Ingest, OWN_SERIES, Scratch};
use crate::error::ScrapeError;

impl Ingest {
    /// Resolves again the series of a group whose handles the store has dropped, and appends their samples.
    pub(super) fn renew_unknown(
        &mut self,
        appended: &Appended,
        timestamp_ms: i64,
        scratch: &mut Scratch,
    ) -> Result<Appended, ScrapeError> {
        let unknown = appended.rejected.iter().filter(|(_, outcome)| *outcome == Outcome::UnknownSeries);
        let unknown = unknown.filter_map(|(position, _)| {
            Some((*scratch.series.get(*position)?, *scratch.group_values.get(*position)?))
        });
        let unknown: Vec<(SeriesRef, f64)> = unknown.collect();
        if unknown.is_empty() {
            return Ok(Appended::default());
        }
        let renewed = self.renew(unknown.iter().map(|(series, _)| *series).collect(), scratch)?;
        scratch.start();
        for (series, value) in unknown {
            // One without room stays unknown, which the store says once more.
            scratch.push(*renewed.get(&series).unwrap_or(&series), value);
        }
        self.append(timestamp_ms, &scratch.series, &scratch.group_values)
    }

    /// New handles for old ones, in the layout too.
    fn renew(
        &mut self,
        unknown: HashSet<SeriesRef>,
        scratch: &mut Scratch,
    ) -> Result<HashMap<SeriesRef, SeriesRef>, ScrapeError> {
        let mut wanted = Vec::new();
        let mut fault = None;
        self.layout.for_each(|text, _, position| {
            let old = position.and_then(|at| Some((at, *self.layout.series.get(at)?)));
            if let Some((at, old)) = old.filter(|(_, old)| unknown.contains(old)) {
                match scratch.labels.label_set(text, &self.rules.labels) {
                    Ok(labels) => wanted.push((at, old, labels)),
                    Err(error) => fault = Some(error),
                }
            }
        });
        if let Some(error) = fault {
            return Err(error);
        }
        let mut renewed = HashMap::with_capacity(wanted.len());
        for (at, old, labels) in wanted {
            let Some(new) = self.resolve(&labels)? else { continue };
            renewed.insert(old, new);
            if let Some(series) = self.layout.series.get_mut(at) {
                *series = new;
            }
        }
        for (at, metric) in OWN_SERIES.iter().enumerate() {
            let Some(old) = self.own.get(at).copied().flatten().filter(|old| unknown.contains(old)) else {
                continue;
            };
            let new = self.resolve(&self.rules.labels.own_series(metric))?;
            renewed.extend(new.map(|new| (old, new)));
            if let Some(own) = self.own.get_mut(at) {
                *own = new;
            }
        }
        Ok(renewed)
    }
}
