//! Dashboards: `/api/dashboards`, as Grafana answers it.

use std::{collections::HashSet, sync::Arc};

use axum::{
    Extension, Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{ChangeError, Dashboard, Entry, Folder, LibraryError, Permission, Role, Save};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Grafana, Viewer,
    folder::{GENERAL, GENERAL_TITLE, time, who},
    import,
    request::{Refusal, nullable, parse},
    version,
};
use crate::handler::{delete as delete_with, get, post};

/// A page without a dashboard of its own: a list of all dashboards.
const HOME: &str = include_str!("home.json");

/// Looking at dashboards, changing them, and saying who may: each dashboard's permissions decide.
pub(super) fn routes() -> Router<Grafana> {
    let looks = Router::new()
        .route("/api/dashboards/uid/{uid}", get(by_uid))
        .route("/api/dashboards/home", get(home))
        .route("/api/dashboards/tags", get(tags));
    let changes = Router::new()
        .route("/api/dashboards/db", post(save))
        .route("/api/dashboards/import", post(import::import))
        .route("/api/dashboards/uid/{uid}", delete_with(delete))
        .merge(version::routes());
    looks.merge(changes)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaveRequest<'a> {
    #[serde(borrow)]
    dashboard: &'a RawValue,
    folder_uid: Option<String>,
    folder_id: Option<i64>,
    message: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    overwrite: bool,
    #[serde(default, deserialize_with = "nullable")]
    is_folder: bool,
}

impl Grafana {
    /// The uid of the folder that a request names; empty for the top.
    pub(super) fn folder_uid(&self, uid: Option<String>, id: Option<i64>) -> Result<String, Refusal> {
        match (uid.filter(|uid| !uid.is_empty()), id.filter(|id| *id > 0)) {
            (Some(uid), _) if uid == GENERAL => Ok(String::new()),
            (Some(uid), _) => Ok(uid),
            (None, None) => Ok(String::new()),
            (None, Some(id)) => {
                let folder = self.library.folder_by_id(id).ok_or(ChangeError::FolderNotFound)?;
                Ok(folder.uid.clone())
            }
        }
    }

    /// What is said about a dashboard that was saved.
    pub(super) fn saved(&self, entry: &Entry) -> Response {
        let saved = json!({
            "status": "success",
            "id": entry.id,
            "uid": entry.uid(),
            "url": self.external.link(&entry.summary.url),
            "slug": entry.summary.slug(),
            "version": entry.version(),
            "folderUid": entry.folder_uid(),
        });
        Json(saved).into_response()
    }

    /// Deletes a dashboard with its annotations.
    pub(super) fn delete_dashboard(&self, uid: &str) -> Result<Entry, Refusal> {
        let entry = self.library.delete(uid).map_err(|error| match error {
            ChangeError::NotFound => not_found(),
            error => error.into(),
        })?;
        self.drop_annotations(std::slice::from_ref(&entry))?;
        Ok(entry)
    }

    /// Deletes a folder with all that is in it, and the annotations of that.
    pub(super) fn delete_folder(&self, uid: &str) -> Result<Arc<Folder>, Refusal> {
        let (folder, dashboards) = self.library.delete_folder(uid)?;
        self.drop_annotations(&dashboards)?;
        Ok(folder)
    }

    /// Deletes the annotations of dashboards that were deleted. One that is built in is there again, and so are its
    /// annotations.
    fn drop_annotations(&self, deleted: &[Entry]) -> Result<(), Refusal> {
        let gone = deleted.iter().map(Entry::uid).filter(|uid| self.library.entry(uid).is_none());
        let gone: HashSet<&str> = gone.collect();
        if !gone.is_empty() {
            self.annotations.delete(|one| gone.contains(one.dashboard_uid.as_str()))?;
        }
        Ok(())
    }

    fn meta(&self, entry: &Entry, viewer: &Viewer) -> Value {
        let permission = self.permission(entry.uid(), viewer);
        let is_editor = permission >= Some(Permission::Edit) && viewer.id() > 0;
        let (created, updated) = (entry.created(), entry.updated());
        let annotations = json!({ "canAdd": is_editor, "canEdit": is_editor, "canDelete": is_editor });
        let mut meta = json!({
            "type": "db",
            "canSave": is_editor && entry.can_save(),
            "canEdit": is_editor,
            "canAdmin": permission >= Some(Permission::Admin),
            "canStar": viewer.id() > 0,
            "canDelete": is_editor && entry.can_delete(),
            "slug": entry.summary.slug(),
            "url": self.external.link(&entry.summary.url),
            "created": time(&created),
            "createdBy": who(&created),
            "updated": time(&updated),
            "updatedBy": who(&updated),
            "version": entry.version(),
            "hasAcl": self.library.has_grants(entry.uid()),
            "isFolder": false,
            "isStarred": self.accounts.stars(viewer.id()).iter().any(|uid| uid == entry.uid()),
            "folderId": entry.folder.as_ref().map_or(0, |folder| folder.id),
            "folderUid": entry.folder_uid(),
            "folderTitle": entry.folder.as_ref().map_or(GENERAL_TITLE, |folder| &folder.title),
            "folderUrl": entry.folder.as_ref().map_or(String::new(), |folder| self.external.link(&folder.url())),
            "provisioned": !entry.can_save(),
            "provisionedExternalId": entry.file_name(),
        });
        if let Some(fields) = meta.as_object_mut() {
            let permissions = json!({ "dashboard": annotations, "organization": annotations });
            fields.insert("annotationsPermissions".to_owned(), permissions);
        }
        meta
    }

