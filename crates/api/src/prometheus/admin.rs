//! `admin/tsdb/*`: deletion and snapshots, for whoever may ask where that is switched on.

use axum::{
    Router,
    extract::State,
    middleware,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tsdb::Store;

use super::{Prometheus, answer, cors, selection::parse_selector, when_ready};
use crate::{
    error::{ApiError, ErrorKind},
    method::endpoint,
    parameter::{Parameters, parse_bool},
};

const CHANGES: &str = "OPTIONS, POST, PUT";

/// Routes of the paths of `/api/v1/admin`, which only the address without a login has: there the flag decides.
pub(crate) fn routes(state: &Prometheus) -> Router {
    Router::new()
        .route("/api/v1/admin/tsdb/delete_series", endpoint(CHANGES, delete_series))
        .route("/api/v1/admin/tsdb/clean_tombstones", endpoint(CHANGES, clean_tombstones))
        .route("/api/v1/admin/tsdb/snapshot", endpoint(CHANGES, snapshot))
        .layer(middleware::from_fn_with_state(state.clone(), when_ready))
        .layer(middleware::from_fn_with_state(state.clone(), cors::add_headers))
        .with_state(state.clone())
}

async fn delete_series(
    State(state): State<Prometheus>,
    parameters: Result<Parameters, ApiError>,
) -> Result<Response, ApiError> {
    let store = switched_on(&state)?;
    let parameters = parameters?;
    let texts: Vec<&str> = parameters.all("match[]").collect();
    if texts.is_empty() {
        return Err(ApiError::bad_data("no match[] parameter provided"));
    }
    let (mint_ms, maxt_ms) = parameters.range_ms()?;
    let selectors = texts.into_iter().map(parse_selector).collect::<Result<Vec<_>, _>>();
    let selectors = selectors.map_err(|why| ApiError::parameter("match[]", why))?;
    run(&state, move || selectors.iter().try_for_each(|matchers| store.delete(matchers, mint_ms, maxt_ms)))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn clean_tombstones(State(state): State<Prometheus>) -> Result<Response, ApiError> {
    let store = switched_on(&state)?;
    run(&state, move || store.clean_tombstones()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn snapshot(
    State(state): State<Prometheus>,
    parameters: Result<Parameters, ApiError>,
) -> Result<Response, ApiError> {
    let store = switched_on(&state)?;
    let skip_head = match parameters?.get("skip_head") {
        "" => false,
        text => parse_bool(text).map_err(|why| {
            ApiError::parameter("skip_head", format_args!("unable to parse boolean: {why}"))
        })?,
    };
    let name = run(&state, move || store.snapshot(skip_head)).await?;
    Ok(answer::object(|object| _ = object.str("name", &name)))
}

fn switched_on(state: &Prometheus) -> Result<Store, ApiError> {
    let disabled = || ApiError::new(ErrorKind::Unavailable, "admin APIs disabled");
    state.admin.clone().ok_or_else(disabled)
}

/// Does what waits for the disk off the network thread.
async fn run<T: Send + 'static>(
    state: &Prometheus,
    work: impl FnOnce() -> Result<T, tsdb::Error> + Send + 'static,
) -> Result<T, ApiError> {
    let failed = |error: tsdb::Error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        tracing::error!("{error}{cause}");
        ApiError::new(ErrorKind::Internal, format_args!("{error}{cause}"))
    };
    state.evaluator.run(None, move |_| work().map_err(failed)).await
}
