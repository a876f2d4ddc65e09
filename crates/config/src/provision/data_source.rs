//! `datasources/*.yaml`.

use std::{collections::BTreeMap, path::Path as FilePath};

use dashboard::data_source::{Definition, Provisioned, Provisioning, Secrets};
use serde_json::{Map, Value as Json};

use super::{
    entry::{check_organization, check_version, entries, text},
    file,
};
use crate::{
    Error,
    scrape_config::quoted,
    yaml::{Complaint, Fields, Key, Node, Path, Schema, Tag, Value, scalar},
};

const FILE: Schema = Schema {
    type_name: "datasources.configsV1",
    place: "at the top of the file",
    keys: &[
        Key::read("apiVersion"),
        Key::read("datasources"),
        Key::read("deleteDatasources"),
        Key::read("prune"),
    ],
};

const SOURCE: Schema = Schema {
    type_name: "datasources.upsertDataSourceFromConfigV1",
    place: "in an entry of datasources",
    keys: &[
        Key::read("orgId"),
        Key::read("orgName"),
        Key::read("version"),
        Key::read("name"),
        Key::read("type"),
        Key::read("access"),
        Key::read("url"),
        Key::read("user"),
        Key::read("database"),
        Key::read("basicAuth"),
        Key::read("basicAuthUser"),
        Key::read("withCredentials"),
        Key::read("isDefault"),
        Key::read("correlations"),
        Key::read("jsonData"),
        Key::read("secureJsonData"),
        Key::read("editable"),
        Key::read("uid"),
        Key::later("password", "write it as password under secureJsonData"),
        Key::later("basicAuthPassword", "write it under secureJsonData"),
    ],
};

const DELETED: Schema = Schema {
    type_name: "datasources.deleteDatasourceConfigV1",
    place: "in an entry of deleteDatasources",
    keys: &[Key::read("name"), Key::read("orgId"), Key::read("orgName")],
};

const ALL: [&Schema; 3] = [&FILE, &SOURCE, &DELETED];

/// Reads the data sources of a provisioning folder, and what is wrong with files that say nothing usable. Blocks on
/// the disk; reads the process's environment, and the files that `$__file{...}` names.
pub fn load_data_sources(provisioning: &FilePath) -> (Provisioning, Vec<Error>) {
    let (files, errors) = file::read_all(&provisioning.join(file::DATA_SOURCES), &ALL, &FILE, read);
    let mut all = Provisioning { incomplete: !errors.is_empty(), ..Provisioning::default() };
    for file in files {
        all.sources.extend(file.sources);
        all.deleted.extend(file.deleted);
    }
    (all, errors)
}

fn read(fields: &Fields<'_>) -> Provisioning {
    const SOURCES: &str = "datasources";
    const DELETE: &str = "deleteDatasources";
    check_version(fields);
    let prune = fields.get("prune", scalar::boolean).unwrap_or(false);
    let sources = entries(fields, SOURCES, &SOURCE, |source| read_source(source, prune));
    let deleted = entries(fields, DELETE, &DELETED, |deleted| text(deleted, "name"));
    Provisioning { sources, deleted, incomplete: false }
}

fn read_source(fields: &Fields<'_>, prune: bool) -> Provisioned {
    let flag = |key| fields.get(key, scalar::boolean).unwrap_or(false);
    for key in ["name", "type"] {
        if text(fields, key).is_empty() {
            let complaint = Complaint::new(format!("a data source without a {key}"));
            fields.complain(key, complaint.cure(format!("add {key}")));
        }
    }
    check_organization(fields);
    let definition = Definition {
        uid: text(fields, "uid"),
        name: text(fields, "name"),
        kind: text(fields, "type"),
        access: text(fields, "access"),
        url: text(fields, "url"),
        user: text(fields, "user"),
        database: text(fields, "database"),
        basic_auth: flag("basicAuth"),
        basic_auth_user: text(fields, "basicAuthUser"),
        with_credentials: flag("withCredentials"),
        is_default: flag("isDefault"),
        json_data: read_json(fields, "jsonData"),
        secure_json_data: read_secrets(fields, "secureJsonData"),
    };
    Provisioned { definition, editable: flag("editable"), prune }
}

fn read_json(fields: &Fields<'_>, key: &str) -> Map<String, Json> {
    let entries = fields.entries(key, "map[string]interface{}").iter();
    entries.map(|entry| (entry.key.clone(), json(&entry.node))).collect()
}

