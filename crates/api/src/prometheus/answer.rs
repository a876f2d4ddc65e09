//! The envelope of every answer.

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::header;

use crate::json::{Object, write_strings};

/// Warnings and infos in an answer, of each; how many more there are is said in one more line.
const ANNOTATIONS_MAX: usize = 10;

/// What answers are.
pub(super) const MEDIA_TYPE: &str = "application/json";

/// The warning where a limit took something away.
pub(super) const TRUNCATED: &str = "results truncated due to limit";

/// A successful answer whose data `write` writes.
pub(super) fn success(write: impl FnOnce(&mut String)) -> Response {
    with_warnings(&[], write)
}

/// A successful answer with warnings.
pub(super) fn with_warnings(warnings: &[String], write: impl FnOnce(&mut String)) -> Response {
    let mut body = opening();
    write(&mut body);
    body.push_str(&closing(warnings, &[]));
    json(Bytes::from(body))
}

/// What stands before the data.
pub(super) fn opening() -> String {
    String::from(r#"{"status":"success","data":"#)
}

/// What stands after the data.
pub(super) fn closing(warnings: &[String], infos: &[String]) -> String {
    let mut out = String::new();
    for (name, kind, all) in [("warnings", "warning", warnings), ("infos", "info", infos)] {
        let (shown, more) = all.split_at(all.len().min(ANNOTATIONS_MAX));
        let mut shown = shown.to_vec();
        if !more.is_empty() {
            shown.push(format!("{} more {kind} annotations omitted", more.len()));
        }
        if !shown.is_empty() {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("\":");
            write_strings(&mut out, &shown);
        }
    }
    out.push('}');
    out
}

/// A response of the API's content type.
pub(super) fn json(body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
}

/// Writes an object as data.
pub(super) fn object(write: impl FnOnce(&mut Object<'_>)) -> Response {
    success(|out| {
        let mut object = Object::new(out);
        write(&mut object);
        object.end();
    })
}
