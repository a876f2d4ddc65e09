//! Dashboards in their classic model.

use dashboard::{ChangeError, Object, Save};
use serde_json::Value;

use super::{Described, Resource, Wanted};
use crate::grafana::{Grafana, request::Refusal};

pub(super) struct Dashboards;

impl Resource for Dashboards {
    const GROUP: &'static str = "dashboard.grafana.app";
    const VERSIONS: &'static [&'static str] = &["v1beta1", "v1", "v0alpha1"];
    const KIND: &'static str = "Dashboard";
    const PLURAL: &'static str = "dashboards";

    fn names(grafana: &Grafana) -> Vec<String> {
        grafana.library.list().iter().map(|entry| entry.uid().to_owned()).collect()
    }

    fn read(grafana: &Grafana, name: &str) -> Result<Described, Refusal> {
        let dashboard = grafana.dashboard(name)?;
        let entry = &dashboard.entry;
        Ok(Described {
            name: entry.uid().to_owned(),
            id: entry.id,
            version: entry.version(),
            folder_uid: entry.folder_uid().to_owned(),
            created: entry.created(),
            updated: entry.updated(),
            spec: spec(&dashboard.json)?,
        })
    }

    fn save(grafana: &Grafana, wanted: &Wanted<'_>) -> Result<String, Refusal> {
        let mut object =
            Object::parse(wanted.spec).map_err(|error| Refusal::bad_request(error.to_string()))?;
        object.set("id", Value::Null);
        object.set("uid", wanted.name);
        object.set("version", wanted.version.unwrap_or(0));
        let json = object.to_string();
        let Wanted { folder_uid, message, user, .. } = *wanted;
        let entry =
            grafana.library.save(&Save { json: &json, folder_uid, message, user, ..Save::default() })?;
        Ok(entry.uid().to_owned())
    }

    fn delete(grafana: &Grafana, name: &str) -> Result<(), Refusal> {
        grafana.delete_dashboard(name).map(|_| ())
    }
}

/// The dashboard without what its metadata say. A file may hold a resource itself.
fn spec(json: &str) -> Result<String, Refusal> {
    let mut object =
        Object::parse(json).map_err(|error| Refusal::from(ChangeError::Invalid(error.to_string())))?;
    if let (None, Some(spec)) = (object.get("title"), object.get("spec")) {
        return Ok(spec.to_owned());
    }
    ["id", "uid", "version"].iter().for_each(|name| object.remove(name));
    Ok(object.to_string())
}
