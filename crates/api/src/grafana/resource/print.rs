//! Resources and lists of them as JSON, and why there is none.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{Described, FOLDER, NAMESPACE, Resource, select};
use crate::grafana::{folder::rfc3339, request::Refusal};

/// A resource in the version that somebody asks for.
pub(super) fn print<R: Resource>(version: &str, described: &Described) -> String {
    let Described { name, id, version: own_version, folder_uid, created, updated, .. } = described;
    let mut annotations = json!({
        "grafana.app/createdBy": created.by,
        "grafana.app/updatedBy": updated.by,
        "grafana.app/updatedTimestamp": rfc3339(updated.at_ms),
    });
    if let Some(fields) = annotations.as_object_mut().filter(|_| !folder_uid.is_empty()) {
        fields.insert(FOLDER.to_owned(), Value::from(folder_uid.as_str()));
    }
    let metadata = json!({
        "name": name,
        "namespace": NAMESPACE,
        "uid": name,
        "resourceVersion": own_version.to_string(),
        "generation": own_version,
        "creationTimestamp": rfc3339(created.at_ms),
        "labels": { select::ID: id.to_string() },
        "annotations": annotations,
    });
    let (kind, group) = (R::KIND, R::GROUP);
    let (spec, status) = spec_and_status::<R>(version, described);
    format!(
        r#"{{"kind":"{kind}","apiVersion":"{group}/{version}","metadata":{metadata},"spec":{spec},"status":{status}}}"#
    )
}

/// What is of another model than the one that is asked for is not converted: as Grafana does where it cannot, the
/// status says in which version it is stored, and clients ask for that one.
fn spec_and_status<R: Resource>(version: &str, described: &Described) -> (String, Value) {
    let Described { title, stored_version, spec, .. } = described;
    if R::is_same_model(version, stored_version) {
        return (spec.clone(), json!({}));
    }
    let error =
        format!("the dashboard is stored as {stored_version} and not converted; ask for that version");
    let conversion = json!({ "failed": true, "storedVersion": stored_version, "error": error });
    (json!({ "title": title }).to_string(), json!({ "conversion": conversion }))
}

/// Why not, as these paths word it.
pub(super) fn failure(refusal: Refusal) -> Response {
    let (status, word, message) = refusal.into_parts();
    let (status, reason) = match status {
        _ if word.0 == "reason" => (status, word.1),
        StatusCode::BAD_REQUEST => (status, "BadRequest"),
        StatusCode::UNAUTHORIZED => (status, "Unauthorized"),
        StatusCode::NOT_FOUND => (status, "NotFound"),
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => (StatusCode::CONFLICT, "Conflict"),
        StatusCode::FORBIDDEN => (status, "Forbidden"),
        StatusCode::PAYLOAD_TOO_LARGE => (status, "RequestEntityTooLarge"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (status, "UnsupportedMediaType"),
        _ => (status, "InternalError"),
    };
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": status.as_u16(),
    });
    json_text(status, body.to_string())
}

pub(super) fn json_text(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
