//! What a data source is: what somebody sets about it, and what the store adds.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::DataSourceError;

/// The type of data sources that speak Prometheus's API.
pub const PROMETHEUS: &str = "prometheus";
/// The types that can be queried: the plugin for VictoriaMetrics asks the same API.
const QUERYABLE: [&str; 2] = [PROMETHEUS, "victoriametrics-metrics-datasource"];
/// The uid of this process's own store.
pub const OWN_UID: &str = "prometheus";

/// Characters of a name and of a uid, as in Grafana.
const NAME_CHARS_MAX: usize = 190;
const UID_CHARS_MAX: usize = 40;
/// Characters of a URL, as in Grafana.
const URL_CHARS_MAX: usize = 255;
/// Bytes of everything else: certificates and headers take most of it.
const DATA_BYTES_MAX: usize = 64 << 10;
/// Levels of `jsonData`: readers of JSON take 128, and in the file there are some above it.
const DATA_DEPTH_MAX: usize = 100;

/// What is set about a data source, under Grafana's names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Definition {
    /// What dashboards call it; chosen by the store when it is empty.
    pub uid: String,
    /// What people call it.
    pub name: String,
    /// The kind of server; those that are no [`PROMETHEUS`] cannot be queried.
    #[serde(rename = "type")]
    pub kind: String,
    /// How browsers reach it; requests always go through this server.
    pub access: String,
    /// Where its API is, without `/api/v1`.
    pub url: String,
    /// A user of databases that have one.
    pub user: String,
    /// A database of servers that have several.
    pub database: String,
    /// Whether it is asked with `basic_auth_user` and the secret `basicAuthPassword`.
    pub basic_auth: bool,
    /// Who asks.
    pub basic_auth_user: String,
    /// Whether browsers would send their cookies; kept, as this server never does.
    pub with_credentials: bool,
    /// Whether panels that name no data source get this one.
    pub is_default: bool,
    /// Everything else that may be shown.
    pub json_data: Map<String, Value>,
    /// Everything else that may not.
    pub secure_json_data: Secrets,
}

/// Values that leave the store for requests to the data source only.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(pub BTreeMap<String, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Secrets {
    /// A value that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// A data source as the store keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataSource {
    /// A number for older clients; never given twice.
    pub id: u64,
    /// Grows with each change.
    pub version: u64,
    /// Whether it can be changed by files only.
    pub read_only: bool,
    /// Whether it goes when no file names it any more.
    #[serde(default)]
    pub prunable: bool,
    /// What was set.
    #[serde(flatten)]
    pub definition: Definition,
}

impl DataSource {
    /// Whether it is this process's own store.
    pub fn is_own(&self) -> bool {
        self.definition.uid == OWN_UID
    }

    /// Whether it has the API of Prometheus.
    pub fn is_queryable(&self) -> bool {
        QUERYABLE.contains(&self.definition.kind.as_str())
    }
}

/// What is wrong with a definition.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// It has no name.
    #[error("a data source needs a name")]
    NameEmpty,
    /// Its name is too long.
    #[error("the name has {chars} characters, at most {chars_max} are possible")]
    NameTooLong {
        /// Its length.
        chars: usize,
        /// The limit.
        chars_max: usize,
    },
    /// It has no type.
    #[error("a data source needs a type, for example {PROMETHEUS}")]
    KindEmpty,
    /// Its uid has other characters than letters, digits, `-` and `_`, or too many.
    #[error("uid {0:?} has to be at most {UID_CHARS_MAX} letters, digits, - and _")]
    Uid(String),
    /// Its URL leads nowhere.
    #[error("{0:?} is no http or https URL")]
    Url(String),
    /// Its URL has a user and a password, which everybody would see.
    #[error(
        "the URL has a user in it; write basicAuthUser, and the password as secureJsonData.basicAuthPassword"
    )]
    UrlUser,
    /// Its settings are nested deeper than the file can be read.
    #[error("jsonData has {depth} levels, at most {DATA_DEPTH_MAX} are kept")]
    TooDeep {
        /// How many there are.
        depth: usize,
    },
    /// All of it is too large.
    #[error("the settings have {bytes} bytes, at most {bytes_max} are kept")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
}

