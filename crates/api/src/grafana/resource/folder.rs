//! Folders.

use dashboard::{ChangeError, FolderChange, NewFolder};
use serde::Deserialize;
use serde_json::json;

use super::{Described, Resource, Wanted};
use crate::grafana::{
    Grafana,
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

    fn names(grafana: &Grafana) -> Vec<String> {
        grafana.library.folders().iter().map(|folder| folder.uid.clone()).collect()
    }

    fn read(grafana: &Grafana, name: &str) -> Result<Described, Refusal> {
        let folder = grafana.library.folder(name).ok_or(ChangeError::FolderNotFound)?;
        Ok(Described {
            name: folder.uid.clone(),
            id: folder.id,
            version: folder.version,
            folder_uid: folder.parent_uid.clone(),
            created: folder.created.clone(),
            updated: folder.updated.clone(),
            spec: json!({ "title": folder.title, "description": folder.description }).to_string(),
        })
    }

    fn save(grafana: &Grafana, wanted: &Wanted<'_>) -> Result<String, Refusal> {
        let Spec { title, description } = parse(wanted.spec)?;
        let Wanted { name, version, folder_uid, user, .. } = *wanted;
        let Some(version) = version else {
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

    fn delete(grafana: &Grafana, name: &str) -> Result<(), Refusal> {
        Ok(grafana.library.delete_folder(name).map(|_| ())?)
    }
}
