//! A view of the store within a range of time.

use std::{collections::BTreeSet, sync::Arc};

use model::{
    LabelSet, Matcher, Projection, Querier, Reservation, SelectHints, Series, SeriesSet, budget::Budget,
    querier::QueryError,
};

use super::series::{Chunk, StoredSeries};
use crate::{
    error::Error,
    head::{Head, HeadSeries},
    part::{Part, PartCursor, PartPages, Parts},
};

/// Reads head and parts.
pub(crate) struct StoreQuerier {
    pub(crate) head: Arc<Head>,
    pub(crate) parts: Arc<Parts>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) range_ms: (i64, i64),
}

impl StoreQuerier {
    /// The series of the head, sorted unless they have the labels of a projection only.
    fn head_series(
        &self,
        matchers: &[Matcher],
        projection: Option<&Projection>,
        account: &mut Reservation,
    ) -> Result<Vec<HeadSeries>, QueryError> {
        let admit = |bytes| admit(account, bytes);
        let mut series = self.head.select(matchers, self.range_ms, projection, admit)?;
        if projection.is_none() {
            series.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
        }
        Ok(series)
    }

    /// The parts that may have samples in the range. Asked for after the head was: what is flushed in between
    /// is then seen twice rather than not at all.
    fn parts(&self) -> impl Iterator<Item = Arc<Part>> {
        let parts = self.parts.get();
        let chosen: Vec<_> =
            parts.iter().filter(|part| part.overlaps(self.range_ms)).map(Arc::clone).collect();
        chosen.into_iter()
    }

    /// The head, if it may have samples in the range.
    fn head(&self) -> Option<&Head> {
        Some(&*self.head).filter(|head| head.overlaps(self.range_ms))
    }

    fn merged(&self, matchers: &[Matcher], hints: &SelectHints) -> Result<MergedSet, QueryError> {
        let mut account = self.budget.open(model::Part::Query);
        // Series of several places are told apart by all of their labels.
        let projection = hints.labels.filter(|_| self.parts().next().is_none());
        let mut head = self.head_series(matchers, projection, &mut account)?;
        let tombstones = self.parts.tombstones.get();
        let parts: Vec<_> = self.parts().collect();
        if projection.is_some() && !parts.is_empty() {
            head = self.head_series(matchers, None, &mut account)?;
        }
        let projection = hints.labels.filter(|_| parts.len() + usize::from(!head.is_empty()) == 1);
        let mut cursors = Vec::new();
        for part in parts {
            let rows = part.select(matchers).map_err(failed)?;
            admit(&mut account, rows.len() * size_of::<u32>() + PartPages::BYTES_MAX)?;
            let tombstones = tombstones.of(part.id);
            cursors.push(PartCursor::projected(part, rows, tombstones, projection).map_err(failed)?);
        }
        Ok(MergedSet {
            head: head.into_iter().peekable(),
            cursors,
            range_ms: self.range_ms,
            left: if hints.limit == 0 { usize::MAX } else { hints.limit },
            _account: account,
        })
    }

    /// Calls `visit` with the labels of each series that the matchers accept.
    fn visit(&self, matchers: &[Matcher], mut visit: impl FnMut(&LabelSet)) -> Result<(), QueryError> {
        let mut set = self.merged(matchers, &SelectHints { labels_only: true, ..SelectHints::default() })?;
        while let Some(series) = set.next_series()? {
            visit(series.labels());
        }
        Ok(())
    }
}

fn failed(error: Error) -> QueryError {
    QueryError::Storage(error.into())
}

/// Takes bytes from the budget for a query.
pub(crate) fn admit(account: &mut Reservation, bytes: usize) -> Result<(), QueryError> {
    if account.grow(bytes) {
        return Ok(());
    }
    let budget = account.budget();
    Err(QueryError::Budget {
        wanted_bytes: bytes,
        used_bytes: budget.used_bytes(),
        limit_bytes: budget.limit_bytes(),
    })
}

impl Querier for StoreQuerier {
    fn select(&self, matchers: &[Matcher], hints: &SelectHints) -> Result<Box<dyn SeriesSet>, QueryError> {
        Ok(Box::new(self.merged(matchers, hints)?))
    }

    fn label_names(&self, matchers: &[Matcher], limit: usize) -> Result<Vec<String>, QueryError> {
        let mut names = BTreeSet::new();
        if matchers.is_empty() {
            if let Some(head) = self.head() {
                head.visit_names(&mut |name| insert(&mut names, name));
            }
            for part in self.parts() {
                part.visit_names(&mut |name| insert(&mut names, name)).map_err(failed)?;
            }
        } else {
            self.visit(matchers, |labels| labels.iter().for_each(|(name, _)| insert(&mut names, name)))?;
        }
        Ok(limited(names, limit))
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        limit: usize,
    ) -> Result<Vec<String>, QueryError> {
        let mut values = BTreeSet::new();
        if matchers.is_empty() {
            if let Some(head) = self.head() {
                head.visit_values(name, &mut |value| insert(&mut values, value));
            }
            for part in self.parts() {
                part.visit_values(name, &mut |value| insert(&mut values, value)).map_err(failed)?;
            }
        } else {
            self.visit(matchers, |labels| insert(&mut values, labels.get(name)))?;
            values.remove("");
        }
        Ok(limited(values, limit))
    }
}

fn insert(set: &mut BTreeSet<String>, text: &str) {
    if !set.contains(text) {
        set.insert(text.to_owned());
    }
}

fn limited(set: BTreeSet<String>, limit: usize) -> Vec<String> {
    set.into_iter().take(if limit == 0 { usize::MAX } else { limit }).collect()
}

/// Series of head and parts, merged by their labels.
struct MergedSet {
    head: std::iter::Peekable<std::vec::IntoIter<HeadSeries>>,
    /// In order of the parts' numbers.
    cursors: Vec<PartCursor>,
    range_ms: (i64, i64),
    left: usize,
    _account: Reservation,
}

impl MergedSet {
    fn next_series(&mut self) -> Result<Option<StoredSeries>, QueryError> {
        while self.left > 0 {
            let in_parts = self.cursors.iter().filter_map(PartCursor::labels);
            let in_head = self.head.peek().map(|series| &series.labels);
            let Some(labels) = in_parts.chain(in_head).min().cloned() else { return Ok(None) };
            let mut chunks = Vec::new();
            // With a projection there is one source, which gives one series at a time.
            for cursor in self.cursors.iter_mut().filter(|cursor| cursor.labels() == Some(&labels)) {
                cursor.take(&mut chunks).map_err(failed)?;
            }
            if let Some(series) = self.head.next_if(|series| series.labels == labels) {
                chunks.extend(series.chunks.into_iter().map(Chunk::Head));
                chunks.extend(series.out_of_order.map(Chunk::out_of_order));
            }
            let series = StoredSeries::new(labels, self.range_ms, chunks);
            if !series.is_empty() {
                self.left -= 1;
                return Ok(Some(series));
            }
        }
        Ok(None)
    }
}

impl SeriesSet for MergedSet {
    fn next(&mut self) -> Result<Option<Box<dyn Series>>, QueryError> {
        Ok(self.next_series()?.map(|series| Box::new(series) as Box<dyn Series>))
    }
}
