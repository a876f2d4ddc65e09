//! Data frames in JSON, as Grafana's data sources give them: one for each series.

use std::borrow::Cow;

use promql::engine::Value;

use super::{Failed, FoundSeries, request::Asked};
use crate::json::{Object, write_array, write_float, write_label, write_str};

/// One series: its labels in order, and points in order of time.
struct Frame<'a> {
    labels: Vec<(&'a str, &'a str)>,
    points: Cow<'a, [(i64, f64)]>,
}

impl FoundSeries {
    /// How many frames there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Own(Value::Matrix(all)) => all.len(),
            Self::Own(Value::Vector(all)) => all.len(),
            Self::Own(Value::Scalar { .. }) => 1,
            Self::Own(Value::String { .. }) => 0,
            Self::Foreign { series, .. } => series.len(),
        }
    }

    fn result_type(&self) -> &'static str {
        match self {
            Self::Own(value) => value.value_type().as_str(),
            Self::Foreign { result_type, .. } => result_type,
        }
    }

    /// Native histograms have no place in a number field and are left out.
    fn frame(&self, index: usize) -> Option<Frame<'_>> {
        match self {
            Self::Own(Value::Matrix(all)) => all.get(index).map(|series| Frame {
                labels: series.labels.iter().collect(),
                points: series.floats().map(|sample| (sample.timestamp_ms, sample.value)).collect(),
            }),
            Self::Own(Value::Vector(all)) => all.get(index).map(|sample| Frame {
                labels: sample.labels.iter().collect(),
                points: sample
                    .value
                    .as_float()
                    .map(|value| (sample.timestamp_ms, value))
                    .into_iter()
                    .collect(),
            }),
            Self::Own(Value::Scalar { timestamp_ms, value }) => (index == 0)
                .then(|| Frame { labels: Vec::new(), points: vec![(*timestamp_ms, *value)].into() }),
            Self::Own(Value::String { .. }) => None,
            Self::Foreign { series, .. } => series.get(index).map(|series| Frame {
                labels: series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
                points: Cow::from(&series.points),
            }),
        }
    }
}

/// Writes what comes before the frames of a reference.
pub(super) fn write_opening(out: &mut String, first: bool, ref_id: &str, failed: Option<&Failed>) {
    if !first {
        out.push(',');
    }
    write_str(out, ref_id);
    out.push(':');
    let mut object = Object::new(out);
    match failed {
        None => _ = object.plain("status", 200),
        Some(Failed { status, text }) => {
            object.str("error", text).str("errorSource", "downstream").plain("status", status.as_u16());
        }
    }
    object.field("frames").push('[');
}

/// Writes a frame; one without fields when there is no such series.
pub(super) fn write(out: &mut String, asked: &Asked, found: &FoundSeries, index: usize) {
    let frame = found.frame(index);
    let name = frame.as_ref().map(|frame| display_name(&frame.labels, asked)).unwrap_or_default();
    let mut object = Object::new(out);
    let mut schema = Object::new(object.field("schema"));
    if !name.is_empty() {
        schema.str("name", &name);
    }
    schema.str("refId", &asked.ref_id);
    write_meta(schema.field("meta"), asked, found.result_type(), index);
    let fields = schema.field("fields");
    match &frame {
        None => fields.push_str("[]"),
        Some(frame) => write_fields(fields, frame, asked, &name),
    }
    schema.end();
    let mut data = Object::new(object.field("data"));
    match &frame {
        None => data.field("values").push_str("[]"),
        Some(frame) => write_values(&mut data, &frame.points),
    }
    data.end();
    object.end();
}

fn write_meta(out: &mut String, asked: &Asked, result_type: &str, index: usize) {
    let mut meta = Object::new(out);
    meta.str("type", if result_type == "matrix" { "timeseries-multi" } else { "numeric-multi" });
    meta.field("typeVersion").push_str("[0,1]");
    let mut custom = Object::new(meta.field("custom"));
    custom.str("resultType", result_type).end();
    if index == 0 {
        let step = asked.times.step_ms.map(|ms| format!("\nStep: {}", model::duration::DurationMs(ms)));
        meta.str("executedQueryString", &format!("Expr: {}{}", asked.expr, step.unwrap_or_default()));
    }
    meta.end();
}

fn write_fields(out: &mut String, frame: &Frame<'_>, asked: &Asked, name: &str) {
    out.push('[');
    let mut time = Object::new(out);
    time.str("name", "Time").str("type", "time");
    time.field("typeInfo").push_str("{\"frame\":\"time.Time\"}");
    if let Some(step_ms) = asked.times.step_ms {
        let mut config = Object::new(time.field("config"));
        config.plain("interval", step_ms).end();
    }
    time.end();
    out.push(',');
    let mut value = Object::new(out);
    value.str("name", "Value").str("type", "number");
    value.field("typeInfo").push_str("{\"frame\":\"float64\"}");
    let mut labels = Object::new(value.field("labels"));
    for (label, text) in &frame.labels {
        write_label(labels.field(label), text);
    }
    labels.end();
    let mut config = Object::new(value.field("config"));
    config.str("displayNameFromDS", name).end();
    value.end();
    out.push(']');
}

