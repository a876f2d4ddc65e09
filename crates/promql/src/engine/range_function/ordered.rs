//! The values of a sliding window in order, kept from one window to the next.

use std::collections::VecDeque;

use crate::engine::{quantile::order, window::Samples};

/// The values of a sliding window in order, NaN first.
#[derive(Debug, Default)]
pub(super) struct Ordered {
    sorted: Vec<f64>,
    /// The same values by time.
    by_time: VecDeque<f64>,
    /// Index in the series of the first of them.
    index: usize,
}

impl Ordered {
    /// Begins with another series.
    pub(super) fn reset(&mut self) {
        self.sorted.clear();
        self.by_time.clear();
        self.index = 0;
    }

    /// The values of a window, which must not lie before the one asked for last.
    pub(super) fn values(&mut self, window: Samples<'_, f64>) -> &[f64] {
        let left = window.index.saturating_sub(self.index).min(self.by_time.len());
        let kept = self.by_time.len() - left;
        let added = window.values.get(kept..).unwrap_or_default();
        if left + added.len() > window.len() / 4 {
            self.begin_anew(window);
        } else {
            for value in self.by_time.drain(..left) {
                if let Ok(at) = self.sorted.binary_search_by(|own| order(own, &value)) {
                    self.sorted.remove(at);
                }
            }
            for &value in added {
                let at = self.sorted.partition_point(|own| order(own, &value).is_lt());
                self.sorted.insert(at, value);
                self.by_time.push_back(value);
            }
        }
        self.index = window.index;
        &self.sorted
    }

    fn begin_anew(&mut self, window: Samples<'_, f64>) {
        self.by_time.clear();
        self.by_time.extend(window.values);
        self.sorted.clear();
        self.sorted.extend_from_slice(window.values);
        self.sorted.sort_by(order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_are_those_of_the_window_in_order(
            values in proptest::collection::vec(prop_oneof![9 => -9.0f64..9.0, 1 => Just(f64::NAN)], 20..120),
            moves in proptest::collection::vec((0usize..6, 0usize..6), 1..60),
        ) {
            let mut ordered = Ordered::default();
            let (mut from, mut to) = (0, 10);
            for (start, end) in moves {
                to = (to + end).min(values.len());
                from = (from + start).min(to);
                let empty: &[i64] = &[];
                let within = &values[from..to];
                let window = Samples { times_ms: empty, values: within, starts_ms: empty, index: from };
                let mut expected = within.to_vec();
                expected.sort_by(order);
                let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                prop_assert_eq!(bits(ordered.values(window)), bits(&expected));
            }
        }
    }
}
