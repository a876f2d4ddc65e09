//! Whether two servers give the same answer.

use std::{collections::HashMap, io};

use serde_json::Value;

/// Sums come out differently in their last digits when they are added up in another order.
const TOLERANCE: f64 = 1e-9;

/// The first difference between two answers; nothing when they say the same.
pub(super) fn difference(own: &str, other: &str) -> io::Result<Option<String>> {
    let (own, other): (Value, Value) = (serde_json::from_str(own)?, serde_json::from_str(other)?);
    let (own, other) = (series(&own), series(&other));
    if own.len() != other.len() {
        return Ok(Some(format!("{} series instead of {}", own.len(), other.len())));
    }
    let differs = |(labels, values): (&String, &&Value)| match own.get(labels) {
        None => Some(format!("{labels} is missing")),
        Some(own) if !same(own, values) => Some(format!("other values of {labels}")),
        Some(_) => None,
    };
    Ok(other.iter().find_map(differs))
}

/// The values of each series of an answer.
fn series(answer: &Value) -> HashMap<String, &Value> {
    let result = answer.pointer("/data/result").and_then(Value::as_array);
    let entry = |series: &'_ Value| series.get("metric").map(Value::to_string).unwrap_or_default();
    let values = |series| ["value", "values"].iter().find_map(|field| Value::get(series, field));
    result.into_iter().flatten().filter_map(|series| Some((entry(series), values(series)?))).collect()
}

/// Numbers alike within the tolerance, all else the same.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::String(a), Value::String(b)) if a != b => match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()),
            _ => false,
        },
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_the_same_but_for_order_and_last_digits() {
        let answer = |series: &str| format!(r#"{{"status":"success","data":{{"result":[{series}]}}}}"#);
        let (a, b) = (r#"{"metric":{"a":"1"},"value":[1,"3"]}"#, r#"{"metric":{},"values":[[1,"0.3"]]}"#);
        let other = r#"{"metric":{},"values":[[1,"0.30000000000000004"]]}"#;
        let (left, right) = (answer(&format!("{a},{b}")), answer(&format!("{other},{a}")));
        assert_eq!(difference(&left, &right).unwrap(), None);
        let right = answer(&format!("{},{a}", other.replace("0.3", "0.4")));
        assert_eq!(difference(&left, &right).unwrap().unwrap(), "other values of {}");
        assert_eq!(difference(&left, &answer(a)).unwrap().unwrap(), "2 series instead of 1");
    }
}
