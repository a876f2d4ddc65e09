//! `query_exemplars`: the exemplars of all series that an expression reads.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use model::{Exemplar, SeriesExemplars};
use promql::syntax::selectors;

use super::{
    Prometheus,
    stream::{self, List},
};
use crate::{
    error::ApiError,
    evaluator::Job,
    json::{Object, write_array, write_labels, write_timestamp, write_value},
    parameter::Parameters,
};

pub(super) async fn query(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let (start_ms, end_ms) = parameters.range_ms()?;
    if end_ms < start_ms {
        return Err(ApiError::bad_data("end timestamp must not be before start timestamp"));
    }
    let expr = state.evaluator.parse(parameters.get("query")).map_err(ApiError::bad_data)?;
    if selectors(&expr).is_empty() {
        // Prometheus has nothing to say either.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let store = Arc::clone(&state.exemplars);
    let find = move |job: &Job| {
        let mut account = job.account();
        let found = store.exemplars(start_ms, end_ms, &selectors(&expr), &mut account)?;
        Ok((found, account))
    };
    let (found, account) = state.evaluator.run(None, find).await?;
    Ok(stream::respond(List::new(found.into_iter(), write_series, &[], account)))
}

fn write_series(out: &mut String, SeriesExemplars { series, exemplars }: SeriesExemplars) {
    let mut object = Object::new(out);
    write_labels(object.field("seriesLabels"), &series);
    write_array(object.field("exemplars"), &exemplars, write_exemplar);
    object.end();
}

fn write_exemplar(out: &mut String, exemplar: &Exemplar) {
    let mut object = Object::new(out);
    write_labels(object.field("labels"), &exemplar.labels);
    write_value(object.field("value"), exemplar.value);
    write_timestamp(object.field("timestamp"), exemplar.timestamp_ms);
    object.end();
}
