//! What is asked, as Grafana's clients write it.

use model::duration::{self, DurationMs};
use picture::Zone;
use serde_json::Value;

use crate::evaluator::Times;

/// Queries of one request.
const QUERIES_MAX: usize = 50;
/// Points of a series unless the client says how many, as in Grafana.
const POINTS: i64 = 100;
/// The most that Prometheus gives.
const POINTS_MAX: i64 = 11_000;
/// The least step unless the client says one.
const STEP_MS: i64 = 15_000;

/// The farthest from 1970 that a time or a step may be, in milliseconds: some 31,000 years.
const TIME_MAX_MS: i64 = 1_000_000_000_000_000;

/// Lengths that steps are rounded to, where Grafana rounds to them: from this length on, to that one.
const ROUND: [(i64, i64); 27] = [
    (10, 1),
    (15, 10),
    (35, 20),
    (75, 50),
    (150, 100),
    (350, 200),
    (750, 500),
    (1_500, 1_000),
    (3_500, 2_000),
    (7_500, 5_000),
    (12_500, 10_000),
    (17_500, 15_000),
    (25_000, 20_000),
    (45_000, 30_000),
    (90_000, 60_000),
    (210_000, 120_000),
    (450_000, 300_000),
    (750_000, 600_000),
    (1_050_000, 900_000),
    (1_500_000, 1_200_000),
    (2_700_000, 1_800_000),
    (5_400_000, 3_600_000),
    (9_000_000, 7_200_000),
    (16_200_000, 10_800_000),
    (32_400_000, 21_600_000),
    (86_400_000, 43_200_000),
    (604_800_000, 86_400_000),
];
const LONGEST_MS: [(i64, i64); 3] =
    [(1_814_400_000, 604_800_000), (3_628_800_000, 2_592_000_000), (i64::MAX, 31_536_000_000)];

/// One query.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) ref_id: String,
    pub(super) source: Chosen,
    /// With everything put in.
    pub(super) expr: String,
    pub(super) times: Times,
    /// Whether the exemplars of its series are asked for instead of their samples.
    pub(super) exemplars: bool,
    /// How series are named.
    pub(super) legend: String,
}

/// Which data source is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Chosen {
    Default,
    Id(u64),
    /// By uid or name.
    Named(String),
}

/// Reads a request; a query for a range, a moment and exemplars becomes three.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(body: &[u8], now_ms: i64) -> Result<Vec<Asked>, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| format!("bad request data: {error}"))?;
    let start_ms = moment_ms(&body["from"], now_ms, false)?;
    let end_ms = moment_ms(&body["to"], now_ms, true)?;
    if let Some(ms) = [start_ms, end_ms].iter().find(|ms| ms.unsigned_abs() > TIME_MAX_MS.unsigned_abs()) {
        return Err(format!("{ms} ms is too far from 1970"));
    }
    if end_ms < start_ms {
        return Err("the range ends before it begins".to_owned());
    }
    let queries = body["queries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if queries.is_empty() {
        return Err("no queries found in request".to_owned());
    }
    if queries.len() > QUERIES_MAX {
        return Err(format!("{} queries, at most {QUERIES_MAX} are answered at once", queries.len()));
    }
    let shown = queries.iter().filter(|query| query["hide"] != true);
    Ok(shown.flat_map(|query| read_query(query, start_ms, end_ms)).collect())
}

fn read_query(query: &Value, start_ms: i64, end_ms: i64) -> Vec<Asked> {
    let text = |name: &str| query[name].as_str().unwrap_or_default();
    let range_ms = end_ms - start_ms;
    let step_ms = step_ms(query, range_ms);
    let expr = with_macros(text("expr"), step_ms, least_step_ms(query), range_ms);
    let flag = |name: &str| query[name] == true;
    let asked = |times, exemplars| Asked {
        ref_id: query["refId"].as_str().unwrap_or("A").to_owned(),
        source: chosen(query),
        expr: expr.clone(),
        times,
        exemplars,
        legend: text("legendFormat").to_owned(),
    };
    let mut all = Vec::new();
    // The grid stands still while the range moves, so that curves do.
    let aligned = |ms: i64| ms - ms.rem_euclid(step_ms);
    let over_range = Times { start_ms: aligned(start_ms), end_ms: aligned(end_ms), step_ms: Some(step_ms) };
    if flag("range") || !flag("instant") {
        all.push(asked(over_range, false));
    }
    if flag("instant") {
        all.push(asked(Times { start_ms: end_ms, end_ms, step_ms: None }, false));
    }
    if flag("exemplar") {
        all.push(asked(over_range, true));
    }
    all
}

fn chosen(query: &Value) -> Chosen {
    let source = &query["datasource"];
    let named =
        source["uid"].as_str().or(source.as_str()).filter(|name| !name.is_empty() && *name != "default");
    match (named, query["datasourceId"].as_u64()) {
        (Some(name), _) => Chosen::Named(name.to_owned()),
        (None, Some(id)) => Chosen::Id(id),
        (None, None) => Chosen::Default,
    }
}

