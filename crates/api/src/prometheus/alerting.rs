//! `rules`, `alerts` and `alertmanagers`: rules are not evaluated, so there are none of them, but requests are
//! read as if there were.

use axum::{extract::State, response::Response};

use super::{Prometheus, answer, selection::parse_selectors};
use crate::{
    error::ApiError,
    parameter::{Parameters, parse_bool, parse_integer, quoted},
};

/// Groups of a page at most.
const GROUP_LIMIT_MAX: i64 = i32::MAX as i64;

pub(super) async fn rules(State(_): State<Prometheus>, parameters: Parameters) -> Result<Response, ApiError> {
    parse_selectors(&parameters).map_err(ApiError::bad_data)?;
    let kind = parameters.get("type").to_lowercase();
    if !matches!(kind.as_str(), "" | "alert" | "record") {
        return Err(ApiError::parameter("type", format_args!("not supported value {}", quoted(&kind))));
    }
    let exclude_alerts = parameters.get("exclude_alerts").to_lowercase();
    if !exclude_alerts.is_empty() {
        parse_bool(&exclude_alerts).map_err(|why| {
            ApiError::parameter("exclude_alerts", format_args!("error converting exclude_alerts: {why}"))
        })?;
    }
    check_page(parameters.get("group_limit"), parameters.get("group_next_token"))?;
    Ok(answer::success(|out| out.push_str(r#"{"groups":[]}"#)))
}

/// There is no token that any page could have ended with.
fn check_page(limit: &str, token: &str) -> Result<(), ApiError> {
    let wrong_token = |why: String| ApiError::parameter("group_next_token", why);
    let wrong_limit = |why: String| ApiError::parameter("group_limit", why);
    if limit.is_empty() {
        let why = "group_limit needs to be present in order to paginate over the groups";
        return if token.is_empty() { Ok(()) } else { Err(wrong_token(why.to_owned())) };
    }
    let number = parse_integer(limit).map_err(|why| {
        wrong_limit(format!("group_limit needs to be a valid number: {}", why.replace("Atoi", "ParseInt")))
    })?;
    if number > GROUP_LIMIT_MAX {
        let why = format!("strconv.ParseInt: parsing {}: value out of range", quoted(limit));
        return Err(wrong_limit(format!("group_limit needs to be a valid number: {why}")));
    }
    if number <= 0 {
        return Err(wrong_limit("group_limit needs to be greater than 0".to_owned()));
    }
    if !token.is_empty() {
        return Err(wrong_token(format!("invalid group_next_token '{token}'. were rule groups changed?")));
    }
    Ok(())
}

pub(super) async fn alerts() -> Response {
    answer::success(|out| out.push_str(r#"{"alerts":[]}"#))
}

pub(super) async fn alertmanagers() -> Response {
    answer::success(|out| out.push_str(r#"{"activeAlertmanagers":[],"droppedAlertmanagers":[]}"#))
}
