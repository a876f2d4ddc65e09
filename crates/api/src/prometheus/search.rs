//! `search/*`: names and values that resemble what somebody types, line by line as JSON.

mod request;
mod score;

use std::{cmp::Ordering, collections::HashMap};

use axum::{extract::State, response::Response};
use model::{METRIC_NAME, Matcher, Metadata, Querier, Reservation, querier::QueryError, sort};

use super::{
    Prometheus,
    stream::{self, Pieces},
};
use crate::{
    error::{ApiError, ErrorKind},
    evaluator::{Job, reserve},
    json::{Object, write_array, write_float},
    parameter::Parameters,
};
use request::{Order, SearchRequest};

const MEDIA_TYPE: &str = "application/x-ndjson; charset=utf-8";

pub(super) async fn metric_names(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let request = read(&state, &parameters, "metric_names")?;
    let metadata = if request::boolean(&parameters, "include_metadata", false)? {
        families(&state)
    } else {
        HashMap::new()
    };
    answer(&state, request, "name", metadata, |querier, matchers| {
        querier.label_values(METRIC_NAME, matchers, 0)
    })
    .await
}

pub(super) async fn label_names(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let request = read(&state, &parameters, "label_names")?;
    let find = |querier: &dyn Querier, matchers: &[Matcher]| querier.label_names(matchers, 0);
    answer(&state, request, "name", HashMap::new(), find).await
}

pub(super) async fn label_values(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let request = read(&state, &parameters, "label_values")?;
    let label = match parameters.get("label") {
        "" => return Err(ApiError::bad_data("missing required parameter \"label\"")),
        label => label.to_owned(),
    };
    let find = move |querier: &dyn Querier, matchers: &[Matcher]| querier.label_values(&label, matchers, 0);
    answer(&state, request, "value", HashMap::new(), find).await
}

fn read(state: &Prometheus, parameters: &Parameters, endpoint: &str) -> Result<SearchRequest, ApiError> {
    let Some(limit_max) = state.settings.search_limit_max else {
        return Err(ApiError::new(ErrorKind::Unavailable, "search API disabled"));
    };
    SearchRequest::new(parameters, endpoint, state.evaluator.now_ms(), limit_max)
}

/// What the targets say about their metrics; the first one counts.
fn families(state: &Prometheus) -> HashMap<Box<str>, Metadata> {
    let mut all = HashMap::new();
    for target in state.instance.target_metadata() {
        for family in target.families.iter() {
            all.entry(family.metric.clone()).or_insert_with(|| family.metadata.clone());
        }
    }
    all
}

/// Something found, and how much it resembles what was asked for.
struct Found {
    text: String,
    score: f64,
}

async fn answer<F>(
    state: &Prometheus,
    request: SearchRequest,
    field: &'static str,
    metadata: HashMap<Box<str>, Metadata>,
    find: F,
) -> Result<Response, ApiError>
where
    F: Fn(&dyn Querier, &[Matcher]) -> Result<Vec<String>, QueryError> + Send + 'static,
{
    let work = move |job: &Job| {
        let (found, has_more, account) = search(job, &request, find)?;
        let SearchRequest { batch_size, include_score, .. } = request;
        let found = found.into_iter();
        Ok(Lines {
            found,
            batch_size,
            include_score,
            has_more,
            field,
            metadata,
            next: Next::First,
            _account: account,
        })
    };
    let lines = state.evaluator.run(None, work).await?;
    Ok(stream::respond_as(MEDIA_TYPE, lines))
}

/// What there is, filtered, in order and cut to the limit; true when that took something away.
fn search(
    job: &Job,
    request: &SearchRequest,
    find: impl Fn(&dyn Querier, &[Matcher]) -> Result<Vec<String>, QueryError>,
) -> Result<(Vec<Found>, bool, Reservation), ApiError> {
    let querier = job.store.querier(request.start_ms, request.end_ms)?;
    let everything = [Vec::new()];
    let selectors = if request.selectors.is_empty() { &everything[..] } else { &request.selectors };
    let (mut texts, mut account) = (Vec::new(), job.account());
    for matchers in selectors {
        texts.append(&mut find(&*querier, matchers)?);
    }
    if selectors.len() > 1 {
        texts.sort_unstable();
        texts.dedup();
    }
    let mut found = Vec::new();
    for text in texts {
        job.check()?;
        if let Some(score) = request.filter.score(&text) {
            reserve(&mut account, text.len() + size_of::<Found>())?;
            found.push(Found { text, score });
        }
    }
    match request.order {
        Order::Ascending => {}
        Order::Descending => found.reverse(),
        // The sort is stable: what is as good stays in order of the alphabet.
        Order::Score => sort::by(&mut found, |a, b| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal)),
    }
    let has_more = found.len() > request.limit;
    found.truncate(request.limit);
    Ok((found, has_more, account))
}

/// An answer: batches of results, and a line about the whole.
struct Lines {
    found: std::vec::IntoIter<Found>,
    batch_size: usize,
    include_score: bool,
    has_more: bool,
    /// What a result is called.
    field: &'static str,
    metadata: HashMap<Box<str>, Metadata>,
    next: Next,
    _account: Reservation,
}

#[derive(Clone, Copy)]
enum Next {
    /// The first batch is there even when it is empty.
    First,
    Further,
    Nothing,
}

impl Pieces for Lines {
    fn write_next(&mut self, out: &mut String) -> bool {
        let is_batch = matches!(self.next, Next::First) || self.found.len() > 0;
        match self.next {
            Next::Nothing => return false,
            _ if is_batch => {
                self.next = Next::Further;
                self.write_batch(out);
            }
            _ => {
                self.next = Next::Nothing;
                Object::new(out).str("status", "success").plain("has_more", self.has_more).end();
            }
        }
        out.push('\n');
        true
    }
}

impl Lines {
    fn write_batch(&mut self, out: &mut String) {
        let Self { found, field, include_score, metadata, .. } = self;
        let mut line = Object::new(out);
        write_array(line.field("results"), found.by_ref().take(self.batch_size), |out, found| {
            let mut result = Object::new(out);
            result.str(field, &found.text);
            if *include_score {
                write_float(result.field("score"), found.score);
            }
            if let Some(metadata) = metadata.get(found.text.as_str()) {
                result.str("type", metadata.kind.as_str());
                for (name, text) in [("help", &metadata.help), ("unit", &metadata.unit)] {
                    if !text.is_empty() {
                        result.str(name, text);
                    }
                }
            }
            result.end();
        });
        line.end();
    }
}
