//! Exemplars: single events that samples count, and how they are read back.

use crate::{LabelSet, Matcher, Reservation, querier::QueryError};

/// Characters of an exemplar's label names and values together, at most: a rule of OpenMetrics.
pub const EXEMPLAR_LABEL_CHARS_MAX: usize = 128;

/// One event that a sample counts.
#[derive(Clone, Debug)]
pub struct Exemplar {
    /// What identifies it, a `trace_id` above all.
    pub labels: LabelSet,
    /// Its value.
    pub value: f64,
    /// Milliseconds since the Unix epoch; the time of its scrape when it has none of its own.
    pub timestamp_ms: i64,
    /// Whether the time is its own. Without one it is the same exemplar in each scrape that shows it.
    pub timed: bool,
}

impl Exemplar {
    /// True when both are the same event.
    pub fn is_same(&self, other: &Self) -> bool {
        let timed = self.timed || other.timed;
        self.labels == other.labels
            && self.value.to_bits() == other.value.to_bits()
            && (!timed || self.timestamp_ms == other.timestamp_ms)
    }

    /// Characters of its labels' names and values.
    pub fn label_chars(&self) -> usize {
        self.labels.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum()
    }
}

/// The exemplars of a series, in the order of their times.
#[derive(Clone, Debug)]
pub struct SeriesExemplars {
    /// The labels of the series.
    pub series: LabelSet,
    /// At least one.
    pub exemplars: Vec<Exemplar>,
}

/// Reads exemplars.
pub trait ExemplarQueryable: Send + Sync {
    /// The exemplars from `mint_ms` to `maxt_ms`, both included, of all series that all matchers of one of the
    /// selectors accept, in label order. Their memory is drawn from `account`.
    ///
    /// # Errors
    /// When the answer takes more memory than the budget gives.
    fn exemplars(
        &self,
        mint_ms: i64,
        maxt_ms: i64,
        selectors: &[&[Matcher]],
        account: &mut Reservation,
    ) -> Result<Vec<SeriesExemplars>, QueryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_time_of_its_own_an_exemplar_is_the_same_in_each_scrape() {
        let exemplar = |timestamp_ms, timed| {
            let labels = LabelSet::from_pairs([("trace_id", "é1")]);
            Exemplar { labels, value: f64::NAN, timestamp_ms, timed }
        };
        assert!(exemplar(1, false).is_same(&exemplar(2, false)));
        assert!(!exemplar(1, true).is_same(&exemplar(2, false)));
        assert!(exemplar(1, true).is_same(&exemplar(1, false)));
        assert_eq!(exemplar(1, true).label_chars(), 10);
    }
}
