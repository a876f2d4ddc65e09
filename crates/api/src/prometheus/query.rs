//! `query` and `query_range`.

use std::time::{Duration, Instant};

use axum::{extract::State, response::Response};
use promql::engine::{NodeStats, Outcome, Stats, Value};

use super::{Prometheus, answer, result::QueryAnswer, stream};
use crate::{
    error::ApiError,
    evaluator::{Job, Query, Times},
    json::{Object, write_array, write_float, write_seconds},
    parameter::{Parameters, parse_duration_ns},
};

/// Steps of a range query at most: a week at a resolution of 60 s, or a year at 1 h.
const STEPS_MAX: i64 = 11_000;

const NS_PER_MS: i64 = 1_000_000;

pub(super) async fn instant(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let limit = parameters.limit()?;
    let now_ms = state.evaluator.now_ms();
    let time_ms = parameters.time_ms_or("time", now_ms)?;
    let times = Times { start_ms: time_ms, end_ms: time_ms, step_ms: None };
    evaluate(&state, &parameters, times, limit).await
}

pub(super) async fn range(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let limit = parameters.limit()?;
    let times = range_times(&parameters)?;
    evaluate(&state, &parameters, times, limit).await
}

fn range_times(parameters: &Parameters) -> Result<Times, ApiError> {
    let start_ms = parameters.time_ms("start")?;
    let end_ms = parameters.time_ms("end")?;
    if end_ms < start_ms {
        return Err(ApiError::parameter("end", "end timestamp must not be before start time"));
    }
    let step_ns =
        parse_duration_ns(parameters.get("step")).map_err(|why| ApiError::parameter("step", why))?;
    // Time is kept in milliseconds: a step below one would be none at all.
    if step_ns < NS_PER_MS {
        return Err(ApiError::parameter(
            "step",
            "zero or negative query resolution step widths are not accepted. Try a positive integer",
        ));
    }
    let range_ns = i128::from(end_ms - start_ms) * i128::from(NS_PER_MS);
    if range_ns / i128::from(step_ns) > i128::from(STEPS_MAX) {
        return Err(ApiError::bad_data(
            "exceeded maximum resolution of 11,000 points per timeseries. \
             Try decreasing the query resolution (?step=XX)",
        ));
    }
    Ok(Times { start_ms, end_ms, step_ms: Some(step_ns / NS_PER_MS) })
}

async fn evaluate(
    state: &Prometheus,
    parameters: &Parameters,
    times: Times,
    limit: usize,
) -> Result<Response, ApiError> {
    let timeout = match parameters.get("timeout") {
        "" => None,
        text => Some(parse_duration_ns(text).map_err(|why| ApiError::parameter("timeout", why))?),
    };
    let timeout = timeout.map(|ns| Duration::from_nanos(u64::try_from(ns).unwrap_or(0)));
    let stats = parameters.get("stats");
    let query = Query {
        text: parameters.get("query").to_owned(),
        times,
        lookback_delta_ms: lookback_delta_ms(parameters.get("lookback_delta"))?,
        per_step_stats: stats == "all",
        explain: matches!(parameters.get("explain"), "1" | "true"),
    };
    let work = move |job: &Job| {
        let started = Instant::now();
        let (outcome, account) = job.evaluate(&query)?;
        Ok((outcome, account, job.waited, started.elapsed()))
    };
    let (outcome, account, waited, took) = state.evaluator.run(timeout, work).await?;
    let Outcome { mut value, mut warnings, infos, stats: counts } = outcome;
    if truncate(&mut value, limit) {
        warnings.push(answer::TRUNCATED.to_owned());
    }
    warnings.extend(stats_warning(stats));
    let mut extra = String::new();
    if !stats.is_empty() {
        extra.push_str(",\"stats\":");
        write_stats(&mut extra, &counts, times, waited, took);
    }
    if !counts.nodes.is_empty() {
        extra.push_str(",\"explain\":");
        write_nodes(&mut extra, &counts.nodes);
    }
    Ok(stream::respond(QueryAnswer::new(value, &extra, &warnings, &infos, account)))
}

/// How far back a selector looks; `None`, the engine's default, when it is not given or zero.
fn lookback_delta_ms(text: &str) -> Result<Option<i64>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    let ns = parse_duration_ns(text)
        .map_err(|why| ApiError::bad_data(format_args!("error parsing lookback delta duration: {why}")))?;
    Ok(Some(ns / NS_PER_MS).filter(|&ms| ms > 0))
}

/// Cuts a vector or matrix to the limit; true when that took something away. 0 is no limit.
fn truncate(value: &mut Value, limit: usize) -> bool {
    let len = match value {
        Value::Vector(samples) => samples.len(),
        Value::Matrix(series) => series.len(),
        Value::Scalar { .. } | Value::String { .. } => 0,
    };
    if limit == 0 || len <= limit {
        return false;
    }
    match value {
        Value::Vector(samples) => samples.truncate(limit),
        Value::Matrix(series) => series.truncate(limit),
        Value::Scalar { .. } | Value::String { .. } => {}
    }
    true
}

fn stats_warning(value: &str) -> Option<String> {
    let known = matches!(value, "" | "true" | "all");
    (!known).then(|| {
        format!(
            "value {} for parameter \"stats\" is deprecated and will be rejected in the next major release, \
             use \"true\" or \"all\"",
            crate::parameter::quoted(value)
        )
    })
}

/// The statistics of a query. Sorting and preparing are part of the evaluation here and not timed apart.
fn write_stats(out: &mut String, stats: &Stats, times: Times, waited: Duration, took: Duration) {
    let mut object = Object::new(out);
    let mut timings = Object::new(object.field("timings"));
    for (name, duration) in [
        ("evalTotalTime", took),
        ("resultSortTime", Duration::ZERO),
        ("queryPreparationTime", Duration::ZERO),
        ("innerEvalTime", took),
        ("execQueueTime", waited),
        ("execTotalTime", took),
    ] {
        write_float(timings.field(name), duration.as_secs_f64());
    }
    timings.end();
    let mut samples = Object::new(object.field("samples"));
    let write_steps = |samples: &mut Object<'_>, name: &str, counts: &[u64]| {
        if counts.is_empty() {
            return;
        }
        write_array(samples.field(name), counts.iter().enumerate(), |out, (step, count)| {
            out.push('[');
            write_seconds(out, times.start_ms + times.step_ms.unwrap_or(0) * step as i64);
            out.push_str(&format!(",{count}]"));
        });
    };
    write_steps(&mut samples, "totalQueryableSamplesPerStep", &stats.samples_per_step);
    samples.plain("totalQueryableSamples", stats.total_samples);
    write_steps(&mut samples, "samplesReadPerStep", &stats.samples_read_per_step);
    samples.plain("samplesRead", stats.samples_read).plain("peakSamples", stats.peak_samples).end();
    object.end();
}

/// What the parts of an expression gave and cost, each before those within it.
fn write_nodes(out: &mut String, nodes: &[NodeStats]) {
    write_array(out, nodes, |out, node| {
        let mut object = Object::new(out);
        object
            .str("type", node.kind)
            .plain("start", node.span.start)
            .plain("end", node.span.end)
            .plain("series", node.series)
            .plain("samples", node.samples)
            .plain("samplesRead", node.samples_read);
        write_float(object.field("time"), node.time.as_secs_f64());
        object.end();
    });
}
