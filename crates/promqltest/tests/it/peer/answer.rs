//! Answers of both in one form, to be compared.

use std::collections::BTreeMap;

use model::{FloatHistogram, LabelSet};
use promql::engine::{Error, Outcome, SampleValue, Value};
use serde_json::Value as Json;

/// Relative difference that is none: mathematical functions differ in the last bits.
const EPSILON: f64 = 1e-12;

/// Absolute difference that is none, where such bits are all that is left of larger numbers.
const EPSILON_ABSOLUTE: f64 = 1e-13;

/// Annotations beyond this are counted, not listed, by Prometheus.
const ANNOTATIONS_MAX: usize = 10;

/// Since 3.7 a negated histogram is a gauge (prometheus#17004).
const NEGATED: &str = "this native histogram metric is not a ";

/// What a query gave.
#[derive(Debug)]
pub(crate) enum Answer {
    Failed(String),
    Given {
        kind: String,
        /// The samples of each series, by their times in milliseconds.
        series: BTreeMap<LabelSet, BTreeMap<i64, Sample>>,
        warnings: Vec<String>,
        infos: Vec<String>,
    },
}

#[derive(Debug)]
pub(crate) enum Sample {
    Float(f64),
    /// Count and sum, and for each bucket its kind of borders, bounds and count.
    Histogram(Vec<f64>),
}

impl Answer {
    pub(crate) fn of(result: Result<Outcome, Error>) -> Self {
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(error) => return Self::Failed(error.to_string()),
        };
        let kind = outcome.value.value_type().as_str().to_owned();
        let mut series: BTreeMap<LabelSet, BTreeMap<i64, Sample>> = BTreeMap::new();
        match outcome.value {
            Value::Scalar { timestamp_ms, value } => {
                let sample = BTreeMap::from([(timestamp_ms, Sample::Float(value))]);
                series.insert(LabelSet::empty(), sample);
            }
            Value::String { .. } => {}
            Value::Vector(samples) => {
                for s in samples {
                    let sample = Sample::of(&s.value);
                    series.entry(s.labels).or_default().insert(s.timestamp_ms, sample);
                }
            }
            Value::Matrix(all) => {
                for one in all {
                    let mut samples: BTreeMap<_, _> =
                        one.floats().map(|s| (s.timestamp_ms, Sample::Float(s.value))).collect();
                    samples.extend(one.histograms().map(|(t, h)| (t, Sample::of_histogram(h))));
                    series.insert(one.labels, samples);
                }
            }
        }
        Self::Given { kind, series, warnings: outcome.warnings, infos: outcome.infos }
    }

    /// Reads the JSON of Prometheus's API.
    pub(crate) fn of_json(json: &Json) -> Self {
        if let Some(error) = json["error"].as_str() {
            return Self::Failed(
                error.strip_prefix("invalid parameter \"query\": ").unwrap_or(error).to_owned(),
            );
        }
        let texts = |name: &str| -> Vec<String> {
            let texts = json[name].as_array().into_iter().flatten();
            texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let data = &json["data"];
        let kind = data["resultType"].as_str().unwrap_or("").to_owned();
        let mut series = BTreeMap::new();
        let result = data["result"].as_array().unwrap();
        if kind == "scalar" {
            series.insert(LabelSet::empty(), BTreeMap::from([point(&data["result"], Sample::of_json)]));
        } else {
            for one in result {
                let labels = one["metric"].as_object().unwrap();
                let labels = LabelSet::from_pairs(labels.iter().map(|(n, v)| (n, v.as_str().unwrap())));
                series.insert(labels, samples(one));
            }
        }
        Self::Given { kind, series, warnings: texts("warnings"), infos: texts("infos") }
    }

    /// What differs, in words.
    pub(crate) fn difference(&self, theirs: &Self) -> Option<String> {
        match (self, theirs) {
            // Where several things are wrong, which is found first is not defined.
            (Self::Failed(_), Self::Failed(_)) => None,
            // Since 3.9 a comparison that drops a pair takes it for a match all the same (prometheus#17668).
            (Self::Failed(a), Self::Given { .. }) if a.starts_with("multiple matches for labels") => None,
            (
                Self::Given { kind, series, warnings, infos },
                Self::Given { kind: kind_b, series: series_b, warnings: warnings_b, infos: infos_b },
            ) => {
                if kind != kind_b {
                    return Some(format!("{kind} instead of {kind_b}"));
                }
                different_series(series, series_b)
                    .or_else(|| different_texts("warnings", warnings, warnings_b))
                    .or_else(|| different_texts("infos", infos, infos_b))
            }
            (a, b) => Some(format!("{a:?}\n  instead of {b:?}")),
        }
    }
}

