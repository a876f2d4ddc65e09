//! `status/*`: what runs here, how it is set, and what the store holds.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{Prometheus, answer};
use crate::{
    error::ApiError,
    instance::Settings,
    json::{Object, write_array, write_moment},
    parameter::{Parameters, parse_integer},
};

/// The release of Prometheus whose API this is. Clients, Grafana among them, read it to know what they can ask.
pub(crate) const API_VERSION: &str = "3.14.0";

/// Rows of each list of `status/tsdb` at most, as in Prometheus.
const TSDB_LIMIT_MAX: i64 = 10_000;

pub(super) async fn build_info(State(state): State<Prometheus>) -> Response {
    answer::object(|object| write_build_info(object, &state.settings))
}

pub(super) fn write_build_info(object: &mut Object<'_>, settings: &Settings) {
    object
        .str("version", &format!("{API_VERSION}+gnomon.{}", settings.version))
        .str("revision", settings.revision)
        .str("branch", "")
        .str("buildUser", "")
        .str("buildDate", settings.build_date)
        .str("goVersion", "");
}

pub(super) async fn runtime_info(State(state): State<Prometheus>) -> Response {
    let runtime = state.instance.runtime();
    answer::object(|object| {
        write_moment(object.field("startTime"), Some(runtime.start_time_ms));
        object.str("CWD", &runtime.cwd).str("hostname", &runtime.hostname);
        write_moment(object.field("serverTime"), Some(runtime.server_time_ms));
        object.plain("reloadConfigSuccess", runtime.reload_config_success);
        write_moment(object.field("lastConfigTime"), Some(runtime.last_config_time_ms));
        object
            .plain("corruptionCount", runtime.corruptions)
            .plain("goroutineCount", runtime.threads)
            .plain("GOMAXPROCS", runtime.cores)
            .plain("GOMEMLIMIT", runtime.memory_limit_bytes)
            .str("GOGC", "")
            .str("GODEBUG", "")
            .str("storageRetention", &runtime.storage_retention);
    })
}

pub(super) async fn config(State(state): State<Prometheus>) -> Response {
    let yaml = state.instance.config_yaml();
    answer::object(|object| _ = object.str("yaml", &yaml))
}

pub(super) async fn flags(State(state): State<Prometheus>) -> Response {
    answer::object(|object| {
        for (name, value) in &state.settings.flags {
            object.str(name, value);
        }
    })
}

pub(super) async fn tsdb(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let limit = tsdb_limit(parameters.get("limit"))?;
    let instance = Arc::clone(&state.instance);
    let status = state.evaluator.run(None, move |_| Ok(instance.tsdb_status(limit))).await?;
    let head = &status.head;
    Ok(answer::object(|object| {
        Object::new(object.field("headStats"))
            .plain("numSeries", head.series)
            .plain("numLabelPairs", head.label_pairs)
            .plain("chunkCount", head.chunks)
            .plain("minTime", head.min_time_ms.unwrap_or(i64::MAX))
            .plain("maxTime", head.max_time_ms.unwrap_or(i64::MIN))
            .end();
        for (name, rows) in [
            ("seriesCountByMetricName", &head.series_by_metric),
            ("labelValueCountByLabelName", &head.values_by_label),
            ("memoryInBytesByLabelName", &head.bytes_by_label),
            ("seriesCountByLabelValuePair", &head.series_by_pair),
        ] {
            write_array(object.field(name), rows, |out, row| {
                Object::new(out).str("name", &row.name).plain("value", row.value).end();
            });
        }
        let refused = status.series_refused_by_origin.iter().take(limit);
        write_array(object.field("refusedSeriesCountByOrigin"), refused, |out, (origin, count)| {
            Object::new(out).str("name", &origin.to_string()).plain("value", count).end();
        });
    }))
}

/// Requests are answered from the moment when the log is read.
pub(super) async fn wal_replay(State(state): State<Prometheus>) -> Result<Response, ApiError> {
    let instance = Arc::clone(&state.instance);
    let segments = state.evaluator.run(None, move |_| Ok(instance.tsdb_status(0).wal_segments)).await?;
    let last = segments.saturating_sub(1);
    Ok(answer::object(|object| _ = object.plain("min", 0).plain("max", last).plain("current", last)))
}

fn tsdb_limit(text: &str) -> Result<usize, ApiError> {
    if text.is_empty() {
        return Ok(10);
    }
    match parse_integer(text) {
        Ok(limit @ 1..=TSDB_LIMIT_MAX) => Ok(limit as usize),
        Ok(limit) if limit > TSDB_LIMIT_MAX => {
            Err(ApiError::bad_data(format_args!("limit must not exceed {TSDB_LIMIT_MAX}")))
        }
        _ => Err(ApiError::bad_data("limit must be a positive number")),
    }
}
