//! From a dashboard's JSON, of any generation, to the model.

use serde_json::{Value, json};

use super::{
    AnnotationQuery, Dashboard, FieldConfigSource, GridPos, Panel, Target, TargetFormat, Transformation,
    Variable, VariableKind, VariableOption, migrate, resource, rows,
};
use crate::{Error, json::Json, time::RawRange};

/// Panels that one dashboard may hold; what lies beyond is left out.
const PANELS_MAX: usize = 2000;
/// Targets of a panel, and variables of a dashboard.
const TARGETS_MAX: usize = 100;
const VARIABLES_MAX: usize = 200;

impl Dashboard {
    /// Reads a dashboard's JSON.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let json: Value = serde_json::from_str(text).map_err(|error| Error::Dashboard(error.to_string()))?;
        if !json.is_object() {
            return Err(Error::Dashboard("the JSON is not an object".to_owned()));
        }
        let json = unwrap(json);
        let text_or = |value: &Value, otherwise: &str| value.text().unwrap_or_else(|| otherwise.to_owned());
        let time = json.at("time");
        let variables = json.at("templating").at("list").objects().take(VARIABLES_MAX);
        Ok(Self {
            uid: json.at("uid").text_or_empty(),
            title: text_or(json.at("title"), "Dashboard"),
            time: RawRange { from: text_or(time.at("from"), "now-6h"), to: text_or(time.at("to"), "now") },
            timezone: json.at("timezone").text_or_empty(),
            variables: variables.map(|variable| read_variable(variable, &json)).collect(),
            annotations: AnnotationQuery::read_all(json.at("annotations").at("list")),
            panels: read_panels(&json),
        })
    }
}

/// API answers wrap the dashboard, and so do the V1 and V2 resources.
fn unwrap(mut json: Value) -> Value {
    if json.at("dashboard").is_object() {
        json = json.at("dashboard").clone();
    }
    if json.at("spec").is_object() && json.at("panels").is_null() {
        json = json.at("spec").clone();
    }
    if resource::is_v2(&json) { resource::to_classic(&json) } else { json }
}

fn read_panels(json: &Value) -> Vec<Panel> {
    let laid;
    let source = match json.at("panels").as_array() {
        Some(panels) => panels,
        None => {
            laid = rows::lay(json.at("rows"));
            &laid
        }
    };
    let source = source.iter().filter(|panel| panel.is_object()).take(PANELS_MAX);
    source.enumerate().map(|(index, panel)| read_panel(panel, index, true)).collect()
}

fn read_panel(source: &Value, index: usize, top: bool) -> Panel {
    let json = migrate::panel(source);
    let text = |key: &str| json.at(key).text_or_empty();
    let kind = text("type");
    let inner = json.at("panels").objects().take(if top && kind == "row" { PANELS_MAX } else { 0 });
    let foreign = foreign_kind(json.at("datasource"));
    let of_panel = source_name(json.at("datasource"));
    let targets = json.at("targets").objects().take(TARGETS_MAX).enumerate();
    Panel {
        id: json.at("id").number().map_or(index as i64 + 1, |id| id as i64),
        title: text("title"),
        grid: read_grid(json.at("gridPos")),
        transparent: json.at("transparent").is_true(),
        targets: targets.map(|(index, target)| read_target(target, index, &foreign, &of_panel)).collect(),
        interval: text("interval"),
        max_data_points: json.at("maxDataPoints").number(),
        time_from: text("timeFrom"),
        time_shift: text("timeShift"),
        repeat: text("repeat"),
        repeat_down: text("repeatDirection") == "v",
        max_per_row: json.at("maxPerRow").number().map_or(4, |count| count.clamp(1.0, 24.0) as u32),
        options: json.at("options").clone(),
        fields: FieldConfigSource::read(json.at("fieldConfig")),
        transformations: read_transformations(json.at("transformations")),
        collapsed: json.at("collapsed").is_true(),
        panels: inner.enumerate().map(|(at, panel)| read_panel(panel, index * 1000 + at, false)).collect(),
        kind,
    }
}

fn read_transformations(json: &Value) -> Vec<Transformation> {
    let enabled = json.objects().filter(|one| !one.at("disabled").is_true());
    let read =
        |one: &Value| Transformation { id: one.at("id").text_or_empty(), options: one.at("options").clone() };
    enabled.take(TARGETS_MAX).map(read).collect()
}

fn read_grid(json: &Value) -> GridPos {
    let read = |key: &str, otherwise: f64, least: f64, most: f64| {
        json.at(key).number().unwrap_or(otherwise).round().clamp(least, most) as u32
    };
    let w = read("w", 6.0, 1.0, 24.0);
    GridPos {
        w,
        h: read("h", 3.0, 1.0, 200.0),
        x: read("x", 0.0, 0.0, f64::from(24 - w)),
        y: read("y", 0.0, 0.0, 1e6),
    }
}

