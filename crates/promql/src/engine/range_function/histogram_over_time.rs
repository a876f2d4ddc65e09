//! Sum and mean of the histograms of a window.

use super::Input;
use crate::engine::{
    aggregate::histogram::{Folded, HistogramFold},
    annotation::{Note, Operation},
    value::SampleValue,
};

pub(super) fn sum(input: &Input<'_>) -> Option<SampleValue> {
    fold(input, HistogramFold::sum)
}

pub(super) fn avg(input: &Input<'_>) -> Option<SampleValue> {
    fold(input, HistogramFold::mean)
}

fn fold(input: &Input<'_>, start: fn(&model::FloatHistogram) -> HistogramFold) -> Option<SampleValue> {
    let (first, rest) = input.window.histograms().values.split_first()?;
    let mut fold = start(first);
    let mut reconciled = false;
    for histogram in rest {
        match fold.add(histogram) {
            Folded::Incompatible => {
                input.note(Note::MixedExponentialCustom);
                return None;
            }
            Folded::Reconciled => reconciled = true,
            Folded::Added => {}
        }
    }
    if fold.resets_collide() {
        input.context.note(Note::ResetCollision(Operation::Aggregation), input.span);
    }
    if reconciled {
        input.context.note(Note::BoundsReconciled(Operation::Aggregation), input.span);
    }
    Some(SampleValue::Histogram(fold.finish().into()))
}
