//! Library panels: there are none, and clients that ask for them are told so.

use axum::Json;
use serde_json::{Value, json};

use super::search::Page;
use crate::parameter::Parameters;

pub(super) async fn list(parameters: Parameters) -> Json<Value> {
    let page = Page::of(&parameters);
    Json(json!({ "result": {
        "totalCount": 0, "page": page.number, "perPage": page.limit, "elements": [],
    } }))
}
