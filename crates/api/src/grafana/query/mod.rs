//! `/api/ds/query`: queries of several data sources at once, answered in Grafana's data frames.

mod foreign;
mod frame;
mod request;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{DataSource, data_source::Key};
use http::StatusCode;
use model::Reservation;
use promql::engine::Value;
use wire::answer::{Exemplar, Series};

use super::{
    Viewer,
    data_source::{Asking, Failed},
    message,
};
use crate::{
    evaluator::{Job, Query, reserve},
    handler::post,
    prometheus::stream::{Pieces, respond},
};
use request::{Asked, Chosen};

/// Bytes of a request: fifty long queries.
const BODY_BYTES_MAX: usize = 1 << 20;
/// What reading it takes, at most, as a multiple of its bytes.
const READ_FACTOR: usize = 8;

pub(super) fn routes() -> Router<Asking> {
    Router::new().route("/api/ds/query", post(query))
}

async fn query(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let (body, _account) = match asking.held(request.into_body(), BODY_BYTES_MAX, READ_FACTOR).await {
        Ok(held) => held,
        Err(refusal) => return refusal.into_response(),
    };
    let all = match request::read(&body, asking.evaluator.now_ms()) {
        Ok(all) => all,
        Err(why) => return message(StatusCode::BAD_REQUEST, &why),
    };
    let mut answers: Vec<Answer> = Vec::with_capacity(all.len());
    for asked in all {
        let result = answer(&asking, &viewer, &asked).await;
        let Asked { ref_id, .. } = &asked;
        match answers.iter_mut().find(|answer| answer.ref_id == *ref_id) {
            Some(before) => before.add(asked, result),
            None => {
                let mut new = Answer { ref_id: ref_id.clone(), results: Vec::new(), failed: None };
                new.add(asked, result);
                answers.push(new);
            }
        }
    }
    let failed = answers.iter().any(|answer| answer.failed.is_some());
    let mut response = respond(Written { answers, next: Next::Opening });
    if failed {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// What the queries of one reference gave: a range, a moment, or both.
struct Answer {
    ref_id: String,
    results: Vec<(Asked, Found)>,
    failed: Option<Failed>,
}

impl Answer {
    fn add(&mut self, asked: Asked, result: Result<Found, Failed>) {
        match result {
            Ok(found) => self.results.push((asked, found)),
            Err(failed) => self.failed = Some(failed),
        }
    }
}

/// What a query gave, of which frames are made; its memory is given back with it.
struct Found {
    series: FoundSeries,
    /// What the engine has to say about it, warnings first.
    notices: Vec<(&'static str, String)>,
    _account: Reservation,
}

enum FoundSeries {
    Own(Value),
    Foreign { result_type: &'static str, series: Vec<Series> },
    Exemplars(Vec<Exemplar>),
}

/// What stands for a data source in queries that reckon with the results of others.
const EXPRESSION: &str = "__expr__";

async fn answer(asking: &Asking, viewer: &Viewer, asked: &Asked) -> Result<Found, Failed> {
    if asked.source == Chosen::Named(EXPRESSION.to_owned()) {
        let text = "expressions over other queries are not evaluated here: write them in PromQL".to_owned();
        return Err(Failed { status: StatusCode::BAD_REQUEST, text });
    }
    let source = find(asking, &asked.source)
        .ok_or_else(|| Failed { status: StatusCode::NOT_FOUND, text: "Data source not found".to_owned() })?;
    let found = match source.is_own() {
        true => of_own(asking, asked).await,
        false => foreign::ask(asking, viewer, &source, asked).await,
    };
    // As Grafana has it: curves are worth showing without their exemplars.
    match found {
        Err(failed) if asked.exemplars => {
            tracing::debug!(error = failed.text, "exemplars");
            Ok(Found {
                series: FoundSeries::Exemplars(Vec::new()),
                notices: Vec::new(),
                _account: asking.account(),
            })
        }
        found => found,
    }
}

fn find(asking: &Asking, chosen: &Chosen) -> Option<Arc<DataSource>> {
    let store = asking.grafana.sources.store();
    match chosen {
        Chosen::Default => store.all().into_iter().find(|source| source.definition.is_default),
        Chosen::Id(id) => store.find(Key::Id(*id)).ok(),
        Chosen::Named(name) => store.find(Key::Uid(name)).or_else(|_| store.find(Key::Name(name))).ok(),
    }
}

async fn of_own(asking: &Asking, asked: &Asked) -> Result<Found, Failed> {
    let query = Query {
        text: asked.expr.clone(),
        times: asked.times,
        lookback_delta_ms: None,
        per_step_stats: false,
        explain: false,
    };
    if asked.exemplars {
        let store = Arc::clone(&asking.exemplars);
        let find = move |job: &Job| {
            let (exemplars, mut account) = job.exemplars(&*store, &query)?;
            let series = FoundSeries::Exemplars(exemplars);
            reserve(&mut account, series.written_bytes())?;
            Ok(Found { series, notices: Vec::new(), _account: account })
        };
        return Ok(asking.evaluator.run(None, find).await?);
    }
    let work = move |job: &Job| {
        let (outcome, mut account) = job.evaluate(&query)?;
        let series = FoundSeries::Own(outcome.value);
        reserve(&mut account, series.written_bytes())?;
        let warnings = outcome.warnings.into_iter().map(|text| ("warning", text));
        let notices = warnings.chain(outcome.infos.into_iter().map(|text| ("info", text))).collect();
        Ok(Found { series, notices, _account: account })
    };
    Ok(asking.evaluator.run(None, work).await?)
}

/// An answer on its way out, a frame at a time.
struct Written {
    answers: Vec<Answer>,
    next: Next,
}

/// What is written next.
#[derive(Clone, Copy)]
enum Next {
    Opening,
    /// A frame of a result of an answer.
    Frame {
        answer: usize,
        result: usize,
        frame: usize,
    },
    Nothing,
}

impl Pieces for Written {
    fn write_next(&mut self, out: &mut String) -> bool {
        self.next = match self.next {
            Next::Opening => {
                out.push_str("{\"results\":{");
                self.open(out, 0)
            }
            Next::Frame { answer, result, frame } => self.write_frame(out, answer, result, frame),
            Next::Nothing => return false,
        };
        true
    }
}

impl Written {
    /// Begins an answer, or ends all of them behind the last.
    fn open(&self, out: &mut String, answer: usize) -> Next {
        let Some(Answer { ref_id, failed, .. }) = self.answers.get(answer) else {
            out.push_str("}}");
            return Next::Nothing;
        };
        frame::write_opening(out, answer == 0, ref_id, failed.as_ref());
        Next::Frame { answer, result: 0, frame: 0 }
    }

    fn write_frame(&self, out: &mut String, answer: usize, result: usize, frame: usize) -> Next {
        let results = self.answers.get(answer).map(|answer| answer.results.as_slice()).unwrap_or_default();
        let Some((asked, found)) = results.get(result) else {
            out.push_str("]}");
            return self.open(out, answer + 1);
        };
        // Without series there is a frame all the same: it says what was asked.
        let least = usize::from(!asked.exemplars);
        if frame >= found.series.len().max(least) {
            return Next::Frame { answer, result: result + 1, frame: 0 };
        }
        if (result, frame) != (0, 0) {
            out.push(',');
        }
        frame::write(out, asked, found, frame);
        Next::Frame { answer, result, frame: frame + 1 }
    }
}
