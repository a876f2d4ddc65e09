//! A dashboard as somebody wants to save it.

use serde::{Deserialize, de::IgnoredAny};

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
}

impl<'a> Draft<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, ChangeError> {
        let (size_bytes, limit_bytes) = (json.len(), DASHBOARD_BYTES_MAX);
        if size_bytes > limit_bytes {
            return Err(ChangeError::TooLarge { size_bytes, limit_bytes });
        }
        let object = Object::parse(json).map_err(|error| ChangeError::Invalid(error.to_string()))?;
        let text = |name| object.read::<String>(name).unwrap_or_default().trim().to_owned();
        let (title, uid) = (text("title"), text("uid"));
        let draft = Self {
            id: object.read("id").unwrap_or(0).max(0),
            version: object.read("version").unwrap_or(0),
            title,
            uid,
            object,
        };
        draft.check().map(|()| draft)
    }

    fn check(&self) -> Result<(), ChangeError> {
        if self.title.is_empty() {
            return Err(ChangeError::TitleEmpty);
        }
        if self.title.chars().count() > summary::TITLE_MAX {
            return Err(ChangeError::TitleTooLong);
        }
        check_uid(&self.uid)?;
        match panels(&self.object) {
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
