//! Folders: `/api/folders`, as Grafana answers it.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{ChangeError, Folder, FolderChange, NewFolder, Permission, Stamp};
use http::StatusCode;
use model::civil::Civil;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Grafana, Viewer, message,
    request::{Refusal, parse},
    search::{Page, needed},
};
use crate::{
    handler::{delete as delete_with, get, post, put},
    parameter::Parameters,
};

/// What clients call the top, which has no folder.
pub(super) const GENERAL: &str = "general";
/// Its title.
pub(super) const GENERAL_TITLE: &str = "General";

/// Go's time of nothing.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Looking at folders and changing them: each folder's permissions decide.
pub(super) fn routes() -> Router<Grafana> {
    Router::new()
        .route("/api/folders", get(list).merge(post(create)))
        .route("/api/folders/id/{id}", get(by_id))
        .route("/api/folders/{uid}", get(by_uid).merge(put(update)).merge(delete_with(delete)))
        .route("/api/folders/{uid}/counts", get(counts))
        .route("/api/folders/{uid}/move", post(relocate))
}

/// When something was done, as Grafana writes it.
pub(super) fn time(stamp: &Stamp) -> String {
    if stamp.at_ms == 0 { NEVER.to_owned() } else { rfc3339(stamp.at_ms) }
}

/// A time in milliseconds since the Unix epoch.
pub(super) fn rfc3339(time_ms: i64) -> String {
    Civil::from_ms(time_ms).to_string()
}

/// Who did it, as Grafana writes it.
pub(super) fn who(stamp: &Stamp) -> &str {
    if stamp.by.is_empty() { "Anonymous" } else { &stamp.by }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FolderRequest {
    uid: Option<String>,
    title: Option<String>,
    description: Option<String>,
    parent_uid: Option<String>,
    version: Option<u32>,
    overwrite: Option<bool>,
}

impl Grafana {
    /// The folder of a uid for somebody who may do something with it.
    pub(super) fn found_folder(
        &self,
        uid: &str,
        viewer: &Viewer,
        needed: Permission,
    ) -> Result<Arc<Folder>, Refusal> {
        let folder = self.library.folder(uid).ok_or(ChangeError::FolderNotFound)?;
        self.require(uid, viewer, needed).map(|()| folder)
    }

    /// Whether somebody may put something into a folder; at the top, which has no uid, the role decides.
    pub(super) fn require_place(&self, uid: &str, viewer: &Viewer) -> Result<(), Refusal> {
        if uid.is_empty() || self.library.folder(uid).is_some() {
            self.require(uid, viewer, Permission::Edit)?;
        }
        Ok(())
    }

    /// Whether somebody may put a folder into another one: who would be permitted more there than now could grant
    /// that to himself for good, and move it back.
    pub(super) fn require_move(&self, uid: &str, parent_uid: &str, viewer: &Viewer) -> Result<(), Refusal> {
        self.require_place(parent_uid, viewer)?;
        let there = self.permission(parent_uid, viewer).unwrap_or(Permission::Edit);
        self.require(uid, viewer, there.max(Permission::Edit))
    }

    fn folder(&self, folder: &Folder, viewer: &Viewer) -> Value {
        let parents = self.library.folder_parents(&folder.uid);
        let parents: Vec<_> = parents.iter().map(|parent| self.single_folder(parent, viewer)).collect();
        let mut all = self.single_folder(folder, viewer);
        if let Some(fields) = all.as_object_mut() {
            fields.insert("parents".to_owned(), Value::Array(parents));
        }
        all
    }

    fn single_folder(&self, folder: &Folder, viewer: &Viewer) -> Value {
        let (can_change, can_grant) = self.folder_rights(folder, viewer);
        json!({
            "id": folder.id,
            "uid": folder.uid,
            "orgId": 1,
            "title": folder.title,
            "description": folder.description,
            "url": self.external.link(&folder.url()),
            "hasAcl": self.library.has_grants(&folder.uid),
            "canSave": can_change,
            "canEdit": can_change,
            "canAdmin": can_grant,
            "canDelete": can_change,
            "createdBy": who(&folder.created),
            "created": time(&folder.created),
            "updatedBy": who(&folder.updated),
            "updated": time(&folder.updated),
            "version": folder.version,
            "parentUid": folder.parent_uid,
        })
    }

    /// The top as a folder, for clients that ask for it by its name.
    fn general(&self) -> Value {
        json!({
            "id": 0,
            "uid": GENERAL,
            "title": GENERAL_TITLE,
            "url": self.external.link("/dashboards"),
            "hasAcl": false,
            "canSave": true,
            "canEdit": true,
            "canAdmin": false,
            "canDelete": false,
            "version": 0,
            "parents": [],
        })
    }
}

fn not_found() -> Refusal {
    ChangeError::FolderNotFound.into()
}

async fn list(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Response {
    let parent_uid = match parameters.get("parentUid") {
        GENERAL => String::new(),
        uid => uid.to_owned(),
    };
    let (page, needed) = (Page::of(&parameters), needed(&parameters));
    let answer = grafana.answer(move |grafana| {
        if !parent_uid.is_empty() && grafana.library.folder(&parent_uid).is_none() {
            return Err(not_found());
        }
        let asker = grafana.asker(&viewer);
        let mut folders = grafana.library.subfolders(&parent_uid);
        folders.retain(|folder| grafana.library.permission(&folder.uid, &asker) >= Some(needed));
        let folders = page.cut(folders).map(|folder| {
            json!({ "id": folder.id, "uid": folder.uid, "title": folder.title, "parentUid": folder.parent_uid })
        });
        Ok(Json(folders.collect::<Vec<_>>()).into_response())
    });
    answer.await
}

async fn create(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        let FolderRequest { uid, title, description, parent_uid, .. } = parse(text)?;
        grafana.require_new_folder(uid.as_deref().unwrap_or_default(), &viewer)?;
        grafana.require_place(parent_uid.as_deref().unwrap_or_default(), &viewer)?;
        let new = NewFolder {
            uid: uid.as_deref().unwrap_or_default(),
            title: title.as_deref().unwrap_or_default(),
            description: description.as_deref().unwrap_or_default(),
            parent_uid: parent_uid.as_deref().unwrap_or_default(),
        };
        let folder = grafana.library.create_folder(&new, viewer.login())?;
        Ok(Json(grafana.folder(&folder, &viewer)).into_response())
    });
    answer.await
}