impl Definition {
    /// Fills in what was left out, as Grafana does, and looks at the rest.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub(super) fn checked(self) -> Result<Self, DataSourceError> {
        let name = self.name.clone();
        self.check().map_err(|source| DataSourceError::Invalid { name, source })
    }

    fn check(mut self) -> Result<Self, DefinitionError> {
        let chars = self.name.chars().count();
        if chars == 0 {
            return Err(DefinitionError::NameEmpty);
        }
        if chars > NAME_CHARS_MAX {
            return Err(DefinitionError::NameTooLong { chars, chars_max: NAME_CHARS_MAX });
        }
        if self.kind.is_empty() {
            return Err(DefinitionError::KindEmpty);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.uid.len() > UID_CHARS_MAX || !self.uid.chars().all(allowed) {
            return Err(DefinitionError::Uid(self.uid));
        }
        self.check_url()?;
        let bytes = self.size_bytes();
        if bytes > DATA_BYTES_MAX {
            return Err(DefinitionError::TooLarge { bytes, bytes_max: DATA_BYTES_MAX });
        }
        let depth = 1 + self.json_data.values().map(depth).max().unwrap_or(0);
        if depth > DATA_DEPTH_MAX {
            return Err(DefinitionError::TooDeep { depth });
        }
        if self.access.is_empty() {
            self.access = "proxy".to_owned();
        }
        Ok(self)
    }

    /// Grafana takes `host:port` too.
    fn check_url(&mut self) -> Result<(), DefinitionError> {
        if !QUERYABLE.contains(&self.kind.as_str()) || self.url.is_empty() {
            return Ok(());
        }
        if !self.url.contains("://") {
            self.url.insert_str(0, "http://");
        }
        let parsed = self.url.parse::<http::Uri>().ok();
        let parsed = parsed.filter(|url| {
            let has_host = url.host().is_some_and(|host| !host.is_empty());
            matches!(url.scheme_str(), Some("http" | "https")) && has_host && url.query().is_none()
        });
        let Some(url) = parsed.filter(|_| self.url.len() <= URL_CHARS_MAX) else {
            return Err(DefinitionError::Url(self.url.clone()));
        };
        let has_user = url.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if has_user { Err(DefinitionError::UrlUser) } else { Ok(()) }
    }

    fn size_bytes(&self) -> usize {
        let texts = [&self.kind, &self.access, &self.user, &self.database, &self.basic_auth_user, &self.url];
        let secrets: usize =
            self.secure_json_data.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        let data = serde_json::to_string(&self.json_data).map_or(usize::MAX, |text| text.len());
        texts.iter().map(|text| text.len()).sum::<usize>().saturating_add(secrets).saturating_add(data)
    }
}

/// How many lists and objects are in each other; what was parsed has 128 at most.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The uid of a data source that a file names and gives none: dashboards of other Grafanas know it.
pub(super) fn uid_of_name(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let hex = digest.iter().take(8).map(|byte| format!("{byte:02X}"));
    format!("P{}", hex.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uid_of_a_name_is_that_of_every_grafana() {
        assert_eq!(uid_of_name("Prometheus"), "PBFA97CFB590B2093");
    }

    #[test]
    fn a_definition_says_what_it_lacks() {
        let good = Definition { name: "a".into(), kind: PROMETHEUS.into(), ..Definition::default() };
        let with = |change: fn(&mut Definition)| {
            let mut definition = good.clone();
            change(&mut definition);
            definition.check().map(|definition| definition.url).map_err(|error| error.to_string())
        };
        for (change, expected) in [
            ((|d| d.url = "vm:8428".into()) as fn(&mut Definition), Ok("http://vm:8428")),
            (|d| d.url = "https://h/select/0/prometheus".into(), Ok("https://h/select/0/prometheus")),
            (|d| d.url = "file:///etc/passwd".into(), Err("\"file:///etc/passwd\" is no http or https URL")),
            (
                |d| d.url = "http://a:b@h/".into(),
                Err(
                    "the URL has a user in it; write basicAuthUser, and the password as secureJsonData.basicAuthPassword",
                ),
            ),
            (|d| d.url = "http://h/\r\nX: y".into(), Err("\"http://h/\\r\\nX: y\" is no http or https URL")),
            (|d| d.name.clear(), Err("a data source needs a name")),
            (|d| d.kind.clear(), Err("a data source needs a type, for example prometheus")),
            (|d| d.uid = "a/b".into(), Err("uid \"a/b\" has to be at most 40 letters, digits, - and _")),
            (
                |d| _ = d.secure_json_data.0.insert("x".into(), "y".repeat(70_000)),
                Err("the settings have 70013 bytes, at most 65536 are kept"),
            ),
        ] {
            assert_eq!(with(change), expected.map(str::to_owned).map_err(str::to_owned));
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let secrets = Secrets(BTreeMap::from([("password".to_owned(), "hunter2".to_owned())]));
        assert_eq!(format!("{secrets:?}"), "{\"password\"}");
    }
}
