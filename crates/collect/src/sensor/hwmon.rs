//! `/sys/class/hwmon`: the chips that watch a board, its processors, disks and supplies.

use std::{fs, path::Path};

use super::{
    Kind,
    channel::{Channel, id, word},
    entries, file_name, split_number,
};

/// All channels of all chips.
pub(super) fn channels(sys: &Path) -> Vec<Channel> {
    let mut chips = entries(sys.join("class/hwmon"));
    // Chips are numbered as their drivers happen to load; where they are attached stays.
    chips.sort_by_cached_key(|chip| fs::canonicalize(chip.join("device")).ok());
    chips.iter().filter(|chip| !is_thermal_zone(chip)).flat_map(|chip| chip_channels(chip)).collect()
}

/// Thermal zones show up here a second time.
fn is_thermal_zone(chip: &Path) -> bool {
    fs::read_link(chip.join("device")).is_ok_and(|device| file_name(&device).starts_with("thermal_zone"))
}

fn chip_channels(chip: &Path) -> Vec<Channel> {
    let name = word(&chip.join("name")).unwrap_or_else(|| file_name(chip).to_owned());
    entries(chip.to_owned()).iter().filter_map(|file| channel(chip, &name, file)).collect()
}

fn channel(chip: &Path, chip_name: &str, file: &Path) -> Option<Channel> {
    let (channel, suffix) = file_name(file).split_once('_')?;
    let (kind, scale) = match (split_number(channel).0, suffix) {
        ("temp", "input") => (Kind::Temperature, 1e-3),
        ("humidity", "input") => (Kind::Humidity, 1e-5),
        ("fan", "input") => (Kind::Fan, 1.0),
        ("in", "input") => (Kind::Voltage, 1e-3),
        ("curr", "input") => (Kind::Current, 1e-3),
        ("power", "input") => (Kind::Power, 1e-6),
        // Some chips only have an average.
        ("power", "average") if !chip.join(format!("{channel}_input")).exists() => (Kind::Power, 1e-6),
        _ => return None,
    };
    let label = word(&chip.join(format!("{channel}_label")));
    let name = label.unwrap_or_else(|| format!("{chip_name} {channel}"));
    Some(Channel::scaled(format!("{}_{channel}", id(chip_name)), name, kind, file.to_owned(), scale))
}
