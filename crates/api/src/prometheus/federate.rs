//! `/federate`: the newest samples of some series, as a page of metrics for another Prometheus.

use std::{borrow::Cow, fmt::Write as _, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use expfmt::{Escaping, push_series, push_type};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::{
    FloatHistogram, LabelSet, METRIC_NAME, MatchOp, Matcher, SampleBlock, SelectHints, Series, SeriesSet,
    float::Shortest, is_stale,
};

use super::{
    Prometheus,
    export::{self, CHUNK_BYTES, Export},
    selection::parse_selector,
    union::Union,
};
use crate::{error::ApiError, evaluator::Job, method::go_error, parameter::Parameters};

/// The label of a target; where a series has none and others do, an empty one keeps the reader's own out.
const INSTANCE: &str = "instance";

pub(super) async fn federate(
    State(state): State<Prometheus>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Response {
    let selectors = parameters.all("match[]").map(parse_selector).collect::<Result<Vec<_>, _>>();
    let selectors = match selectors {
        Ok(selectors) => selectors,
        Err(why) => return go_error(StatusCode::BAD_REQUEST, why),
    };
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let escaping = Escaping::negotiate(accept);
    let maxt_ms = state.evaluator.now_ms();
    let page = Page {
        selectors,
        range_ms: (maxt_ms - state.evaluator.lookback_delta_ms(), maxt_ms),
        external: external_labels(&state.instance.external_labels()),
        escaping,
        names: None,
        family: Family::default(),
    };
    let kind = format!("text/plain; version=0.0.4; charset=utf-8; escaping={}", escaping.as_str());
    // The scheme is one of four words.
    let kind = HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("text/plain"));
    let answered = export::respond(Arc::clone(&state.evaluator), kind, page).await;
    answered.unwrap_or_else(|error| go_error(error.kind.status(), error.message).into_response())
}

fn external_labels(labels: &LabelSet) -> Vec<(String, String)> {
    let mut all: Vec<_> = labels.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    if let Err(at) = all.binary_search_by(|(name, _)| name.as_str().cmp(INSTANCE)) {
        all.insert(at, (INSTANCE.to_owned(), String::new()));
    }
    all
}

/// A page in order of metric names. Only the names are held, and of the series one at a time.
struct Page {
    selectors: Vec<Vec<Matcher>>,
    range_ms: (i64, i64),
    external: Vec<(String, String)>,
    escaping: Escaping,
    /// Metric names that are still to come; `None` before they are looked up.
    names: Option<std::vec::IntoIter<String>>,
    family: Family,
}

/// The series of a metric.
#[derive(Default)]
struct Family {
    series: Option<Box<dyn SeriesSet>>,
    name: String,
    /// What the last line that opens a family says.
    kind: &'static str,
    block: SampleBlock,
}

impl Export for Page {
    fn write_chunk(&mut self, job: &Job, out: &mut Vec<u8>) -> Result<bool, ApiError> {
        let mut text = String::new();
        while text.len() < CHUNK_BYTES {
            job.check()?;
            let Some(series) = &mut self.family.series else {
                if self.next_family(job)? {
                    continue;
                }
                out.append(&mut text.into_bytes());
                return Ok(false);
            };
            match series.next()? {
                Some(series) => self.write_series(&mut text, series)?,
                None => self.family.series = None,
            }
        }
        out.append(&mut text.into_bytes());
        Ok(true)
    }
}

impl Page {
    /// Goes on to the next metric; false after the last.
    fn next_family(&mut self, job: &Job) -> Result<bool, ApiError> {
        if self.names.is_none() {
            self.names = Some(self.find_names(job)?.into_iter());
        }
        let Some(name) = self.names.as_mut().and_then(Iterator::next) else { return Ok(false) };
        let querier = job.store.querier(self.range_ms.0, self.range_ms.1)?;
        let named = Matcher::new(MatchOp::Equal, METRIC_NAME, &name).map_err(ApiError::bad_data)?;
        let mut sets = Vec::with_capacity(self.selectors.len());
        for matchers in &self.selectors {
            let matchers: Vec<_> = matchers.iter().chain([&named]).cloned().collect();
            sets.push(querier.select(&matchers, &SelectHints::default())?);
        }
        self.family = Family {
            series: Some(Box::new(Union::new(sets))),
            name: self.escaping.escape(&name).into_owned(),
            kind: "",
            block: std::mem::take(&mut self.family.block),
        };
        Ok(true)
    }

    fn find_names(&self, job: &Job) -> Result<Vec<String>, ApiError> {
        let querier = job.store.querier(self.range_ms.0, self.range_ms.1)?;
        let mut names = Vec::new();
        for matchers in &self.selectors {
            job.check()?;
            names.append(&mut querier.label_values(METRIC_NAME, matchers, 0)?);
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Writes the newest sample of a series, unless that says that the series has ended.
    fn write_series(&mut self, out: &mut String, mut series: Box<dyn Series>) -> Result<(), ApiError> {
        let Family { name, kind, block, .. } = &mut self.family;
        let mut newest = None;
        block.clear();
        while series.read(block)? {
            let last = block.iter().last();
            let is_histogram = block.histograms.last().filter(|(at, _)| at + 1 == block.len());
            newest = last.map(|sample| (sample, is_histogram.map(|(_, h)| Arc::clone(h)))).or(newest);
            block.clear();
        }
        let Some((sample, histogram)) = newest.filter(|(sample, _)| !is_stale(sample.value)) else {
            return Ok(());
        };
        // Text has no form for exponential buckets.
        if histogram.as_ref().is_some_and(|h| !h.uses_custom_bounds()) {
            return Ok(());
        }
        let now = if histogram.is_some() { "histogram" } else { "untyped" };
        if *kind != now {
            push_type(out, name, now);
            *kind = now;
        }
        let line = Line {
            name,
            labels: labels(series.labels(), &self.external, self.escaping),
            timestamp_ms: sample.timestamp_ms,
        };
        match histogram {
            Some(histogram) => line.write_classic(out, &histogram),
            None => line.write(out, "", None, sample.value),
        }
        Ok(())
    }
}

/// The labels of a series, and after them the external ones that it does not have.
fn labels<'a>(
    series: &'a LabelSet,
    external: &'a [(String, String)],
    escaping: Escaping,
) -> Vec<(Cow<'a, str>, &'a str)> {
    let own = series.iter().filter(|(name, _)| *name != METRIC_NAME);
    let missing = external.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let missing = missing.filter(|(name, _)| series.get(name).is_empty());
    own.chain(missing).map(|(name, value)| (escaping.escape(name), value)).collect()
}

/// What the lines of a series have in common.
struct Line<'a> {
    name: &'a str,
    labels: Vec<(Cow<'a, str>, &'a str)>,
    timestamp_ms: i64,
}

impl Line<'_> {
    fn write(&self, out: &mut String, suffix: &str, bound: Option<&str>, value: f64) {
        let labels = self.labels.iter().map(|(name, value)| (name.as_ref(), *value));
        let labels = labels.chain(bound.map(|bound| ("le", bound)));
        push_series(out, &format!("{}{suffix}", self.name), labels);
        // Writing to a string does not fail.
        // Adding zero takes the sign off another zero.
        _ = writeln!(out, " {} {}", Shortest(value + 0.0), self.timestamp_ms);
    }

    /// Custom buckets are what classic histograms have.
    fn write_classic(&self, out: &mut String, histogram: &FloatHistogram) {
        let mut buckets = histogram.positive.iter().peekable();
        let mut total = 0.0;
        for (at, bound) in histogram.custom_bounds.iter().enumerate() {
            while let Some((_, count)) = buckets.next_if(|(index, _)| *index as usize <= at) {
                total += count;
            }
            self.write(out, "_bucket", Some(&Shortest(*bound).to_string()), total);
        }
        self.write(out, "_bucket", Some("+Inf"), histogram.count);
        self.write(out, "_sum", None, histogram.sum);
        self.write(out, "_count", None, histogram.count);
    }
}
