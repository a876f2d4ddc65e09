//! Dashboards and folders as resources: `/apis/dashboard.grafana.app` and `/apis/folder.grafana.app`, as the newest of
//! Grafana's tools ask for them. A resource wraps what the other paths hand out: its name is the uid, its `spec` the
//! dashboard or folder.

mod dashboard;
mod discovery;
mod folder;
mod patch;
mod print;
mod select;

use std::collections::BTreeMap;

use axum::{
    Extension, Router,
    extract::{Path, Request, State},
    response::Response,
};
use dashboard::Dashboards;
use folder::Folders;
use http::{StatusCode, header};
use model::Part;
use patch::PatchKind;
use print::{failure, json_text, print};
use select::Selector;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{
    Grafana, Viewer,
    request::{Answer, Refusal, nullable, parse},
};
use crate::{
    handler::{delete as delete_with, get, patch, post, put},
    parameter::{Parameters, parse_integer},
};
use ::dashboard::{Kind, Permission, Search, Stamp};

/// Items of a list that names no number, and at most.
const LIMIT: usize = 100;
const LIMIT_MAX: usize = 500;
/// Bytes after which a list goes on in a further answer: dashboards come with their texts.
const LIST_BYTES_MAX: usize = 1 << 20;
/// The one organisation as these paths call it.
const NAMESPACE: &str = "default";
const FOLDER: &str = "grafana.app/folder";
const MESSAGE: &str = "grafana.app/message";
const PATCH_KINDS: &str = "the body of the request was in an unknown format - accepted media types include: \
    application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

/// A kind of resource.
trait Resource: 'static {
    const GROUP: &'static str;
    const VERSIONS: &'static [&'static str];
    const KIND: &'static str;
    const PLURAL: &'static str;
    const SEARCH: Kind;

    /// Whether there is one of a name, whoever may see it.
    fn exists(grafana: &Grafana, name: &str) -> bool;

    /// Whether two versions are of one model.
    fn is_same_model(version: &str, other: &str) -> bool;

    /// The one of a name for somebody who may see it.
    fn read(grafana: &Grafana, viewer: &Viewer, name: &str) -> Result<Described, Refusal>;

    /// Makes one, or replaces the one of that name and version, if whoever asks may; the result is its name.
    fn save(grafana: &Grafana, wanted: &Wanted<'_>) -> Result<String, Refusal>;

    /// Deletes one, if whoever asks may.
    fn delete(grafana: &Grafana, viewer: &Viewer, name: &str) -> Result<(), Refusal>;
}

/// A resource to be handed out.
#[derive(Default)]
struct Described {
    name: String,
    id: i64,
    version: u32,
    folder_uid: String,
    created: Stamp,
    updated: Stamp,
    title: String,
    /// The version whose model the spec is of.
    stored_version: String,
    /// JSON text.
    spec: String,
}

/// A resource to be saved.
struct Wanted<'a> {
    /// Empty when one is to be made.
    name: &'a str,
    /// The version that it replaces; `None` for a new one.
    version: Option<u32>,
    /// The version of the API whose model it is of.
    api_version: &'a str,
    folder_uid: &'a str,
    message: &'a str,
    viewer: &'a Viewer,
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

/// Looking at resources and changing them: the permissions of folders and dashboards decide.
pub(super) fn routes() -> Router<Grafana> {
    routes_of::<Dashboards>().merge(routes_of::<Folders>()).merge(discovery::routes())
}

fn routes_of<R: Resource>() -> Router<Grafana> {
    let all = format!("/apis/{}/{{version}}/namespaces/{{namespace}}/{}", R::GROUP, R::PLURAL);
    let one = format!("{all}/{{name}}");
    let single =
        get(read::<R>).merge(put(replace::<R>)).merge(patch(change::<R>)).merge(delete_with(delete::<R>));
    Router::new().route(&all, get(list::<R>).merge(post(create::<R>))).route(&one, single)
}

async fn list<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    parameters: Parameters,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let page = target.check::<R>().and_then(|_| {
            let selector = Selector::parse(parameters.get("fieldSelector"), parameters.get("labelSelector"))?;
            page::<R>(grafana, &viewer, &target.version, &selector, &parameters)
        });
        Ok(page.unwrap_or_else(failure))
    });
    answer.await
}

