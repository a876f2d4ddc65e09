//! What a list says about a dashboard.

use serde::{Deserialize, de::IgnoredAny};
use sha2::{Digest, Sha256};

/// Tags kept of a dashboard.
const TAGS_MAX: usize = 50;
const OBJECT_CURE: &str = "a dashboard is a JSON object with a title, as Grafana exports it";
/// Characters of a slug.
const SLUG_MAX: usize = 80;

/// A dashboard in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// What its URL and links call it; made of the file's name when the file has none.
    pub uid: String,
    /// Its title, never empty.
    pub title: String,
    /// Its tags in the order of the file, at most 50.
    pub tags: Vec<String>,
    /// The folder that it is listed under; `None` at the top.
    pub folder: Option<String>,
    /// Its path on this server: `/d/UID/TITLE`.
    pub url: String,
    /// Whether the file had a uid of its own.
    has_uid: bool,
}

/// The fields that a list needs; all others are checked to be JSON and skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    uid: Option<String>,
    title: Option<String>,
    tags: Option<Vec<String>>,
    /// The V1 and V2 resources keep the dashboard in here, and its uid as their name.
    spec: Option<Box<Fields>>,
    metadata: Option<Metadata>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: Option<String>,
}

impl Fields {
    /// The classic shape, whichever the file has.
    fn unwrapped(self) -> Self {
        match (self.title, self.spec) {
            (None, Some(spec)) => Self { uid: self.metadata.and_then(|m| m.name), ..*spec },
            (title, _) => Self { uid: self.uid, title, tags: self.tags, ..Self::default() },
        }
    }
}

impl Summary {
    /// Reads what a list needs from a dashboard's JSON; `name` stands in for a missing uid.
    ///
    /// The error is a sentence with line and column, and the cure.
    pub(super) fn parse(json: &str, name: &str, folder: Option<&str>) -> Result<Self, String> {
        check_start(json)?;
        let fields: Fields = serde_json::from_str(json).map_err(|e| json_problem(&e))?;
        let Fields { uid, title, tags, .. } = fields.unwrapped();
        let title = title.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).ok_or(
            "Dashboard title cannot be empty; write \"title\" at the top level of the file, \
             as Grafana exports it",
        )?;
        let uid = uid.filter(|uid| !uid.is_empty());
        if let Some(uid) = uid.as_ref().filter(|uid| !is_uid(uid)) {
            return Err(format!(
                "uid {uid:?} has illegal characters; use up to 40 of a-z, A-Z, 0-9, - and _"
            ));
        }
        let has_uid = uid.is_some();
        let uid = uid.unwrap_or_else(|| made_uid(name));
        let mut tags = tags.unwrap_or_default();
        tags.truncate(TAGS_MAX);
        let url = match slug(&title) {
            slug if slug.is_empty() => format!("/d/{uid}"),
            slug => format!("/d/{uid}/{slug}"),
        };
        Ok(Self { uid, title, tags, folder: folder.map(str::to_owned), url, has_uid })
    }

    /// The dashboard's text with its uid in it. Of a key given twice readers take the last.
    pub(super) fn complete(&self, mut json: String) -> String {
        if !self.has_uid
            && let Some(end) = json.rfind('}')
        {
            json.insert_str(end, &format!(",\"uid\":\"{}\"", self.uid));
        }
        json
    }
}

/// Checks that a text is one JSON object.
pub(super) fn check_object(json: &str) -> Result<(), String> {
    check_start(json)?;
    serde_json::from_str::<IgnoredAny>(json).map(|_| ()).map_err(|e| json_problem(&e))
}

/// A list would be read as the fields in their order.
fn check_start(json: &str) -> Result<(), String> {
    let object = json.trim_start().starts_with('{');
    if object { Ok(()) } else { Err(format!("not a JSON object; {OBJECT_CURE}")) }
}

/// What a user is told; the parser's sentence ends in line and column.
fn json_problem(error: &serde_json::Error) -> String {
    let cure = match error.classify() {
        serde_json::error::Category::Data => OBJECT_CURE,
        _ => "the file is not JSON; mend it at that place",
    };
    format!("{error}; {cure}")
}

/// Grafana's rule for uids.
fn is_uid(uid: &str) -> bool {
    uid.len() <= 40 && uid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The same uid for the same file name, today and after every restart.
fn made_uid(name: &str) -> String {
    Sha256::digest(name).iter().take(7).map(|byte| format!("{byte:02x}")).collect()
}

/// The title as a part of a URL: `Edge stack (2)` becomes `edge-stack-2`.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().take(SLUG_MAX) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
