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