    /// The dashboard's own text goes out as it was written, so that no field is lost.
    fn with_meta(&self, dashboard: &Dashboard, viewer: &Viewer) -> Response {
        let meta = self.meta(&dashboard.entry, viewer);
        let body = format!("{{\"meta\":{meta},\"dashboard\":{}}}", dashboard.json);
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    /// The dashboard of a uid for somebody who may see it, or what to answer instead.
    pub(super) fn dashboard(&self, uid: &str, viewer: &Viewer) -> Result<Dashboard, Refusal> {
        if self.library.entry(uid).is_some() {
            self.require(uid, viewer, Permission::View)?;
        }
        match self.library.get(uid) {
            Ok(Some(dashboard)) => Ok(dashboard),
            Ok(None) => Err(not_found()),
            Err(error) => Err(unreadable(&error)),
        }
    }
}

/// A dashboard by its uid, or by its number in the older paths; of its versions one.
#[derive(Deserialize)]
pub(super) struct Which {
    uid: Option<String>,
    id: Option<String>,
    pub(super) version: Option<String>,
}

impl Which {
    /// Whether it is asked for by its number, as older clients do.
    pub(super) fn is_by_number(&self) -> bool {
        self.uid.is_none()
    }
}

impl Grafana {
    /// The dashboard of a path when somebody may do something with it.
    pub(super) fn which(&self, which: &Which, viewer: &Viewer, needed: Permission) -> Result<Entry, Refusal> {
        let id = || which.id.as_ref().and_then(|id| id.parse().ok());
        let entry = match &which.uid {
            Some(uid) => self.library.entry(uid),
            None => id().and_then(|id| self.library.entry_by_id(id)),
        };
        self.allowed(entry.ok_or_else(not_found)?, viewer, needed)
    }
}

pub(super) fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "Dashboard not found")
}

fn unreadable(error: &LibraryError) -> Refusal {
    tracing::error!(%error, cause = std::error::Error::source(error).map(ToString::to_string), "dashboard");
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

async fn by_uid(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    grafana.answer(move |grafana| Ok(grafana.with_meta(&grafana.dashboard(&uid, &viewer)?, &viewer))).await
}

async fn save(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let asker = grafana.require_editing(&viewer)?;
        let asked: SaveRequest<'_> = parse(text)?;
        if asked.is_folder {
            return Err(Refusal::bad_request("Use folders endpoint for saving folders."));
        }
        let save = Save {
            json: asked.dashboard.get(),
            folder_uid: &grafana.folder_uid(asked.folder_uid, asked.folder_id)?,
            message: asked.message.as_deref().unwrap_or_default(),
            overwrite: asked.overwrite,
            user: viewer.login(),
            asker: Some(&asker),
            ..Save::default()
        };
        let entry = grafana.library.save(&save)?;
        Ok(grafana.saved(&entry))
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
        let entry = grafana.library.entry(&uid).ok_or_else(not_found)?;
        grafana.allowed(entry, &viewer, Permission::Edit)?;
        let entry = grafana.delete_dashboard(&uid)?;
        let title = &entry.summary.title;
        let text = format!("Dashboard {title} deleted");
        Ok(Json(json!({ "title": title, "message": text, "id": entry.id, "uid": entry.uid() }))
            .into_response())
    });
    answer.await
}

/// The page at the beginning: the dashboard that the user, or else the organisation, prefers, if it is there.
async fn home(State(grafana): State<Grafana>, Extension(viewer): Extension<Viewer>) -> Response {
    let answer = grafana.answer(move |grafana| {
        let preferred = grafana.accounts.home_dashboard_uid(viewer.id());
        let seen = |entry: &Entry| grafana.permission(entry.uid(), &viewer).is_some();
        Ok(match grafana.library.entry(&preferred).filter(seen) {
            Some(entry) => {
                Json(json!({ "redirectUri": grafana.external.link(&entry.summary.url) })).into_response()
            }
            None => default_home(&viewer),
        })
    });
    answer.await
}

fn default_home(viewer: &Viewer) -> Response {
    let meta = json!({
        "isHome": true, "canSave": false, "canEdit": viewer.role() >= Role::Editor, "canAdmin": false,
        "canStar": false, "canDelete": false, "slug": "", "url": "", "version": 0, "hasAcl": false,
        "isFolder": false, "folderId": 0, "folderUid": "", "folderTitle": GENERAL_TITLE, "folderUrl": "",
        "provisioned": false, "provisionedExternalId": "",
    });
    let body = format!("{{\"meta\":{meta},\"dashboard\":{}}}", HOME.trim_end());
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn tags(State(grafana): State<Grafana>, Extension(viewer): Extension<Viewer>) -> Response {
    let answer = grafana.answer(move |grafana| {
        let tags = grafana
            .library
            .tags(&grafana.asker(&viewer))
            .into_iter()
            .map(|(term, count)| json!({ "term": term, "count": count }));
        Ok(Json(tags.collect::<Vec<_>>()).into_response())
    });
    answer.await
}
