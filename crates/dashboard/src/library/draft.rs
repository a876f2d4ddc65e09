//! A dashboard as somebody wants to save it.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use super::{ChangeError, file::DASHBOARD_BYTES_MAX, object::Object, summary};

/// Panels of a dashboard, those in rows included; the largest in public use have some 300.
const PANELS_MAX: usize = 1_000;

/// The text of a dashboard with what decides whether it can be saved.
pub(super) struct Draft<'a> {
    pub(super) object: Object<'a>,
    pub(super) title: String,
    /// Empty when one is to be made.
    pub(super) uid: String,
    /// 0 when there is none.
    pub(super) id: i64,
    /// The version that was changed; 0 for a new dashboard.
    pub(super) version: u32,
    is_resource: bool,
}

/// What a resource says about the dashboard that it wraps.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    name: String,
    resource_version: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Titled {
    title: String,
}

impl<'a> Draft<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, ChangeError> {
        let (size_bytes, limit_bytes) = (json.len(), DASHBOARD_BYTES_MAX);
        if size_bytes > limit_bytes {
            return Err(ChangeError::TooLarge { size_bytes, limit_bytes });
        }
        let object = Object::parse(json).map_err(|error| ChangeError::Invalid(error.to_string()))?;
        let draft = match object.read::<Titled>("spec").filter(|_| object.get("title").is_none()) {
            Some(spec) => Self::of_resource(object, &spec.title),
            None => Self::of_classic(object),
        };
        draft.check().map(|()| draft)
    }

    fn of_classic(object: Object<'a>) -> Self {
        let text = |name| object.read::<String>(name).unwrap_or_default().trim().to_owned();
        let (title, uid) = (text("title"), text("uid"));
        Self {
            id: object.read("id").unwrap_or(0).max(0),
            version: object.read("version").unwrap_or(0),
            title,
            uid,
            is_resource: false,
            object,
        }
    }

    fn of_resource(object: Object<'a>, title: &str) -> Self {
        let Metadata { name, resource_version } = object.read("metadata").unwrap_or_default();
        let (title, version) = (title.trim().to_owned(), resource_version.parse().unwrap_or(0));
        Self { id: 0, version, title, uid: name, is_resource: true, object }
    }

    /// Names the dashboard in its text. What a resource has beside its name is where the library keeps it.
    pub(super) fn identify(&mut self, id: i64, uid: &str) {
        if self.is_resource {
            self.object.set("metadata", json!({ "name": uid }));
        } else {
            self.object.set("id", id);
            self.object.set("uid", uid);
        }
    }

    /// Writes the version into the text of a classic dashboard; a resource has none there.
    pub(super) fn number(&mut self, version: u32) {
        if !self.is_resource {
            self.object.set("version", version);
        }
    }

    fn check(&self) -> Result<(), ChangeError> {
        if self.title.is_empty() {
            return Err(ChangeError::TitleEmpty);
        }
        if self.title.chars().count() > summary::TITLE_MAX {
            return Err(ChangeError::TitleTooLong);
        }
        check_uid(&self.uid)?;
        let panels = if self.is_resource { elements(&self.object) } else { panels(&self.object) };
        match panels {
            panels if panels > PANELS_MAX => Err(ChangeError::TooManyPanels { panels, limit: PANELS_MAX }),
            _ => Ok(()),
        }
    }
}

/// Checks a uid that may be empty.
pub(super) fn check_uid(uid: &str) -> Result<(), ChangeError> {
    if !uid.bytes().all(summary::is_uid_byte) {
        return Err(ChangeError::UidInvalid);
    }
    if uid.len() > summary::UID_MAX { Err(ChangeError::UidTooLong) } else { Ok(()) }
}

/// How many panels a resource of the second model has.
fn elements(object: &Object<'_>) -> usize {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        elements: BTreeMap<String, IgnoredAny>,
    }
    object.read::<Spec>("spec").map_or(0, |spec| spec.elements.len())
}

/// How many panels there are, in the old shape too, where all were in rows.
fn panels(object: &Object<'_>) -> usize {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Row {
        panels: Vec<IgnoredAny>,
    }
    let below = |name| {
        let rows = object.read::<Vec<Row>>(name);
        let panels = rows.map(|rows| rows.iter().map(|row| 1 + row.panels.len()).sum());
        panels.or_else(|| object.read::<Vec<IgnoredAny>>(name).map(|panels| panels.len()))
    };
    below("panels").unwrap_or(0) + below("rows").unwrap_or(0)
}
