//! Operations of two vectors: the series of one side find their partners on the other by their signatures.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};
use model::{LabelSet, LabelSetBuilder, METRIC_NAME};

use super::{element, note_refusal};
use crate::{
    engine::{
        Error,
        column::{Column, Point, StepSet},
        context::{Context, Held},
        evaluate,
        grid::Grid,
        plan::{Binary, is_metadata},
        series::{Distinct, Series, Sink, in_braces},
    },
    syntax::ast::{Cardinality, Span, VectorMatching},
};

/// The labels by which series match.
pub(super) struct Signature {
    names: Vec<Box<str>>,
    on: bool,
}

impl Signature {
    pub(super) fn new(matching: &VectorMatching) -> Self {
        let mut names = matching.labels.clone();
        names.sort_unstable();
        Self { names, on: matching.on }
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.binary_search_by(|own| own.as_ref().cmp(name)).is_ok()
    }

    /// The labels of a series that count.
    pub(super) fn of(&self, labels: &LabelSet) -> LabelSet {
        if self.on {
            labels.retain(|name| self.is_named(name))
        } else {
            labels.retain(|name| name != METRIC_NAME && !self.is_named(name))
        }
    }
}

/// The series of the side where each signature has one series at a step at most.
struct One {
    series: Vec<Series>,
}

/// What an operation works with.
struct Operation<'a, 'c> {
    context: &'c Context<'c>,
    expr: &'a Binary,
    matching: &'a VectorMatching,
    span: Span,
    grid: Grid,
    signature: Signature,
    /// The sides are swapped: the many are on the right.
    swapped: bool,
    one: HashMap<LabelSet, One>,
    /// Where a signature has two series on the side of the one: the message for the first pair at each step.
    conflicts: BTreeMap<usize, String>,
    held: Held<'c>,
}

#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    expr: &Binary,
    matching: &VectorMatching,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let swapped = matching.cardinality == Cardinality::OneToMany;
    let mut operation = Operation {
        context,
        expr,
        matching,
        span,
        grid,
        signature: Signature::new(matching),
        swapped,
        one: HashMap::new(),
        conflicts: BTreeMap::new(),
        held: context.hold(),
    };
    let (many, one) = if swapped { (&expr.rhs, &expr.lhs) } else { (&expr.lhs, &expr.rhs) };
    evaluate::vector(context, one, grid, &mut |series| operation.keep(series))?;
    let fills = matching.fill_left.is_some() || matching.fill_right.is_some();
    if operation.one.is_empty() && !fills {
        // Nothing will match; there may still be something to note or to refuse on the other side.
        return evaluate::vector(context, many, grid, &mut |_| Ok(()));
    }
    if fills {
        operation.check_conflicts(|_| true)?;
    }
    let mut results = Results::new(context, matching, grid);
    evaluate::vector(context, many, grid, &mut |series| {
        operation.check_conflicts(|step| series.column.has(step))?;
        operation.with_partners(&series, &mut results, sink)
    })?;
    operation.fill_many(&mut results, sink)
}

impl Operation<'_, '_> {
    /// Keeps a series of the side of the one.
    #[inline(never)]
    fn keep(&mut self, series: Series) -> Result<(), Error> {
        let bytes = size_of::<Series>() + series.column.size_bytes();
        self.held.grow(bytes, series.column.samples(), &"one side of a binary operation")?;
        let signature = self.signature.of(&series.labels);
        let one = self.one.entry(signature).or_insert_with(|| One { series: Vec::new() });
        for other in &one.series {
            let both = series.column.iter().find(|(step, _)| other.column.has(*step)).map(|(step, _)| step);
            if let Some(step) = both {
                let message = duplicate(self.matching, self.swapped, &series.labels, &other.labels);
                let steps = series.column.iter().map(|(step, _)| step).skip_while(|&at| at < step);
                for step in steps.filter(|&step| other.column.has(step)) {
                    self.conflicts.entry(step).or_insert_with(|| message.clone());
                }
            }
        }
        one.series.push(series);
        Ok(())
    }

