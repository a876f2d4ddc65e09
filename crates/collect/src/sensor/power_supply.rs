//! `/sys/class/power_supply`: batteries.

use std::path::Path;

use super::{
    Kind,
    channel::{Channel, id, word},
    entries, file_name,
};

/// The charge of each battery.
pub(super) fn channels(sys: &Path) -> Vec<Channel> {
    entries(sys.join("class/power_supply")).iter().filter_map(|supply| channel(supply)).collect()
}

fn channel(supply: &Path) -> Option<Channel> {
    if word(&supply.join("type")).as_deref() != Some("Battery") {
        return None;
    }
    let sensor = id(file_name(supply));
    let name = word(&supply.join("model_name")).unwrap_or_else(|| file_name(supply).to_owned());
    let capacity = supply.join("capacity");
    if capacity.exists() {
        return Some(Channel::scaled(sensor, name, Kind::Battery, capacity, 0.01));
    }
    let quantities = ["charge", "energy"].map(|q| (supply.join(format!("{q}_now")), format!("{q}_full")));
    let (now, full) = quantities.into_iter().find(|(now, _)| now.exists())?;
    let full = Some(supply.join(full));
    Some(Channel { full, ..Channel::scaled(sensor, name, Kind::Battery, now, 1.0) })
}
