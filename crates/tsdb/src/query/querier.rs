//! A view of the store within a range of time.

use std::{collections::BTreeSet, sync::Arc, vec};

use model::{
    Matcher, Part, Querier, Reservation, SelectHints, Series, SeriesSet, budget::Budget, querier::QueryError,
};

use super::series::{Chunk, StoredSeries};
use crate::head::{Head, HeadSeries};

/// Reads head and parts.
pub(crate) struct StoreQuerier {
    head: Arc<Head>,
    budget: Arc<Budget>,
    range_ms: (i64, i64),
}

impl StoreQuerier {
    pub(crate) fn new(head: Arc<Head>, budget: Arc<Budget>, range_ms: (i64, i64)) -> Self {
        Self { head, budget, range_ms }
    }

    fn head_series(&self, matchers: &[Matcher]) -> Result<(Vec<HeadSeries>, Reservation), QueryError> {
        let mut account = self.budget.open(Part::Query);
        let mut series = self.head.select(matchers, self.range_ms, |bytes| admit(&mut account, bytes))?;
        series.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
        Ok((series, account))
    }
}

/// Takes bytes from the budget for a query.
pub(super) fn admit(account: &mut Reservation, bytes: usize) -> Result<(), QueryError> {
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
        let (head, account) = self.head_series(matchers)?;
        let left = if hints.limit == 0 { usize::MAX } else { hints.limit };
        Ok(Box::new(MergedSet { head: head.into_iter(), range_ms: self.range_ms, left, _account: account }))
    }

    fn label_names(&self, matchers: &[Matcher], limit: usize) -> Result<Vec<String>, QueryError> {
        let mut names = BTreeSet::new();
        if matchers.is_empty() {
            self.head.visit_names(&mut |name| insert(&mut names, name));
        } else {
            let mut set = self.select(matchers, &SelectHints { labels_only: true, limit: 0 })?;
            while let Some(series) = set.next()? {
                series.labels().iter().for_each(|(name, _)| insert(&mut names, name));
            }
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
            self.head.visit_values(name, &mut |value| insert(&mut values, value));
        } else {
            let mut set = self.select(matchers, &SelectHints { labels_only: true, limit: 0 })?;
            while let Some(series) = set.next()? {
                insert(&mut values, series.labels().get(name));
            }
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
    head: vec::IntoIter<HeadSeries>,
    range_ms: (i64, i64),
    left: usize,
    _account: Reservation,
}

impl SeriesSet for MergedSet {
    fn next(&mut self) -> Result<Option<Box<dyn Series>>, QueryError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let Some(series) = self.head.next() else { return Ok(None) };
        let chunks = series.chunks.into_iter().map(Chunk::Head).collect();
        Ok(Some(Box::new(StoredSeries::new(series.labels, self.range_ms, chunks))))
    }
}
