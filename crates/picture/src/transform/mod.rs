//! Transformations of query results, by Grafana's ids.

mod calculate;
mod choose;
mod combine;
mod summarize;

pub(crate) use choose::compare;

use crate::{
    dashboard::Transformation,
    frame::{Field, Frame, Names},
};

/// Rows that a transformation may make.
const ROWS_MAX: usize = 10_000;

type Transform = fn(Vec<Frame>, &serde_json::Value) -> Vec<Frame>;

fn known(id: &str) -> Option<Transform> {
    Some(match id {
        "calculateField" => calculate::calculate_field,
        "organize" => choose::organize,
        "filterFieldsByName" => choose::filter_by_name,
        "filterByRefId" => choose::filter_by_ref_id,
        "renameByRegex" => choose::rename_by_regex,
        "sortBy" => choose::sort_by,
        "limit" => choose::limit,
        "merge" => combine::merge,
        "joinByField" | "seriesToColumns" => combine::join_by_field,
        "seriesToRows" => combine::series_to_rows,
        "labelsToFields" => combine::labels_to_fields,
        "reduce" => summarize::reduce,
        "groupBy" => summarize::group_by,
        _ => return None,
    })
}

/// Applies transformations in their order; ids that are not known here are returned for the reader to see.
pub(crate) fn transform(mut frames: Vec<Frame>, steps: &[Transformation]) -> (Vec<Frame>, Vec<&str>) {
    let mut unknown = Vec::new();
    for step in steps {
        match known(&step.id) {
            Some(apply) => frames = apply(frames, &step.options),
            None => unknown.push(step.id.as_str()),
        }
    }
    (frames, unknown)
}

/// A field by the name that it is shown under, or its own.
fn is_named(field: &Field, frame: &Frame, names: &Names, name: &str) -> bool {
    *field.name == *name || names.shown(field, frame) == name
}

/// The frame with some rows in another order.
fn pick_rows(frame: &mut Frame, rows: &[usize]) {
    for field in &mut frame.fields {
        *field = field.with(field.values.pick(rows.iter().copied().map(Some)));
    }
}

#[cfg(test)]
mod tests;
