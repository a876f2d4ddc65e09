//! Data frames in JSON, as Grafana's data sources give them: one for each series, and one for all exemplars.

use std::{borrow::Cow, collections::BTreeSet};

use model::{FloatHistogram, histogram::Bucket};
use promql::engine::{MatrixSeries, Value, VectorSample};
use wire::answer::{Exemplar, Series};

use super::{Failed, Found, FoundSeries, request::Asked};
use crate::json::{Object, write_array, write_float, write_label, write_str};

/// Bytes of a time and a value in the text of a frame, which is written whole, in a buffer that doubles.
const POINT_BYTES: usize = 96;
/// Those of a bucket, a time, two bounds, a count and which of the bounds belong to it, and of its copy.
const CELL_BYTES: usize = 256;
/// Those of an exemplar, with its labels and those of its series.
const EXEMPLAR_BYTES: usize = 2048;
/// Exemplars that are told of one query.
const EXEMPLARS_MAX: usize = 2000;

/// One series: its labels in order, and its points.
struct Frame<'a> {
    labels: Vec<(&'a str, &'a str)>,
    points: Points<'a>,
}

/// Points in order of time.
enum Points<'a> {
    Floats(Cow<'a, [(i64, f64)]>),
    /// A series with native histograms is told by their buckets.
    Cells(Vec<(i64, Cow<'a, [Bucket]>)>),
}

/// The buckets that have observations.
fn buckets(histogram: &FloatHistogram) -> Cow<'static, [Bucket]> {
    histogram.buckets().filter(|bucket| bucket.count != 0.0).collect()
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
            Self::Exemplars(exemplars) => usize::from(!exemplars.is_empty()),
        }
    }

    /// Bytes that writing the longest frame takes, at most.
    pub(super) fn written_bytes(&self) -> usize {
        let native = |histogram: &FloatHistogram| histogram.buckets().count();
        let bytes = |points: usize, cells: usize| points * POINT_BYTES + cells * CELL_BYTES;
        match self {
            Self::Own(Value::Matrix(all)) => {
                let cells = |one: &MatrixSeries| one.histograms().map(|(_, one)| native(one)).sum();
                all.iter().map(|one| bytes(one.floats().count(), cells(one))).max().unwrap_or(0)
            }
            Self::Own(Value::Vector(all)) => {
                let cells = |one: &VectorSample| one.value.as_histogram().map_or(0, |one| native(one));
                all.iter().map(|one| bytes(1, cells(one))).max().unwrap_or(0)
            }
            Self::Own(_) => POINT_BYTES,
            Self::Foreign { series, .. } => {
                let cells = |one: &Series| one.histograms.iter().map(|(_, buckets)| buckets.len()).sum();
                series.iter().map(|one| bytes(one.samples.len(), cells(one))).max().unwrap_or(0)
            }
            Self::Exemplars(exemplars) => exemplars.len().min(EXEMPLARS_MAX) * EXEMPLAR_BYTES,
        }
    }

    fn result_type(&self) -> &'static str {
        match self {
            Self::Own(value) => value.value_type().as_str(),
            Self::Foreign { result_type, .. } => result_type,
            Self::Exemplars(_) => "exemplar",
        }
    }

    fn frame(&self, index: usize) -> Option<Frame<'_>> {
        match self {
            Self::Own(Value::Matrix(all)) => all.get(index).map(|series| {
                let cells: Vec<_> = series.histograms().map(|(at, one)| (at, buckets(one))).collect();
                let floats = || series.floats().map(|sample| (sample.timestamp_ms, sample.value)).collect();
                let points = if cells.is_empty() { Points::Floats(floats()) } else { Points::Cells(cells) };
                Frame { labels: series.labels.iter().collect(), points }
            }),
            Self::Own(Value::Vector(all)) => all.get(index).map(|sample| {
                let at = sample.timestamp_ms;
                let float = || sample.value.as_float().map(|value| (at, value)).into_iter().collect();
                let cells = sample.value.as_histogram().map(|one| Points::Cells(vec![(at, buckets(one))]));
                let points = cells.unwrap_or_else(|| Points::Floats(float()));
                Frame { labels: sample.labels.iter().collect(), points }
            }),
            Self::Own(Value::Scalar { timestamp_ms, value }) => (index == 0).then(|| Frame {
                labels: Vec::new(),
                points: Points::Floats(vec![(*timestamp_ms, *value)].into()),
            }),
            Self::Own(Value::String { .. }) | Self::Exemplars(_) => None,
            Self::Foreign { series, .. } => series.get(index).map(|series| {
                let cells = series.histograms.iter().map(|(at, buckets)| (*at, Cow::from(buckets)));
                let points = match series.histograms.is_empty() {
                    true => Points::Floats(Cow::from(&series.samples)),
                    false => Points::Cells(cells.collect()),
                };
                Frame { labels: series.labels.iter().collect(), points }
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
pub(super) fn write(out: &mut String, asked: &Asked, found: &Found, index: usize) {
    if let FoundSeries::Exemplars(exemplars) = &found.series {
        return write_exemplars(out, asked, exemplars.get(..EXEMPLARS_MAX).unwrap_or(exemplars));
    }
    let frame = found.series.frame(index);
    let name = frame.as_ref().map(|frame| display_name(&frame.labels, asked)).unwrap_or_default();
    let is_cells = frame.as_ref().is_some_and(|frame| matches!(frame.points, Points::Cells(_)));
    let kind = match found.series.result_type() {
        _ if is_cells => "heatmap-cells",
        "matrix" => "timeseries-multi",
        _ => "numeric-multi",
    };
    let mut object = Object::new(out);
    let mut schema = Object::new(object.field("schema"));
    if !name.is_empty() {
        schema.str("name", &name);
    }
    schema.str("refId", &asked.ref_id);
    write_meta(schema.field("meta"), asked, found, kind, index == 0);
    let fields = schema.field("fields");
    match &frame {
        None => fields.push_str("[]"),
        Some(frame) if is_cells => write_cell_fields(fields, frame, asked, &name),
        Some(frame) => write_fields(fields, frame, asked, &name),
    }
    schema.end();
    let mut data = Object::new(object.field("data"));
    match frame.map(|frame| frame.points) {
        None => data.field("values").push_str("[]"),
        Some(Points::Floats(points)) => write_values(&mut data, &points),
        Some(Points::Cells(cells)) => write_cells(data.field("values"), &cells),
    }
    data.end();
    object.end();
}

fn write_meta(out: &mut String, asked: &Asked, found: &Found, kind: &str, first: bool) {
    let mut meta = Object::new(out);
    meta.str("type", kind);
    meta.field("typeVersion").push_str(if kind == "heatmap-cells" { "[0,0]" } else { "[0,1]" });
    let mut custom = Object::new(meta.field("custom"));
    custom.str("resultType", found.series.result_type()).end();
    if !found.notices.is_empty() {
        write_array(meta.field("notices"), &found.notices, |out, (severity, text)| {
            let mut notice = Object::new(out);
            notice.str("severity", severity).str("text", text).end();
        });
    }
    if first {
        let step = asked.times.step_ms.map(|ms| format!("\nStep: {}", model::duration::DurationMs(ms)));
        meta.str("executedQueryString", &format!("Expr: {}{}", asked.expr, step.unwrap_or_default()));
    }
    meta.end();
}

fn write_fields(out: &mut String, frame: &Frame<'_>, asked: &Asked, name: &str) {
    out.push('[');
    write_time_field(out, "Time", asked);
    out.push(',');
    write_value_field(out, "Value", &frame.labels, name);
    out.push(']');
}

fn write_cell_fields(out: &mut String, frame: &Frame<'_>, asked: &Asked, name: &str) {
    out.push('[');
    write_time_field(out, "xMax", asked);
    out.push(',');
    write_value_field(out, "yMin", &frame.labels, name);
    for (name, kind) in [("yMax", "float64"), ("count", "float64"), ("yLayout", "int8")] {
        out.push(',');
        write_plain_field(out, name, "number", kind);
    }
    out.push(']');
}

fn write_time_field(out: &mut String, name: &str, asked: &Asked) {
    let mut time = Object::new(out);
    time.str("name", name).str("type", "time");
    time.field("typeInfo").push_str("{\"frame\":\"time.Time\"}");
    if let Some(step_ms) = asked.times.step_ms {
        let mut config = Object::new(time.field("config"));
        config.plain("interval", step_ms).end();
    }
    time.end();
}

fn write_value_field(out: &mut String, field: &str, labels: &[(&str, &str)], name: &str) {
    let mut value = Object::new(out);
    value.str("name", field).str("type", "number");
    value.field("typeInfo").push_str("{\"frame\":\"float64\"}");
    let mut object = Object::new(value.field("labels"));
    for (label, text) in labels {
        write_label(object.field(label), text);
    }
    object.end();
    if !name.is_empty() {
        let mut config = Object::new(value.field("config"));
        config.str("displayNameFromDS", name).end();
    }
    value.end();
}

fn write_plain_field(out: &mut String, name: &str, kind: &str, of: &str) {
    let mut field = Object::new(out);
    field.str("name", name).str("type", kind);
    let mut info = Object::new(field.field("typeInfo"));
    info.str("frame", of).end();
    field.end();
}

/// One frame for all exemplars: when, how much, and the labels that any of them or of their series has.
fn write_exemplars(out: &mut String, asked: &Asked, exemplars: &[Exemplar]) {
    let names = exemplars.iter().flat_map(|one| one.series.iter().chain(one.labels.iter()));
    let names: BTreeSet<&str> = names.map(|(name, _)| name).collect();
    let mut object = Object::new(out);
    let mut schema = Object::new(object.field("schema"));
    schema.str("name", "exemplar").str("refId", &asked.ref_id);
    let mut meta = Object::new(schema.field("meta"));
    meta.field("custom").push_str("{\"resultType\":\"exemplar\"}");
    meta.end();
    let fields = schema.field("fields");
    fields.push('[');
    write_plain_field(fields, "Time", "time", "time.Time");
    fields.push(',');
    write_plain_field(fields, "Value", "number", "float64");
    for name in &names {
        fields.push(',');
        write_plain_field(fields, name, "string", "string");
    }
    fields.push(']');
    schema.end();
    let mut data = Object::new(object.field("data"));
    let values = data.field("values");
    values.push('[');
    write_array(values, exemplars, |out, one| out.push_str(&one.timestamp_ms.to_string()));
    values.push(',');
    write_array(values, exemplars, |out, one| write_number(out, one.value));
    for name in names {
        values.push(',');
        write_array(values, exemplars, |out, one| {
            let own = Some(one.labels.get(name)).filter(|value| !value.is_empty());
            write_label(out, own.unwrap_or_else(|| one.series.get(name)));
        });
    }
    values.push(']');
    data.end();
    object.end();
}

/// Buckets as columns: when they were counted, their bounds, their counts, and which of the bounds belong to them.
fn write_cells(out: &mut String, cells: &[(i64, Cow<'_, [Bucket]>)]) {
    let all = || cells.iter().flat_map(|(at, buckets)| buckets.iter().map(move |bucket| (*at, bucket)));
    out.push('[');
    write_array(out, all(), |out, (at, _)| out.push_str(&at.to_string()));
    for part in [|one: &Bucket| one.lower, |one: &Bucket| one.upper, |one: &Bucket| one.count] {
        out.push(',');
        write_array(out, all(), |out, (_, bucket)| write_number(out, part(bucket)));
    }
    out.push(',');
    write_array(out, all(), |out, (_, bucket)| {
        let layout = match (bucket.lower_inclusive, bucket.upper_inclusive) {
            (false, true) => '0',
            (true, false) => '1',
            (false, false) => '2',
            (true, true) => '3',
        };
        out.push(layout);
    });
    out.push(']');
}

/// JSON has no NaN and no infinities.
fn write_number(out: &mut String, value: f64) {
    match value.is_finite() {
        true => write_float(out, value),
        false => out.push_str("null"),
    }
}

/// Times and values as columns. Where values stand that JSON does not have is told apart.
fn write_values(data: &mut Object<'_>, points: &[(i64, f64)]) {
    let out = data.field("values");
    out.push('[');
    write_array(out, points, |out, (time_ms, _)| out.push_str(&time_ms.to_string()));
    out.push(',');
    write_array(out, points, |out, (_, value)| write_number(out, *value));
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

/// The legend with its labels put in, or what PromQL calls the series; nothing where labels speak for themselves.
fn display_name(labels: &[(&str, &str)], asked: &Asked) -> String {
    match asked.legend.as_str() {
        "__auto" if !labels.is_empty() => return String::new(),
        "" | "__auto" => return series_name(labels, &asked.expr),
        _ => {}
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
    use model::{Budget, LabelSet, Part};
    use promql::engine::SampleValue;
    use serde_json::{Value as Json, json};

    fn asked(legend: &str) -> Asked {
        let times = Times { start_ms: 0, end_ms: 0, step_ms: None };
        let (ref_id, expr, legend) = ("A".to_owned(), "up".to_owned(), legend.to_owned());
        Asked { ref_id, source: Chosen::Default, expr, times, exemplars: false, legend }
    }

    fn written(series: FoundSeries, legend: &str) -> Json {
        let account = Budget::new(0).open(Part::Query);
        let found = Found { series, notices: vec![("info", "so".to_owned())], _account: account };
        let mut out = String::new();
        write(&mut out, &asked(legend), &found, 0);
        serde_json::from_str(&out).unwrap()
    }

    #[test]
    fn a_frame_is_written_as_grafana_writes_it() {
        let labels = LabelSet::from_pairs([("__name__", "up"), ("job", "a<b")]);
        let value = SampleValue::Float(f64::NEG_INFINITY);
        let found = FoundSeries::Own(Value::Vector(vec![VectorSample { labels, timestamp_ms: 5, value }]));
        let expected = json!({
            "schema": {
                "name": "a<b/",
                "refId": "A",
                "meta": {
                    "type": "numeric-multi",
                    "typeVersion": [0, 1],
                    "custom": { "resultType": "vector" },
                    "notices": [{ "severity": "info", "text": "so" }],
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
        assert_eq!(written(found, "{{ job }}/{{none}}"), expected);
    }

    #[test]
    fn native_histograms_are_cells() {
        let bucket = |lower: f64, upper_inclusive: bool| Bucket {
            lower,
            upper: 2.0 * lower,
            lower_inclusive: !upper_inclusive,
            upper_inclusive,
            count: 3.0,
        };
        let histograms = vec![(5, vec![bucket(1.0, true), bucket(2.0, false)])];
        let series = vec![Series { histograms, ..Series::default() }];
        let frame = written(FoundSeries::Foreign { result_type: "matrix", series }, "");
        let names: Vec<_> =
            frame["schema"]["fields"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["xMax", "yMin", "yMax", "count", "yLayout"]);
        assert_eq!(frame["schema"]["meta"]["type"], "heatmap-cells");
        assert_eq!(frame["data"]["values"], json!([[5, 5], [1, 2], [2, 4], [3, 3], [0, 1]]));
    }

    #[test]
    fn exemplars_are_one_frame() {
        let exemplar = |value: f64, trace: &str| Exemplar {
            series: LabelSet::from_pairs([("job", "a")]),
            labels: LabelSet::from_pairs([("trace_id", trace)]),
            timestamp_ms: 5,
            value,
        };
        let frame = written(FoundSeries::Exemplars(vec![exemplar(1.0, "x"), exemplar(f64::NAN, "")]), "");
        assert_eq!(frame["schema"]["meta"]["custom"]["resultType"], "exemplar");
        assert_eq!(frame["data"]["values"], json!([[5, 5], [1, null], ["a", "a"], ["x", ""]]));
    }

    #[test]
    fn series_have_the_names_of_promql() {
        for (labels, legend, expected) in [
            (vec![("__name__", "up"), ("a", "b\"")], "", "up{a=\"b\\\"\"}"),
            (vec![("__name__", "up")], "__auto", ""),
            (vec![], "__auto", "up"),
            (vec![], "", "up"),
            (vec![("a", "1")], "x {{a}} {{", "x 1 {{"),
        ] {
            assert_eq!(display_name(&labels, &asked(legend)), expected);
        }
    }
}
