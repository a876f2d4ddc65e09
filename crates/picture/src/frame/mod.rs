//! Query results in columns: what panels draw, transformations change and calculations reduce.

mod name;

use std::rc::Rc;

use model::{LabelSet, histogram::Bucket, is_stale, stale_nan};

pub(crate) use name::{Names, legend, without_name};

use crate::dashboard::FieldConfig;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// Milliseconds since the Unix epoch.
    Time,
    Number,
    Text,
}

/// One value; a number is null where it has the bits of a staleness marker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Number(f64),
    Text(Rc<str>),
}

impl Value {
    pub(crate) fn of(number: f64) -> Self {
        if is_stale(number) { Self::Null } else { Self::Number(number) }
    }

    /// The number, if it is one that can be drawn.
    pub(crate) fn finite(&self) -> Option<f64> {
        match self {
            Self::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    /// As text, for keys and comparisons.
    pub(crate) fn to_text(&self) -> Rc<str> {
        match self {
            Self::Null => Rc::from(""),
            Self::Number(number) => Rc::from(number.to_string()),
            Self::Text(text) => Rc::clone(text),
        }
    }
}

/// The values of a field.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    Numbers(Vec<f64>),
    /// Empty where there is nothing.
    Texts(Vec<Rc<str>>),
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    pub(crate) fn get(&self, row: usize) -> Value {
        match self {
            Self::Numbers(values) => values.get(row).map_or(Value::Null, |&value| Value::of(value)),
            Self::Texts(values) => values.get(row).cloned().map_or(Value::Null, Value::Text),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The numbers; none of a column of texts.
    pub(crate) fn numbers(&self) -> &[f64] {
        match self {
            Self::Numbers(values) => values,
            Self::Texts(_) => &[],
        }
    }

    /// The values of some rows in their order; `None` is a row of nothing.
    pub(crate) fn pick(&self, rows: impl Iterator<Item = Option<usize>>) -> Self {
        match self {
            Self::Numbers(values) => {
                let value = |row: Option<usize>| row.and_then(|row| values.get(row)).copied();
                Self::Numbers(rows.map(|row| value(row).unwrap_or_else(stale_nan)).collect())
            }
            Self::Texts(values) => {
                let value = |row: Option<usize>| row.and_then(|row| values.get(row)).cloned();
                Self::Texts(rows.map(|row| value(row).unwrap_or_else(|| Rc::from(""))).collect())
            }
        }
    }

    pub(crate) fn of_values(values: impl Iterator<Item = Value>, kind: FieldKind) -> Self {
        if kind == FieldKind::Text {
            return Self::Texts(values.map(|value| value.to_text()).collect());
        }
        let number = |value| if let Value::Number(number) = value { number } else { stale_nan() };
        Self::Numbers(values.map(number).collect())
    }
}

/// A column with its name and how it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// `Time`, `Value`, or a label's name in tables.
    pub(crate) name: Rc<str>,
    pub(crate) kind: FieldKind,
    pub(crate) labels: LabelSet,
    pub(crate) values: Rc<Column>,
    pub(crate) config: Rc<FieldConfig>,
}

impl Field {
    pub(crate) fn new(name: &str, kind: FieldKind, values: Column) -> Self {
        let labels = LabelSet::empty();
        Self { name: Rc::from(name), kind, labels, values: Rc::new(values), config: Rc::default() }
    }

    pub(crate) fn numbers(name: &str, values: Vec<f64>) -> Self {
        Self::new(name, FieldKind::Number, Column::Numbers(values))
    }

    pub(crate) fn times(values: Vec<f64>) -> Self {
        Self::new("Time", FieldKind::Time, Column::Numbers(values))
    }

    pub(crate) fn texts(name: &str, values: impl Iterator<Item = Rc<str>>) -> Self {
        Self::new(name, FieldKind::Text, Column::Texts(values.collect()))
    }

    /// The same with other values.
    pub(crate) fn with(&self, values: Column) -> Self {
        Self { values: Rc::new(values), ..self.clone() }
    }
}

/// Columns of one length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    /// Name of the series by its legend format; `None` where labels speak for themselves.
    pub(crate) name: Option<Rc<str>>,
    pub(crate) ref_id: Rc<str>,
    /// Step of the range query it comes from, ms: a longer pause between samples is a gap.
    pub(crate) step_ms: Option<f64>,
    pub(crate) fields: Vec<Field>,
    /// Native histograms by time, whose numbers of observations are among the fields.
    pub(crate) histograms: Rc<[(i64, Vec<Bucket>)]>,
}

impl Frame {
    pub(crate) fn rows(&self) -> usize {
        self.fields.first().map_or(0, |field| field.values.len())
    }

    pub(crate) fn time(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == FieldKind::Time)
    }

    /// The fields that hold numbers to draw.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.kind == FieldKind::Number)
    }
}
