//! The section `storage`: what the store is told by the file and not by flags.

use crate::{
    schema,
    yaml::{Fields, scalar},
};

/// Exemplars that Prometheus keeps where the file says nothing.
const MAX_EXEMPLARS: usize = 100_000;

/// Settings of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Storage {
    /// `exemplars.max_exemplars`, when the section `exemplars` is given: none are kept at 0 and below.
    pub max_exemplars: Option<i64>,
}

impl Storage {
    /// Reads the section.
    pub(crate) fn read(fields: &Fields<'_>) -> Self {
        let max = |fields: &Fields<'_>| fields.get("max_exemplars", scalar::signed).unwrap_or(0);
        Self { max_exemplars: fields.section("exemplars", &schema::EXEMPLARS, max) }
    }

    /// How many exemplars are kept at most; 0 keeps none.
    pub fn exemplars_max(&self) -> usize {
        self.max_exemplars.map_or(MAX_EXEMPLARS, |max| usize::try_from(max).unwrap_or(0))
    }
}
