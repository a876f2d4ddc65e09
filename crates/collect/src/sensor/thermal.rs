//! `/sys/class/thermal`: the zones by which the kernel cools.

use std::path::Path;

use super::{
    Kind,
    channel::{Channel, id, word},
    entries, file_name,
};

/// The temperature of each zone.
pub(super) fn channels(sys: &Path) -> Vec<Channel> {
    let zones = entries(sys.join("class/thermal"));
    zones
        .iter()
        .filter(|zone| file_name(zone).starts_with("thermal_zone"))
        .filter_map(|z| channel(z))
        .collect()
}

fn channel(zone: &Path) -> Option<Channel> {
    let path = zone.join("temp");
    let name = word(&zone.join("type")).unwrap_or_else(|| file_name(zone).to_owned());
    path.exists().then(|| Channel::scaled(id(&name), name, Kind::Temperature, path, 1e-3))
}
