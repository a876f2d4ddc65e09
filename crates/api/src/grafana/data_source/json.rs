//! Data sources as Grafana writes them; secrets are named and never shown.

use std::collections::BTreeMap;

use dashboard::{DataSource, Role};
use model::duration::DurationMs;
use serde_json::{Map, Value, json};

use super::{Grafana, Viewer};

/// What pages need of `jsonData`; the rest is about how a data source is reached.
const FOR_EVERYBODY: [&str; 4] =
    ["exemplarTraceIdDestinations", "httpMethod", "queryTimeout", "timeInterval"];

/// An entry of the list of all.
pub(super) fn item(grafana: &Grafana, viewer: &Viewer, source: &DataSource) -> Value {
    let definition = &source.definition;
    // Where the others are, and as whom they are asked, is the business of those who set them.
    let shown = |text: &str| if viewer.role() >= Role::Admin { text.to_owned() } else { String::new() };
    json!({
        "id": source.id,
        "uid": definition.uid,
        "orgId": 1,
        "name": definition.name,
        "type": definition.kind,
        "typeName": type_name(&definition.kind),
        "typeLogoUrl": "",
        "access": definition.access,
        "url": if source.is_own() { "/".to_owned() } else { shown(&definition.url) },
        "user": shown(&definition.user),
        "database": shown(&definition.database),
        "basicAuth": definition.basic_auth,
        "isDefault": definition.is_default,
        "jsonData": json_data(grafana, viewer, source),
        "readOnly": source.read_only,
        "isOwn": source.is_own(),
    })
}

/// A data source on its own.
pub(super) fn whole(grafana: &Grafana, viewer: &Viewer, source: &DataSource) -> Value {
    let mut whole = item(grafana, viewer, source);
    let definition = &source.definition;
    let secrets = definition.secure_json_data.0.iter().filter(|(_, value)| !value.is_empty());
    let admin = viewer.role() >= Role::Admin;
    if let Some(fields) = whole.as_object_mut() {
        fields.remove("typeName");
        let user = if admin { definition.basic_auth_user.as_str() } else { "" };
        fields.insert("basicAuthUser".to_owned(), user.into());
        fields.insert("withCredentials".to_owned(), definition.with_credentials.into());
        let secrets: BTreeMap<&str, bool> = secrets.map(|(name, _)| (name.as_str(), true)).collect();
        fields.insert("secureJsonFields".to_owned(), json!(secrets));
        fields.insert("version".to_owned(), source.version.into());
        fields.insert("accessControl".to_owned(), json!({ "datasources:write": admin && !source.read_only }));
    }
    whole
}

/// Panels take the interval as the least step, and make their rates' ranges from it: the own store's is known.
fn json_data(grafana: &Grafana, viewer: &Viewer, source: &DataSource) -> Map<String, Value> {
    let mut data = source.definition.json_data.clone();
    if viewer.role() < Role::Admin {
        data.retain(|key, _| FOR_EVERYBODY.contains(&key.as_str()));
    }
    if source.is_own() {
        let interval = DurationMs(grafana.instance.scrape_interval_ms()).to_string();
        data.entry("httpMethod").or_insert_with(|| "POST".into());
        data.entry("timeInterval").or_insert_with(|| interval.into());
    }
    data
}

/// What people call a type.
fn type_name(kind: &str) -> String {
    let mut chars = kind.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
