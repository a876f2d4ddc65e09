//! What is in the parts of a store: where series come from, which come and go, and what they take on disk.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use model::{LabelSet, Matcher, sort};

use crate::{
    codec::page::Values,
    error::Error,
    part::{PageRef, PartCursor},
    query::Chunk,
    store::Store,
};

/// How the values of a page are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageKind {
    /// One value for all samples.
    Constant,
    /// Changes of values, one after the other.
    Tokens,
    /// Integers at a scale, bit-packed.
    Integers,
}

/// What the samples of a metric take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricBytes {
    /// The metric's name.
    pub name: String,
    /// Its series.
    pub series: u64,
    /// Their samples.
    pub samples: u64,
    /// Bytes of their pages; one that several series share counts for the first of them.
    pub bytes: u64,
}

/// What the parts hold.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The oldest and the newest sample in milliseconds since the Unix epoch.
    pub range_ms: Option<(i64, i64)>,
    /// Series, those in several parts once.
    pub series: u64,
    /// Samples.
    pub samples: u64,
    /// Labels of all series.
    pub entries: u64,
    /// Pairs `name=value` and how many series have them.
    pub pairs: BTreeMap<(String, String), u64>,
    /// The time, in milliseconds, in which series with a pair had no samples, summed up.
    pub uncovered_ms: BTreeMap<(String, String), u64>,
    /// What metrics take.
    pub metrics: BTreeMap<String, MetricBytes>,
    /// Pages and samples by how they are written.
    pub pages: BTreeMap<PageKind, (u64, u64)>,
}

impl Store {
    /// Looks through the parts for the series that all matchers accept.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub fn analyze(&self, matchers: &[Matcher]) -> Result<Analysis, Error> {
        let tombstones = self.0.parts.tombstones.get();
        let mut analysis = Analysis { range_ms: self.0.parts.figures().range_ms, ..Analysis::default() };
        let mut cursors = Vec::new();
        for part in self.0.parts.get().iter() {
            let rows = part.select(matchers)?;
            cursors.push(PartCursor::new(Arc::clone(part), rows, tombstones.of(part.id))?);
        }
        let mut seen = HashSet::new();
        while let Some(labels) = cursors.iter().filter_map(PartCursor::labels).min().cloned() {
            let (mut pages, mut chunks) = (Vec::new(), Vec::new());
            for (at, cursor) in cursors.iter_mut().enumerate().filter(|(_, c)| c.labels() == Some(&labels)) {
                cursor.take(&mut chunks)?;
                let page = |chunk| if let Chunk::Page(_, page, _) = chunk { Some((at, page)) } else { None };
                pages.extend(chunks.drain(..).filter_map(page));
            }
            if !pages.is_empty() {
                analysis.add(&labels, &pages, &mut seen);
            }
        }
        Ok(analysis)
    }
}

impl Analysis {
    /// Adds a series with its pages, each with the number of its part.
    fn add(&mut self, labels: &LabelSet, pages: &[(usize, PageRef)], seen: &mut HashSet<(usize, u64)>) {
        let first_ms = pages.iter().map(|(_, page)| page.min_ms).min().unwrap_or_default();
        let last_ms = pages.iter().map(|(_, page)| page.max_ms).max().unwrap_or_default();
        let whole_ms = self.range_ms.map_or(0, |(min_ms, max_ms)| max_ms.abs_diff(min_ms));
        let uncovered_ms = whole_ms.saturating_sub(last_ms.abs_diff(first_ms));
        for (name, value) in labels {
            let pair = (name.to_owned(), value.to_owned());
            *self.uncovered_ms.entry(pair.clone()).or_default() += uncovered_ms;
            *self.pairs.entry(pair).or_default() += 1;
            self.entries += 1;
        }
        let name = labels.metric_name();
        let metric = self.metrics.entry(name.to_owned()).or_default();
        metric.name = name.to_owned();
        metric.series += 1;
        self.series += 1;
        for (part, page) in pages {
            let samples = u64::from(page.samples);
            let extents = page.times.into_iter().chain([page.values_at, page.attachments]);
            let fresh = extents.filter(|extent| extent.len > 0 && seen.insert((*part, extent.offset)));
            metric.bytes += fresh.map(|extent| u64::from(extent.len)).sum::<u64>();
            metric.samples += samples;
            self.samples += samples;
            let kind = match page.values {
                Values::Constant(_) => PageKind::Constant,
                Values::Tokens => PageKind::Tokens,
                Values::Integers => PageKind::Integers,
            };
            let (count, held) = self.pages.entry(kind).or_default();
            (*count, *held) = (*count + 1, *held + samples);
        }
    }

    /// The distinct values of each label.
    pub fn values_by_label(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in self.pairs.keys() {
            values.entry(name).or_default().push(value);
        }
        values
    }

    /// The metrics that take most bytes, most first.
    pub fn largest_metrics(&self, limit: usize) -> Vec<&MetricBytes> {
        let mut metrics: Vec<_> = self.metrics.values().collect();
        sort::by_key(&mut metrics, |metric| (Reverse(metric.bytes), metric.name.as_str()));
        metrics.truncate(limit);
        metrics
    }
}
