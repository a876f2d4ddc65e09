//! Dashboards and folders as resources: `/apis/dashboard.grafana.app` and `/apis/folder.grafana.app`, as the newest of
//! Grafana's tools ask for them. A resource wraps what the other paths hand out: its name is the uid, its `spec` the
//! dashboard or folder.

mod dashboard;
mod discovery;
mod folder;

use std::collections::BTreeMap;

use axum::{
    Extension, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use dashboard::Dashboards;
use folder::Folders;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Grafana, Viewer, at_least,
    folder::rfc3339,
    request::{Answer, Refusal, nullable, parse},
};
use crate::parameter::{Parameters, parse_integer};
use ::dashboard::{Role, Stamp};

/// Items of a list that names no number, and at most.
const LIMIT: usize = 100;
const LIMIT_MAX: usize = 500;
/// Bytes after which a list goes on in a further answer: dashboards come with their texts.
const LIST_BYTES_MAX: usize = 1 << 20;
/// The one organisation as these paths call it.
const NAMESPACE: &str = "default";
const FOLDER: &str = "grafana.app/folder";
const MESSAGE: &str = "grafana.app/message";

/// A kind of resource.
trait Resource: 'static {
    const GROUP: &'static str;
    /// All of one model.
    const VERSIONS: &'static [&'static str];
    const KIND: &'static str;
    const PLURAL: &'static str;

    /// The names of all, in the order of a list.
    fn names(grafana: &Grafana) -> Vec<String>;

    /// The one of a name.
    fn read(grafana: &Grafana, name: &str) -> Result<Described, Refusal>;

    /// Makes one, or replaces the one of that name and version; the result is its name.
    fn save(grafana: &Grafana, wanted: &Wanted<'_>) -> Result<String, Refusal>;

    /// Deletes one.
    fn delete(grafana: &Grafana, name: &str) -> Result<(), Refusal>;
}

/// A resource to be handed out.
struct Described {
    name: String,
    id: i64,
    version: u32,
    folder_uid: String,
    created: Stamp,
    updated: Stamp,
    /// JSON text.
    spec: String,
}

/// A resource to be saved.
struct Wanted<'a> {
    /// Empty when one is to be made.
    name: &'a str,
    /// The version that it replaces; `None` for a new one.
    version: Option<u32>,
    folder_uid: &'a str,
    message: &'a str,
    user: &'a str,
    /// JSON text.
    spec: &'a str,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(default, deserialize_with = "nullable")]
    metadata: Metadata,
    #[serde(borrow)]
    spec: &'a RawValue,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    name: Option<String>,
    resource_version: Option<String>,
    annotations: Option<BTreeMap<String, String>>,
}

impl Metadata {
    fn annotation(&self, name: &str) -> &str {
        self.annotations.as_ref().and_then(|all| all.get(name)).map_or("", String::as_str)
    }
}

/// Where a request goes to.
#[derive(Deserialize)]
struct Target {
    version: String,
    namespace: String,
    name: Option<String>,
}

impl Target {
    fn check<R: Resource>(&self) -> Result<&str, Refusal> {
        let known = R::VERSIONS.contains(&self.version.as_str());
        if known && self.namespace == NAMESPACE {
            return Ok(self.name.as_deref().unwrap_or_default());
        }
        let text = format!(
            "there are {} of the versions {} in the namespace {NAMESPACE}",
            R::PLURAL,
            R::VERSIONS.join(", ")
        );
        Err(Refusal::new(StatusCode::NOT_FOUND, text))
    }
}

/// Looking at resources, for everybody, and changing them, for editors.
pub(super) fn routes() -> Router<Grafana> {
    routes_of::<Dashboards>().merge(routes_of::<Folders>()).merge(discovery::routes())
}

fn routes_of<R: Resource>() -> Router<Grafana> {
    let all = format!("/apis/{}/{{version}}/namespaces/{{namespace}}/{}", R::GROUP, R::PLURAL);
    let one = format!("{all}/{{name}}");
    let looks = Router::new().route(&all, get(list::<R>)).route(&one, get(read::<R>));
    let changes =
        Router::new().route(&all, post(create::<R>)).route(&one, put(replace::<R>).delete(delete::<R>));
    looks.merge(changes.route_layer(at_least(Role::Editor)))
}

async fn list<R: Resource>(
    State(grafana): State<Grafana>,
    Path(target): Path<Target>,
    parameters: Parameters,
) -> Response {
    let number = |name| parse_integer(parameters.get(name)).ok().and_then(|n| usize::try_from(n).ok());
    let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(LIMIT).min(LIMIT_MAX);
    let start = number("continue").unwrap_or(0);
    let answer = grafana.answer(move |grafana| {
        Ok(target
            .check::<R>()
            .and_then(|_| page::<R>(grafana, &target.version, start, limit))
            .unwrap_or_else(failure))
    });
    answer.await
}