    /// Two series of one signature are refused only where there is something on the other side.
    fn check_conflicts(&self, matters: impl Fn(usize) -> bool) -> Result<(), Error> {
        let met = self.conflicts.iter().find(|(step, _)| matters(**step));
        met.map_or(Ok(()), |(_, message)| Err(Error::Execution(message.clone())))
    }

    /// Operates on a series of the many and its partners.
    #[inline(never)]
    fn with_partners(&self, many: &Series, results: &mut Results<'_>, sink: Sink<'_>) -> Result<(), Error> {
        self.context.check_stack()?;
        let signature = self.signature.of(&many.labels);
        let partners = self.one.get(&signature).map(|one| one.series.as_slice()).unwrap_or_default();
        if partners.is_empty() && self.matching.fill_right.is_none() {
            return Ok(());
        }
        let index = results.signature(&signature);
        for partner in partners {
            let pairs = (0..self.grid.steps).filter(|&step| partner.column.has(step));
            let value = |step| partner.column.get(step);
            self.operate(index, (many, Some(&partner.labels)), pairs, value, results, sink)?;
        }
        // Prometheus does not swap the fill values along with the sides.
        if let Some(fill) = self.matching.fill_right {
            let alone = |step: &usize| !partners.iter().any(|partner| partner.column.has(*step));
            let steps = (0..self.grid.steps).filter(alone);
            self.operate(index, (many, None), steps, |_| Some(Point::Float(fill)), results, sink)?;
        }
        Ok(())
    }

    /// Operates at some steps; without a partner its labels are those that match.
    #[inline(never)]
    fn operate<'p>(
        &self,
        index: usize,
        (many, partner): (&Series, Option<&LabelSet>),
        steps: impl Iterator<Item = usize>,
        one: impl Fn(usize) -> Option<Point<'p>>,
        results: &mut Results<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Error> {
        let mut column = Column::new(self.grid.steps);
        let mut matched = Column::new(self.grid.steps);
        for step in steps {
            let (Some(left), Some(right)) = (many.column.get(step), one(step)) else { continue };
            let (left, right) = if self.swapped { (right, left) } else { (left, right) };
            match element::apply(self.expr.op, left, right, (self.context, self.span)) {
                Ok(applied) => {
                    matched.set_float(step, 1.0);
                    if self.expr.return_bool {
                        column.set_float(step, f64::from(u8::from(applied.keep)));
                    } else if applied.keep {
                        column.set(step, applied.value);
                    }
                }
                Err(refusal) => note_refusal(self.context, self.span, self.expr.op, refusal),
            }
        }
        if matched.is_absent() {
            return Ok(());
        }
        let matching_labels;
        let partner = match partner {
            Some(labels) => labels,
            None => {
                matching_labels = self.signature.of(&many.labels);
                &matching_labels
            }
        };
        let labels = self.result_labels(&many.labels, partner);
        results.check(index, &labels, &matched)?;
        if column.is_absent() {
            return Ok(());
        }
        let series = Series { labels, drop_name: self.expr.return_bool, column };
        results.distinct.check(self.context, &series)?;
        sink(series)
    }

    fn result_labels(&self, many: &LabelSet, one: &LabelSet) -> LabelSet {
        let drop_now = self.expr.return_bool && !self.context.options.delayed_name_removal;
        let drop_name = drop_now || element::is_arithmetic(self.expr.op);
        let one_to_one = self.matching.cardinality == Cardinality::OneToOne;
        let kept = many.retain(|name| {
            let dropped = drop_name && is_metadata(name);
            let unmatched = one_to_one && self.signature.is_named(name) != self.signature.on;
            !dropped && !unmatched
        });
        if self.matching.include.is_empty() {
            return kept;
        }
        let mut labels = LabelSetBuilder::new(&kept);
        for name in &self.matching.include {
            labels.set(name, one.get(name));
        }
        labels.build()
    }

