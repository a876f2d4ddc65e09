//! Folders.

use dashboard::{FolderChange, Kind, NewFolder, Permission};
use serde::Deserialize;
use serde_json::json;

use super::{Described, Resource, Wanted};
use crate::grafana::{
    Grafana, Viewer,
    request::{Refusal, nullable, parse},
};

pub(super) struct Folders;

#[derive(Deserialize)]
struct Spec {
    #[serde(default, deserialize_with = "nullable")]
    title: String,
    #[serde(default, deserialize_with = "nullable")]
    description: String,
}

impl Resource for Folders {
    const GROUP: &'static str = "folder.grafana.app";
    const VERSIONS: &'static [&'static str] = &["v1beta1", "v1"];
    const KIND: &'static str = "Folder";
    const PLURAL: &'static str = "folders";

    const SEARCH: Kind = Kind::Folder;

    fn is_same_model(_: &str, _: &str) -> bool {
        true
    }

    fn exists(grafana: &Grafana, name: &str) -> bool {
        grafana.library.folder(name).is_some()
    }

    fn read(grafana: &Grafana, viewer: &Viewer, name: &str) -> Result<Described, Refusal> {
        let folder = grafana.found_folder(name, viewer, Permission::View)?;
        Ok(Described {
            name: folder.uid.clone(),
            id: folder.id,
            version: folder.version,
            folder_uid: folder.parent_uid.clone(),
            created: folder.created.clone(),
            updated: folder.updated.clone(),
            title: folder.title.clone(),
            stored_version: String::new(),
            spec: json!({ "title": folder.title, "description": folder.description }).to_string(),
        })
    }

    fn save(grafana: &Grafana, wanted: &Wanted<'_>) -> Result<String, Refusal> {
        let Spec { title, description } = parse(wanted.spec)?;
        let Wanted { name, version, folder_uid, viewer, .. } = *wanted;
        let user = viewer.login();
        if version.is_some() {
            grafana.found_folder(name, viewer, Permission::Edit)?;
        }
        match grafana.library.folder(name) {
            None => grafana.require_place(folder_uid, viewer)?,
            Some(folder) if folder.parent_uid != folder_uid => {
                grafana.require_move(name, folder_uid, viewer)?;
            }
            Some(_) => {}
        }
        let Some(version) = version else {
            grafana.require_new_folder(name, viewer)?;
            let new =
                NewFolder { uid: name, title: &title, description: &description, parent_uid: folder_uid };
            return Ok(grafana.library.create_folder(&new, user)?.uid.clone());
        };
        let change = FolderChange {
            title: Some(&title),
            description: Some(&description),
            parent_uid: Some(folder_uid),
            version: Some(version),
        };
        grafana.library.update_folder(name, &change, user)?;
        Ok(name.to_owned())
    }

    fn delete(grafana: &Grafana, viewer: &Viewer, name: &str) -> Result<(), Refusal> {
        grafana.found_folder(name, viewer, Permission::Edit)?;
        grafana.delete_folder(name).map(|_| ())
    }
}
