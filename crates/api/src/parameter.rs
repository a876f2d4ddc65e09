//! Parameters of a request, from its URL and its form, read as Prometheus reads them.

#[cfg(test)]
use std::{cell::RefCell, collections::BTreeSet};

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
};
use http::{Method, header};
use model::{civil, duration, label};

use crate::error::ApiError;

/// Bytes of a form at most: eight times the longest expression that is parsed, for what is sent beside it and
/// for its encoding.
const FORM_BYTES_MAX: usize = 8 * promql::syntax::LENGTH_MAX;

/// Earliest time of a request that names none, in milliseconds since the Unix epoch.
pub(crate) const MIN_TIME_MS: i64 = (i64::MIN / 1_000 + 62_135_596_801) * 1_000;

/// Latest time of a request that names none.
pub(crate) const MAX_TIME_MS: i64 = (i64::MAX / 1_000 - 62_135_596_801) * 1_000 + 999;

/// How clients write these two times when they send them: their years have too many digits for RFC 3339.
const MIN_TIME: &str = "-292273086-05-16T16:47:06Z";
const MAX_TIME: &str = "292277025-08-18T07:12:54.999999999Z";

#[cfg(test)]
thread_local! {
    static ASKED_FOR: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// The names of the parameters that were asked for in this thread since the last call.
#[cfg(test)]
pub(crate) fn asked_for() -> BTreeSet<String> {
    ASKED_FOR.take()
}

/// The parameters of a request; those of the form come before those of the URL.
#[derive(Debug, Default)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let mut parameters = Self::default();
        if has_form(&request) {
            let form = to_bytes(request.into_body(), FORM_BYTES_MAX)
                .await
                .map_err(|error| ApiError::bad_data(format_args!("error parsing form values: {error}")))?;
            parameters.extend(&form);
        }
        parameters.extend(query.as_bytes());
        Ok(parameters)
    }
}

fn has_form(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let essence = content_type.and_then(|v| v.split(';').next()).unwrap_or_default().trim();
    matches!(*request.method(), Method::POST | Method::PUT)
        && essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

impl Parameters {
    /// Pairs that are not well encoded are passed over.
    fn extend(&mut self, text: &[u8]) {
        for pair in text.split(|&b| b == b'&').filter(|pair| !pair.is_empty() && !pair.contains(&b';')) {
            let (name, value) = match pair.iter().position(|&b| b == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &b""[..]),
            };
            if let (Some(name), Some(value)) = (decode(name, true), decode(value, true)) {
                let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
                self.pairs.push((text(name), text(value)));
            }
        }
    }

    /// The first value of a parameter; `""` when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of a parameter.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        #[cfg(test)]
        ASKED_FOR.with_borrow_mut(|asked| _ = asked.insert(name.to_owned()));
        self.pairs.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// What follows a prefix in the names of parameters, with their values.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// The parameter `limit`: a number of results; 0 is no limit.
    ///
    /// # Errors
    /// When it is no number or negative.
    pub fn limit(&self) -> Result<usize, ApiError> {
        let text = self.get("limit");
        if text.is_empty() {
            return Ok(0);
        }
        let limit = parse_integer(text).map_err(|why| ApiError::parameter("limit", why))?;
        usize::try_from(limit).map_err(|_| ApiError::parameter("limit", "limit must be non-negative"))
    }

    /// A time in milliseconds since the Unix epoch; `default` when it is not given.
    ///
    /// # Errors
    /// When it is no time.
    pub fn time_ms_or(&self, name: &str, default: i64) -> Result<i64, ApiError> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(default);
        }
        parse_time_ms(text)
            .map_err(|why| ApiError::parameter(name, format_args!("invalid time value for '{name}': {why}")))
    }

    /// A time that has to be given, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When it is not given or no time.
    pub fn time_ms(&self, name: &str) -> Result<i64, ApiError> {
        parse_time_ms(self.get(name)).map_err(|why| ApiError::parameter(name, why))
    }

    /// The range of time between the parameters `start` and `end`, each of which may be absent.
    ///
    /// # Errors
    /// When one of them is no time.
    pub fn range_ms(&self) -> Result<(i64, i64), ApiError> {
        Ok((self.time_ms_or("start", MIN_TIME_MS)?, self.time_ms_or("end", MAX_TIME_MS)?))
    }
}

/// Reads an integer with the errors of Go's `strconv.Atoi`.
pub(crate) fn parse_integer(text: &str) -> Result<i64, String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.parse().map_err(|error: std::num::ParseIntError| {
        let why = match error.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!("strconv.Atoi: parsing {}: {why}", quoted(text))
    })
}

/// Reads a truth value with the errors of Go's `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {}: invalid syntax", quoted(text))),
    }
}

