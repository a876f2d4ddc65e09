//! `label_replace` and `label_join`.

use model::{LabelSet, LabelSetBuilder, METRIC_NAME, label::is_label_name, matcher};

use super::{arg, string_arg};
use crate::engine::{
    Error,
    context::Context,
    evaluate,
    grid::Grid,
    plan::Call,
    series::{Distinct, Sink},
};

/// Sets a label from what a pattern finds in another one.
#[inline(never)]
pub(super) fn replace(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let (target, replacement) = (string_arg(call, 1)?, string_arg(call, 2)?);
    let (source, pattern) = (string_arg(call, 3)?, string_arg(call, 4)?);
    let regex = matcher::compile(pattern)
        .map_err(|_| Error::execution(format!("invalid regular expression in label_replace(): {pattern}")))?;
    check_name("destination", "label_replace", target)?;
    relabel(context, call, grid, target, sink, |labels| {
        let captures = regex.captures(labels.get(source))?;
        let mut value = String::new();
        captures.expand(replacement, &mut value);
        Some(value)
    })
}

/// Sets a label to the values of others, with a separator between them.
#[inline(never)]
pub(super) fn join(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let (target, separator) = (string_arg(call, 1)?, string_arg(call, 2)?);
    let sources: Vec<&str> = (3..call.args.len()).map(|at| string_arg(call, at)).collect::<Result<_, _>>()?;
    sources.iter().try_for_each(|source| check_name("source", "label_join", source))?;
    check_name("destination", "label_join", target)?;
    relabel(context, call, grid, target, sink, |labels| {
        let values: Vec<&str> = sources.iter().map(|source| labels.get(source)).collect();
        Some(values.join(separator))
    })
}

fn check_name(which: &str, function: &str, name: &str) -> Result<(), Error> {
    if is_label_name(name) {
        return Ok(());
    }
    Err(Error::execution(format!("invalid {which} label name in {function}(): {name}")))
}

/// Sets a label of each series, where there is something to set it to.
fn relabel(
    context: &Context<'_>,
    call: &Call,
    grid: Grid,
    target: &str,
    sink: Sink<'_>,
    value: impl Fn(&LabelSet) -> Option<String>,
) -> Result<(), Error> {
    let mut distinct = Distinct::new(context, false, grid.steps);
    evaluate::vector(context, arg(call, 0)?, grid, &mut |mut series| {
        if let Some(value) = value(&series.labels) {
            series.labels = LabelSetBuilder::new(&series.labels).set(target, &value).build();
            // A name that is set here is to stay.
            series.drop_name &= target != METRIC_NAME;
        }
        distinct.check_labels(&series.labels, &series.column)?;
        sink(series)
    })
}
