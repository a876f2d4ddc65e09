//! Transformations that choose, order and rename fields and rows.

use std::{cmp::Ordering, rc::Rc};

use model::sort;

use serde_json::Value as JsonValue;

use super::{is_named, pick_rows};
use crate::{
    frame::{FieldKind, Frame, Names, Value},
    json::Json,
    pattern::Pattern,
    variable::natural,
};

/// Takes fields out, orders them and renames them.
pub(super) fn organize(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let names = Names::of(&frames);
    let [exclude, include, order, rename] =
        ["excludeByName", "includeByName", "indexByName", "renameByName"].map(|key| options.at(key));
    let restricts = include.entries().any(|(_, kept)| kept.is_true());
    for frame in &mut frames {
        let fields = std::mem::take(&mut frame.fields);
        let mut named: Vec<_> = fields.into_iter().map(|field| (names.shown(&field, frame), field)).collect();
        named.retain(|(name, _)| !exclude.at(name).is_true() && (!restricts || include.at(name).is_true()));
        let place = |name: &str| order.at(name).number().unwrap_or(f64::MAX);
        sort::by(&mut named, |(a, _), (b, _)| place(a).total_cmp(&place(b)));
        let renamed = named.into_iter().map(|(name, mut field)| {
            // Overrides are to find the field by its new name as well as by its own.
            if let Some(new) = rename.at(&name).text().filter(|new| !new.is_empty()) {
                Rc::make_mut(&mut field.config).display_name = Some(new);
            }
            field
        });
        frame.fields = renamed.collect();
    }
    frames
}

/// Keeps the fields named in a list or by a pattern.
pub(super) fn filter_by_name(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let names = Names::of(&frames);
    let rule = |json: &JsonValue| {
        let pattern = json.at("pattern").text().filter(|pattern| !pattern.is_empty());
        (json.at("names").texts(), pattern.map(|pattern| Pattern::new(&pattern)))
    };
    let (include, exclude) = (rule(options.at("include")), rule(options.at("exclude")));
    let fits = |(listed, pattern): &(Vec<String>, Option<Option<Pattern>>), name: &str| {
        listed.iter().any(|own| own == name) || pattern.iter().flatten().any(|pattern| pattern.is_match(name))
    };
    let restricts = options.at("include").at("names").is_array() || include.1.is_some();
    for frame in &mut frames {
        let fields = std::mem::take(&mut frame.fields);
        let kept = fields.into_iter().filter(|field| {
            let name = names.shown(field, frame);
            (!restricts || fits(&include, &name)) && !fits(&exclude, &name)
        });
        frame.fields = kept.collect();
    }
    frames.retain(|frame| !frame.fields.is_empty());
    frames
}

/// Only the frames of some targets.
pub(super) fn filter_by_ref_id(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let pattern = |key: &str| {
        let text = options.at(key).text().filter(|text| !text.is_empty());
        text.and_then(|text| Pattern::new(&text))
    };
    let (include, exclude) = (pattern("include"), pattern("exclude"));
    frames.retain(|frame| {
        include.as_ref().is_none_or(|pattern| pattern.is_match(&frame.ref_id))
            && !exclude.as_ref().is_some_and(|pattern| pattern.is_match(&frame.ref_id))
    });
    frames
}

/// Renames the fields that a pattern matches.
pub(super) fn rename_by_regex(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let Some(pattern) = Pattern::new(&options.at("regex").text_or_empty()) else { return frames };
    let replacement = options.at("renamePattern").text_or_empty();
    let names = Names::of(&frames);
    for frame in &mut frames {
        let mut fields = std::mem::take(&mut frame.fields);
        for field in fields.iter_mut().filter(|field| field.kind != FieldKind::Time) {
            if let Some(name) = pattern.replace(&names.shown(field, frame), &replacement) {
                Rc::make_mut(&mut field.config).display_name = Some(name);
            }
        }
        frame.fields = fields;
    }
    frames
}

/// Orders the rows by one field.
pub(super) fn sort_by(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let Some(rule) = options.at("sort").objects().next() else { return frames };
    let name = rule.at("field").text_or_empty();
    let names = Names::of(&frames);
    for frame in &mut frames {
        let found = frame.fields.iter().find(|field| is_named(field, frame, &names, &name));
        let Some(values) = found.map(|field| Rc::clone(&field.values)) else { continue };
        let mut rows: Vec<usize> = (0..frame.rows()).collect();
        sort::by(&mut rows, |a, b| compare(&values.get(*a), &values.get(*b)));
        if rule.at("desc").is_true() {
            rows.reverse();
        }
        pick_rows(frame, &rows);
    }
    frames
}

/// The first rows.
pub(super) fn limit(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let limit = options.at("limitField").number().unwrap_or(10.0).max(0.0) as usize;
    for frame in &mut frames {
        let rows: Vec<usize> = (0..frame.rows().min(limit)).collect();
        pick_rows(frame, &rows);
    }
    frames
}

/// Numbers by size, texts in the order in which people count.
pub(crate) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.total_cmp(b),
        _ => natural(&a.to_text(), &b.to_text()),
    }
}