/// Reads a time: seconds since the Unix epoch with decimals, or RFC 3339. The result is in milliseconds.
pub(crate) fn parse_time_ms(text: &str) -> Result<i64, String> {
    if let Some(seconds) = text.parse::<f64>().ok().filter(|seconds| !seconds.is_nan()) {
        // Rounded to milliseconds and taken to nanoseconds as Prometheus does it, so that each digit agrees.
        let fraction = (seconds.fract() * 1_000.0).round() / 1_000.0;
        let ms = ((fraction * 1e9) as i64).div_euclid(1_000_000);
        return Ok((seconds.trunc() as i64).saturating_mul(1_000).saturating_add(ms));
    }
    match text {
        MIN_TIME => Some(MIN_TIME_MS),
        MAX_TIME => Some(MAX_TIME_MS),
        _ => civil::parse_rfc3339_ms(text),
    }
    .ok_or_else(|| format!("cannot parse {} to a valid timestamp", quoted(text)))
}

/// Reads a duration: seconds with decimals, or `1m30s`. The result is in nanoseconds and may be negative.
pub(crate) fn parse_duration_ns(text: &str) -> Result<i64, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        let ns = seconds * 1e9;
        if ns.abs() > i64::MAX as f64 {
            return Err(format!("cannot parse {} to a valid duration. It overflows int64", quoted(text)));
        }
        return Ok(ns as i64);
    }
    match duration::parse_ms(text) {
        // Cannot overflow: the largest duration is as many nanoseconds as fit.
        Ok(ms) => Ok(ms.saturating_mul(1_000_000)),
        Err(_) => Err(format!("cannot parse {} to a valid duration", quoted(text))),
    }
}

/// The text in double quotes, as Go's `%q` prints it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    // Writing to a string does not fail.
    _ = label::write_quoted(&mut out, text);
    out
}

/// Takes percent encoding back, and `+` for a space where `plus` says so; `None` when it is not well formed.
pub(crate) fn decode(text: &[u8], plus: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        out.push(match byte {
            b'%' => hex(*bytes.next()?)? << 4 | hex(*bytes.next()?)?,
            b'+' if plus => b' ',
            _ => byte,
        });
    }
    Some(out)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|d| d as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn from_url(query: &str) -> Parameters {
        let mut parameters = Parameters::default();
        parameters.extend(query.as_bytes());
        parameters
    }

    #[test]
    fn pairs_that_are_not_well_encoded_are_passed_over() {
        let parameters = from_url("a=1+2&b=%zz&c;d=1&match[]=x%7B%7D&match%5B%5D=y&e&=&f=%ff");
        assert_eq!(parameters.get("a"), "1 2");
        assert_eq!(parameters.all("match[]").collect::<Vec<_>>(), ["x{}", "y"]);
        assert_eq!((parameters.get("b"), parameters.get("e"), parameters.get("f")), ("", "", "\u{fffd}"));
    }

    #[tokio::test]
    async fn the_form_comes_before_the_url() {
        let request = |content_type: &str| {
            let request = Request::post("/x?query=url&a=1").header(header::CONTENT_TYPE, content_type);
            request.body(Body::from("query=form")).unwrap()
        };
        let form = request("application/x-www-form-urlencoded; charset=UTF-8");
        let parameters = Parameters::from_request(form, &()).await.unwrap();
        assert_eq!((parameters.get("query"), parameters.get("a")), ("form", "1"));
        let parameters = Parameters::from_request(request("text/plain"), &()).await.unwrap();
        assert_eq!(parameters.get("query"), "url");
    }

    #[test]
    fn times_are_seconds_or_rfc_3339() {
        for (text, ms) in [
            ("1435781451.781", 1_435_781_451_781),
            ("1435781451.7814", 1_435_781_451_781),
            ("-1.5", -1_500),
            ("1e3", 1_000_000),
            ("2015-07-01T20:10:51.781Z", 1_435_781_451_781),
            (MIN_TIME, MIN_TIME_MS),
            (MAX_TIME, MAX_TIME_MS),
        ] {
            assert_eq!(parse_time_ms(text), Ok(ms));
        }
        assert!(parse_time_ms("NaN").is_err());
        assert_eq!(parse_time_ms("x\"").unwrap_err(), r#"cannot parse "x\"" to a valid timestamp"#);
    }

    #[test]
    fn durations_are_seconds_or_units() {
        for (text, ns) in [("0.5", 500_000_000), ("1m30s", 90_000_000_000), ("-1", -1_000_000_000), ("0", 0)]
        {
            assert_eq!(parse_duration_ns(text), Ok(ns));
        }
        assert!(parse_duration_ns("1e300").unwrap_err().ends_with("It overflows int64"));
        assert_eq!(parse_duration_ns("").unwrap_err(), r#"cannot parse "" to a valid duration"#);
    }

    #[test]
    fn limits_fail_as_in_go() {
        assert_eq!(from_url("limit=7").limit(), Ok(7));
        assert_eq!(from_url("").limit(), Ok(0));
        for (limit, why) in [
            ("x", "strconv.Atoi: parsing \"x\": invalid syntax"),
            ("99999999999999999999", "strconv.Atoi: parsing \"99999999999999999999\": value out of range"),
            ("-1", "limit must be non-negative"),
        ] {
            let error = from_url(&format!("limit={limit}")).limit().unwrap_err();
            assert_eq!(error.message, format!("invalid parameter \"limit\": {why}"));
        }
    }
}
