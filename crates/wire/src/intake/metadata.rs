//! What a request says about metric families.

use std::sync::Arc;

use model::{FamilyMetadata, METRIC_NAME, Metadata, MetricType};

use super::{Intake, Turn};
use crate::{
    error::Error,
    message::{Family, MetadataEntry},
};

/// Families that one request may say something about; senders put a few thousand into one.
const FAMILIES_MAX: usize = 20_000;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Said<'a> {
    metric: &'a str,
    kind: MetricType,
    help: &'a str,
    unit: &'a str,
}

impl Said<'_> {
    fn to_metadata(self) -> FamilyMetadata {
        let metadata = Metadata { kind: self.kind, help: self.help.into(), unit: self.unit.into() };
        FamilyMetadata { metric: self.metric.into(), metadata }
    }
}

impl Intake {
    /// Hands over what is said about families, each time once where the series of a family are neighbours.
    pub(super) fn append_metadata(&self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let mut last = None;
        for entry in self.batch.metadata.iter() {
            if turn.report.metadata >= FAMILIES_MAX {
                break;
            }
            let Some(said) = self.said(entry, turn)? else { continue };
            if last != Some(said) {
                turn.appender.append_metadata(&[Arc::new(said.to_metadata())]);
                turn.report.metadata += 1;
                last = Some(said);
            }
        }
        Ok(())
    }

    /// What an entry says; `None` when it is no text or names no family.
    fn said(&self, entry: &MetadataEntry, turn: &Turn<'_>) -> Result<Option<Said<'_>>, Error> {
        let metric = self.family_name(entry, turn)?.filter(|metric| !metric.is_empty());
        let texts = (metric, self.text(entry.help), self.text(entry.unit));
        let (Some(metric), Some(help), Some(unit)) = texts else { return Ok(None) };
        Ok(Some(Said { metric, kind: entry.kind, help, unit }))
    }

    fn family_name(&self, entry: &MetadataEntry, turn: &Turn<'_>) -> Result<Option<&str>, Error> {
        let at = match entry.family {
            Family::Name(span) => return Ok(self.text(span)),
            Family::Series(at) => at,
        };
        let Some(series) = self.batch.series.get(at as usize) else { return Ok(None) };
        let mut labels = self.batch.labels(turn.protocol, &self.message, series);
        while let Some((name, value)) = labels.next()? {
            if name == METRIC_NAME.as_bytes() {
                return Ok(str::from_utf8(value).ok().map(|metric| family_of(metric, entry.kind)));
            }
        }
        Ok(None)
    }

    fn text(&self, (start, end): (u32, u32)) -> Option<&str> {
        str::from_utf8(self.message.get(start as usize..end as usize)?).ok()
    }
}

/// The family of a series by its metric name: a histogram has several.
fn family_of(metric: &str, kind: MetricType) -> &str {
    let suffixes: &[&str] = match kind {
        MetricType::Histogram | MetricType::GaugeHistogram => &["_bucket", "_count", "_sum"],
        MetricType::Summary => &["_count", "_sum"],
        _ => &[],
    };
    suffixes.iter().find_map(|suffix| metric.strip_suffix(suffix)).unwrap_or(metric)
}
