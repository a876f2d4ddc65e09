//! Sum and mean of histograms, one after the other.

use model::{CounterReset, FloatHistogram, histogram::HistogramSum};

/// What became of a histogram that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Folded {
    Added,
    /// Custom bounds had to be reduced to common ones.
    Reconciled,
    /// It has another kind of schema; from here on there is no result.
    Incompatible,
}

/// A sum or mean of histograms.
#[derive(Clone, Debug)]
pub(in crate::engine) struct HistogramFold {
    sum: HistogramSum,
    count: f64,
    is_mean: bool,
    /// The sum would have overflowed: `sum` is the mean.
    incremental: bool,
    saw_reset: bool,
    saw_no_reset: bool,
}

impl HistogramFold {
    pub(in crate::engine) fn sum(first: &FloatHistogram) -> Self {
        Self::new(first, false)
    }

    pub(in crate::engine) fn mean(first: &FloatHistogram) -> Self {
        Self::new(first, true)
    }

    fn new(first: &FloatHistogram, is_mean: bool) -> Self {
        let sum = HistogramSum::new(first);
        let mut fold =
            Self { sum, count: 1.0, is_mean, incremental: false, saw_reset: false, saw_no_reset: false };
        fold.see_hint(first);
        fold
    }

    fn see_hint(&mut self, histogram: &FloatHistogram) {
        self.saw_reset |= histogram.counter_reset == CounterReset::Reset;
        self.saw_no_reset |= histogram.counter_reset == CounterReset::NotReset;
    }

    /// True when some of the histograms were known to follow a reset, and some were known not to.
    pub(in crate::engine) fn resets_collide(&self) -> bool {
        self.saw_reset && self.saw_no_reset
    }

    pub(in crate::engine) fn add(&mut self, histogram: &FloatHistogram) -> Folded {
        self.see_hint(histogram);
        self.count += 1.0;
        let added = if self.is_mean { self.add_to_mean(histogram) } else { self.sum.add(histogram) };
        match added {
            Err(_) => Folded::Incompatible,
            Ok(combined) if combined.bounds_reconciled => Folded::Reconciled,
            Ok(_) => Folded::Added,
        }
    }

    fn add_to_mean(
        &mut self,
        histogram: &FloatHistogram,
    ) -> Result<model::histogram::Combined, model::histogram::IncompatibleSchemas> {
        if !self.incremental {
            let mut sum = self.sum.clone();
            let combined = sum.add(histogram)?;
            if !sum.has_overflow() {
                self.sum = sum;
                return Ok(combined);
            }
            self.incremental = true;
            self.sum.divide(self.count - 1.0);
        }
        self.sum.scale((self.count - 1.0) / self.count);
        let mut share = histogram.clone();
        share.divide(self.count);
        self.sum.add(&share)
    }

    /// The sum or the mean.
    pub(in crate::engine) fn finish(mut self) -> FloatHistogram {
        if self.is_mean && !self.incremental {
            self.sum.divide(self.count);
        }
        self.sum.finish()
    }
}
