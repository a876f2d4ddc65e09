//! What a user, or the organisation for all, would rather have.

use serde::{Deserialize, Serialize};

use super::{AccountError, user::check_text};

/// Characters of one preference.
const PREFERENCE_MAX: usize = 64;

/// Preferences; an empty one leaves it to the organisation, and there to the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// `light`, `dark` or `system`.
    pub theme: String,
    /// The dashboard to begin with.
    pub home_dashboard_uid: String,
    /// `utc`, `browser`, or a name of the time zone database.
    pub timezone: String,
    /// `monday`, `saturday` or `sunday`.
    pub week_start: String,
}

impl Preferences {
    /// Whether they can be stored.
    pub(super) fn check(&self) -> Result<(), AccountError> {
        if !matches!(self.theme.as_str(), "" | "light" | "dark" | "system") {
            return Err(AccountError::Invalid { field: "theme", why: "write light, dark or system" });
        }
        if !matches!(self.week_start.as_str(), "" | "browser" | "monday" | "saturday" | "sunday") {
            return Err(AccountError::Invalid {
                field: "weekStart",
                why: "write monday, saturday or sunday",
            });
        }
        check_text("homeDashboardUID", &self.home_dashboard_uid, PREFERENCE_MAX)?;
        check_text("timezone", &self.timezone, PREFERENCE_MAX)
    }
}
