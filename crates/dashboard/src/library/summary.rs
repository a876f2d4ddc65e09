//! What a list says about a dashboard.

use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::object::Object;

/// Tags kept of a dashboard, and bytes of each: all of them are held in memory.
const TAGS_MAX: usize = 50;
const TAG_BYTES_MAX: usize = 100;
/// Characters of a title, as in Grafana.
pub(super) const TITLE_MAX: usize = 5_000;
const OBJECT_CURE: &str = "a dashboard is a JSON object with a title, as Grafana exports it";
/// Characters of a slug.
const SLUG_MAX: usize = 80;
/// Characters of a uid, as in Grafana.
pub(super) const UID_MAX: usize = 40;
/// The least of the numbers that are made and not counted: with them they still fit 31 bits.
pub(super) const MADE_ID_MIN: i64 = 1 << 30;

/// A dashboard in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// What its URL and links call it; made of the file's name when the file has none.
    pub uid: String,
    /// Its title, never empty.
    pub title: String,
    /// Its tags in the order of the file, at most 50 with at most 100 bytes each.
    pub tags: Vec<String>,
    /// Its path on this server: `/d/UID/TITLE`.
    pub url: String,
    /// The version that its text names; 0 when it names none.
    pub(super) version: u32,
    /// Whether it is a resource, which has its uid elsewhere and no version.
    is_resource: bool,
}

/// The fields that a list needs; all others are checked to be JSON and skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    uid: Option<String>,
    title: Option<String>,
    tags: Option<Vec<String>>,
    #[serde(deserialize_with = "lenient")]
    version: Option<u32>,
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
    /// The classic shape, whichever the file has, and whether it is a resource.
    fn unwrapped(self) -> (Self, bool) {
        match (&self.title, self.spec) {
            (None, Some(spec)) => (Self { uid: self.metadata.and_then(|m| m.name), ..*spec }, true),
            _ => (Self { spec: None, metadata: None, ..self }, false),
        }
    }
}

/// A version that is no number is none.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let number = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(number.get()).ok())
}

impl Summary {
    /// Reads what a list needs from a dashboard's JSON; `name` stands in for a missing uid.
    ///
    /// The error is a sentence with line and column, and the cure.
    pub(super) fn parse(json: &str, name: &str) -> Result<Self, String> {
        check_start(json)?;
        let fields: Fields = serde_json::from_str(json).map_err(|e| json_problem(&e))?;
        let (Fields { uid, title, tags, version, .. }, is_resource) = fields.unwrapped();
        let title = title.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).ok_or(
            "Dashboard title cannot be empty; write \"title\" at the top level of the file, \
             as Grafana exports it",
        )?;
        if title.chars().count() > TITLE_MAX {
            return Err(format!("Dashboard title cannot contain more than {TITLE_MAX} characters"));
        }
        let uid = uid.filter(|uid| !uid.is_empty());
        if let Some(uid) = uid.as_ref().filter(|uid| !is_uid(uid)) {
            return Err(format!(
                "uid {uid:?} has illegal characters; use up to 40 of a-z, A-Z, 0-9, - and _"
            ));
        }
        let uid = uid.unwrap_or_else(|| made_uid(name));
        let mut tags = tags.unwrap_or_default();
        tags.retain(|tag| tag.len() <= TAG_BYTES_MAX);
        tags.truncate(TAGS_MAX);
        let url = url("/d", &uid, &title);
        Ok(Self { uid, title, tags, url, version: version.unwrap_or(0), is_resource })
    }

    /// The title as a part of its URL; may be empty.
    pub fn slug(&self) -> String {
        slug(&self.title)
    }

    /// The dashboard's text with its id, uid and version in it; all else is as it was. A resource is left alone.
    pub(super) fn complete(&self, json: String, id: i64, version: u32) -> String {
        match Object::parse(&json) {
            Ok(mut object) if !self.is_resource => {
                object.set("id", id);
                object.set("uid", self.uid.as_str());
                object.set("version", version);
                object.to_string()
            }
            _ => json,
        }
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

/// Grafana's rule for uids, their length included.
pub(super) fn is_uid(uid: &str) -> bool {
    uid.len() <= UID_MAX && uid.bytes().all(is_uid_byte)
}

/// What a uid may consist of.
pub(super) fn is_uid_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Where something of a uid and a title is found on this server.
pub(super) fn url(start: &str, uid: &str, title: &str) -> String {
    match slug(title) {
        slug if slug.is_empty() => format!("{start}/{uid}"),
        slug => format!("{start}/{uid}/{slug}"),
    }
}

/// A number for clients that ask by number, the same after every restart; those of what is saved are smaller.
pub(super) fn made_id(uid: &str) -> i64 {
    let digest = Sha256::digest(uid);
    let number = digest.iter().take(4).fold(0, |number, byte| number << 8 | i64::from(*byte));
    MADE_ID_MIN | number >> 2
}

/// The same uid for the same file name, today and after every restart.
pub(super) fn made_uid(name: &str) -> String {
    Sha256::digest(name).iter().take(7).map(|byte| format!("{byte:02x}")).collect()
}

/// The title as a part of a URL: `Edge stack (2)` becomes `edge-stack-2`.
pub(super) fn slug(title: &str) -> String {
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
