//! Queries of other servers, asked by Prometheus's API.

use dashboard::DataSource;
use model::float::push_seconds;
use tokio::runtime::Handle;

use super::{Asking, Found, FoundSeries, request::Asked};
use crate::{
    evaluator::{Job, reserve},
    grafana::{
        Viewer,
        data_source::{Failed, Question, take},
    },
};

/// Asks a data source; the answer is paid for out of the budget.
pub(super) async fn ask(
    asking: &Asking,
    viewer: &Viewer,
    source: &DataSource,
    asked: &Asked,
) -> Result<Found, Failed> {
    let answer = asking.send(viewer, source, &question(asked)).await?;
    let reader = asking.reader(viewer, source).await?;
    let network = Handle::current();
    let work = move |job: &Job| {
        let _reader = reader;
        let mut account = job.account();
        Ok(take(answer, &network, job, &mut account).map(|answer| (answer, account)))
    };
    let (answer, mut account) = asking.evaluator.run(None, work).await??;
    let result_type = answer.result_type.map_or("matrix", |kind| kind.as_str());
    let series = match asked.exemplars {
        true => FoundSeries::Exemplars(answer.exemplars),
        false => FoundSeries::Foreign { result_type, series: answer.series },
    };
    reserve(&mut account, series.written_bytes())?;
    Ok(Found { series, notices: Vec::new(), _account: account })
}

fn question(asked: &Asked) -> Question {
    let seconds = |ms: i64| {
        let mut text = String::new();
        push_seconds(&mut text, ms);
        text
    };
    let times = asked.times;
    let query = ("query", asked.expr.clone());
    let (start, end) = (("start", seconds(times.start_ms)), ("end", seconds(times.end_ms)));
    let (endpoint, parameters) = match times.step_ms {
        _ if asked.exemplars => ("query_exemplars", vec![query, start, end]),
        None => ("query", vec![query, ("time", seconds(times.end_ms))]),
        Some(step_ms) => ("query_range", vec![query, start, end, ("step", seconds(step_ms))]),
    };
    Question { endpoint: endpoint.to_owned(), parameters, only_get: false }
}
