//! What a search asks for.

use model::Matcher;

use super::score::{Algorithm, Filter};
use crate::{
    error::ApiError,
    parameter::{Parameters, parse_bool, parse_integer, parse_time_ms, quoted},
    prometheus::selection::parse_selectors,
};

/// Results of a search, and of a batch, that says nothing else.
const RESULTS: usize = 100;

/// Terms of a search at most: each costs a look at every name.
const TERMS_MAX: usize = 32;

/// Characters of a term at most: some ways to compare take as many steps for each character of a name.
const TERM_CHARS_MAX: usize = 256;

/// How far back a search looks that says nothing else.
const RANGE_MS: i64 = 3_600_000;

/// A search.
pub(super) struct SearchRequest {
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    pub(super) selectors: Vec<Vec<Matcher>>,
    pub(super) filter: Filter,
    pub(super) order: Order,
    /// At least 1.
    pub(super) limit: usize,
    pub(super) batch_size: usize,
    pub(super) include_score: bool,
}

/// The order of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
    /// What resembles most comes first.
    Score,
}

impl SearchRequest {
    /// Reads the parameters that all searches have; `limit_max` is the most results that may be asked for, 0
    /// for any number.
    ///
    /// # Errors
    /// What is wrong with them, in the words of Prometheus.
    pub(super) fn new(
        parameters: &Parameters,
        endpoint: &str,
        now_ms: i64,
        limit_max: usize,
    ) -> Result<Self, ApiError> {
        let start_ms = time(parameters, "start", now_ms.saturating_sub(RANGE_MS))?;
        let end_ms = time(parameters, "end", now_ms)?;
        if end_ms < start_ms {
            return Err(ApiError::bad_data("end timestamp must not be before start timestamp"));
        }
        let selectors = parse_selectors(parameters).map_err(ApiError::bad_data)?;
        let filter = read_filter(parameters)?;
        let include_score = boolean(parameters, "include_score", false)?;
        let order = read_order(parameters, endpoint, filter.is_empty())?;
        let limit =
            count(parameters, "limit", if limit_max == 0 { RESULTS } else { RESULTS.min(limit_max) })?;
        if limit_max > 0 && limit > limit_max {
            return Err(ApiError::bad_data(format_args!(
                "limit {limit} exceeds the configured maximum ({limit_max}, see --web.search.max-limit)"
            )));
        }
        let batch_size = count(parameters, "batch_size", RESULTS)?;
        Ok(Self { start_ms, end_ms, selectors, filter, order, limit, batch_size, include_score })
    }
}

fn time(parameters: &Parameters, name: &str, default: i64) -> Result<i64, ApiError> {
    match parameters.get(name) {
        "" => Ok(default),
        text => parse_time_ms(text)
            .map_err(|why| ApiError::bad_data(format_args!("invalid time value for '{name}': {why}"))),
    }
}

fn read_filter(parameters: &Parameters) -> Result<Filter, ApiError> {
    let terms: Vec<&str> = parameters.all("search[]").collect();
    let given = terms.len();
    if given > TERMS_MAX {
        return Err(ApiError::bad_data(format_args!(
            "too many search[] terms: got {given}, maximum is {TERMS_MAX}"
        )));
    }
    if let Some(long) = terms.iter().find(|term| term.chars().count() > TERM_CHARS_MAX) {
        let got = long.chars().count();
        return Err(ApiError::bad_data(format_args!(
            "search[] term too long: got {got} characters, maximum is {TERM_CHARS_MAX}"
        )));
    }
    let threshold = match parameters.get("fuzz_threshold") {
        "" => 0,
        text => parse_integer(text).ok().filter(|percent| (0..=100).contains(percent)).ok_or_else(|| {
            ApiError::bad_data(format_args!("invalid fuzz_threshold {}: must be 0-100", quoted(text)))
        })?,
    };
    let algorithm = match parameters.get("fuzz_alg") {
        "" | "subsequence" => Algorithm::Subsequence,
        "jarowinkler" => Algorithm::JaroWinkler,
        other => {
            return Err(ApiError::bad_data(format_args!(
                "unsupported fuzz_alg {}: must be one of [subsequence jarowinkler]",
                quoted(other)
            )));
        }
    };
    let case_sensitive = boolean(parameters, "case_sensitive", true)?;
    Ok(Filter::new(&terms, algorithm, threshold as f64 / 100.0, case_sensitive))
}

fn read_order(parameters: &Parameters, endpoint: &str, no_terms: bool) -> Result<Order, ApiError> {
    let (by, direction) = (parameters.get("sort_by"), parameters.get("sort_dir"));
    if !direction.is_empty() && by.is_empty() {
        return Err(ApiError::bad_data("sort_dir is only valid when sort_by is set"));
    }
    if !direction.is_empty() && by == "score" {
        return Err(ApiError::bad_data("sort_dir is not supported for sort_by=score"));
    }
    if !matches!(direction, "" | "asc" | "dsc") {
        return Err(ApiError::bad_data(format_args!(
            "invalid sort_dir {}: must be \"asc\" or \"dsc\"",
            quoted(direction)
        )));
    }
    if by == "score" && no_terms && parameters.all("search[]").next().is_none() {
        return Err(ApiError::bad_data("sort_by=score requires search[] to be set"));
    }
    match by {
        "score" => Ok(Order::Score),
        "alpha" if direction == "dsc" => Ok(Order::Descending),
        "" | "alpha" => Ok(Order::Ascending),
        other => Err(ApiError::bad_data(format_args!(
            "invalid sort_by {} for {endpoint}: must be \"alpha\" or \"score\"",
            quoted(other)
        ))),
    }
}

/// A number of results above 0.
fn count(parameters: &Parameters, name: &str, default: usize) -> Result<usize, ApiError> {
    match parameters.get(name) {
        "" => Ok(default),
        text => parse_integer(text)
            .ok()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|&number| number > 0)
            .ok_or_else(|| {
                let text = quoted(text);
                ApiError::bad_data(format_args!("invalid {name} {text}: must be a positive integer"))
            }),
    }
}

/// A parameter that is true or false.
///
/// # Errors
/// When it is neither.
pub(super) fn boolean(parameters: &Parameters, name: &str, default: bool) -> Result<bool, ApiError> {
    match parameters.get(name) {
        "" => Ok(default),
        text => parse_bool(text).map_err(|_| {
            ApiError::bad_data(format_args!("invalid {name} {}: must be boolean", quoted(text)))
        }),
    }
}
