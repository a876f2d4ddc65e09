//! Variables of a dashboard: their options and values, and how they are put into texts.

mod interpolate;
mod metric_query;
mod options;
mod resolve;

use std::collections::BTreeMap;

pub(crate) use interpolate::{Style, interpolate, references};
pub(crate) use options::natural;
pub(crate) use resolve::{Given, resolve};

/// What a variable puts into texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VariableValue {
    /// Its values; several when the variable is multi.
    pub(crate) values: Vec<String>,
    /// The texts shown for them.
    pub(crate) texts: Vec<String>,
    /// Whether it may hold several values, and so is written as a regular expression.
    pub(crate) multi: bool,
    /// What stands for "All" as it is, when the dashboard gives it.
    pub(crate) raw: Option<String>,
}

impl VariableValue {
    /// A value that is its own text.
    pub(crate) fn single(value: impl Into<String>) -> Self {
        let value = value.into();
        Self { texts: vec![value.clone()], values: vec![value], ..Self::default() }
    }
}

/// Values of repeated variables, one of each.
pub(crate) type Scope = BTreeMap<String, String>;

/// The variables of a dashboard with their values, built-in ones among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables(BTreeMap<String, VariableValue>);

impl Variables {
    pub(crate) fn get(&self, name: &str) -> Option<VariableValue> {
        self.0.get(name).cloned()
    }

    pub(crate) fn set(&mut self, name: &str, value: VariableValue) {
        self.0.insert(name.to_owned(), value);
    }

    /// The same as it holds inside a repeated panel.
    pub(crate) fn within(&self, scope: &Scope) -> Self {
        let mut inner = self.clone();
        for (name, value) in scope {
            let known = inner.0.get(name);
            let at = known.and_then(|known| known.values.iter().position(|other| other == value));
            let text = at.and_then(|at| known?.texts.get(at).cloned()).unwrap_or_else(|| value.clone());
            inner.set(name, VariableValue { texts: vec![text], ..VariableValue::single(value) });
        }
        inner
    }

    /// The text with all known variables put in.
    pub(crate) fn text(&self, source: &str) -> String {
        interpolate(source, &|name| self.get(name), Style::Text)
    }
}
