//! The series that the parts of a query hand on, and where they are collected.

use foldhash::{HashMap, HashMapExt};
use model::{
    LabelSet,
    label::{is_legacy_label_name, write_quoted},
};

use super::{
    Error,
    column::{Column, StepSet},
    context::{Context, Held},
    plan::is_metadata,
};

/// Takes series one after the other.
pub(super) type Sink<'s> = &'s mut dyn FnMut(Series) -> Result<(), Error>;

/// A series over the steps of a grid.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) labels: LabelSet,
    /// The metric name will be dropped at the end of the query; it is there until then.
    pub(super) drop_name: bool,
    pub(super) column: Column,
}

impl Series {
    /// Drops the metric name, or notes that it is to be dropped.
    pub(super) fn drop_name(&mut self, context: &Context<'_>) {
        if !context.options.delayed_name_removal {
            self.labels = without_metadata(&self.labels);
        }
        self.drop_name = true;
    }
}

/// The labels without the metric name and what describes the metric.
pub(super) fn without_metadata(labels: &LabelSet) -> LabelSet {
    labels.retain(|name| !is_metadata(name))
}

/// Labels as error messages have them: the metric name within the braces.
pub(super) fn in_braces(labels: &LabelSet) -> String {
    let mut text = String::from("{");
    for (n, (name, value)) in labels.iter().enumerate() {
        text += if n > 0 { ", " } else { "" };
        if is_legacy_label_name(name) {
            text += name;
        } else {
            quote(&mut text, name);
        }
        text.push('=');
        quote(&mut text, value);
    }
    text + "}"
}

fn quote(text: &mut String, part: &str) {
    // Writing to a string does not fail.
    let _ = write_quoted(text, part);
}

fn same_labels() -> Error {
    Error::execution("vector cannot contain metrics with the same labelset")
}

/// Sees to it that no two series have the same labels at the same step.
pub(super) struct Distinct<'c> {
    steps: usize,
    held: Held<'c>,
    /// Nothing is remembered where series are known to be distinct.
    seen: Option<HashMap<LabelSet, StepSet>>,
}

impl<'c> Distinct<'c> {
    /// `known` when nothing has to be checked.
    pub(super) fn new(context: &'c Context<'_>, known: bool, steps: usize) -> Self {
        Self { steps, held: context.hold(), seen: (!known).then(HashMap::new) }
    }

    /// Takes note of a series.
    ///
    /// # Errors
    /// When another one had the same labels at one of its steps.
    pub(super) fn check(&mut self, context: &Context<'_>, series: &Series) -> Result<(), Error> {
        if context.options.delayed_name_removal {
            return Ok(());
        }
        self.check_labels(&series.labels, &series.column)
    }

    /// As [`Distinct::check`], whatever is done with names.
    pub(super) fn check_labels(&mut self, labels: &LabelSet, column: &Column) -> Result<(), Error> {
        let Some(seen) = &mut self.seen else {
            return Ok(());
        };
        let steps = self.steps;
        if !seen.contains_key(labels) {
            let bytes = labels.as_bytes().len() + size_of::<(LabelSet, StepSet)>() + steps / 8;
            self.held.grow(bytes, 0, &"the labels of the result")?;
        }
        let set = seen.entry(labels.clone()).or_insert_with(|| StepSet::new(steps));
        let all_new = column.iter().all(|(step, _)| set.insert(step));
        if all_new { Ok(()) } else { Err(same_labels()) }
    }
}

/// Collects series and pays for them.
pub(super) struct Collector<'c> {
    pub(super) series: Vec<Series>,
    held: Held<'c>,
    what: &'static str,
}

impl<'c> Collector<'c> {
    pub(super) fn new(context: &'c Context<'_>, what: &'static str) -> Self {
        Self { series: Vec::new(), held: context.hold(), what }
    }

    pub(super) fn push(&mut self, series: Series) -> Result<(), Error> {
        if series.column.is_absent() {
            return Ok(());
        }
        let bytes = size_of::<Series>() + series.column.size_bytes();
        self.held.grow(bytes, series.column.samples(), &self.what)?;
        self.series.push(series);
        Ok(())
    }

    /// Sorts by labels and puts the pieces of each series together. The account is kept along.
    ///
    /// # Errors
    /// When two series have the same labels at the same step.
    pub(super) fn merged(mut self) -> Result<(Vec<Series>, Held<'c>), Error> {
        self.series.sort_by(|a, b| a.labels.cmp(&b.labels));
        let mut merged: Vec<Series> = Vec::with_capacity(self.series.len());
        for series in self.series {
            match merged.last_mut() {
                Some(last) if last.labels == series.labels => {
                    if !last.column.merge(&series.column) {
                        return Err(same_labels());
                    }
                    last.drop_name |= series.drop_name;
                }
                _ => merged.push(series),
            }
        }
        Ok((merged, self.held))
    }
}
