use model::{Budget, LabelSet, Part};
use serde_json::{Value, json};

use super::{
    Delta, DeltaSums, OtlpOptions, OtlpSettings, Promotion, Translated, Translation, from_json,
    histogram::{custom, exponential},
    name::{Kind, label_name, metric_name},
    point::{Dense, Point, PointValue},
    translate,
};
use protobuf::Reader;

use crate::error::Error;

fn with(translation: Translation) -> OtlpSettings {
    OtlpSettings { translation, ..OtlpSettings::default() }
}

#[test]
fn names_follow_the_strategy() {
    use Translation::{
        NoTranslation, NoUtf8EscapingWithSuffixes, UnderscoreEscapingWithSuffixes,
        UnderscoreEscapingWithoutSuffixes,
    };
    for (name, unit, kind, strategy, expected) in [
        (
            "http.server.duration",
            "s",
            Kind::Other,
            UnderscoreEscapingWithSuffixes,
            "http_server_duration_seconds",
        ),
        ("a.b_seconds", "s", Kind::Counter, UnderscoreEscapingWithSuffixes, "a_b_seconds_total"),
        (
            "total.requests",
            "{request}/s",
            Kind::Counter,
            UnderscoreEscapingWithSuffixes,
            "requests_per_second_total",
        ),
        ("cpu.use", "1", Kind::Gauge, UnderscoreEscapingWithSuffixes, "cpu_use_ratio"),
        ("2nd", "By/min", Kind::Gauge, UnderscoreEscapingWithSuffixes, "_2nd_bytes_per_min"),
        ("speed", "km/h", Kind::Gauge, UnderscoreEscapingWithSuffixes, "speed_km_per_hour"),
        ("a..b", "s", Kind::Counter, UnderscoreEscapingWithoutSuffixes, "a_b"),
        ("a__b", "", Kind::Counter, UnderscoreEscapingWithoutSuffixes, "a__b"),
        ("a.b.total", "By", Kind::Counter, NoUtf8EscapingWithSuffixes, "a.b_bytes_total"),
        ("a.ratio", "1", Kind::Gauge, NoUtf8EscapingWithSuffixes, "a_ratio"),
        ("rate", "m/s", Kind::Other, NoUtf8EscapingWithSuffixes, "rate_meters_per_second"),
        ("a.b", "s", Kind::Counter, NoTranslation, "a.b"),
    ] {
        assert_eq!(metric_name(name, unit, kind, &with(strategy)).as_deref(), Ok(expected), "{name} {unit}");
    }
    let error = metric_name(".", "", Kind::Other, &OtlpSettings::default()).unwrap_err();
    assert_eq!(error, r#"normalization for metric "." resulted in empty name"#);
}

#[test]
fn label_names_follow_the_switches() {
    let plain = OtlpSettings {
        label_name_underscore_sanitization: false,
        label_name_preserve_multiple_underscores: false,
        ..OtlpSettings::default()
    };
    for (name, by_default, bare) in [
        ("http.method", "http_method", "http_method"),
        ("1st", "key_1st", "key_1st"),
        ("_a..b", "key_a__b", "_a_b"),
        ("__x__", "__x__", "__x__"),
        ("é", "key_", ""),
    ] {
        assert_eq!(label_name(name, &OtlpSettings::default()).unwrap_or_default(), by_default, "{name}");
        assert_eq!(label_name(name, &plain).unwrap_or_default(), bare, "{name}");
    }
    assert_eq!(label_name("a.b", &with(Translation::NoTranslation)).as_deref(), Ok("a.b"));
    assert!(label_name("__", &with(Translation::NoTranslation)).is_err());
}

fn point(value: PointValue) -> Point<'static> {
    Point { value, ..Point::default() }
}

