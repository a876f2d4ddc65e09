use std::rc::Rc;

use model::LabelSet;
use serde_json::{Value, json};

use super::*;

fn table(ref_id: &str, hosts: &[&str], value: &str, values: &[f64]) -> Frame {
    let hosts = Field::texts("host", hosts.iter().map(|host| Rc::from(*host)));
    let fields = vec![hosts, Field::numbers(value, values.to_vec())];
    Frame { ref_id: Rc::from(ref_id), fields, ..Frame::default() }
}

fn series(labels: &[(&str, &str)], samples: &[(f64, f64)]) -> Frame {
    let (times, values) = samples.iter().copied().unzip();
    let mut field = Field::numbers("Value", values);
    field.labels = LabelSet::from_pairs(labels.iter().copied());
    Frame { fields: vec![Field::times(times), field], ..Frame::default() }
}

/// The frames as rows of texts below the names of their fields.
fn transformed(frames: Vec<Frame>, id: &str, options: Value) -> Vec<String> {
    let steps = [Transformation { id: id.into(), options }];
    let (frames, unknown) = transform(frames, &steps);
    assert!(unknown.is_empty());
    let names = Names::of(&frames);
    let mut lines = Vec::new();
    for frame in &frames {
        let head: Vec<_> = frame.fields.iter().map(|field| names.shown(field, frame)).collect();
        lines.push(head.join(" "));
        for row in 0..frame.rows() {
            let cells: Vec<_> = frame.fields.iter().map(|field| field.values.get(row).to_text()).collect();
            lines.push(cells.join(" "));
        }
    }
    lines
}

#[test]
fn tables_are_merged_by_what_they_share() {
    let frames = || {
        vec![
            table("A", &["a", "b"], "Value #A", &[1.0, 2.0]),
            table("B", &["b", "c"], "Value #B", &[3.0, 4.0]),
        ]
    };
    let merged = transformed(frames(), "merge", Value::Null);
    assert_eq!(merged, ["host Value #A Value #B", "a 1 ", "b 2 3", "c  4"]);
    let joined = transformed(frames(), "joinByField", json!({ "byField": "host", "mode": "inner" }));
    assert_eq!(joined, ["host Value #A Value #B", "b 2 3"]);
}

#[test]
fn series_are_joined_by_time() {
    let frames =
        vec![series(&[("m", "x")], &[(1.0, 5.0), (-2.0, 6.0)]), series(&[("m", "y")], &[(1.0, 7.0)])];
    assert_eq!(transformed(frames.clone(), "joinByField", json!({})), ["Time x y", "-2 6 ", "1 5 7"]);
    let rows = transformed(frames, "seriesToRows", json!({}));
    assert_eq!(rows, ["Time Metric Value", "1 x 5", "1 y 7", "-2 x 6"]);
}

#[test]
fn fields_are_chosen_and_renamed() {
    let frames = || vec![table("A", &["b", "a10", "a9"], "v", &[1.0, 2.0, 3.0])];
    let organized = json!({ "indexByName": { "v": 0, "host": 1 }, "renameByName": { "v": "Load" }, "excludeByName": { "x": true } });
    assert_eq!(transformed(frames(), "organize", organized)[0], "Load host");
    assert_eq!(
        transformed(frames(), "filterFieldsByName", json!({ "include": { "pattern": "^h" } }))[0],
        "host"
    );
    assert_eq!(
        transformed(frames(), "renameByRegex", json!({ "regex": "(h)o", "renamePattern": "$1-" }))[0],
        "h-st v"
    );
    let sorted = transformed(frames(), "sortBy", json!({ "sort": [{ "field": "host" }] }));
    assert_eq!(sorted[1..], ["a9 3", "a10 2", "b 1"]);
    assert_eq!(transformed(frames(), "limit", json!({ "limitField": 1 })).len(), 2);
    assert!(transformed(frames(), "filterByRefId", json!({ "exclude": "A" })).is_empty());
}

#[test]
fn values_are_summarized() {
    let frames = vec![series(&[("m", "x")], &[(1.0, 5.0), (2.0, 7.0)]), series(&[("m", "y")], &[(1.0, 1.0)])];
    let reduced =
        transformed(frames.clone(), "reduce", json!({ "reducers": ["max", "mean"], "labelsToFields": true }));
    assert_eq!(reduced, ["Field m Max Mean", "x x 7 6", "y y 1 1"]);
    assert_eq!(transformed(frames.clone(), "reduce", json!({ "mode": "reduceFields" }))[1], "7");
    let labelled = transformed(frames, "labelsToFields", json!({}));
    assert_eq!(labelled, ["Time m Value", "1 x 5", "2 x 7", "1 y 1"]);
    let rules = json!({ "fields": { "host": { "operation": "groupby" }, "v": { "operation": "aggregate", "aggregations": ["sum"] } } });
    let grouped = transformed(vec![table("A", &["a", "b", "a"], "v", &[1.0, 2.0, 3.0])], "groupBy", rules);
    assert_eq!(grouped, ["host v (sum)", "a 4", "b 2"]);
}

#[test]
fn what_is_not_known_is_named() {
    let steps = [Transformation { id: "heatmap".into(), options: Value::Null }];
    assert_eq!(transform(Vec::new(), &steps).1, ["heatmap"]);
}

#[test]
fn fields_are_worked_out_from_others() {
    let frame = || {
        let mut frame = table("A", &["a", "b"], "size", &[4.0, 10.0]);
        frame.fields.push(Field::numbers("free", vec![1.0, 4.0]));
        vec![frame]
    };
    for (options, expected) in [
        (
            json!({ "mode": "binary", "alias": "used", "binary": { "left": "size", "operator": "-", "right": "free" } }),
            ["host size free used", "a 4 1 3", "b 10 4 6"],
        ),
        (
            json!({ "mode": "binary", "replaceFields": true,
                "binary": { "left": { "matcher": { "id": "byName", "options": "size" } }, "operator": "*", "right": { "fixed": "2" } } }),
            [" * ", "8", "20"],
        ),
        (
            json!({ "mode": "reduceRow", "reduce": { "reducer": "max" } }),
            ["host size free max", "a 4 1 4", "b 10 4 10"],
        ),
        (
            json!({ "mode": "cumulativeFunctions", "cumulative": { "field": "free", "reducer": "sum" } }),
            ["host size free cumulative sum(free)", "a 4 1 1", "b 10 4 5"],
        ),
        (
            json!({ "mode": "windowFunctions", "alias": "mean",
                "window": { "field": "size", "reducer": "mean", "windowSizeMode": "fixed", "windowSize": 2 } }),
            ["host size free mean", "a 4 1 4", "b 10 4 7"],
        ),
        (json!({ "mode": "index" }), ["host size free Row", "a 4 1 0", "b 10 4 1"]),
        (
            json!({ "mode": "unary", "unary": { "operator": "ln", "fieldName": "free" }, "alias": "log", "replaceFields": true }),
            ["log", "0", "1.3862943611198906"],
        ),
    ] {
        assert_eq!(transformed(frame(), "calculateField", options), expected);
    }
}
