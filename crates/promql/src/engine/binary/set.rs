//! `and`, `unless` and `or`: by which signatures are there at a step. No side is kept, only the signatures.

use foldhash::{HashMap, HashMapExt};
use model::LabelSet;

use super::matching::Signature;
use crate::{
    engine::{
        Error,
        column::{Column, StepSet},
        context::{Context, Held},
        evaluate,
        grid::Grid,
        plan::{Binary, Node},
        series::{Distinct, Series, Sink},
    },
    syntax::ast::VectorMatching,
};

/// The steps at which there are series of each signature.
struct Present<'c> {
    signature: Signature,
    by_signature: HashMap<LabelSet, StepSet>,
    steps: usize,
    held: Held<'c>,
}

impl<'c> Present<'c> {
    fn new(context: &'c Context<'_>, matching: &VectorMatching, grid: Grid) -> Self {
        let signature = Signature::new(matching);
        Self { signature, by_signature: HashMap::new(), steps: grid.steps, held: context.hold() }
    }

    fn evaluate(
        context: &'c Context<'_>,
        node: &Node,
        matching: &VectorMatching,
        grid: Grid,
    ) -> Result<Self, Error> {
        let mut present = Self::new(context, matching, grid);
        evaluate::vector(context, node, grid, &mut |series| present.add(&series))?;
        Ok(present)
    }

    fn add(&mut self, series: &Series) -> Result<(), Error> {
        let signature = self.signature.of(&series.labels);
        if !self.by_signature.contains_key(&signature) {
            let bytes = signature.as_bytes().len() + self.steps / 8;
            self.held.grow(bytes, 0, &"the signatures of a set operation")?;
        }
        let steps = self.steps;
        let set = self.by_signature.entry(signature).or_insert_with(|| StepSet::new(steps));
        series.column.iter().for_each(|(step, _)| {
            set.insert(step);
        });
        Ok(())
    }

    /// Keeps the steps at which the signature is there, or those at which it is not.
    fn filter(&self, labels: &LabelSet, column: &mut Column, there: bool) {
        let set = self.by_signature.get(&self.signature.of(labels));
        column.retain(|step| set.is_some_and(|set| set.contains(step)) == there);
    }
}

pub(super) fn and(
    context: &Context<'_>,
    expr: &Binary,
    matching: &VectorMatching,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    filtered(context, (expr, matching), true, grid, sink)
}

pub(super) fn unless(
    context: &Context<'_>,
    expr: &Binary,
    matching: &VectorMatching,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    filtered(context, (expr, matching), false, grid, sink)
}

#[inline(never)]
fn filtered(
    context: &Context<'_>,
    (expr, matching): (&Binary, &VectorMatching),
    there: bool,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let right = Present::evaluate(context, &expr.rhs, matching, grid)?;
    evaluate::vector(context, &expr.lhs, grid, &mut |mut series| {
        right.filter(&series.labels, &mut series.column, there);
        if series.column.is_absent() { Ok(()) } else { sink(series) }
    })
}

#[inline(never)]
pub(super) fn or(
    context: &Context<'_>,
    expr: &Binary,
    matching: &VectorMatching,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let mut left = Present::new(context, matching, grid);
    let mut distinct = Distinct::new(context, false, grid.steps);
    evaluate::vector(context, &expr.lhs, grid, &mut |series| {
        left.add(&series)?;
        distinct.check(context, &series)?;
        sink(series)
    })?;
    evaluate::vector(context, &expr.rhs, grid, &mut |mut series| {
        left.filter(&series.labels, &mut series.column, false);
        if series.column.is_absent() {
            return Ok(());
        }
        distinct.check(context, &series)?;
        sink(series)
    })
}