#[test]
fn exponential_buckets_move_by_one_and_merge_where_they_are_too_fine() {
    let counts = |offset, counts: &[u64]| Dense { offset, counts: counts.into() };
    let same = exponential(
        &point(PointValue { scale: 1, positive: counts(-1, &[1, 0, 0, 0, 2, 3]), ..PointValue::default() }),
        false,
    );
    let positive = same.unwrap().positive;
    assert_eq!((positive.spans, positive.deltas), (vec![(0, 1), (3, 2)], vec![1, 1, 1]));
    let finer = exponential(
        &point(PointValue { scale: 10, positive: counts(-3, &[1, 1, 1, 1, 5]), ..PointValue::default() }),
        true,
    );
    let finer = finer.unwrap();
    assert_eq!((finer.schema, finer.gauge), (8, true));
    assert_eq!((finer.positive.spans, finer.positive.deltas), (vec![(0, 2)], vec![3, 3]));
    let coarse = exponential(&point(PointValue { scale: -5, ..PointValue::default() }), false);
    assert!(coarse.unwrap_err().ends_with("Scale must be >= -4, was -5"));
    let bounds = vec![1.0, 2.0];
    let explicit = custom(
        &point(PointValue { bounds, positive: counts(0, &[0, 4, 1]), ..PointValue::default() }),
        false,
    );
    assert_eq!((explicit.positive.spans, explicit.positive.deltas), (vec![(1, 2)], vec![4, -3]));
}

/// Translates a request in JSON, and shows its series as `labels time start value`, histograms by their numbers.
fn series(request: &Value, settings: &OtlpSettings, options: OtlpOptions) -> (Vec<String>, Translated) {
    let account = Budget::new(1 << 20).open(Part::Write);
    let mut memory = account.budget().open(Part::Write);
    let message = from_json(request.to_string().as_bytes(), &mut memory).unwrap();
    let translated = translate(&message, settings, options, None, account).unwrap();
    let (mut symbols, mut lines) = (Vec::new(), Vec::new());
    let mut fields = Reader::new(&translated.message);
    while let Some(field) = fields.next().unwrap() {
        match field.number {
            4 => symbols.push(field.text().unwrap().to_owned()),
            _ => lines.push(line(field.message().unwrap(), &symbols)),
        }
    }
    (lines, translated)
}

fn line(mut series: Reader<'_>, symbols: &[String]) -> String {
    let mut out = String::new();
    while let Some(field) = series.next().unwrap() {
        let mut inner = field.message().unwrap();
        match field.number {
            1 | 4 => {
                let mut packed =
                    if field.number == 4 { inner.next().unwrap().unwrap().message().unwrap() } else { inner };
                let mut texts = Vec::new();
                while !packed.as_bytes().is_empty() {
                    texts.push(symbols[packed.varint().unwrap() as usize].as_str());
                }
                let pairs: Vec<_> = texts.chunks(2).map(|pair| pair.join("=")).collect();
                out += &format!("{}{{{}}}", if field.number == 4 { " # " } else { "" }, pairs.join(","));
            }
            2 => {
                let (mut value, mut times) = (0.0, [0, 0]);
                while let Some(field) = inner.next().unwrap() {
                    match field.number {
                        1 => value = field.double().unwrap(),
                        number => times[number as usize - 2] = field.varint().unwrap(),
                    }
                }
                out += &format!(" {value}@{}", times[0]);
                if times[1] > 0 {
                    out += &format!("-{}", times[1]);
                }
            }
            3 => {
                let mut numbers = Vec::new();
                while let Some(field) = inner.next().unwrap() {
                    numbers.push(field.number.to_string());
                }
                out += &format!(" histogram of {}", numbers.join(" "));
            }
            _ => {}
        }
    }
    out
}

/// One resource with one scope and these metrics.
fn request(metrics: Value) -> Value {
    let attributes = json!([
        {"key": "service.name", "value": {"stringValue": "shop"}},
        {"key": "service.namespace", "value": {"stringValue": "eu"}},
        {"key": "service.instance.id", "value": {"stringValue": "i1"}},
        {"key": "host.name", "value": {"stringValue": "box"}}
    ]);
    json!({"resourceMetrics": [{"resource": {"attributes": attributes}, "scopeMetrics": [{
        "scope": {"name": "lib", "version": "2", "attributes": [{"key": "k", "value": {"boolValue": true}}]},
        "metrics": metrics}]}]})
}

const SECOND: &str = "1000000000";