async fn by_uid(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        if uid == GENERAL {
            return Ok(Json(grafana.general()).into_response());
        }
        let folder = grafana.found_folder(&uid, &viewer, Permission::View)?;
        Ok(Json(grafana.folder(&folder, &viewer)).into_response())
    });
    answer.await
}

async fn by_id(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return message(StatusCode::BAD_REQUEST, "id is invalid") };
    let answer = grafana.answer(move |grafana| {
        if id == 0 {
            return Ok(Json(grafana.general()).into_response());
        }
        let folder = grafana.library.folder_by_id(id).ok_or_else(not_found)?;
        grafana.require(&folder.uid, &viewer, Permission::View)?;
        Ok(Json(grafana.folder(&folder, &viewer)).into_response())
    });
    answer.await
}

async fn update(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        grafana.found_folder(&uid, &viewer, Permission::Edit)?;
        let FolderRequest { title, description, version, overwrite, .. } = parse(text)?;
        let change = FolderChange {
            title: title.as_deref(),
            description: description.as_deref(),
            parent_uid: None,
            // As in Grafana, none is as good as a wrong one.
            version: if overwrite == Some(true) { None } else { Some(version.unwrap_or(0)) },
        };
        let folder = grafana.library.update_folder(&uid, &change, viewer.login())?;
        Ok(Json(grafana.folder(&folder, &viewer)).into_response())
    });
    answer.await
}

async fn relocate(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        grafana.found_folder(&uid, &viewer, Permission::Edit)?;
        let FolderRequest { parent_uid, .. } = parse(text)?;
        let parent_uid = parent_uid.unwrap_or_default();
        grafana.require_move(&uid, &parent_uid, &viewer)?;
        let folder = grafana.library.move_folder(&uid, &parent_uid, viewer.login())?;
        Ok(Json(grafana.folder(&folder, &viewer)).into_response())
    });
    answer.await
}

async fn delete(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        grafana.require_editing(&viewer)?;
        grafana.found_folder(&uid, &viewer, Permission::Edit)?;
        let folder = grafana.delete_folder(&uid)?;
        let text = format!("Folder {} deleted", folder.title);
        Ok(Json(json!({ "message": text, "id": folder.id, "title": folder.title })).into_response())
    });
    answer.await
}

async fn counts(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        grafana.found_folder(&uid, &viewer, Permission::View)?;
        let (folders, dashboards) = grafana.library.folder_counts(&uid);
        let counts = json!({ "folder": folders, "dashboard": dashboards, "librarypanel": 0, "alertrule": 0 });
        Ok(Json(counts).into_response())
    });
    answer.await
}
