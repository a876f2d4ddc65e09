//! Dashboards in their classic model, and in the later ones as they come.

use dashboard::{ChangeError, Kind, Object, Permission, Save};
use serde_json::{Value, json};

use super::{Described, Resource, Wanted};
use crate::grafana::{Grafana, Viewer, request::Refusal};

pub(super) struct Dashboards;

impl Resource for Dashboards {
    const GROUP: &'static str = "dashboard.grafana.app";
    const VERSIONS: &'static [&'static str] = &["v1beta1", "v1", "v0alpha1", "v2beta1", "v2alpha1"];
    const KIND: &'static str = "Dashboard";
    const PLURAL: &'static str = "dashboards";
    const SEARCH: Kind = Kind::Dashboard;

    fn is_same_model(version: &str, other: &str) -> bool {
        version == other || (is_classic(version) && is_classic(other))
    }

    fn exists(grafana: &Grafana, name: &str) -> bool {
        grafana.library.entry(name).is_some()
    }

    fn read(grafana: &Grafana, viewer: &Viewer, name: &str) -> Result<Described, Refusal> {
        let dashboard = grafana.dashboard(name, viewer)?;
        let entry = &dashboard.entry;
        let (stored_version, spec) = stored(&dashboard.json)?;
        Ok(Described {
            name: entry.uid().to_owned(),
            id: entry.id,
            version: entry.version(),
            folder_uid: entry.folder_uid().to_owned(),
            created: entry.created(),
            updated: entry.updated(),
            title: entry.summary.title.clone(),
            stored_version,
            spec,
        })
    }

    fn save(grafana: &Grafana, wanted: &Wanted<'_>) -> Result<String, Refusal> {
        let Wanted { folder_uid, message, viewer, .. } = *wanted;
        let asker = grafana.require_editing(viewer)?;
        let json = if is_classic(wanted.api_version) { classic(wanted)? } else { resource(wanted) };
        let (user, asker) = (viewer.login(), Some(&asker));
        let save = Save { json: &json, folder_uid, message, user, asker, ..Save::default() };
        let entry = grafana.library.save(&save)?;
        Ok(entry.uid().to_owned())
    }

    fn delete(grafana: &Grafana, viewer: &Viewer, name: &str) -> Result<(), Refusal> {
        let entry = grafana.library.entry(name).ok_or(ChangeError::NotFound)?;
        grafana.allowed(entry, viewer, Permission::Edit)?;
        grafana.delete_dashboard(name).map(|_| ())
    }
}

/// Whether a version wraps the classic model; the later ones are of models of their own.
fn is_classic(version: &str) -> bool {
    version.starts_with("v0") || version.starts_with("v1")
}

/// A dashboard of the classic model as its text.
fn classic(wanted: &Wanted<'_>) -> Result<String, Refusal> {
    let mut object = Object::parse(wanted.spec).map_err(|error| Refusal::bad_request(error.to_string()))?;
    object.set("id", Value::Null);
    object.set("uid", wanted.name);
    object.set("version", wanted.version.unwrap_or(0));
    Ok(object.to_string())
}

/// One of another model, which is kept as a resource.
fn resource(wanted: &Wanted<'_>) -> String {
    let Wanted { name, version, api_version, spec, .. } = wanted;
    let metadata = json!({ "name": name, "resourceVersion": version.unwrap_or(0).to_string() });
    let (group, kind) = (Dashboards::GROUP, Dashboards::KIND);
    format!(r#"{{"apiVersion":"{group}/{api_version}","kind":"{kind}","metadata":{metadata},"spec":{spec}}}"#)
}

/// The version that a dashboard is stored in, and the dashboard without what its metadata say.
fn stored(json: &str) -> Result<(String, String), Refusal> {
    let mut object =
        Object::parse(json).map_err(|error| Refusal::from(ChangeError::Invalid(error.to_string())))?;
    if let (None, Some(spec)) = (object.get("title"), object.get("spec")) {
        let version = object.read::<String>("apiVersion");
        let version = version.as_deref().and_then(|text| text.rsplit('/').next()).unwrap_or("v1beta1");
        return Ok((version.to_owned(), spec.to_owned()));
    }
    ["id", "uid", "version"].iter().for_each(|name| object.remove(name));
    Ok(("v1beta1".to_owned(), object.to_string()))
}