#[test]
fn sums_gauges_and_what_sends_them() {
    let metrics = json!([
        {"name": "requests", "unit": "1", "description": "All.", "sum": {
            "isMonotonic": true, "aggregation_temporality": 2, "dataPoints": [{
                "asInt": "7", "timeUnixNano": SECOND, "startTimeUnixNano": "500000000",
                "attributes": [
                    {"key": "a.b", "value": {"intValue": "1"}},
                    {"key": "a_b", "value": {"doubleValue": 2.5}},
                    {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "x<"}, {"boolValue": false}, {}]}}},
                    {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"bytesValue": "AQI="}}]}}}
                ],
                "exemplars": [{"asDouble": 3, "timeUnixNano": SECOND, "traceId": "0a0b", "spanId": "00"}]
            }]}},
        {"name": "level", "unit": "Cel", "gauge": {"dataPoints": [
            {"asDouble": 20.5, "timeUnixNano": 2_000_000_000}, {"flags": 1, "timeUnixNano": "3000000000"}]}}
    ]);
    let (lines, translated) = series(
        &request(metrics),
        &OtlpSettings::default(),
        OtlpOptions { lookback_delta_ms: 2_000, ..OtlpOptions::default() },
    );
    assert_eq!(
        lines,
        [
            r#"{__name__=requests_total,a_b=1;2.5,instance=i1,job=eu/shop,list=["x<",false,null],map={"k":"AQI="}} 7@1000-500 # {trace_id=0a0b}"#,
            "{__name__=level_celsius,instance=i1,job=eu/shop} 20.5@2000",
            "{__name__=level_celsius,instance=i1,job=eu/shop} NaN@3000",
            "{__name__=target_info,host_name=box,instance=i1,job=eu/shop} 1@1000 1@2000 1@3000",
        ]
    );
    assert_eq!(translated.refused_points, 0);
}

#[test]
fn histograms_and_summaries_become_series_or_native_ones() {
    let point = json!({"count": "6", "sum": 9, "bucketCounts": ["1", 2, 3], "explicitBounds": [0.5, 1],
        "timeUnixNano": SECOND, "exemplars": [{"asDouble": 0.7, "spanId": "01"}]});
    let metrics = json!([
        {"name": "wait", "histogram": {"aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE", "dataPoints": [point]}},
        {"name": "size", "exponentialHistogram": {"aggregationTemporality": 2, "dataPoints": [
            {"count": "3", "sum": 1, "scale": 2, "zeroCount": 1, "timeUnixNano": SECOND, "positive": {"offset": 3, "bucketCounts": [1, "1"]}}]}},
        {"name": "quantiles", "summary": {"dataPoints": [
            {"count": "2", "sum": 5, "timeUnixNano": SECOND, "quantileValues": [{"quantile": 0.99, "value": 4}]}]}}
    ]);
    let all = |lines: &[String]| {
        lines.iter().map(|line| line.replace(",instance=i1,job=eu/shop", "")).collect::<Vec<_>>()
    };
    let (lines, _) = series(&request(metrics.clone()), &OtlpSettings::default(), OtlpOptions::default());
    assert_eq!(
        all(&lines)[..9],
        [
            "{__name__=wait_sum} 9@1000",
            "{__name__=wait_count} 6@1000",
            "{__name__=wait_bucket,le=0.5} 1@1000",
            "{__name__=wait_bucket,le=1} 3@1000 # {span_id=01}",
            "{__name__=wait_bucket,le=+Inf} 6@1000",
            "{__name__=size} histogram of 1 3 4 5 6 11 12 15",
            "{__name__=quantiles_sum} 5@1000",
            "{__name__=quantiles_count} 2@1000",
            "{__name__=quantiles,quantile=0.99} 4@1000",
        ]
    );
    let native = OtlpSettings { convert_histograms_to_nhcb: true, ..OtlpSettings::default() };
    let (lines, _) = series(&request(metrics), &native, OtlpOptions::default());
    assert_eq!(all(&lines)[0], "{__name__=wait} histogram of 1 3 4 6 11 12 15 16 # {span_id=01}");
}

#[test]
fn resources_and_scopes_are_promoted_as_configured() {
    let metrics =
        json!([{"name": "up.now", "gauge": {"dataPoints": [{"asInt": 1, "timeUnixNano": SECOND}]}}]);
    let settings = OtlpSettings {
        promotion: Promotion::AllBut(vec!["service.name".into()]),
        promote_scope_metadata: true,
        keep_identifying_resource_attributes: true,
        translation: Translation::NoTranslation,
        ..OtlpSettings::default()
    };
    let options = OtlpOptions { type_and_unit_labels: true, ..OtlpOptions::default() };
    let (lines, _) = series(&request(metrics), &settings, options);
    assert_eq!(
        lines,
        [
            "{__name__=up.now,__type__=gauge,host.name=box,instance=i1,job=eu/shop,otel_scope_k=true,\
         otel_scope_name=lib,otel_scope_version=2,service.instance.id=i1,service.namespace=eu} 1@1000",
            "{__name__=target_info,host.name=box,instance=i1,job=eu/shop,service.instance.id=i1,\
         service.name=shop,service.namespace=eu} 1@1000",
        ]
    );
}

