//! The series of several selectors as one set.

use std::mem;

use model::{Series, SeriesSet, querier::QueryError};

/// Sets side by side: in order of labels, and what several have once.
pub(super) struct Union {
    sets: Vec<Box<dyn SeriesSet>>,
    /// The next series of each set.
    heads: Vec<Option<Box<dyn Series>>>,
}

impl Union {
    /// The series of all sets.
    pub(super) fn new(sets: Vec<Box<dyn SeriesSet>>) -> Self {
        Self { sets, heads: Vec::new() }
    }
}

impl SeriesSet for Union {
    fn next(&mut self) -> Result<Option<Box<dyn Series>>, QueryError> {
        if self.heads.len() < self.sets.len() {
            self.heads = self.sets.iter_mut().map(|set| set.next()).collect::<Result<_, _>>()?;
        }
        let smallest = self.heads.iter().flatten().map(|series| series.labels()).min().cloned();
        let Some(smallest) = smallest else { return Ok(None) };
        let mut found = None;
        for (head, set) in self.heads.iter_mut().zip(&mut self.sets) {
            if head.as_ref().is_some_and(|series| *series.labels() == smallest) {
                found = mem::replace(head, set.next()?);
            }
        }
        Ok(found)
    }
}
