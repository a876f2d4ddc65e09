//! One file, or a pair of files, that holds one value.

use std::path::{Path, PathBuf};

use super::{Kind, Reading};
use crate::read_text;

/// Where a value is and how it becomes one in base units.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) sensor: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
    /// Divides the value when set: a full charge for a charge.
    pub(super) full: Option<PathBuf>,
    /// Added to the file's figure before it is scaled.
    pub(super) offset: f64,
    pub(super) scale: f64,
}

impl Channel {
    /// A file whose figure has only to be scaled.
    pub(super) fn scaled(sensor: String, name: String, kind: Kind, path: PathBuf, scale: f64) -> Self {
        Self { sensor, name, kind, path, full: None, offset: 0.0, scale }
    }

    /// The value as it is now; `None` when there is none.
    pub(super) fn read(&self) -> Option<Reading> {
        let full = match &self.full {
            Some(path) => figure(path)?,
            None => 1.0,
        };
        let value = (figure(&self.path)? + self.offset) * self.scale / full;
        let reading =
            Reading { sensor: self.sensor.clone(), name: self.name.clone(), kind: self.kind, value };
        value.is_finite().then_some(reading)
    }
}

/// The number that a file holds.
pub(super) fn figure(path: &Path) -> Option<f64> {
    word(path)?.parse().ok()
}

/// The text of a file without the line break; `None` when empty.
pub(super) fn word(path: &Path) -> Option<String> {
    let text = read_text(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A name as it can stand in an id: letters, digits and `-`, everything else becomes `_`.
pub(super) fn id(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