/// `interval` comes before `intervalMs`.
fn least_step_ms(query: &Value) -> i64 {
    let given = query["interval"].as_str().map(|text| text.trim_start_matches('>'));
    let given = given.and_then(|text| duration::parse_ms(text).ok()).filter(|&ms| ms > 0);
    let given = given.or_else(|| query["intervalMs"].as_i64().filter(|&ms| ms > 0));
    given.unwrap_or(STEP_MS).min(TIME_MAX_MS)
}

/// As long as the points that are wanted allow, rounded, and not below the least.
fn step_ms(query: &Value, range_ms: i64) -> i64 {
    let points = query["maxDataPoints"].as_i64().filter(|&points| points > 0).unwrap_or(POINTS);
    let wanted = rounded(range_ms / points.min(POINTS_MAX)).max(least_step_ms(query));
    wanted.max(range_ms / POINTS_MAX + 1)
}

fn rounded(ms: i64) -> i64 {
    ROUND.iter().chain(&LONGEST_MS).find(|(below, _)| ms < *below).map_or(ms, |(_, round)| *round)
}

/// Puts lengths of time in the place of Grafana's variables for them.
fn with_macros(expr: &str, step_ms: i64, least_ms: i64, range_ms: i64) -> String {
    let rate_ms = (step_ms + least_ms).max(4 * least_ms);
    let long = |ms: i64| DurationMs(ms).to_string();
    // The longer names first: they begin with the shorter ones.
    let macros = [
        ("__rate_interval_ms", rate_ms.to_string()),
        ("__rate_interval", long(rate_ms)),
        ("__interval_ms", step_ms.to_string()),
        ("__interval", long(step_ms)),
        ("__range_ms", range_ms.to_string()),
        ("__range_s", (range_ms / 1_000).to_string()),
        ("__range", format!("{}s", range_ms / 1_000)),
    ];
    macros.iter().fold(expr.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    })
}

/// Milliseconds since the Unix epoch, as text or number, or a moment such as `now-6h` or `now/M`, in UTC as Grafana's
/// server reads it.
fn moment_ms(value: &Value, now_ms: i64, is_end: bool) -> Result<i64, String> {
    if let Some(ms) = value.as_i64() {
        return Ok(ms);
    }
    let text = value.as_str().unwrap_or_default();
    let found = text.parse().ok().or_else(|| picture::moment(text, now_ms, is_end, &Zone::Utc));
    found.ok_or_else(|| format!("{text:?} is no time: write milliseconds since 1970, or for example now-1h"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn moments_are_absolute_or_relative() {
        let now_ms = 90_061_001;
        for (value, is_end, expected) in [
            (json!("1000"), false, Some(1_000)),
            (json!(1000), false, Some(1_000)),
            (json!("now"), true, Some(now_ms)),
            (json!("now-1h"), false, Some(now_ms - 3_600_000)),
            (json!("now/d"), false, Some(86_400_000)),
            (json!("now-1d/d"), true, Some(86_399_999)),
            (json!("now/M"), true, Some(31 * 86_400_000 - 1)),
            (json!("1970-01-01 00:00:02"), false, Some(2_000)),
            (json!("now-"), false, None),
            (json!("now-292000000y"), false, None),
            (json!("yesterday"), false, None),
            (json!(null), false, None),
        ] {
            assert_eq!(moment_ms(&value, now_ms, is_end).ok(), expected, "{value}");
        }
    }

    #[test]
    fn steps_and_macros_are_grafanas() {
        let body = json!({
            "from": "0", "to": "3600000",
            "queries": [{
                "refId": "B", "datasource": { "uid": "vm" }, "instant": true, "range": true,
                "expr": "rate(a[$__rate_interval]) + rate(a[${__interval}]) + $__range_s", "maxDataPoints": 60,
            }],
        });
        let asked = read(body.to_string().as_bytes(), 0).unwrap();
        assert_eq!(asked[0].expr, "rate(a[75s]) + rate(a[1m]) + 3600".replace("75s", "1m15s"));
        assert_eq!(asked[0].times, Times { start_ms: 0, end_ms: 3_600_000, step_ms: Some(60_000) });
        assert_eq!(asked[1].times.step_ms, None);
        assert_eq!(asked[1].source, Chosen::Named("vm".into()));
    }

    #[test]
    fn the_longest_times_overflow_nothing() {
        let body = json!({
            "from": -TIME_MAX_MS, "to": TIME_MAX_MS,
            "queries": [{ "intervalMs": i64::MAX, "expr": "a[$__rate_interval_ms]" }],
        });
        let asked = read(body.to_string().as_bytes(), 0).unwrap();
        assert_eq!(asked[0].expr, format!("a[{}]", 4 * TIME_MAX_MS));
    }

    #[test]
    fn what_cannot_be_answered_is_said() {
        let queries = vec![json!({}); QUERIES_MAX + 1];
        for (body, expected) in [
            (json!({ "from": "0", "to": "1", "queries": [] }), "no queries found in request"),
            (json!({ "from": "2", "to": "1", "queries": [{}] }), "the range ends before it begins"),
            (
                json!({ "from": "0", "to": "1", "queries": queries }),
                "51 queries, at most 50 are answered at once",
            ),
            (
                json!({ "from": i64::MIN, "to": i64::MAX, "queries": [{}] }),
                "-9223372036854775808 ms is too far from 1970",
            ),
        ] {
            assert_eq!(read(body.to_string().as_bytes(), 0).unwrap_err(), expected);
        }
    }
}
