//! `status/self_metrics`: the metrics about the process as JSON, in the form that Prometheus's protobuf messages
//! of metric families have.

use axum::{extract::State, response::Response};
use expfmt::{Entry, Format, ParseError, Parser, Sample};
use model::{LabelSet, LabelSetBuilder, METRIC_NAME, MatchOp, Matcher, MetricType, sort};

use super::{Prometheus, answer};
use crate::{
    error::{ApiError, ErrorKind},
    json::{Object, write_array, write_float},
    parameter::Parameters,
};

pub(super) async fn self_metrics(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let pattern = match parameters.get("metric_name_pattern") {
        "" => ".*",
        pattern => pattern,
    };
    let wanted = Matcher::new(MatchOp::Regex, METRIC_NAME, pattern)
        .map_err(|error| ApiError::bad_data(format_args!("invalid metric_name_pattern: {error}")))?;
    let page = state.instance.metrics(Format::PrometheusText004.content_type());
    let mut families = read_families(&page.body).map_err(|error| {
        ApiError::new(ErrorKind::Internal, format_args!("error gathering self metrics: {error}"))
    })?;
    families.retain(|family| wanted.matches(&family.name));
    sort::by(&mut families, |a, b| a.name.cmp(&b.name));
    Ok(answer::success(|out| write_array(out, &families, write_family)))
}

struct Family {
    name: String,
    help: String,
    kind: MetricType,
    metrics: Vec<Metric>,
}

/// A series; of a histogram or summary, all its series.
#[derive(Default)]
struct Metric {
    labels: LabelSet,
    /// The value; of a histogram or summary, the sum.
    value: f64,
    count: f64,
    /// Upper bounds and counts of buckets, or quantiles and their values.
    points: Vec<(f64, f64)>,
}

fn read_families(text: &str) -> Result<Vec<Family>, Box<ParseError>> {
    let mut parser = Parser::new(text.as_bytes(), Format::PrometheusText004);
    let (mut families, mut help) = (Vec::<Family>::new(), String::new());
    while let Some(entry) = parser.next()? {
        match entry {
            Entry::Help { text, .. } => help = text.into_owned(),
            Entry::Type { metric, kind } => families.push(Family {
                name: metric.to_owned(),
                help: std::mem::take(&mut help),
                kind,
                metrics: Vec::new(),
            }),
            Entry::Sample(sample) => {
                if let Some(family) = families.last_mut() {
                    family.add(&sample)?;
                }
            }
            Entry::Unit { .. } | Entry::Comment => {}
        }
    }
    Ok(families)
}

impl Family {
    fn add(&mut self, sample: &Sample<'_>) -> Result<(), Box<ParseError>> {
        let (mut labels, mut name, mut point) = (LabelSetBuilder::default(), String::new(), None);
        expfmt::visit_labels(sample.series, |label, value| match label {
            METRIC_NAME => value.clone_into(&mut name),
            "le" | "quantile" => point = expfmt::parse_float(value.as_bytes()).ok(),
            _ => _ = labels.set(label, value),
        })?;
        let is_count = name.strip_prefix(self.name.as_str()) == Some("_count");
        let metric = self.metric(labels.build());
        match (point, is_count) {
            // Clients do not send the last bucket: its count is that of all.
            (Some(f64::INFINITY), _) => {}
            (Some(point), _) => metric.points.push((point, sample.value)),
            (None, true) => metric.count = sample.value,
            (None, false) => metric.value = sample.value,
        }
        Ok(())
    }

    fn metric(&mut self, labels: LabelSet) -> &mut Metric {
        let known = self.metrics.iter().position(|metric| metric.labels == labels);
        let at = known.unwrap_or(self.metrics.len());
        if known.is_none() {
            self.metrics.push(Metric { labels, ..Metric::default() });
        }
        &mut self.metrics[at]
    }
}

fn write_family(out: &mut String, family: &Family) {
    let (kind, field) = match family.kind {
        MetricType::Counter => ("COUNTER", "counter"),
        MetricType::Gauge => ("GAUGE", "gauge"),
        MetricType::Histogram => ("HISTOGRAM", "histogram"),
        MetricType::Summary => ("SUMMARY", "summary"),
        _ => ("UNTYPED", "untyped"),
    };
    let mut object = Object::new(out);
    object.str("name", &family.name).str("help", &family.help).str("type", kind);
    write_array(object.field("metric"), &family.metrics, |out, metric| {
        let mut object = Object::new(out);
        if !metric.labels.is_empty() {
            write_array(object.field("label"), &metric.labels, |out, (name, value)| {
                Object::new(out).str("name", name).str("value", value).end();
            });
        }
        let out = object.field(field);
        match family.kind {
            MetricType::Histogram => write_points(out, metric, "bucket", |object, (bound, count)| {
                object.str("cumulativeCount", &count.to_string());
                write_number(object.field("upperBound"), bound);
            }),
            MetricType::Summary => write_points(out, metric, "quantile", |object, (quantile, value)| {
                write_number(object.field("quantile"), quantile);
                write_number(object.field("value"), value);
            }),
            _ => {
                let mut value = Object::new(out);
                write_number(value.field("value"), metric.value);
                value.end();
            }
        }
        object.end();
    });
    object.end();
}

fn write_points(out: &mut String, metric: &Metric, name: &str, write: impl Fn(&mut Object<'_>, (f64, f64))) {
    let mut object = Object::new(out);
    // 64-bit integers are strings in the JSON of protobuf.
    object.str("sampleCount", &metric.count.to_string());
    write_number(object.field("sampleSum"), metric.value);
    write_array(object.field(name), &metric.points, |out, point| {
        let mut object = Object::new(out);
        write(&mut object, *point);
        object.end();
    });
    object.end();
}

fn write_number(out: &mut String, value: f64) {
    match value {
        value if value.is_finite() => write_float(out, value),
        value if value.is_nan() => out.push_str("\"NaN\""),
        value => out.push_str(if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" }),
    }
}