fn read_target(json: &Value, index: usize, foreign: &Option<String>, of_panel: &str) -> Target {
    let text = |key: &str| json.at(key).text_or_empty();
    let instant = json.at("instant").is_true() || text("queryType") == "instant";
    let letter = char::from(b'A' + (index % 26) as u8);
    let own = json.at("datasource");
    Target {
        ref_id: json.at("refId").text().filter(|id| !id.is_empty()).unwrap_or_else(|| letter.to_string()),
        // A panel leaves the choice to its targets, or makes it for them.
        data_source: match of_panel {
            "" | MIXED => source_name(own),
            chosen => chosen.to_owned(),
        },
        expr: text("expr"),
        legend_format: text("legendFormat"),
        interval: text("interval"),
        interval_factor: json.at("intervalFactor").number().unwrap_or(1.0).clamp(0.0, 1000.0),
        instant,
        range: json.at("range").flag().unwrap_or(!instant),
        format: match text("format").as_str() {
            "table" => TargetFormat::Table,
            "heatmap" => TargetFormat::Heatmap,
            _ => TargetFormat::TimeSeries,
        },
        hide: json.at("hide").is_true(),
        exemplar: json.at("exemplar").is_true(),
        foreign: if own.is_object() { foreign_kind(own) } else { foreign.clone() },
    }
}

/// Kinds of data source that answer PromQL, and the pseudo sources of a dashboard.
const PROMETHEUS_KINDS: [&str; 6] =
    ["", "prometheus", "datasource", "mixed", "-- mixed --", "victoriametrics-metrics-datasource"];

/// What a panel writes whose targets each name their own data source.
const MIXED: &str = "-- Mixed --";

/// How a dashboard names a data source: by the uid in newer ones, by the name in older ones.
pub(super) fn source_name(source: &Value) -> String {
    if source.is_object() { source.at("uid").text_or_empty() } else { source.text_or_empty() }
}

pub(super) fn foreign_kind(source: &Value) -> Option<String> {
    let kind = source.at("type").text_or_empty();
    let answers = PROMETHEUS_KINDS.contains(&kind.to_lowercase().as_str()) || kind.starts_with('$');
    (!answers).then_some(kind)
}

fn read_variable(json: &Value, dashboard: &Value) -> Variable {
    let text = |key: &str| json.at(key).text_or_empty();
    let kind = match text("type").as_str() {
        "query" => VariableKind::Query,
        "custom" => VariableKind::Custom,
        "datasource" => VariableKind::DataSource,
        "interval" => VariableKind::Interval,
        "constant" => VariableKind::Constant,
        "textbox" => VariableKind::TextBox,
        _ => VariableKind::Other,
    };
    let query = read_query(json);
    Variable {
        name: text("name"),
        data_source: source_name(json.at("datasource")),
        query: if kind == VariableKind::Constant { constant(query, dashboard) } else { query },
        kind,
        regex: text("regex"),
        sort: json.at("sort").number().unwrap_or(0.0) as i64,
        multi: json.at("multi").is_true(),
        include_all: json.at("includeAll").is_true(),
        all_value: text("allValue"),
        auto: json.at("auto").is_true(),
        auto_count: json.at("auto_count").number().unwrap_or(30.0),
        auto_min: json.at("auto_min").text().unwrap_or_else(|| "10s".to_owned()),
        current: values(json.at("current").at("value")),
        options: json.at("options").objects().take(PANELS_MAX).map(read_option).collect(),
    }
}

/// The query as text; newer dashboards keep it in an object, with the text in `definition` besides.
fn read_query(json: &Value) -> String {
    let query = json.at("query");
    if !query.is_object() {
        return query.text_or_empty();
    }
    let candidates = [query.at("query"), query.at("expr"), json.at("definition")];
    candidates.into_iter().map(Json::text_or_empty).find(|text| !text.is_empty()).unwrap_or_default()
}

/// A constant exported for sharing holds `${VAR_NAME}`, whose value stands in `__inputs`.
fn constant(query: String, dashboard: &Value) -> String {
    let input = query.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let Some(input) = input.filter(|name| name.starts_with("VAR_")) else { return query };
    let found = dashboard.at("__inputs").objects().find(|candidate| *candidate.at("name") == json!(input));
    found.map_or_else(|| query.clone(), |found| found.at("value").text_or_empty())
}

fn read_option(json: &Value) -> VariableOption {
    let first = |key: &str| values(json.at(key)).into_iter().next();
    let value = first("value").unwrap_or_default();
    VariableOption { text: first("text").unwrap_or_else(|| value.clone()), value }
}

fn values(json: &Value) -> Vec<String> {
    match json {
        Value::Null => Vec::new(),
        Value::Array(_) => json.texts(),
        value => vec![value.text_or_empty()],
    }
}
