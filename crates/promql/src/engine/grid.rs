//! The times at which an expression is evaluated.

use super::{Error, context::Context};

/// Evaluation times: a first one and as many more, a step apart, as fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) start_ms: i64,
    pub(super) step_ms: i64,
    /// At least one, unless the end is before the start.
    pub(super) steps: usize,
    /// The step of the whole query that samples read here are counted for.
    pub(super) counted: Counted,
}

/// How the samples of a grid count in the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Step by step: it is the grid of the query.
    ByStep,
    /// For each of so many steps: it is evaluated once for all of them.
    ForAll(usize),
    /// Not at all: the windows over it will be counted.
    No,
}

impl Grid {
    /// The grid of a single time.
    pub(super) fn instant(at_ms: i64) -> Self {
        Self { start_ms: at_ms, step_ms: 1, steps: 1, counted: Counted::ByStep }
    }

    /// From start to end, both included.
    ///
    /// # Errors
    /// When it has more steps than a query may hold samples.
    pub(super) fn range(start_ms: i64, end_ms: i64, step_ms: i64, limit: usize) -> Result<Self, Error> {
        let span = i128::from(end_ms) - i128::from(start_ms);
        let steps = if span < 0 { 0 } else { span / i128::from(step_ms.max(1)) + 1 };
        let steps = usize::try_from(steps).ok().filter(|&steps| steps <= limit);
        let steps = steps.ok_or(Error::TooManySamples("query execution"))?;
        Ok(Self { start_ms, step_ms: step_ms.max(1), steps, counted: Counted::ByStep })
    }

    /// The first time alone, to stand for all.
    pub(super) fn once(&self) -> Self {
        let counted = match self.counted {
            Counted::ByStep => Counted::ForAll(self.steps),
            counted => counted,
        };
        Self { steps: 1, counted, ..*self }
    }

    pub(super) fn at(&self, step: usize) -> i64 {
        self.start_ms.saturating_add(self.step_ms.saturating_mul(step as i64))
    }

    /// The last time.
    pub(super) fn end_ms(&self) -> i64 {
        self.at(self.steps.saturating_sub(1))
    }

    pub(super) fn times(self) -> impl Iterator<Item = (usize, i64)> {
        (0..self.steps).map(move |step| (step, self.at(step)))
    }

    /// Counts samples that came from the store for a step: for one that stands for all, once.
    pub(super) fn count_read(&self, context: &Context<'_>, step: usize, samples: usize) {
        let step = if self.counted == Counted::ByStep { step } else { 0 };
        context.count_read_at(step, samples as u64);
    }

    /// Counts samples that were looked at for a step.
    pub(super) fn count(&self, context: &Context<'_>, step: usize, samples: usize) {
        match self.counted {
            Counted::ByStep => context.count_at(step, samples as u64),
            Counted::ForAll(steps) => (0..steps).for_each(|step| context.count_at(step, samples as u64)),
            Counted::No => {}
        }
    }
}