/// The position of a part in parentheses was that of the parenthesis before 3.14, and is that of the part.
fn without_position(text: &str) -> &str {
    text.rsplit_once(" (").map_or(text, |(text, _)| text)
}

fn samples(one: &Json) -> BTreeMap<i64, Sample> {
    let list = |name: &str| one[name].as_array().into_iter().flatten();
    let floats = one.get("value").into_iter().chain(list("values")).map(|p| point(p, Sample::of_json));
    let histograms = one
        .get("histogram")
        .into_iter()
        .chain(list("histograms"))
        .map(|p| point(p, Sample::of_json_histogram));
    floats.chain(histograms).collect()
}

/// A time in seconds and what belongs to it.
fn point(pair: &Json, sample: impl Fn(&Json) -> Sample) -> (i64, Sample) {
    ((pair[0].as_f64().unwrap() * 1000.0).round() as i64, sample(&pair[1]))
}

fn number(text: &Json) -> f64 {
    text.as_str().unwrap().parse().unwrap()
}

impl Sample {
    fn of(value: &SampleValue) -> Self {
        match value {
            SampleValue::Float(value) => Self::Float(*value),
            SampleValue::Histogram(histogram) => Self::of_histogram(histogram),
        }
    }

    fn of_histogram(h: &FloatHistogram) -> Self {
        let mut numbers = vec![h.count, h.sum];
        for b in h.buckets().filter(|b| b.count != 0.0) {
            let borders = match (b.lower_inclusive, b.upper_inclusive) {
                (false, true) => 0.0,
                (true, false) => 1.0,
                (false, false) => 2.0,
                (true, true) => 3.0,
            };
            numbers.extend([borders, b.lower, b.upper, b.count]);
        }
        Self::Histogram(numbers)
    }

    fn of_json(text: &Json) -> Self {
        Self::Float(number(text))
    }

    fn of_json_histogram(json: &Json) -> Self {
        let mut numbers = vec![number(&json["count"]), number(&json["sum"])];
        for bucket in json["buckets"].as_array().into_iter().flatten() {
            numbers.push(bucket[0].as_f64().unwrap());
            numbers.extend((1..4).map(|at| number(&bucket[at])));
        }
        Self::Histogram(numbers)
    }

    /// True for a histogram whose buckets do not add up to its count: some versions mix up buffers.
    fn is_torn(&self) -> bool {
        let Self::Histogram(numbers) = self else { return false };
        let (head, buckets) = numbers.split_at(2);
        let sum: f64 = buckets.chunks(4).map(|bucket| bucket[3]).sum();
        (sum - head[0]).abs() > 1e-9 * sum.abs()
    }

    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => equal(*a, *b),
            (Self::Histogram(a), Self::Histogram(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(*a, *b))
            }
            _ => false,
        }
    }
}

fn equal(a: f64, b: f64) -> bool {
    a == b
        || (a.is_nan() && b.is_nan())
        || (a - b).abs() <= (EPSILON * a.abs().max(b.abs())).max(EPSILON_ABSOLUTE)
}

type Series = BTreeMap<LabelSet, BTreeMap<i64, Sample>>;

fn different_series(ours: &Series, theirs: &Series) -> Option<String> {
    if let Some(labels) = ours.keys().find(|labels| !theirs.contains_key(labels)) {
        return Some(format!("{labels} is too many: {:?}", ours[labels]));
    }
    for (labels, theirs) in theirs {
        let Some(ours) = ours.get(labels) else { return Some(format!("{labels} is missing: {theirs:?}")) };
        let same = ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|((t, a), (u, b))| t == u && (a.equals(b) || b.is_torn()));
        if !same {
            return Some(format!("{labels} is {ours:?}\n  instead of {theirs:?}"));
        }
    }
    None
}

fn sorted(texts: &[String]) -> Vec<&str> {
    let known = texts.iter().filter(|text| !text.contains(NEGATED));
    let mut texts: Vec<_> = known.map(|text| without_position(text)).collect();
    texts.sort_unstable();
    texts
}

fn different_texts(what: &str, ours: &[String], theirs: &[String]) -> Option<String> {
    let same = sorted(ours) == sorted(theirs) || theirs.len() >= ANNOTATIONS_MAX;
    (!same).then(|| format!("{what} are {ours:?}\n  instead of {theirs:?}"))
}
