//! `scrape_pools` and `targets/relabel_steps`: the jobs of the configuration.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};

use super::{Prometheus, answer};
use crate::{
    error::ApiError,
    json::{write_array, write_strings},
    parameter::{Parameters, quoted},
};

pub(super) async fn names(State(state): State<Prometheus>) -> Response {
    let pools = state.instance.scrape_pools();
    answer::object(|object| write_strings(object.field("scrapePools"), &pools))
}

pub(super) async fn config(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let yaml = pool_config(&state, pool_name(&parameters)?)?;
    Ok(answer::object(|object| _ = object.str("yaml", &yaml)))
}

/// What each rule of a job makes of a target's labels. No job has any rules.
pub(super) async fn relabel_steps(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let pool = pool_name(&parameters)?;
    let labels = match parameters.get("labels") {
        "" => return Err(ApiError::bad_data("no labels parameter provided")),
        json => serde_json::from_str::<BTreeMap<String, String>>(json),
    };
    labels.map_err(|error| ApiError::bad_data(format_args!("error parsing labels: {error}")))?;
    pool_config(&state, pool)?;
    Ok(answer::object(|object| write_array(object.field("steps"), [(); 0], |_, ()| {})))
}

fn pool_name(parameters: &Parameters) -> Result<&str, ApiError> {
    match parameters.get("scrapePool") {
        "" => Err(ApiError::bad_data("no scrapePool parameter provided")),
        name => Ok(name),
    }
}

fn pool_config(state: &Prometheus, pool: &str) -> Result<String, ApiError> {
    state.instance.scrape_pool_config(pool).ok_or_else(|| {
        let pool = quoted(pool);
        ApiError::bad_data(format_args!("error retrieving scrape config: scrape pool {pool} not found"))
    })
}
