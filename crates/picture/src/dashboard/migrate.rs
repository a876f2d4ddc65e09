//! Panels of older Grafana versions, rewritten as today's types.

use serde_json::{Map, Value, json};

use super::graph;
use crate::json::Json;

/// The panel's JSON as today's panel type.
pub(super) fn panel(source: &Value) -> Value {
    match source.at("type").as_str().unwrap_or_default() {
        "graph" => with(source, graph::migrated(source)),
        "singlestat" | "grafana-singlestat-panel" => with(source, single_stat(source)),
        "table" | "table-old" if source.at("styles").is_array() => with(source, table(source)),
        "table-old" => with(source, json!({ "type": "table" })),
        "text" if !source.at("content").is_null() => {
            let mode = source.at("mode").text().unwrap_or_else(|| "markdown".to_owned());
            with(source, json!({ "options": { "mode": mode, "content": source.at("content") } }))
        }
        "grafana-piechart-panel" => with(source, json!({ "type": "piechart" })),
        "stat" | "gauge" | "bargauge" => field_options(source),
        _ => source.clone(),
    }
}

/// The panel with some fields replaced.
fn with(source: &Value, fields: Value) -> Value {
    let mut panel = source.clone();
    if let (Some(panel), Value::Object(fields)) = (panel.as_object_mut(), fields) {
        panel.extend(fields);
    }
    panel
}

/// Up to version 6.6 `fieldOptions` held what `fieldConfig` and `reduceOptions` hold now.
fn field_options(source: &Value) -> Value {
    let old = source.at("options").at("fieldOptions");
    if old.entries().next().is_none() {
        return source.clone();
    }
    let mut options = source.at("options").as_object().cloned().unwrap_or_default();
    let reduce = json!({ "calcs": old.at("calcs"), "values": old.at("values") });
    options.insert("reduceOptions".to_owned(), reduce);
    let mut defaults = old.at("defaults").as_object().cloned().unwrap_or_default();
    if !defaults.contains_key("thresholds") && !old.at("thresholds").list().is_empty() {
        let step = |step: &Value| {
            let base = step.at("index").number() == Some(0.0);
            json!({ "value": if base { &Value::Null } else { step.at("value") }, "color": step.at("color") })
        };
        let steps: Vec<_> = old.at("thresholds").objects().map(step).collect();
        defaults.insert("thresholds".to_owned(), json!({ "mode": "absolute", "steps": steps }));
    }
    defaults.entry("mappings").or_insert_with(|| old.at("mappings").clone());
    let fields = json!({ "defaults": defaults, "overrides": old.at("overrides") });
    with(source, json!({ "options": options, "fieldConfig": fields }))
}

fn single_stat(source: &Value) -> Value {
    let gauge = source.at("gauge");
    let shown = gauge.at("show").is_true();
    let value_name = source.at("valueName").text().unwrap_or_else(|| "avg".to_owned());
    let calculation = match value_name.as_str() {
        "current" | "name" => "lastNotNull",
        "avg" | "" => "mean",
        "total" => "sum",
        other => other,
    };
    let color = match (source.at("colorBackground").is_true(), source.at("colorValue").is_true()) {
        (true, _) => "background",
        (false, true) => "value",
        _ => "none",
    };
    let mut defaults = Map::new();
    defaults.insert("unit".to_owned(), json!(affixed_unit(source)));
    defaults.insert("decimals".to_owned(), source.at("decimals").clone());
    defaults.insert("noValue".to_owned(), source.at("nullText").clone());
    defaults.insert("mappings".to_owned(), single_stat_mappings(source));
    defaults.insert("thresholds".to_owned(), single_stat_thresholds(source));
    defaults.insert("color".to_owned(), json!({ "mode": "thresholds" }));
    if shown {
        defaults.insert("min".to_owned(), json!(gauge.at("minValue").number().unwrap_or(0.0)));
        defaults.insert("max".to_owned(), json!(gauge.at("maxValue").number().unwrap_or(100.0)));
    }
    json!({
        "type": if shown { "gauge" } else { "stat" },
        "options": {
            "reduceOptions": { "calcs": [calculation], "values": false },
            "colorMode": color,
            "graphMode": if source.at("sparkline").at("show").is_true() { "area" } else { "none" },
            "textMode": if value_name == "name" { "name" } else { "value" },
            "showThresholdMarkers": gauge.at("thresholdMarkers").flag().unwrap_or(true),
        },
        "fieldConfig": { "defaults": defaults, "overrides": [] },
    })
}

