//! How a field is shown: units, limits, thresholds, mappings and colours, with the overrides that change them.

use model::sort;
use serde_json::{Map, Value};

use crate::json::Json;

/// Steps, mappings and overrides of one configuration.
const COUNT_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Threshold {
    /// Lower end; `-∞` for the base.
    pub(crate) value: f64,
    pub(crate) color: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Thresholds {
    /// Whether values are percentages of the field's limits.
    pub(crate) percentage: bool,
    /// In ascending order.
    pub(crate) steps: Vec<Threshold>,
}

/// What a mapping puts in the place of a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Matched {
    pub(crate) text: Option<String>,
    pub(crate) color: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mapping {
    /// Values as text.
    Value(Vec<(String, Matched)>),
    Range {
        from: f64,
        to: f64,
        result: Matched,
    },
    Regex {
        pattern: String,
        result: Matched,
    },
    /// `null`, `nan`, `null+nan`, `empty`, `true` or `false`.
    Special {
        what: String,
        result: Matched,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ColorConfig {
    pub(crate) mode: String,
    pub(crate) fixed: Option<String>,
    /// Which calculation decides the colour of a whole curve.
    pub(crate) series_by: Option<String>,
}

/// What is said about a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FieldConfig {
    pub(crate) display_name: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) decimals: Option<i32>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) no_value: Option<String>,
    pub(crate) thresholds: Option<Thresholds>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) color: Option<ColorConfig>,
    /// The panel type's own options (`drawStyle`, `lineWidth`, `cellOptions`, ...) as the JSON has them.
    pub(crate) custom: Value,
}

/// Properties for the fields that a matcher accepts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Override {
    pub(crate) matcher: String,
    pub(crate) options: Value,
    pub(crate) properties: Vec<(String, Value)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct FieldConfigSource {
    pub(crate) defaults: FieldConfig,
    pub(crate) overrides: Vec<Override>,
}

impl FieldConfigSource {
    pub(super) fn read(json: &Value) -> Self {
        let overrides = json.at("overrides").objects().take(COUNT_MAX).map(Override::read).collect();
        Self { defaults: FieldConfig::read(json.at("defaults")), overrides }
    }
}

impl Override {
    fn read(json: &Value) -> Self {
        let matcher = json.at("matcher");
        let properties = json.at("properties").objects().take(COUNT_MAX);
        let read = |one: &Value| (one.at("id").text_or_empty(), one.at("value").clone());
        Self {
            matcher: matcher.at("id").text_or_empty(),
            options: matcher.at("options").clone(),
            properties: properties.map(read).collect(),
        }
    }
}

impl FieldConfig {
    fn read(json: &Value) -> Self {
        let mut config = Self { custom: json.at("custom").clone(), ..Self::default() };
        for (id, value) in json.entries().filter(|(id, _)| *id != "custom") {
            config.apply(id, value);
        }
        config
    }

    /// Puts one property in, as it stands in an override.
    pub(crate) fn apply(&mut self, id: &str, value: &Value) {
        if let Some(path) = id.strip_prefix("custom.") {
            return set_path(&mut self.custom, path, value);
        }
        let text = || value.text().filter(|text| !text.is_empty());
        match id {
            "displayName" => self.display_name = text(),
            "unit" => self.unit = text(),
            "noValue" => self.no_value = text(),
            "decimals" => self.decimals = value.number().map(|decimals| decimals.clamp(0.0, 20.0) as i32),
            "min" => self.min = value.number(),
            "max" => self.max = value.number(),
            "thresholds" => self.thresholds = read_thresholds(value),
            "mappings" => self.mappings = value.objects().take(COUNT_MAX).filter_map(read_mapping).collect(),
            "color" => self.color = read_color(value),
            _ => {}
        }
    }
}

fn set_path(json: &mut Value, path: &str, value: &Value) {
    let mut here = json;
    for key in path.split('.') {
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Some(fields) = here.as_object_mut() else { return };
        here = fields.entry(key).or_insert(Value::Null);
    }
    *here = value.clone();
}

fn read_thresholds(json: &Value) -> Option<Thresholds> {
    let read = |step: &Value| Threshold {
        value: step.at("value").number().unwrap_or(f64::NEG_INFINITY),
        color: step.at("color").text().unwrap_or_else(|| "green".to_owned()),
    };
    let mut steps: Vec<_> = json.as_object()?.get("steps")?.objects().take(COUNT_MAX).map(read).collect();
    sort::by(&mut steps, |a, b| a.value.total_cmp(&b.value));
    Some(Thresholds { percentage: json.at("mode").as_str() == Some("percentage"), steps })
}

fn read_color(json: &Value) -> Option<ColorConfig> {
    let text = |key: &str| json.at(key).text().filter(|text| !text.is_empty());
    Some(ColorConfig { mode: text("mode")?, fixed: text("fixedColor"), series_by: text("seriesBy") })
}

fn read_matched(json: &Value) -> Matched {
    let color = json.at("color").text().filter(|color| !color.is_empty());
    Matched { text: json.at("text").text(), color }
}

fn read_mapping(json: &Value) -> Option<Mapping> {
    let options = json.at("options");
    let result = read_matched(options.at("result"));
    Some(match json.at("type").as_str() {
        Some("value") => {
            let entries = options.entries().take(COUNT_MAX);
            Mapping::Value(entries.map(|(value, result)| (value.to_owned(), read_matched(result))).collect())
        }
        Some("range") => read_range(options, result),
        Some("regex") => Mapping::Regex { pattern: options.at("pattern").text_or_empty(), result },
        Some("special") => Mapping::Special { what: options.at("match").text_or_empty(), result },
        _ => read_numbered_mapping(json),
    })
}

fn read_range(json: &Value, result: Matched) -> Mapping {
    let from = json.at("from").number().unwrap_or(f64::NEG_INFINITY);
    Mapping::Range { from, to: json.at("to").number().unwrap_or(f64::INFINITY), result }
}

/// Before schema version 30 mappings were numbered: 1 maps a value, 2 a range.
fn read_numbered_mapping(json: &Value) -> Mapping {
    let result = Matched { text: json.at("text").text(), color: None };
    let kind = json.at("type").number().unwrap_or(if json.at("value").is_null() { 2.0 } else { 1.0 });
    if kind == 2.0 {
        return read_range(json, result);
    }
    match json.at("value").text_or_empty() {
        value if value == "null" => Mapping::Special { what: value, result },
        value => Mapping::Value(vec![(value, result)]),
    }
}
