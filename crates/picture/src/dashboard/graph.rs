//! The old `graph` panel as a `timeseries`.

use serde_json::{Value, json};

use super::migrate::matcher;
use crate::json::Json;

/// Calculations of the legend by the names that they had.
const CALCULATIONS: [(&str, &str); 5] =
    [("min", "min"), ("max", "max"), ("avg", "mean"), ("current", "lastNotNull"), ("total", "sum")];

/// The fields of the panel that change.
pub(super) fn migrated(source: &Value) -> Value {
    let axes = source.at("yaxes").list();
    let null = Value::Null;
    let (left, right) = (axes.first().unwrap_or(&null), axes.get(1).unwrap_or(&null));
    let overrides: Vec<Value> = alias_colors(source).chain(series_overrides(source, right)).collect();
    json!({
        "type": "timeseries",
        "options": options(source),
        "fieldConfig": { "defaults": defaults(source, left), "overrides": overrides },
    })
}

fn defaults(source: &Value, left: &Value) -> Value {
    let lines = source.at("lines").flag().unwrap_or(true);
    let style = match (source.at("bars").is_true(), lines) {
        (true, _) => "bars",
        (false, true) => "line",
        _ => "points",
    };
    let stacking = match (source.at("stack").is_true(), source.at("percentage").is_true()) {
        (true, true) => "percent",
        (true, false) => "normal",
        _ => "none",
    };
    let log_base = left.at("logBase").number().unwrap_or(1.0);
    let decimals = source.at("decimals").number().or(left.at("decimals").number());
    let custom = json!({
        "drawStyle": style,
        "lineWidth": source.at("linewidth").number().unwrap_or(1.0),
        "fillOpacity": if lines { source.at("fill").number().unwrap_or(1.0) * 10.0 } else { 100.0 },
        "lineInterpolation": if source.at("steppedLine").is_true() { "stepAfter" } else { "linear" },
        "showPoints": if source.at("points").is_true() { "always" } else { "never" },
        "pointSize": source.at("pointradius").number().unwrap_or(2.0) * 2.0,
        "spanNulls": source.at("nullPointMode").as_str() == Some("connected"),
        "stacking": { "mode": stacking, "group": "A" },
        "axisLabel": left.at("label"),
        "axisPlacement": if left.at("show").flag() == Some(false) { "hidden" } else { "auto" },
        "scaleDistribution": { "type": if log_base > 1.0 { "log" } else { "linear" }, "log": log_base },
    });
    json!({
        "unit": left.at("format"),
        "min": left.at("min"),
        "max": left.at("max"),
        "decimals": decimals,
        "color": { "mode": "palette-classic" },
        "custom": custom,
    })
}

fn options(source: &Value) -> Value {
    let legend = source.at("legend");
    let shown = |name: &str| legend.at("values").is_true() && legend.at(name).is_true();
    let calcs = CALCULATIONS.iter().filter(|(name, _)| shown(name)).map(|(_, calc)| *calc);
    json!({
        "legend": {
            "showLegend": legend.at("show").flag().unwrap_or(true),
            "displayMode": if legend.at("alignAsTable").is_true() { "table" } else { "list" },
            "placement": if legend.at("rightSide").is_true() { "right" } else { "bottom" },
            "calcs": calcs.collect::<Vec<_>>(),
        },
    })
}

fn alias_colors(source: &Value) -> impl Iterator<Item = Value> {
    source.at("aliasColors").entries().map(|(alias, color)| {
        json!({
            "matcher": { "id": "byName", "options": alias },
            "properties": [{ "id": "color", "value": { "mode": "fixed", "fixedColor": color } }],
        })
    })
}

fn series_overrides(source: &Value, right: &Value) -> impl Iterator<Item = Value> {
    source.at("seriesOverrides").objects().map(move |one| {
        let alias = one.at("alias").text_or_empty();
        json!({ "matcher": matcher(&alias), "properties": override_properties(one, right) })
    })
}

fn override_properties(one: &Value, right: &Value) -> Vec<Value> {
    let mut properties = Vec::new();
    let mut add = |id: &str, value: Value| properties.push(json!({ "id": id, "value": value }));
    if let Some(color) = one.at("color").as_str() {
        add("color", json!({ "mode": "fixed", "fixedColor": color }));
    }
    if let Some(fill) = one.at("fill").number() {
        add("custom.fillOpacity", json!(fill * 10.0));
    }
    if let Some(width) = one.at("linewidth").number() {
        add("custom.lineWidth", json!(width));
    }
    if one.at("transform").as_str() == Some("negative-Y") {
        add("custom.transform", json!("negative-Y"));
    }
    if one.at("dashes").is_true() {
        let length = |key: &str| one.at(key).number().unwrap_or(10.0);
        let dash = [length("dashLength"), length("spaceLength")];
        add("custom.lineStyle", json!({ "fill": "dash", "dash": dash }));
    }
    if one.at("bars").is_true() {
        add("custom.drawStyle", json!("bars"));
    }
    match one.at("stack") {
        Value::Null => {}
        Value::Bool(false) => add("custom.stacking", json!({ "mode": "none" })),
        group => add("custom.stacking", json!({ "mode": "normal", "group": group.text_or_empty() })),
    }
    if one.at("legend").flag() == Some(false) {
        add("custom.hideFrom", json!({ "legend": true }));
    }
    if one.at("yaxis").number() == Some(2.0) {
        add("custom.axisPlacement", json!("right"));
        if let Some(unit) = right.at("format").as_str() {
            add("unit", json!(unit));
        }
        for end in ["min", "max"] {
            if let Some(limit) = right.at(end).number() {
                add(end, json!(limit));
            }
        }
    }
    properties
}
