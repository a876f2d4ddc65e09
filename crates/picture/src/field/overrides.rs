//! Field configuration put onto query results: defaults first, then each override that fits.

use std::rc::Rc;

use serde_json::Value as JsonValue;

use super::Calculation;
use crate::{
    dashboard::{FieldConfig, FieldConfigSource, Override},
    frame::{Field, FieldKind, Frame, Names, Value},
    json::Json,
    pattern::Pattern,
};

/// Works out the configuration of each field.
pub(crate) fn configure(frames: &mut [Frame], source: &FieldConfigSource) {
    let numbers = Rc::new(source.defaults.clone());
    let others = Rc::new(FieldConfig {
        unit: None,
        min: None,
        max: None,
        decimals: None,
        display_name: None,
        ..source.defaults.clone()
    });
    for field in frames.iter_mut().flat_map(|frame| &mut frame.fields) {
        let defaults = if field.kind == FieldKind::Number { &numbers } else { &others };
        let own = std::mem::replace(&mut field.config, Rc::clone(defaults));
        if let Some(name) = &own.display_name {
            // Transformations name fields themselves.
            Rc::make_mut(&mut field.config).display_name = Some(name.clone());
        }
    }
    let names = Names::of(frames);
    let overrides: Vec<_> = source.overrides.iter().map(Rule::new).collect();
    for frame in frames {
        for at in 0..frame.fields.len() {
            let Some(mut field) = frame.fields.get(at).cloned() else { continue };
            for rule in &overrides {
                if rule.accepts(&field, frame, &names) {
                    let config = Rc::make_mut(&mut field.config);
                    rule.source.properties.iter().for_each(|(id, value)| config.apply(id, value));
                }
            }
            if let Some(place) = frame.fields.get_mut(at) {
                *place = field;
            }
        }
    }
}

/// An override, its pattern compiled.
struct Rule<'a> {
    source: &'a Override,
    pattern: Option<Pattern>,
    /// The name or names that it is for.
    names: Vec<String>,
}

impl<'a> Rule<'a> {
    fn new(source: &'a Override) -> Self {
        let options = &source.options;
        let text = options.text_or_empty();
        let is_pattern = source.matcher == "byRegexp";
        let pattern = is_pattern.then(|| Pattern::new(&text)).flatten();
        let names = if source.matcher == "byNames" { options.at("names").texts() } else { vec![text] };
        Self { source, pattern, names }
    }

    fn accepts(&self, field: &Field, frame: &Frame, names: &Names) -> bool {
        let named = |accepts: &dyn Fn(&str) -> bool| {
            accepts(&names.base(field, frame)) || accepts(&names.shown(field, frame))
        };
        let listed = |name: &str| self.names.iter().any(|own| own == name);
        let options = &self.source.options;
        match self.source.matcher.as_str() {
            "byName" => named(&listed) || listed(&field.name),
            "byNames" => named(&listed) != (options.at("mode").as_str() == Some("exclude")),
            "byRegexp" => self.pattern.as_ref().is_some_and(|pattern| named(&|name| pattern.is_match(name))),
            "byFrameRefID" => listed(&frame.ref_id),
            "byType" => listed(match field.kind {
                FieldKind::Time => "time",
                FieldKind::Number => "number",
                FieldKind::Text => "string",
            }),
            "byValue" => accepts_value(options, field),
            _ => false,
        }
    }
}

fn accepts_value(options: &JsonValue, field: &Field) -> bool {
    let reducer = options.at("reducer").text().unwrap_or_else(|| "lastNotNull".to_owned());
    let Value::Number(value) = Calculation::new(&reducer).of(&field.values) else { return false };
    if field.kind != FieldKind::Number {
        return false;
    }
    // Calculations that answer yes or no are the answer themselves.
    if reducer.starts_with("allIs") {
        return value == 1.0;
    }
    let limit = options.at("value").number().unwrap_or(0.0);
    match options.at("op").as_str().unwrap_or_default() {
        "gt" | ">" => value > limit,
        "gte" | ">=" => value >= limit,
        "lt" | "<" => value < limit,
        "lte" | "<=" => value <= limit,
        "neq" | "!=" => value != limit,
        _ => value == limit,
    }
}