#[test]
fn deltas_are_refused_unless_switched_on() {
    let metrics = json!([
        {"name": "n", "sum": {"isMonotonic": true, "aggregationTemporality": 1, "dataPoints": [{"asInt": 1}, {"asInt": 2}]}},
        {"name": "odd"},
        {"name": "ok", "gauge": {"dataPoints": [{"asInt": 3}]}}
    ]);
    let (lines, refused) =
        series(&request(metrics.clone()), &OtlpSettings::default(), OtlpOptions::default());
    assert_eq!((lines.len(), refused.refused_points), (2, 2));
    assert_eq!(
        refused.refusals,
        [
            r#"invalid temporality and type combination for metric "n""#,
            r#"metric "odd" has an unsupported metric type"#,
        ]
    );
    let options = OtlpOptions { delta: Delta::Keep, ..OtlpOptions::default() };
    assert_eq!(series(&request(metrics), &OtlpSettings::default(), options).0.len(), 4);
}

#[test]
fn what_is_no_request_is_refused_with_its_place() {
    let budget = Budget::new(1 << 20);
    let read = |text: &str| from_json(text.as_bytes(), &mut budget.open(Part::Write));
    for wrong in [
        "{",
        "[]",
        r#"{"resourceMetrics": 1}"#,
        r#"{"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": 1}]}]}]}"#,
    ] {
        assert!(matches!(read(wrong), Err(Error::Json(_))), "{wrong}");
    }
    let (open, close) = (r#"{"arrayValue":{"values":["#.repeat(60), "]}}".repeat(60));
    let deep = format!(
        r#"{{"resourceMetrics":[{{"resource":{{"attributes":[{{"key":"k","value":{open}{close}}}]}}}}]}}"#
    );
    assert!(read(&deep).is_err());
    assert!(matches!(read(&" ".repeat(1 << 20)), Err(Error::Memory { .. })));
    let translated = translate(
        &[0x0a, 9],
        &OtlpSettings::default(),
        OtlpOptions::default(),
        None,
        budget.open(Part::Write),
    );
    assert!(matches!(translated, Err(Error::Malformed { offset: 1, .. })));
}

/// A point with these buckets at a second.
fn delta(second: u64, scale: i32, offset: i32, counts: &[u64]) -> Point<'static> {
    let value = PointValue {
        number: 2.5,
        count: 3,
        sum: Some(1.0),
        scale,
        positive: Dense { offset, counts: counts.into() },
        ..PointValue::default()
    };
    Point {
        value,
        start_ns: (second - 1) * 1_000_000_000,
        time_ns: second * 1_000_000_000,
        ..Point::default()
    }
}

#[test]
fn deltas_are_summed_up_in_the_coarser_resolution() {
    let budget = Budget::new(1 << 20);
    let mut sums = DeltaSums::new(budget.open(Part::Write));
    let labels = LabelSet::from_pairs([("__name__", "x")]);
    let mut first = delta(1, 1, -3, &[1, 2, 4]);
    sums.add(&labels, &mut first, 0).unwrap();
    assert_eq!(first.value.number, 2.5);
    let mut second = delta(2, 0, 1, &[8]);
    sums.add(&labels, &mut second, 1_000).unwrap();
    assert_eq!((second.value.number, second.value.count, second.value.sum), (5.0, 6, Some(2.0)));
    assert_eq!((second.value.scale, second.start_ns), (0, 0));
    assert_eq!(second.value.positive, Dense { offset: -2, counts: vec![1, 6, 0, 8] });
    assert!(sums.add(&labels, &mut delta(2, 0, 0, &[]), 1_000).unwrap_err().starts_with("out of order"));
    // Whatever the distance, the buckets stay few: what no histogram holds together begins anew.
    for (second, offset) in [(3, i32::MAX - 1), (4, i32::MIN)] {
        let mut far = delta(second, 0, offset, &[1]);
        sums.add(&labels, &mut far, 2_000).unwrap();
        assert_eq!((far.value.scale, far.value.positive), (0, Dense { offset, counts: vec![1] }));
    }
    sums.sweep(2_000);
    assert!(budget.used_bytes() > 0);
    sums.sweep(302_000);
    assert_eq!(budget.used_bytes(), 0);
}