/// A value as JSON, by the type that YAML sees in it. Recurses as deep as the YAML reader lets a document go.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Scalar(text, Tag::Str) => Json::String(text.clone()),
        Value::Scalar(text, Tag::Bool) => {
            scalar::boolean(node).map_or_else(|_| text.as_str().into(), Json::Bool)
        }
        Value::Scalar(text, Tag::Int) => {
            scalar::signed(node).map_or_else(|_| text.as_str().into(), Json::from)
        }
        Value::Scalar(text, Tag::Float) => {
            scalar::float(node).map_or_else(|_| text.as_str().into(), Json::from)
        }
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Mapping(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), json(&entry.node))).collect())
        }
    }
}

fn read_secrets(fields: &Fields<'_>, key: &str) -> Secrets {
    let path = Path::Key(fields.path, key);
    let mut secrets = BTreeMap::new();
    for entry in fields.entries(key, "map[string]string") {
        match scalar::string(&entry.node) {
            Ok(value) => _ = secrets.insert(entry.key.clone(), value),
            // The value itself is not for the log.
            Err(_) => {
                let complaint = Complaint::new(format!("{} is no text", quoted(&entry.key)));
                fields.report().add(
                    entry.node.at,
                    &Path::Key(&path, &entry.key),
                    complaint.cure("write one text"),
                );
            }
        }
    }
    Secrets(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn load(files: &[(&str, &str)]) -> (Provisioning, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(file::DATA_SOURCES)).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(file::DATA_SOURCES).join(name), text).unwrap();
        }
        let (found, errors) = load_data_sources(folder.path());
        let place = format!("{}/", folder.path().join(file::DATA_SOURCES).display());
        (found, errors.iter().map(|error| error.to_string().replace(&place, "")).collect())
    }

    #[test]
    fn a_file_is_read_as_grafana_reads_it() {
        let (found, errors) = load(&[
            ("b.yml", "apiVersion: 1\ndeleteDatasources: [{name: old, orgId: 1}]\n"),
            ("notes.txt", "]"),
            (
                "a.yaml",
                "apiVersion: 1\nprune: true\ndatasources:\n- name: $CARGO_PKG_NAME\n  type: prometheus\n  \
                 url: http://vm:8428\n  basicAuth: true\n  basicAuthUser: me\n  isDefault: true\n  editable: true\n  \
                 jsonData: {timeInterval: 30s, manageAlerts: false, seriesLimit: 10, \
                 exemplarTraceIdDestinations: [{name: traceID, url: 'http://t/$${__value.raw}'}]}\n  \
                 secureJsonData: {basicAuthPassword: a$$b}\n",
            ),
        ]);
        assert_eq!(errors, [""; 0]);
        assert_eq!(found.deleted, ["old"]);
        let [Provisioned { definition, editable: true, prune: true }] = found.sources.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((definition.name.as_str(), definition.is_default), (env!("CARGO_PKG_NAME"), true));
        assert_eq!(definition.secure_json_data.get("basicAuthPassword"), Some("a$b"));
        assert_eq!(
            Json::Object(definition.json_data.clone()),
            serde_json::json!({
                "timeInterval": "30s", "manageAlerts": false, "seriesLimit": 10,
                "exemplarTraceIdDestinations": [{ "name": "traceID", "url": "http://t/${__value.raw}" }],
            })
        );
    }

    #[test]
    fn what_is_wrong_with_one_file_leaves_the_others() {
        let (found, errors) = load(&[
            ("good.yaml", "apiVersion: 1\ndatasources: [{name: a, type: loki}]\n"),
            ("bad.yaml", "datasources:\n- nam: x\n  type: prometheus\n  basicAuthPassword: p\n"),
        ]);
        assert_eq!(found.sources.len(), 1);
        assert_eq!(
            errors,
            ["parsing YAML file bad.yaml:\
              \n  line 1, column 1: apiVersion: only version 1 of these files is read; write apiVersion: 1\
              \n  line 2, column 3: datasources[0].nam: field nam not found in type \
              datasources.upsertDataSourceFromConfigV1; did you mean \"name\"?\
              \n  line 2, column 3: datasources[0].name: a data source without a name; add name\
              \n  line 4, column 3: datasources[0].basicAuthPassword: field basicAuthPassword is not supported yet; \
              write it under secureJsonData"]
        );
    }
}
