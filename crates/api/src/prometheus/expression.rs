//! `format_query` and `parse_query`: expressions made readable, and as trees.

use axum::{extract::State, response::Response};
use promql::syntax::{Expr, pretty};

use super::{Prometheus, answer, tree::write_tree};
use crate::{error::ApiError, json::write_str, parameter::Parameters};

/// `format_query`: the expression over indented lines.
pub(super) async fn format(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let expr = parsed(&state, &parameters)?;
    Ok(answer::success(|out| write_str(out, &pretty(&expr))))
}

/// `parse_query`: the expression as a tree.
pub(super) async fn parse(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let expr = parsed(&state, &parameters)?;
    Ok(answer::success(|out| write_tree(out, &expr)))
}

fn parsed(state: &Prometheus, parameters: &Parameters) -> Result<Expr, ApiError> {
    let query = parameters.get("query");
    state.evaluator.parse(query).map_err(|error| ApiError::parameter("query", error))
}
