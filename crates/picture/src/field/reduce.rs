//! Calculations that reduce a field's values to one, under Grafana's ids.

use std::collections::HashSet;

use model::{is_stale, sort};

use crate::frame::{Column, Value};

/// A calculation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calculation<'a>(&'a str);

/// Ids and the names of their results in legends and tables.
const NAMES: [(&str, &str); 22] = [
    ("lastNotNull", "Last *"),
    ("last", "Last"),
    ("firstNotNull", "First *"),
    ("first", "First"),
    ("min", "Min"),
    ("max", "Max"),
    ("mean", "Mean"),
    ("median", "Median"),
    ("sum", "Total"),
    ("count", "Count"),
    ("range", "Range"),
    ("delta", "Delta"),
    ("diff", "Difference"),
    ("diffperc", "Difference percent"),
    ("step", "Step"),
    ("logmin", "Min (above zero)"),
    ("variance", "Variance"),
    ("stdDev", "StdDev"),
    ("allIsZero", "All zeros"),
    ("allIsNull", "All nulls"),
    ("changeCount", "Change count"),
    ("distinctCount", "Distinct count"),
];

impl<'a> Calculation<'a> {
    /// The calculation of an id, older ones included.
    pub(crate) fn new(id: &'a str) -> Self {
        Self(match id {
            "current" | "name" => "lastNotNull",
            "avg" => "mean",
            "total" => "sum",
            id => id,
        })
    }

    /// The name of its result.
    pub(crate) fn name(&self) -> String {
        if let Some((_, name)) = NAMES.iter().find(|(id, _)| *id == self.0) {
            return (*name).to_owned();
        }
        match self.percentile() {
            Some(share) => format!("{share}th %"),
            None => self.0.to_owned(),
        }
    }

    /// Whether the result has the unit of the values, rather than being a count or a share.
    pub(crate) fn keeps_unit(&self) -> bool {
        let counts = ["count", "changeCount", "distinctCount", "allIsZero", "allIsNull", "diffperc"];
        !counts.contains(&self.0)
    }

    fn percentile(&self) -> Option<u8> {
        self.0.strip_prefix('p')?.parse().ok().filter(|share| *share < 100)
    }

    /// One value from many; null when nothing is there, or for an unknown calculation.
    pub(crate) fn of(&self, column: &Column) -> Value {
        match column {
            Column::Numbers(values) => self.of_numbers(values),
            Column::Texts(_) => self.of_texts(column),
        }
    }

    fn of_texts(&self, column: &Column) -> Value {
        let last = column.len().saturating_sub(1);
        let filled = |row: &usize| !matches!(column.get(*row), Value::Text(text) if text.is_empty());
        match self.0 {
            "first" => column.get(0),
            "last" => column.get(last),
            "firstNotNull" => (0..column.len()).find(filled).map_or(Value::Null, |row| column.get(row)),
            "lastNotNull" => (0..column.len()).rev().find(filled).map_or(Value::Null, |row| column.get(row)),
            "count" => Value::Number(column.len() as f64),
            "distinctCount" => {
                Value::Number(column.iter().map(|value| value.to_text()).collect::<HashSet<_>>().len() as f64)
            }
            _ => Value::Null,
        }
    }

    fn of_numbers(&self, values: &[f64]) -> Value {
        let truth = |whether: bool| Value::Number(f64::from(u8::from(whether)));
        match self.0 {
            "first" => return values.first().map_or(Value::Null, |&value| Value::of(value)),
            "last" => return values.last().map_or(Value::Null, |&value| Value::of(value)),
            "count" => return Value::Number(values.len() as f64),
            "allIsZero" => return truth(!values.is_empty() && values.iter().all(|value| *value == 0.0)),
            "allIsNull" => return truth(values.iter().all(|value| value.is_nan())),
            "distinctCount" => {
                let bits: HashSet<u64> = values.iter().map(|value| value.to_bits()).collect();
                return Value::Number(bits.len() as f64);
            }
            _ => {}
        }
        let kept: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        if kept.is_empty() {
            return if self.0 == "changeCount" { Value::Number(0.0) } else { Value::Null };
        }
        self.fold(&kept)
            .map_or(Value::Null, |value| if is_stale(value) { Value::Null } else { Value::Number(value) })
    }

    /// The calculations over numbers, of which there is at least one.
    fn fold(&self, values: &[f64]) -> Option<f64> {
        let (first, last) = (*values.first()?, *values.last()?);
        let steps = || values.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let smallest = || values.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = || values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(match self.0 {
            "lastNotNull" => last,
            "firstNotNull" => first,
            "min" => smallest(),
            "max" => largest(),
            "mean" => mean(values),
            "median" => median(values),
            "sum" => values.iter().sum(),
            "range" => largest() - smallest(),
            "delta" => steps().map(|(a, b)| if b >= a { b - a } else { b }).sum(),
            "diff" => last - first,
            "diffperc" => (last - first) / first,
            "step" => steps().map(|(a, b)| b - a).fold(f64::INFINITY, f64::min),
            "logmin" => values.iter().copied().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min),
            "variance" => variance(values),
            "stdDev" => variance(values).sqrt(),
            "changeCount" => steps().filter(|(a, b)| a != b).count() as f64,
            _ => percentile(values, f64::from(self.percentile()?) / 100.0)?,
        })
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let middle = mean(values);
    values.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / values.len() as f64
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sort::by(&mut sorted, f64::total_cmp);
    sorted
}

fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { (at(half.wrapping_sub(1)) + at(half)) / 2.0 } else { at(half) }
}

/// The value below which `share` (0 to 1) of the values lie.
fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let sorted = sorted(values);
    let place = (sorted.len() as f64 * share).floor() as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied()
}

#[cfg(test)]
mod tests {
    use model::stale_nan;

    use super::*;

    #[test]
    fn calculations_are_those_of_grafana() {
        let null = stale_nan();
        let values = Column::Numbers(vec![4.0, null, 1.0, 3.0, f64::NAN]);
        for (id, expected) in [
            ("lastNotNull", Some(3.0)),
            ("current", Some(3.0)),
            ("first", Some(4.0)),
            ("min", Some(1.0)),
            ("max", Some(4.0)),
            ("median", Some(3.0)),
            ("sum", Some(8.0)),
            ("count", Some(5.0)),
            ("range", Some(3.0)),
            ("delta", Some(3.0)),
            ("diff", Some(-1.0)),
            ("p50", Some(3.0)),
            ("p0", Some(1.0)),
            ("changeCount", Some(2.0)),
            ("allIsZero", Some(0.0)),
            ("unknown", None),
        ] {
            let expected = expected.map_or(Value::Null, Value::Number);
            assert_eq!(Calculation::new(id).of(&values), expected, "{id}");
        }
        assert_eq!(Calculation::new("mean").of(&Column::Numbers(vec![null])), Value::Null);
        assert_eq!(Calculation::new("p95").name(), "95th %");
        assert!(!Calculation::new("count").keeps_unit());
    }
}