/// Times and values as columns. JSON has no NaN and no infinities: where they stand is told apart.
fn write_values(data: &mut Object<'_>, points: &[(i64, f64)]) {
    let out = data.field("values");
    out.push('[');
    write_array(out, points, |out, (time_ms, _)| out.push_str(&time_ms.to_string()));
    out.push(',');
    write_array(out, points, |out, (_, value)| match value.is_finite() {
        true => write_float(out, *value),
        false => out.push_str("null"),
    });
    out.push(']');
    if points.iter().all(|(_, value)| value.is_finite()) {
        return;
    }
    let out = data.field("entities");
    out.push_str("[{},");
    let mut entities = Object::new(out);
    for (name, special) in [("NaN", f64::NAN), ("Inf", f64::INFINITY), ("NegInf", f64::NEG_INFINITY)] {
        let is = |value: f64| value == special || value.is_nan() && special.is_nan();
        let found = points.iter().enumerate().filter(|(_, (_, value))| is(*value));
        let places: Vec<usize> = found.map(|(at, _)| at).collect();
        if !places.is_empty() {
            write_array(entities.field(name), places, |out, at| out.push_str(&at.to_string()));
        }
    }
    entities.end();
    out.push(']');
}

/// The legend with its labels put in, or what PromQL calls the series.
fn display_name(labels: &[(&str, &str)], asked: &Asked) -> String {
    if asked.legend.is_empty() || asked.legend == "__auto" {
        return series_name(labels, &asked.expr);
    }
    let mut out = String::new();
    let mut rest = asked.legend.as_str();
    while let Some((before, tail)) = rest.split_once("{{") {
        let Some((name, after)) = tail.split_once("}}") else { break };
        out.push_str(before);
        let label = labels.iter().find(|(label, _)| *label == name.trim());
        out.push_str(label.map_or("", |(_, value)| value));
        rest = after;
    }
    out + rest
}

fn series_name(labels: &[(&str, &str)], expr: &str) -> String {
    let metric = labels.iter().find(|(name, _)| *name == model::METRIC_NAME).map_or("", |(_, value)| value);
    let others = labels.iter().filter(|(name, _)| *name != model::METRIC_NAME);
    let others: Vec<String> = others.map(|(name, value)| format!("{name}={value:?}")).collect();
    match (metric, others.as_slice()) {
        ("", []) => expr.to_owned(),
        (metric, []) => metric.to_owned(),
        (metric, others) => format!("{metric}{{{}}}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evaluator::Times, grafana::query::request::Chosen};
    use model::LabelSet;
    use promql::engine::{SampleValue, VectorSample};
    use serde_json::{Value as Json, json};

    fn asked(legend: &str) -> Asked {
        let times = Times { start_ms: 0, end_ms: 0, step_ms: None };
        let (ref_id, expr, legend) = ("A".to_owned(), "up".to_owned(), legend.to_owned());
        Asked { ref_id, source: Chosen::Default, expr, times, legend }
    }

    #[test]
    fn a_frame_is_written_as_grafana_writes_it() {
        let labels = LabelSet::from_pairs([("__name__", "up"), ("job", "a<b")]);
        let value = SampleValue::Float(f64::NEG_INFINITY);
        let found = FoundSeries::Own(Value::Vector(vec![VectorSample { labels, timestamp_ms: 5, value }]));
        let mut out = String::new();
        write(&mut out, &asked("{{ job }}/{{none}}"), &found, 0);
        let expected = json!({
            "schema": {
                "name": "a<b/",
                "refId": "A",
                "meta": {
                    "type": "numeric-multi",
                    "typeVersion": [0, 1],
                    "custom": { "resultType": "vector" },
                    "executedQueryString": "Expr: up",
                },
                "fields": [
                    { "name": "Time", "type": "time", "typeInfo": { "frame": "time.Time" } },
                    {
                        "name": "Value",
                        "type": "number",
                        "typeInfo": { "frame": "float64" },
                        "labels": { "__name__": "up", "job": "a<b" },
                        "config": { "displayNameFromDS": "a<b/" },
                    },
                ],
            },
            "data": { "values": [[5], [null]], "entities": [{}, { "NegInf": [0] }] },
        });
        assert_eq!(serde_json::from_str::<Json>(&out).unwrap(), expected);
    }

    #[test]
    fn series_have_the_names_of_promql() {
        for (labels, legend, expected) in [
            (vec![("__name__", "up"), ("a", "b\"")], "", "up{a=\"b\\\"\"}"),
            (vec![("__name__", "up")], "__auto", "up"),
            (vec![], "", "up"),
            (vec![("a", "1")], "x {{a}} {{", "x 1 {{"),
        ] {
            assert_eq!(display_name(&labels, &asked(legend)), expected);
        }
    }
}