    /// Operates on the series of the one that no series of the many matched.
    #[inline(never)]
    fn fill_many(&self, results: &mut Results<'_>, sink: Sink<'_>) -> Result<(), Error> {
        let Some(fill) = self.matching.fill_left else {
            return Ok(());
        };
        let mut signatures: Vec<_> = self.one.iter().collect();
        signatures.sort_by(|a, b| a.0.cmp(b.0));
        for (signature, one) in signatures {
            let index = results.signature(signature);
            for series in &one.series {
                let mut column = series.column.clone();
                column.retain(|step| !results.is_matched(index, step));
                let mut filled = Column::new(self.grid.steps);
                column.iter().for_each(|(step, _)| filled.set_float(step, fill));
                let labels = signature.clone();
                let many = Series { labels, drop_name: false, column: filled };
                let steps = 0..self.grid.steps;
                let value = |step| column.get(step);
                self.operate(index, (&many, Some(&series.labels)), steps, value, results, sink)?;
            }
        }
        Ok(())
    }
}

/// What was given so far, to refuse what must not be given twice.
struct Results<'c> {
    one_to_one: bool,
    steps: usize,
    index: HashMap<LabelSet, usize>,
    /// For each signature the steps at which it had a result.
    matched: Vec<StepSet>,
    /// For each signature and set of result labels likewise, unless the matching is one to one.
    by_labels: HashMap<(usize, LabelSet), StepSet>,
    held: Held<'c>,
    distinct: Distinct<'c>,
}

impl<'c> Results<'c> {
    fn new(context: &'c Context<'_>, matching: &VectorMatching, grid: Grid) -> Self {
        let one_to_one = matching.cardinality == Cardinality::OneToOne;
        Self {
            one_to_one,
            steps: grid.steps,
            index: HashMap::new(),
            matched: Vec::new(),
            by_labels: HashMap::new(),
            held: context.hold(),
            // One result for each signature at a step has labels of its own.
            distinct: Distinct::new(context, one_to_one, grid.steps),
        }
    }

    /// The number of a signature.
    fn signature(&mut self, signature: &LabelSet) -> usize {
        let (matched, steps) = (&mut self.matched, self.steps);
        *self.index.entry(signature.clone()).or_insert_with(|| {
            matched.push(StepSet::new(steps));
            matched.len() - 1
        })
    }

    fn is_matched(&self, index: usize, step: usize) -> bool {
        self.matched.get(index).is_some_and(|set| set.contains(step))
    }

    fn check(&mut self, index: usize, labels: &LabelSet, matched: &Column) -> Result<(), Error> {
        let Some(set) = self.matched.get_mut(index) else {
            return Ok(());
        };
        let all_new = matched.iter().fold(true, |all_new, (step, _)| set.insert(step) && all_new);
        if self.one_to_one {
            return if all_new {
                Ok(())
            } else {
                Err(Error::execution(
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
                ))
            };
        }
        let steps = self.steps;
        let key = (index, labels.clone());
        if !self.by_labels.contains_key(&key) {
            let bytes = labels.as_bytes().len() + size_of::<(usize, LabelSet, StepSet)>() + steps / 8;
            self.held.grow(bytes, 0, &"the labels of a binary operation")?;
        }
        let set = self.by_labels.entry(key).or_insert_with(|| StepSet::new(steps));
        if matched.iter().all(|(step, _)| set.insert(step)) {
            Ok(())
        } else {
            Err(Error::execution("multiple matches for labels: grouping labels must ensure unique matches"))
        }
    }
}

fn duplicate(matching: &VectorMatching, swapped: bool, a: &LabelSet, b: &LabelSet) -> String {
    let group = in_braces(&Signature::new(matching).of(a));
    let side = if swapped { "left" } else { "right" };
    let (a, b) = (in_braces(a), in_braces(b));
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    format!(
        "found duplicate series for the match group {group} on the {side} hand-side of the operation: \
         [{first}, {second}];many-to-many matching not allowed: matching labels must be unique on one side"
    )
}