/// The items from a place on, as many as fit, and where to go on.
fn page<R: Resource>(
    grafana: &Grafana,
    viewer: &Viewer,
    version: &str,
    selector: &Selector,
    parameters: &Parameters,
) -> Answer {
    let number = |name| parse_integer(parameters.get(name)).ok().and_then(|n| usize::try_from(n).ok());
    let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(LIMIT).min(LIMIT_MAX);
    let start = number("continue").unwrap_or(0);
    let allowed = Some((grafana.asker(viewer), Permission::View));
    let mut found = grafana.library.search(&Search { kind: Some(R::SEARCH), allowed, ..Search::default() });
    found.retain(|found| selector.accepts(found.uid(), found.id()));
    let (mut items, mut bytes, mut seen) = (Vec::new(), 0, start);
    for one in found.iter().skip(start).take(limit) {
        seen += 1;
        // One that cannot be read holds up no other; the log says why.
        if let Ok(described) = R::read(grafana, viewer, one.uid()) {
            let item = print::<R>(version, &described);
            bytes += item.len();
            items.push(item);
        }
        if bytes > LIST_BYTES_MAX {
            break;
        }
    }
    let mut metadata = json!({ "resourceVersion": "0" });
    if let Some(left) = found.len().checked_sub(seen).filter(|left| *left > 0) {
        (metadata["continue"], metadata["remainingItemCount"]) = (seen.to_string().into(), left.into());
    }
    let (kind, group) = (R::KIND, R::GROUP);
    let items = items.join(",");
    let text = format!(
        r#"{{"kind":"{kind}List","apiVersion":"{group}/{version}","metadata":{metadata},"items":[{items}]}}"#
    );
    Ok(json_text(StatusCode::OK, text))
}

async fn read<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let found = target.check::<R>().and_then(|name| R::read(grafana, &viewer, name));
        Ok(finish::<R>(&target.version, StatusCode::OK, found))
    });
    answer.await
}

/// A request that changes something.
struct Asked {
    target: Target,
    viewer: Viewer,
    /// Nothing is changed then: the answer says what it would be, as far as the request tells.
    is_dry_run: bool,
}

impl Asked {
    fn new(target: Target, viewer: Viewer, request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        Self { target, viewer, is_dry_run: query.split('&').any(|pair| pair == "dryRun=All") }
    }

    fn create<R: Resource>(&self, grafana: &Grafana, text: &str) -> Result<Described, Refusal> {
        let body: Body<'_> = parse(text)?;
        let name = match &self.target.name {
            Some(name) => name,
            None => body.metadata.name.as_deref().unwrap_or_default(),
        };
        if !name.is_empty() && R::exists(grafana, name) {
            let text = format!("{}.{} {name:?} already exists", R::PLURAL, R::GROUP);
            return Err(Refusal::known(StatusCode::CONFLICT, ("reason", "AlreadyExists"), text));
        }
        self.save::<R>(grafana, &body, name, None)
    }

    fn replace<R: Resource>(&self, grafana: &Grafana, name: &str, text: &str) -> Result<Described, Refusal> {
        let body: Body<'_> = parse(text)?;
        let described = R::read(grafana, &self.viewer, name)?;
        self.require_model::<R>(&described)?;
        let now = described.version;
        // Without a version whichever it is now is replaced.
        let given = body.metadata.resource_version.as_ref().filter(|version| !version.is_empty());
        let version = given.map_or(Some(now), |version| version.parse().ok());
        let mismatch = || Refusal::new(StatusCode::CONFLICT, "the object has been modified; get it anew");
        let version = version.filter(|version| *version == now).ok_or_else(mismatch)?;
        self.save::<R>(grafana, &body, name, Some(version))
    }

    /// Refuses to write over what was not converted: whoever got it in this version saw nothing but its title, and
    /// would send the rest back empty.
    fn require_model<R: Resource>(&self, now: &Described) -> Result<(), Refusal> {
        if R::is_same_model(&self.target.version, &now.stored_version) {
            return Ok(());
        }
        Err(Refusal::bad_request(format!(
            "it is stored as {}; change it in that version",
            now.stored_version
        )))
    }

