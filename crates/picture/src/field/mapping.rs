//! Value mappings: text and colour put in the place of certain values.

use crate::{
    dashboard::{Mapping, Matched},
    frame::Value,
    pattern::Pattern,
};

/// What a mapping gives for a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mapped {
    pub(crate) text: Option<String>,
    pub(crate) color: Option<String>,
}

/// The mappings of a field, its patterns compiled.
pub(crate) struct Mappings<'a>(Vec<(&'a Mapping, Option<Pattern>)>);

impl<'a> Mappings<'a> {
    pub(crate) fn new(mappings: &'a [Mapping]) -> Self {
        let compiled = |mapping: &Mapping| match mapping {
            Mapping::Regex { pattern, .. } => Pattern::new(pattern),
            _ => None,
        };
        Self(mappings.iter().map(|mapping| (mapping, compiled(mapping))).collect())
    }

    /// What the first mapping that fits gives.
    pub(crate) fn find(&self, value: &Value) -> Option<Mapped> {
        self.0.iter().find_map(|(mapping, pattern)| apply(mapping, pattern.as_ref(), value))
    }
}

fn apply(mapping: &Mapping, pattern: Option<&Pattern>, value: &Value) -> Option<Mapped> {
    let found = match mapping {
        Mapping::Value(_) if *value == Value::Null => return None,
        Mapping::Value(results) => {
            let text = value.to_text();
            results.iter().find(|(own, _)| **own == *text).map(|(_, result)| result)
        }
        Mapping::Range { from, to, result } => {
            let amount = match value {
                Value::Null => return None,
                Value::Number(amount) => *amount,
                Value::Text(text) => text.trim().parse().ok()?,
            };
            (amount >= *from && amount <= *to).then_some(result)
        }
        Mapping::Special { what, result } => is_special(what, value).then_some(result),
        Mapping::Regex { result, .. } => {
            let Value::Text(text) = value else { return None };
            let replaced = pattern?.replace(text, result.text.as_deref().unwrap_or("$&"))?;
            return Some(Mapped { text: Some(replaced), color: result.color.clone() });
        }
    };
    found.map(|Matched { text, color }| Mapped { text: text.clone(), color: color.clone() })
}

fn is_special(what: &str, value: &Value) -> bool {
    let nan = matches!(value, Value::Number(number) if number.is_nan());
    match what {
        "null" => *value == Value::Null,
        "nan" => nan,
        "null+nan" => nan || *value == Value::Null,
        "empty" => matches!(value, Value::Text(text) if text.is_empty()),
        other => matches!(value, Value::Text(text) if **text == *other),
    }
}
