//! Series whose handles the store has dropped: they are resolved again from their text.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use model::{Appended, SeriesRef, appender::Outcome, sample::within};

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
        let group = scratch.group(timestamp_ms);
        let unknown = unknown.filter_map(|&(position, _)| {
            let (series, value) = (*group.series.get(position)?, *group.values.get(position)?);
            let at = position..position + 1;
            let histogram = within(group.histograms, &at).first().map(|(_, histogram)| Arc::clone(histogram));
            let start_ms = within(group.start_timestamps_ms, &at).first().map(|(_, start_ms)| *start_ms);
            Some((series, value, histogram, start_ms))
        });
        let unknown: Vec<_> = unknown.collect();
        if unknown.is_empty() {
            return Ok(Appended::default());
        }
        let renewed = self.renew(unknown.iter().map(|(series, ..)| *series).collect(), scratch)?;
        scratch.start();
        for (series, value, histogram, start_ms) in unknown {
            scratch.attach(scratch.series.len(), histogram, start_ms);
            // One without room stays unknown, which the store says once more.
            scratch.push(*renewed.get(&series).unwrap_or(&series), value);
        }
        self.append(timestamp_ms, scratch)
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
