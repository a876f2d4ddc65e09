//! What somebody may do.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What somebody may do in the organisation; each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// See dashboards and query.
    Viewer,
    /// Change dashboards, folders and annotations.
    Editor,
    /// Change data sources, settings, and who belongs to the organisation.
    Admin,
}

/// A name that no role has.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no role {0:?}: write Viewer, Editor or Admin")]
pub struct UnknownRole(pub String);

impl Role {
    /// Grafana's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Editor => "Editor",
            Self::Admin => "Admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        let role = [Self::Viewer, Self::Editor, Self::Admin].into_iter().find(|role| role.as_str() == name);
        role.ok_or_else(|| UnknownRole(name.to_owned()))
    }
}
