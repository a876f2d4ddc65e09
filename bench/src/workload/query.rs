//! A fixed mix of queries over a hundred targets of a thousand series.

use std::{
    io,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use model::percent;

use super::Run;
use crate::{client, server::Server};

const ROUNDS: usize = 5;

/// What dashboards and alerts ask; all but the first four over the whole time.
const QUERIES: [(&str, bool); 10] = [
    ("up", false),
    ("bench_metric_7{device=\"disk3\"}", false),
    ("sum by (device) (rate(bench_metric_9[1m]))", false),
    ("topk(10, bench_metric_8)", false),
    ("avg(up)", true),
    ("rate(bench_metric_9{device=\"disk1\",part=\"1\"}[1m])", true),
    ("sum by (device) (rate(bench_metric_5[1m]))", true),
    ("max_over_time(bench_metric_7{part=~\"1.\"}[1m])", true),
    ("quantile by (device) (0.9, bench_metric_8)", true),
    ("sum(bench_metric_7{device!~\"disk[12]\"}) / sum(bench_metric_8{device!~\"disk[12]\"})", true),
];

/// Asks each query several times, `span` back from now, and notes how long the answers took.
pub(super) fn measure(run: &mut Run<'_>, server: &Server, span: Duration) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let paths: Vec<String> =
        QUERIES.iter().map(|(expression, range)| path(expression, *range, now, span)).collect();
    let mut times_ms = Vec::new();
    for path in paths.iter().cycle().take(paths.len() * ROUNDS) {
        let begin = Instant::now();
        client::get(server.address(), path)?;
        times_ms.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times_ms.sort_by(f64::total_cmp);
    for percent in [50, 95] {
        let value = times_ms.get(times_ms.len() * percent / 100).copied().unwrap_or(f64::NAN);
        run.note(&format!("10 queries over that data: p{percent}, ms"), None, value);
    }
    run.note("10 queries over that data: peak RSS, MiB", None, server.peak_bytes()? as f64 / super::MIB);
    Ok(())
}

fn path(expression: &str, range: bool, now: Duration, span: Duration) -> String {
    let (query, end) = (percent::encode(expression), now.as_secs());
    if range {
        let start = end.saturating_sub(span.as_secs());
        format!("/api/v1/query_range?nocache=1&query={query}&start={start}&end={end}&step=5")
    } else {
        format!("/api/v1/query?nocache=1&query={query}&time={end}")
    }
}