    fn change<R: Resource>(
        &self,
        grafana: &Grafana,
        name: &str,
        kind: PatchKind,
        text: &str,
    ) -> Result<(StatusCode, Described), Refusal> {
        if kind == PatchKind::Apply && !R::exists(grafana, name) {
            return Ok((StatusCode::CREATED, self.create::<R>(grafana, text)?));
        }
        let now = R::read(grafana, &self.viewer, name)?;
        self.require_model::<R>(&now)?;
        let mut account = grafana.budget.open(Part::Dashboard);
        let document = print::<R>(&self.target.version, &now);
        let document = patch::patched(kind, &document, text, &mut account)?;
        Ok((StatusCode::OK, self.replace::<R>(grafana, name, &document)?))
    }

    fn save<R: Resource>(
        &self,
        grafana: &Grafana,
        body: &Body<'_>,
        name: &str,
        version: Option<u32>,
    ) -> Result<Described, Refusal> {
        let wanted = Wanted {
            name,
            version,
            api_version: &self.target.version,
            folder_uid: body.metadata.annotation(FOLDER),
            message: body.metadata.annotation(MESSAGE),
            viewer: &self.viewer,
            spec: body.spec.get(),
        };
        if self.is_dry_run {
            return Ok(wanted.described());
        }
        let name = R::save(grafana, &wanted)?;
        R::read(grafana, &self.viewer, &name)
    }
}

impl Wanted<'_> {
    /// What is wanted as if it were there.
    fn described(&self) -> Described {
        Described {
            name: self.name.to_owned(),
            version: self.version.unwrap_or(0).saturating_add(1),
            folder_uid: self.folder_uid.to_owned(),
            stored_version: self.api_version.to_owned(),
            spec: self.spec.to_owned(),
            ..Described::default()
        }
    }
}

async fn create<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    request: Request,
) -> Response {
    let asked = Asked::new(target, viewer, &request);
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let created = grafana.require_editing(&asked.viewer).and_then(|_| {
            asked.target.check::<R>()?;
            asked.create::<R>(grafana, text)
        });
        Ok(finish::<R>(&asked.target.version, StatusCode::CREATED, created))
    });
    answer.await
}

async fn replace<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    request: Request,
) -> Response {
    let asked = Asked::new(target, viewer, &request);
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let replaced = grafana.require_editing(&asked.viewer).and_then(|_| {
            let name = asked.target.check::<R>()?;
            asked.replace::<R>(grafana, name, text)
        });
        Ok(finish::<R>(&asked.target.version, StatusCode::OK, replaced))
    });
    answer.await
}

async fn change<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    request: Request,
) -> Response {
    let asked = Asked::new(target, viewer, &request);
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = PatchKind::of(content_type.unwrap_or_default());
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let changed = grafana.require_editing(&asked.viewer).and_then(|_| {
            let kind = kind.ok_or_else(|| Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, PATCH_KINDS))?;
            let name = asked.target.check::<R>()?;
            asked.change::<R>(grafana, name, kind, text)
        });
        Ok(match changed {
            Ok((status, described)) => finish::<R>(&asked.target.version, status, Ok(described)),
            Err(refusal) => failure(refusal),
        })
    });
    answer.await
}

async fn delete<R: Resource>(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<Target>,
    request: Request,
) -> Response {
    let asked = Asked::new(target, viewer, &request);
    let answer = grafana.answer(move |grafana| {
        let deleted = grafana.require_editing(&asked.viewer).and_then(|_| {
            let name = asked.target.check::<R>()?;
            if asked.is_dry_run {
                return R::read(grafana, &asked.viewer, name).map(|_| ());
            }
            R::delete(grafana, &asked.viewer, name)
        });
        let done = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": { "name": asked.target.name, "group": R::GROUP, "kind": R::PLURAL },
        });
        Ok(deleted.map_or_else(failure, |()| json_text(StatusCode::OK, done.to_string())))
    });
    answer.await
}

/// A resource as an answer.
fn finish<R: Resource>(version: &str, status: StatusCode, found: Result<Described, Refusal>) -> Response {
    found.map_or_else(failure, |described| json_text(status, print::<R>(version, &described)))
}
