//! Deleting from parts: first by tombstones, and for good when the parts are written anew.

use std::{collections::BTreeSet, sync::Arc};

use model::Matcher;

use super::{Part, PartId, Parts, tombstone::Tombstone};
use crate::error::Error;

impl Parts {
    /// Deletes what the parts have within a range of time of the series that all matchers accept.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; nothing is deleted then.
    pub(crate) fn delete(&self, matchers: &[Matcher], range_ms: (i64, i64)) -> Result<(), Error> {
        let mut parts = BTreeSet::new();
        for part in self.get().iter().filter(|part| part.overlaps(range_ms)) {
            if !part.select(matchers)?.is_empty() {
                parts.insert(part.id);
            }
        }
        if parts.is_empty() {
            return Ok(());
        }
        // Should one of these come back, so would what it has of the samples.
        parts.extend(self.leaving().iter());
        self.tombstones.add(Tombstone { range_ms, matchers: matchers.to_vec(), parts })
    }

    /// Writes the parts with deleted samples anew without them; `tick` is called between series.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for a damaged part, which stays under its tombstones, once all others were written;
    /// [`Error::Io`] when the disk fails; what `tick` returns.
    pub(crate) fn clean(&self, mut tick: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
        let deleted_from = self.tombstones.get().parts();
        let mut result = Ok(());
        for part in self.get().iter().filter(|part| deleted_from.contains(&part.id)) {
            match self.rewrite(&[Arc::clone(part)], &mut tick) {
                Err(error @ Error::Corrupt { .. }) => result = Err(error),
                rewritten => rewritten?,
            }
        }
        self.prune_tombstones()?;
        result
    }

    /// Forgets the tombstones of parts whose files are not there any more.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the next call tries again.
    pub(crate) fn prune_tombstones(&self) -> Result<(), Error> {
        let parts = self.get();
        let leaving = self.leaving().clone();
        let is_served = |id| parts.binary_search_by_key(&id, |part: &Arc<Part>| part.id).is_ok();
        let is_there = |id: PartId| is_served(id) || leaving.contains(&id);
        self.tombstones.prune(is_there)
    }
}
