//! Aggregates of a sliding window at a constant cost for each sample, whatever the window's length.

use crate::engine::window::Samples;

/// Windows with fewer samples are cheaper to go through from the start each time.
const SAMPLES_MIN: usize = 16;

/// What is kept of a run of samples. Joining must not depend on how the runs were cut.
pub(super) trait Summary: Copy {
    /// What else a summary depends on.
    type Terms: Copy + Default + PartialEq;

    /// The summary of a sample, so many milliseconds after a time that is near.
    fn of(since_ms: i64, value: f64, terms: Self::Terms) -> Self;

    /// The summary of this run and the one that follows it.
    fn join(self, later: Self) -> Self;
}

/// Aggregates a window by two runs: the later one grows at its end by joining, and of the earlier one the
/// summaries of all its tails are kept, so that it shrinks at its start by dropping one. When it is used up, it
/// begins anew with the whole window. Nothing is ever subtracted, so no rounding error stays behind.
#[derive(Debug)]
pub(super) struct Sliding<S: Summary> {
    /// Summaries of the tails of the earlier run, the shortest one first.
    tails: Vec<S>,
    /// Index in the series after the earlier run.
    tails_end: usize,
    later: Option<S>,
    /// Index in the series after the later run.
    later_end: usize,
    terms: S::Terms,
    /// Where the times of the summaries count from: within the earlier run.
    base_ms: i64,
}

impl<S: Summary> Default for Sliding<S> {
    fn default() -> Self {
        let terms = S::Terms::default();
        Self { tails: Vec::new(), tails_end: 0, later: None, later_end: 0, terms, base_ms: 0 }
    }
}

impl<S: Summary> Sliding<S> {
    /// Begins with another series.
    pub(super) fn reset(&mut self) {
        self.tails.clear();
        (self.tails_end, self.later, self.later_end) = (0, None, 0);
    }

    /// Where the times of the summary that was given last count from.
    pub(super) fn base_ms(&self) -> i64 {
        self.base_ms
    }

    /// The summary of a window, which must not lie before the one asked for last; `None` when it is so short that
    /// this does not pay.
    pub(super) fn summary(&mut self, window: Samples<'_, f64>, terms: S::Terms) -> Option<S> {
        if window.len() < SAMPLES_MIN {
            return None;
        }
        let end = window.index + window.len();
        if window.index >= self.tails_end || terms != self.terms {
            self.terms = terms;
            self.begin_anew(window);
        }
        self.tails.truncate(self.tails_end - window.index);
        for (time_ms, &value) in window.from(self.later_end.saturating_sub(window.index)).iter() {
            let next = S::of(time_ms.wrapping_sub(self.base_ms), value, terms);
            self.later = Some(self.later.map_or(next, |later| later.join(next)));
        }
        self.later_end = end;
        let earlier = self.tails.last().copied()?;
        Some(self.later.map_or(earlier, |later| earlier.join(later)))
    }

    fn begin_anew(&mut self, window: Samples<'_, f64>) {
        self.tails.clear();
        self.base_ms = window.last().map_or(0, |(time_ms, _)| time_ms);
        for (time_ms, &value) in window.iter().rev() {
            let first = S::of(time_ms.wrapping_sub(self.base_ms), value, self.terms);
            let tail = self.tails.last().map_or(first, |tail| first.join(*tail));
            self.tails.push(tail);
        }
        self.tails_end = window.index + window.len();
        (self.later, self.later_end) = (None, self.tails_end);
    }
}

/// A sum with its compensation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    pub(super) sum: f64,
    pub(super) c: f64,
    /// So large or odd that the order of the additions may matter.
    pub(super) is_delicate: bool,
}

/// Values beyond this can add up to infinity.
const LARGE: f64 = 1e290;

impl Summary for Sum {
    type Terms = ();

    fn of(_: i64, value: f64, (): ()) -> Self {
        Self { sum: value, c: 0.0, is_delicate: !value.is_finite() || value.abs() > LARGE }
    }

    fn join(self, later: Self) -> Self {
        // What rounding loses, without looking which one is larger: delicate numbers apart it is the same.
        let sum = self.sum + later.sum;
        let added = sum - self.sum;
        let lost = (self.sum - (sum - added)) + (later.sum - added);
        Self { sum, c: self.c + lost + later.c, is_delicate: self.is_delicate || later.is_delicate }
    }
}

/// The largest value; NaN only if there is nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Max(pub(super) f64);

impl Summary for Max {
    type Terms = ();

    fn of(_: i64, value: f64, (): ()) -> Self {
        Self(value)
    }

    fn join(self, later: Self) -> Self {
        if later.0 > self.0 || self.0.is_nan() { later } else { self }
    }
}

/// The smallest value; NaN only if there is nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Min(pub(super) f64);

impl Summary for Min {
    type Terms = ();

    fn of(_: i64, value: f64, (): ()) -> Self {
        Self(value)
    }

    fn join(self, later: Self) -> Self {
        if later.0 < self.0 || self.0.is_nan() { later } else { self }
    }
}

/// Mean and squared deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deviation {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Deviation {
    pub(super) fn variance(&self) -> f64 {
        self.squares / self.count
    }
}

impl Summary for Deviation {
    type Terms = ();

    fn of(_: i64, value: f64, (): ()) -> Self {
        Self { count: 1.0, mean: value, squares: if value.is_finite() { 0.0 } else { f64::NAN } }
    }

    fn join(self, later: Self) -> Self {
        let count = self.count + later.count;
        let delta = later.mean - self.mean;
        let mean = self.mean + delta * (later.count / count);
        let between = delta * delta * (self.count * later.count / count);
        Self { count, mean, squares: self.squares + later.squares + between }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::kahan;
    use proptest::prelude::*;

    fn window<'w>(times: &'w [i64], values: &'w [f64], from: usize, to: usize) -> Samples<'w, f64> {
        Samples { times_ms: &times[from..to], values: &values[from..to], starts_ms: &[], index: from }
    }

    proptest! {
        #[test]
        fn sliding_gives_what_going_through_the_window_gives(
            values in proptest::collection::vec(-1e6f64..1e6, 40..200),
            moves in proptest::collection::vec((0usize..30, 0usize..30), 1..30),
        ) {
            let (mut sums, mut maxima) = (Sliding::<Sum>::default(), Sliding::<Max>::default());
            let mut deviations = Sliding::<Deviation>::default();
            let times: Vec<i64> = (0..).take(values.len()).collect();
            let (mut from, mut to) = (0, 0);
            for (start, end) in moves {
                to = (to + end).min(values.len());
                from = (from + start).min(to);
                let window = window(&times, &values, from, to);
                let direct = window.values.iter().fold((0.0, 0.0), |(s, c), &v| kahan::add(v, s, c));
                if let Some(sum) = sums.summary(window, ()) {
                    prop_assert!(((sum.sum + sum.c) - (direct.0 + direct.1)).abs() <= 1e-9);
                    let max = window.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    prop_assert_eq!(maxima.summary(window, ()).unwrap().0, max);
                    let n = window.len() as f64;
                    let mean = (direct.0 + direct.1) / n;
                    let variance = window.values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
                    let slid = deviations.summary(window, ()).unwrap().variance();
                    prop_assert!((slid - variance).abs() <= 1e-9 * variance.max(1.0));
                } else {
                    prop_assert!(window.len() < SAMPLES_MIN);
                }
            }
        }
    }
}
