//! `series`, `labels` and `label/<name>/values`: what is stored, without its samples.

use std::collections::BTreeSet;

use axum::{extract::State, response::Response};
use http::Uri;
use model::{LabelSet, Matcher, Querier, Reservation, SelectHints, label, querier::QueryError};

use super::{
    Prometheus, answer,
    selection::parse_selectors,
    stream::{self, List},
};
use crate::{
    error::ApiError,
    evaluator::{Job, reserve},
    json::{write_labels, write_strings},
    parameter::{Parameters, decode},
};

/// Series read between two looks at whether the client is still there.
const SERIES_PER_LOOK: usize = 128;

pub(super) async fn series(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    if parameters.all("match[]").next().is_none() {
        return Err(ApiError::bad_data("no match[] parameter provided"));
    }
    let limit = parameters.limit()?;
    let (mint_ms, maxt_ms) = parameters.range_ms()?;
    let selectors = parse_selectors(&parameters).map_err(|why| ApiError::parameter("match[]", why))?;
    let find = move |job: &Job| {
        let querier = job.store.querier(mint_ms, maxt_ms)?;
        find_series(job, &*querier, &selectors, limit)
    };
    let (mut sets, account) = state.evaluator.run(None, find).await?;
    let warnings = truncate(&mut sets, limit);
    Ok(stream::respond(List::new(
        sets.into_iter(),
        |out: &mut String, labels: LabelSet| write_labels(out, &labels),
        &warnings,
        account,
    )))
}

/// The label sets in order, each once, and the account of the memory that they take.
fn find_series(
    job: &Job,
    querier: &dyn Querier,
    selectors: &[Vec<Matcher>],
    limit: usize,
) -> Result<(Vec<LabelSet>, Reservation), ApiError> {
    let hints = SelectHints { labels_only: true, limit: hint(limit), ..SelectHints::default() };
    let (mut sets, mut account) = (Vec::new(), job.account());
    for matchers in selectors {
        let mut found = querier.select(matchers, &hints)?;
        // One more than the limit is enough to see that there are too many.
        let stop = sets.len().saturating_add(hint_or_all(limit));
        while sets.len() < stop {
            let Some(series) = found.next()? else { break };
            let labels = series.labels().clone();
            reserve(&mut account, labels.as_bytes().len() + size_of::<LabelSet>())?;
            sets.push(labels);
            if sets.len() % SERIES_PER_LOOK == 0 {
                job.check()?;
            }
        }
    }
    if selectors.len() > 1 {
        sets.sort_unstable();
        sets.dedup();
    }
    Ok((sets, account))
}

pub(super) async fn label_names(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let request = LabelRequest::new(&parameters)?;
    request.answer(&state, |querier, matchers, limit| querier.label_names(matchers, limit)).await
}

pub(super) async fn label_values(
    State(state): State<Prometheus>,
    uri: Uri,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let name = label_name(uri.path())?;
    let request = LabelRequest::new(&parameters)?;
    request.answer(&state, move |querier, matchers, limit| querier.label_values(&name, matchers, limit)).await
}

/// What both requests for labels have in common.
struct LabelRequest {
    limit: usize,
    range_ms: (i64, i64),
    selectors: Vec<Vec<Matcher>>,
}

impl LabelRequest {
    fn new(parameters: &Parameters) -> Result<Self, ApiError> {
        let limit = parameters.limit()?;
        let range_ms = parameters.range_ms()?;
        let selectors = parse_selectors(parameters).map_err(ApiError::bad_data)?;
        Ok(Self { limit, range_ms, selectors })
    }

