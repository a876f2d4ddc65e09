//! The values of one series over the steps of a grid.

use std::sync::Arc;

use model::{FloatHistogram, is_stale, stale_nan};

use super::value::SampleValue;

/// The values of a series over the steps of a grid: at each step a float, a histogram, or nothing.
///
/// Nothing is written as the staleness marker among the floats, which no selector lets through and no
/// arithmetic makes: it costs no second column.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    /// One for each step.
    floats: Vec<f64>,
    /// One for each step, or empty as long as there is no histogram at all.
    histograms: Vec<Option<Arc<FloatHistogram>>>,
}

/// A value in a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Point<'a> {
    Float(f64),
    Histogram(&'a Arc<FloatHistogram>),
}

impl Point<'_> {
    pub(super) fn to_value(self) -> SampleValue {
        match self {
            Self::Float(value) => SampleValue::Float(value),
            Self::Histogram(histogram) => SampleValue::Histogram(Arc::clone(histogram)),
        }
    }

    /// What it counts as against the limit of samples: a histogram as many as would take its memory.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Float(_) => 1,
            Self::Histogram(histogram) => histogram_samples(histogram),
        }
    }
}

/// What a histogram counts as against the limit of samples.
pub(super) fn histogram_samples(histogram: &FloatHistogram) -> usize {
    histogram.size_bytes().div_ceil(16)
}

impl Column {
    /// A column without any value.
    pub(super) fn new(steps: usize) -> Self {
        Self { floats: vec![stale_nan(); steps], histograms: Vec::new() }
    }

    /// A column of floats.
    pub(super) fn from_floats(floats: Vec<f64>) -> Self {
        Self { floats, histograms: Vec::new() }
    }

    pub(super) fn steps(&self) -> usize {
        self.floats.len()
    }

    pub(super) fn get(&self, step: usize) -> Option<Point<'_>> {
        match self.floats.get(step) {
            Some(&value) if !is_stale(value) => Some(Point::Float(value)),
            _ => self.histograms.get(step)?.as_ref().map(Point::Histogram),
        }
    }

    pub(super) fn has(&self, step: usize) -> bool {
        self.get(step).is_some()
    }

    pub(super) fn set_float(&mut self, step: usize, value: f64) {
        if let Some(slot) = self.floats.get_mut(step) {
            *slot = value;
        }
    }

    pub(super) fn set_histogram(&mut self, step: usize, histogram: Arc<FloatHistogram>) {
        if self.histograms.is_empty() {
            self.histograms.resize(self.floats.len(), None);
        }
        if let Some(slot) = self.histograms.get_mut(step) {
            *slot = Some(histogram);
        }
    }

    pub(super) fn set(&mut self, step: usize, value: SampleValue) {
        match value {
            SampleValue::Float(value) => self.set_float(step, value),
            SampleValue::Histogram(histogram) => self.set_histogram(step, histogram),
        }
    }

    pub(super) fn clear(&mut self, step: usize) {
        self.set_float(step, stale_nan());
        if let Some(slot) = self.histograms.get_mut(step) {
            *slot = None;
        }
    }

    /// Steps and values, those without a value left out.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Point<'_>)> {
        (0..self.steps()).filter_map(|step| self.get(step).map(|point| (step, point)))
    }

    pub(super) fn is_absent(&self) -> bool {
        self.floats.iter().all(|&value| is_stale(value)) && self.histograms.iter().all(Option::is_none)
    }

    pub(super) fn has_histograms(&self) -> bool {
        !self.histograms.is_empty()
    }

    /// The values by step, staleness markers where there is none, if there is no histogram among them.
    pub(super) fn only_floats(&self) -> Option<&[f64]> {
        self.histograms.is_empty().then_some(&self.floats)
    }

    /// Changes the floats in place; histograms stay.
    pub(super) fn change_floats(&mut self, mut change: impl FnMut(usize, f64) -> f64) {
        for (step, value) in self.floats.iter_mut().enumerate() {
            if !is_stale(*value) {
                *value = change(step, *value);
            }
        }
    }

    /// Drops all histograms.
    pub(super) fn drop_histograms(&mut self) {
        self.histograms = Vec::new();
    }

    /// Drops what is not kept.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        for step in 0..self.steps() {
            if !keep(step) {
                self.clear(step);
            }
        }
    }

    /// The value of the first step at each of so many steps.
    pub(super) fn repeat(&self, steps: usize) -> Self {
        let mut column = Self::new(steps);
        match self.get(0) {
            Some(Point::Float(value)) => column.floats.fill(value),
            Some(Point::Histogram(histogram)) => column.histograms = vec![Some(Arc::clone(histogram)); steps],
            None => {}
        }
        column
    }

    /// Takes over the values of another column; false when both have one at the same step.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        for (step, point) in other.iter() {
            if self.has(step) {
                return false;
            }
            self.set(step, point.to_value());
        }
        true
    }

    pub(super) fn size_bytes(&self) -> usize {
        let histograms: usize = self.histograms.iter().flatten().map(|h| h.size_bytes()).sum();
        size_of_val(&*self.floats) + size_of_val(&*self.histograms) + histograms
    }

    /// Number of values, histograms by their size.
    pub(super) fn samples(&self) -> usize {
        if self.histograms.is_empty() {
            return self.floats.iter().filter(|value| !is_stale(**value)).count();
        }
        self.iter().map(|(_, point)| point.samples()).sum()
    }
}

/// A set of steps.
#[derive(Clone, Debug, Default)]
pub(super) struct StepSet(Vec<u64>);

impl StepSet {
    pub(super) fn new(steps: usize) -> Self {
        Self(vec![0; steps.div_ceil(64)])
    }

    /// Adds a step; false when it was there already.
    pub(super) fn insert(&mut self, step: usize) -> bool {
        let bit = 1u64 << (step % 64);
        match self.0.get_mut(step / 64) {
            Some(word) => {
                let new = *word & bit == 0;
                *word |= bit;
                new
            }
            None => false,
        }
    }

    pub(super) fn contains(&self, step: usize) -> bool {
        self.0.get(step / 64).is_some_and(|word| word & (1 << (step % 64)) != 0)
    }
}