/// The items from a place on, as many as fit, and where to go on.
fn page<R: Resource>(grafana: &Grafana, version: &str, start: usize, limit: usize) -> Answer {
    let names = R::names(grafana);
    let (mut items, mut bytes, mut seen) = (Vec::new(), 0, start);
    for name in names.iter().skip(start).take(limit) {
        seen += 1;
        // One that cannot be read holds up no other; the log says why.
        if let Ok(described) = R::read(grafana, name) {
            let item = print::<R>(version, &described);
            bytes += item.len();
            items.push(item);
        }
        if bytes > LIST_BYTES_MAX {
            break;
        }
    }
    let mut metadata = json!({ "resourceVersion": "0" });
    if let Some(left) = names.len().checked_sub(seen).filter(|left| *left > 0) {
        metadata =
            json!({ "resourceVersion": "0", "continue": seen.to_string(), "remainingItemCount": left });
    }
    let (kind, group) = (R::KIND, R::GROUP);
    let items = items.join(",");
    let text = format!(
        r#"{{"kind":"{kind}List","apiVersion":"{group}/{version}","metadata":{metadata},"items":[{items}]}}"#
    );
    Ok(json_text(StatusCode::OK, text))
}

async fn read<R: Resource>(State(grafana): State<Grafana>, Path(target): Path<Target>) -> Response {
    let answer = grafana.answer(move |grafana| {
        let name = target.check::<R>().map(str::to_owned);
        Ok(finish::<R>(grafana, &target.version, StatusCode::OK, name))
    });
    answer.await
}

async fn create<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let created = target.check::<R>().and_then(|_| {
            let Body { metadata, spec } = parse(text)?;
            let name = metadata.name.as_deref().unwrap_or_default();
            if !name.is_empty() && R::read(grafana, name).is_ok() {
                let text = format!("{}.{} {name:?} already exists", R::PLURAL, R::GROUP);
                return Err(Refusal::new(StatusCode::CONFLICT, text));
            }
            save::<R>(grafana, &metadata, name, None, viewer.login(), spec.get())
        });
        Ok(finish::<R>(grafana, &target.version, StatusCode::CREATED, created))
    });
    answer.await
}

async fn replace<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let replaced = target.check::<R>().and_then(|name| {
            let Body { metadata, spec } = parse(text)?;
            let now = R::read(grafana, name)?.version;
            // Without a version whichever it is now is replaced.
            let given = metadata.resource_version.as_ref().filter(|version| !version.is_empty());
            let version = given.map_or(Some(now), |version| version.parse().ok());
            let mismatch = || Refusal::new(StatusCode::CONFLICT, "the object has been modified; get it anew");
            let version = version.filter(|version| *version == now).ok_or_else(mismatch)?;
            save::<R>(grafana, &metadata, name, Some(version), viewer.login(), spec.get())
        });
        Ok(finish::<R>(grafana, &target.version, StatusCode::OK, replaced))
    });
    answer.await
}

fn save<R: Resource>(
    grafana: &Grafana,
    metadata: &Metadata,
    name: &str,
    version: Option<u32>,
    user: &str,
    spec: &str,
) -> Result<String, Refusal> {
    let (folder_uid, message) = (metadata.annotation(FOLDER), metadata.annotation(MESSAGE));
    R::save(grafana, &Wanted { name, version, folder_uid, message, user, spec })
}

async fn delete<R: Resource>(State(grafana): State<Grafana>, Path(target): Path<Target>) -> Response {
    let answer = grafana.answer(move |grafana| {
        let deleted = target.check::<R>().and_then(|name| R::delete(grafana, name));
        let done = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": { "name": target.name, "group": R::GROUP, "kind": R::PLURAL },
        });
        Ok(deleted.map_or_else(failure, |()| json_text(StatusCode::OK, done.to_string())))
    });
    answer.await
}

/// The resource of a name as an answer.
fn finish<R: Resource>(
    grafana: &Grafana,
    version: &str,
    status: StatusCode,
    name: Result<String, Refusal>,
) -> Response {
    let described = name.and_then(|name| R::read(grafana, &name));
    described.map_or_else(failure, |described| json_text(status, print::<R>(version, &described)))
}

fn print<R: Resource>(version: &str, described: &Described) -> String {
    let Described { name, id, version: own_version, folder_uid, created, updated, spec } = described;
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
        "labels": { "grafana.app/deprecatedInternalID": id.to_string() },
        "annotations": annotations,
    });
    let (kind, group) = (R::KIND, R::GROUP);
    format!(
        r#"{{"kind":"{kind}","apiVersion":"{group}/{version}","metadata":{metadata},"spec":{spec},"status":{{}}}}"#
    )
}

/// Why not, as these paths word it.
fn failure(refusal: Refusal) -> Response {
    let (status, message) = refusal.into_parts();
    let (status, reason) = match status {
        StatusCode::BAD_REQUEST => (status, "BadRequest"),
        StatusCode::NOT_FOUND => (status, "NotFound"),
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => (StatusCode::CONFLICT, "Conflict"),
        StatusCode::FORBIDDEN => (status, "Forbidden"),
        StatusCode::PAYLOAD_TOO_LARGE => (status, "RequestEntityTooLarge"),
        _ => (status, "InternalError"),
    };
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": status.as_u16(),
    });
    json_text(status, body.to_string())
}

fn json_text(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