    async fn answer<F>(self, state: &Prometheus, read: F) -> Result<Response, ApiError>
    where
        F: Fn(&dyn Querier, &[Matcher], usize) -> Result<Vec<String>, QueryError> + Send + 'static,
    {
        let Self { limit, range_ms: (mint_ms, maxt_ms), selectors } = self;
        let find = move |job: &Job| {
            let querier = job.store.querier(mint_ms, maxt_ms)?;
            match selectors.as_slice() {
                [] => Ok(read(&*querier, &[], hint(limit))?),
                [matchers] => Ok(read(&*querier, matchers, hint(limit))?),
                several => {
                    let mut all = BTreeSet::new();
                    for matchers in several {
                        job.check()?;
                        all.extend(read(&*querier, matchers, hint(limit))?);
                    }
                    Ok(all.into_iter().collect())
                }
            }
        };
        let mut names: Vec<String> = state.evaluator.run(None, find).await?;
        let warnings = truncate(&mut names, limit);
        Ok(answer::with_warnings(&warnings, |out| write_strings(out, &names)))
    }
}

/// One more than the limit, so that it shows when there are more; 0 is no limit.
fn hint(limit: usize) -> usize {
    if limit == 0 { 0 } else { limit.saturating_add(1) }
}

fn hint_or_all(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { hint(limit) }
}

/// Cuts to the limit and warns when that took something away.
fn truncate<T>(items: &mut Vec<T>, limit: usize) -> Vec<String> {
    if limit == 0 || items.len() <= limit {
        return Vec::new();
    }
    items.truncate(limit);
    vec![answer::TRUNCATED.to_owned()]
}

/// The label's name in a path that ends with `/<name>/values`.
fn label_name(path: &str) -> Result<String, ApiError> {
    let segment = path.strip_suffix("/values").and_then(|p| p.rsplit_once('/')).map_or("", |(_, name)| name);
    let invalid =
        |name: &[u8]| ApiError::bad_data(format_args!("invalid label name: {}", quoted_bytes(name)));
    let bytes = decode(segment.as_bytes(), false).ok_or_else(|| invalid(segment.as_bytes()))?;
    match String::from_utf8(bytes) {
        Ok(name) => match unescape(&name).unwrap_or(name) {
            name if name.is_empty() => Err(invalid(b"")),
            name => Ok(name),
        },
        Err(error) => Err(invalid(error.as_bytes())),
    }
}

/// Bytes in double quotes as Go's `%q` prints them: what is no text as `\xff`.
fn quoted_bytes(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        // Writing to a string does not fail; the quotes of each chunk are taken off again.
        let mut text = String::new();
        _ = label::write_quoted(&mut text, chunk.valid());
        out.push_str(text.get(1..text.len() - 1).unwrap_or_default());
        out.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    format!("\"{out}\"")
}

/// Takes back the escaping of names for clients that only know the old alphabet: `U__my_2e_name` is
/// `my.name`. `None` when the name is not escaped so.
fn unescape(name: &str) -> Option<String> {
    let mut rest = name.strip_prefix("U__")?;
    let mut out = String::new();
    while let Some((text, tail)) = rest.split_once('_') {
        out.push_str(text);
        // Two underscores stand for one; else up to six hexadecimal digits name a character.
        let (code, tail) = tail.split_once('_')?;
        match code.len() {
            0 => out.push('_'),
            1..=6 if code.bytes().all(|b| b.is_ascii_hexdigit()) => {
                out.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
            }
            _ => return None,
        }
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_names_are_taken_from_the_path() {
        for (path, name) in [
            ("/label/job/values", "job"),
            ("/api/v1/label/a%20b/values", "a b"),
            ("/label/U__my_2e_na__me/values", "my.na_me"),
            ("/label/U__a_zz_/values", "U__a_zz_"),
            ("/label/U__a_/values", "U__a_"),
        ] {
            assert_eq!(label_name(path).unwrap(), name);
        }
        assert_eq!(label_name("/label/U__/values").unwrap_err().message, r#"invalid label name: """#);
        assert_eq!(label_name("/label/a%ff/values").unwrap_err().message, r#"invalid label name: "a\xff""#);
    }
}