fn affixed_unit(source: &Value) -> String {
    let [unit, prefix, postfix] = ["format", "prefix", "postfix"].map(|key| source.at(key).text_or_empty());
    match (unit.as_str(), prefix.as_str(), postfix.as_str()) {
        ("" | "none", _, postfix) if !postfix.is_empty() => format!("suffix:{postfix}"),
        ("" | "none", prefix, _) if !prefix.is_empty() => format!("prefix:{prefix}"),
        _ => unit,
    }
}

fn single_stat_mappings(source: &Value) -> Value {
    let ranges = source.at("mappingType").number() == Some(2.0);
    let maps = source.at(if ranges { "rangeMaps" } else { "valueMaps" });
    let named = maps.objects().filter(|map| !map.at("text").text_or_empty().is_empty());
    named.map(|map| with(map, json!({ "type": if ranges { 2 } else { 1 } }))).collect()
}

/// `"50,80"` with three colours: the first colour is for what lies below all.
fn single_stat_thresholds(source: &Value) -> Value {
    let text = source.at("thresholds").text_or_empty();
    let values: Vec<f64> = text.split(',').filter_map(|value| value.trim().parse().ok()).collect();
    let colors = source.at("colors").texts();
    let color = |index: usize, otherwise: &str| colors.get(index).cloned().unwrap_or(otherwise.to_owned());
    if values.is_empty() {
        return json!({ "mode": "absolute", "steps": [{ "value": null, "color": color(0, "text") }] });
    }
    let all = std::iter::once(None).chain(values.into_iter().map(Some)).enumerate();
    let steps = all.map(|(index, value)| json!({ "value": value, "color": color(index, "green") }));
    json!({ "mode": "absolute", "steps": steps.collect::<Vec<_>>() })
}

/// Styles of the old table panel become overrides.
fn table(source: &Value) -> Value {
    let overrides: Vec<_> = source.at("styles").objects().map(style_override).collect();
    let transformations = match (source.at("transformations"), source.at("transform").as_str()) {
        (given, _) if given.is_array() => given.clone(),
        (_, Some("timeseries_to_columns")) => json!([{ "id": "joinByField", "options": {} }]),
        (_, None | Some("" | "table")) => json!([{ "id": "merge", "options": {} }]),
        _ => json!([]),
    };
    json!({
        "type": "table",
        "fieldConfig": { "defaults": {}, "overrides": overrides },
        "transformations": transformations,
    })
}

fn style_override(style: &Value) -> Value {
    let mut properties = Vec::new();
    let mut add = |id: &str, value: Value| properties.push(json!({ "id": id, "value": value }));
    for (key, id) in [("alias", "displayName"), ("unit", "unit")] {
        if !style.at(key).text_or_empty().is_empty() {
            add(id, style.at(key).clone());
        }
    }
    if let Some(decimals) = style.at("decimals").number() {
        add("decimals", json!(decimals));
    }
    if style.at("type").as_str() == Some("hidden") {
        add("custom.hidden", json!(true));
    }
    match style.at("colorMode").text_or_empty().as_str() {
        "" => {}
        "value" => add("custom.cellOptions", json!({ "type": "color-text" })),
        _ => add("custom.cellOptions", json!({ "type": "color-background" })),
    }
    json!({ "matcher": matcher(&style.at("pattern").text_or_empty()), "properties": properties })
}

/// Names between slashes are patterns.
pub(super) fn matcher(name: &str) -> Value {
    json!({ "id": if name.starts_with('/') { "byRegexp" } else { "byName" }, "options": name })
}
