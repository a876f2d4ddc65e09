//! The fixed mix.

use std::ops::Range;

use model::percent;

/// When a query is evaluated, back from the newest sample.
#[derive(Clone, Copy, Debug)]
enum When {
    /// At it.
    Now,
    /// Over so many seconds, in steps of so many.
    Over(i64, i64),
}

/// A query of the mix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query {
    /// What it stands for.
    pub(super) title: &'static str,
    expression: &'static str,
    when: When,
}

const HOUR: i64 = 3_600;

/// What dashboards, alerts and people who look for a cause ask.
pub(super) const QUERIES: [Query; 20] = [
    of("selector, instant", "temperature_celsius{instance=\"host-03\"}", When::Now),
    of("regex selector, instant", "{__name__=~\"cpu.*|memory_.+\",instance=~\"host-0[0-4]\"}", When::Now),
    of("all 5,000 series, 6 h", "{job=\"fleet\"}", When::Over(6 * HOUR, 60)),
    of("rate of 1,000, 6 h", "rate(requests_total[5m])", When::Over(6 * HOUR, 60)),
    of("sum by of rate, 6 h", "sum by (handler) (rate(requests_total[5m]))", When::Over(6 * HOUR, 60)),
    of(
        "sum by two of rate, 1 h",
        "sum by (instance, mode) (rate(cpu_seconds_total{mode!=\"idle\"}[1m]))",
        When::Over(HOUR, 15),
    ),
    of(
        "quantile over buckets, 6 h",
        "histogram_quantile(0.99, sum by (le, handler) (rate(request_seconds_bucket[5m])))",
        When::Over(6 * HOUR, 60),
    ),
    of("topk of rate, 6 h", "topk(10, rate(requests_total[5m]))", When::Over(6 * HOUR, 60)),
    of("avg_over_time 1 h, 6 h", "avg_over_time(temperature_celsius[1h])", When::Over(6 * HOUR, 60)),
    of("max_over_time 6 h, 1 h", "max by (instance) (max_over_time(memory_bytes[6h]))", When::Over(HOUR, 60)),
    of(
        "quantile_over_time 1 h, 6 h",
        "quantile_over_time(0.9, temperature_celsius[1h])",
        When::Over(6 * HOUR, 60),
    ),
    of(
        "deriv 1 h of all 5,000, 6 h",
        "sum by (instance) (deriv({job=\"fleet\"}[1h]))",
        When::Over(6 * HOUR, 60),
    ),
    of(
        "stddev_over_time 1 h, 6 h",
        "sum by (instance) (stddev_over_time(memory_bytes[1h]))",
        When::Over(6 * HOUR, 60),
    ),
    of(
        "subquery, 1 h",
        "max_over_time(sum by (instance) (rate(requests_total[5m]))[1h:1m])",
        When::Over(HOUR, 60),
    ),
    of(
        "join with group_left, 6 h",
        "sum by (version) (rate(requests_total[5m]) * on (instance) group_left (version) build_info)",
        When::Over(6 * HOUR, 60),
    ),
    of(
        "label_replace, 6 h",
        "sum by (rack) (label_replace(memory_bytes, \"rack\", \"$1\", \"instance\", \"host-(.).*\"))",
        When::Over(6 * HOUR, 60),
    ),
    of(
        "ratio of rates, 6 h",
        "sum by (instance) (rate(requests_total{code=~\"5..\"}[5m])) \
         / sum by (instance) (rate(requests_total[5m]))",
        When::Over(6 * HOUR, 60),
    ),
    of("count by 100,000 values, instant", "count by (user) (session_bytes)", When::Now),
    of("sum by over 100,000, instant", "sum by (region) (session_bytes)", When::Now),
    of("topk of rate over 100,000, instant", "topk(10, rate(session_bytes[5m]))", When::Now),
];

const fn of(title: &'static str, expression: &'static str, when: When) -> Query {
    Query { title, expression, when }
}

impl Query {
    /// The path to ask for it when the newest sample is so many seconds after the Unix epoch.
    pub(super) fn path(&self, now: i64) -> String {
        let query = percent::encode(self.expression);
        match self.when {
            When::Now => format!("/api/v1/query?nocache=1&query={query}&time={now}"),
            When::Over(seconds, step) => {
                let Range { start, end } = now - seconds..now;
                format!("/api/v1/query_range?nocache=1&query={query}&start={start}&end={end}&step={step}")
            }
        }
    }
}
