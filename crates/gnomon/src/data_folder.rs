//! Where data goes when nobody says.

use std::{env, path::PathBuf};

/// The folder `gnomon` among the user's data, after the XDG base directory specification; `/var/lib/gnomon`
/// for a service whose user has no home.
pub(crate) fn default() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
    base.unwrap_or_else(|| "/var/lib".into()).join("gnomon")
}
