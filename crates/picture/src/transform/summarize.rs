//! Transformations that make few values of many.

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use serde_json::Value as JsonValue;

use crate::{
    field::Calculation,
    frame::{Column, Field, FieldKind, Frame, Names},
    json::Json,
};

/// One row for each series, one column for each calculation; or, field by field, one row in each frame.
pub(super) fn reduce(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let mut calcs = options.at("reducers").texts();
    if calcs.is_empty() {
        calcs.push("max".to_owned());
    }
    let calcs: Vec<_> = calcs.iter().map(|calc| Calculation::new(calc)).collect();
    if options.at("mode").as_str() == Some("reduceFields") {
        frames.iter_mut().for_each(|frame| reduce_fields(frame, &calcs, options));
        return frames;
    }
    let names = Names::of(&frames);
    let series = || frames.iter().flat_map(|frame| frame.numbers().map(move |field| (frame, field)));
    if series().next().is_none() {
        return Vec::new();
    }
    let labels = series().flat_map(|(_, field)| field.labels.iter()).map(|(name, _)| name);
    let labels: BTreeSet<&str> =
        if options.at("labelsToFields").is_true() { labels.collect() } else { BTreeSet::new() };
    let mut fields =
        vec![Field::texts("Field", series().map(|(frame, field)| Rc::from(names.shown(field, frame))))];
    fields.extend(
        labels
            .iter()
            .map(|label| Field::texts(label, series().map(|(_, field)| Rc::from(field.labels.get(label))))),
    );
    fields.extend(calcs.iter().map(|calc| {
        let values = series().map(|(_, field)| calc.of(&field.values));
        Field::new(&calc.name(), FieldKind::Number, Column::of_values(values, FieldKind::Number))
    }));
    vec![Frame { fields, ..Frame::default() }]
}

fn reduce_fields(frame: &mut Frame, calcs: &[Calculation<'_>], options: &JsonValue) {
    let timed = options.at("includeTimeField").is_true();
    let kept = |kind: FieldKind| kind == FieldKind::Number || (timed && kind == FieldKind::Time);
    let reduced = frame.fields.iter().filter(|field| kept(field.kind)).flat_map(|field| {
        calcs.iter().map(|calc| {
            let values = std::iter::once(calc.of(&field.values));
            let mut one = field.with(Column::of_values(values, field.kind));
            if calcs.len() > 1 {
                one.name = Rc::from(format!("{} {}", field.name, calc.name()));
            }
            one
        })
    });
    frame.fields = reduced.collect();
}

/// Rows with the same values in the grouping fields become one, other fields are reduced.
pub(super) fn group_by(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let names = Names::of(&frames);
    let rules = options.at("fields");
    for frame in &mut frames {
        let rule = |field: &Field| match rules.at(&names.shown(field, frame)) {
            JsonValue::Null => rules.at(&field.name).clone(),
            rule => rule.clone(),
        };
        let ruled: Vec<(Field, JsonValue)> =
            frame.fields.iter().map(|field| (field.clone(), rule(field))).collect();
        let operation = |name: &'static str| {
            ruled.iter().filter(move |(_, rule)| rule.at("operation").as_str() == Some(name))
        };
        let keys: Vec<&Field> = operation("groupby").map(|(field, _)| field).collect();
        if keys.is_empty() {
            continue;
        }
        let groups = groups(&keys, frame.rows());
        let firsts = || groups.iter().map(|rows| rows.first().copied());
        let mut fields: Vec<Field> = keys.iter().map(|key| key.with(key.values.pick(firsts()))).collect();
        for (field, rule) in operation("aggregate") {
            for calc in rule.at("aggregations").texts() {
                fields.push(aggregate(field, &calc, &groups));
            }
        }
        frame.fields = fields;
    }
    frames
}

/// The rows of each group, in the order in which groups come up.
fn groups(keys: &[&Field], count: usize) -> Vec<Vec<usize>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in 0..count {
        let key: String = keys.iter().map(|field| format!("{:?}\n", field.values.get(row))).collect();
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.push(row);
        }
    }
    groups
}

fn aggregate(field: &Field, calc: &str, groups: &[Vec<usize>]) -> Field {
    let calculation = Calculation::new(calc);
    let kind = if calculation.keeps_unit() { field.kind } else { FieldKind::Number };
    let values = groups.iter().map(|rows| calculation.of(&field.values.pick(rows.iter().copied().map(Some))));
    let mut reduced = Field { kind, ..field.with(Column::of_values(values, kind)) };
    reduced.name = Rc::from(format!("{} ({calc})", field.name));
    reduced
}
