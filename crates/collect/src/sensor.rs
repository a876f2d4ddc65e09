//! The machine's own sensors, as the kernel shows them below `/sys`.

mod channel;
mod hwmon;
mod iio;
mod power_supply;
mod thermal;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use channel::Channel;

/// Channels read at most; a large server has some hundred, a small machine a dozen.
const CHANNELS_MAX: usize = 256;

/// Entries of a directory that are looked at.
const ENTRIES_MAX: usize = 1024;

/// What a sensor measures. The value's unit follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Degrees Celsius.
    Temperature,
    /// Relative humidity, 0 to 1.
    Humidity,
    /// Air pressure in pascals.
    Pressure,
    /// Lux.
    Illuminance,
    /// Acceleration along an axis, gravity included, in m/s².
    Acceleration,
    /// Root mean square of acceleration without gravity, in m/s².
    Vibration,
    /// Charge of a battery, 0 to 1.
    Battery,
    /// Revolutions per minute.
    Fan,
    /// Volts.
    Voltage,
    /// Amperes.
    Current,
    /// Watts.
    Power,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Temperature,
        Self::Humidity,
        Self::Pressure,
        Self::Illuminance,
        Self::Acceleration,
        Self::Vibration,
        Self::Battery,
        Self::Fan,
        Self::Voltage,
        Self::Current,
        Self::Power,
    ];

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Humidity => "humidity",
            Self::Pressure => "pressure",
            Self::Illuminance => "illuminance",
            Self::Acceleration => "acceleration",
            Self::Vibration => "vibration",
            Self::Battery => "battery",
            Self::Fan => "fan",
            Self::Voltage => "voltage",
            Self::Current => "current",
            Self::Power => "power",
        }
    }

    /// The unit of its values, as Prometheus names base units.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Temperature => "celsius",
            Self::Humidity | Self::Battery => "ratio",
            Self::Pressure => "pascals",
            Self::Illuminance => "lux",
            Self::Acceleration | Self::Vibration => "meters_per_second_squared",
            Self::Fan => "rpm",
            Self::Voltage => "volts",
            Self::Current => "amperes",
            Self::Power => "watts",
        }
    }
}

/// One value of one sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Identifies the sensor on its machine, over restarts too: `coretemp_temp1`.
    pub sensor: String,
    /// What a person calls it: `Core 0`.
    pub name: String,
    /// What it measures.
    pub kind: Kind,
    /// In the unit of the kind; finite.
    pub value: f64,
}

/// The values of one round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    /// Those that could be read, in a fixed order.
    pub readings: Vec<Reading>,
    /// Channels that gave no value this time: the chip is off, or the bus failed.
    pub failed: usize,
}

/// The channels that a machine has.
#[derive(Clone, Debug, Default)]
pub struct Sensors {
    channels: Vec<Channel>,
}

impl Sensors {
    /// Looks for sensors below `sys`, usually `/sys`. What cannot be read is left out.
    pub fn discover(sys: &Path) -> Self {
        let mut channels = hwmon::channels(sys);
        channels.extend(thermal::channels(sys));
        channels.extend(iio::channels(sys));
        channels.extend(power_supply::channels(sys));
        channels.truncate(CHANNELS_MAX);
        tell_apart(&mut channels);
        Self { channels }
    }

    /// True when the machine shows no sensor at all.
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// Number of channels.
    pub fn len(&self) -> usize {
        self.channels.len()
    }

    /// Reads every channel once. Blocks as long as the chips take.
    pub fn read(&self) -> Sweep {
        let readings: Vec<Reading> = self.channels.iter().filter_map(Channel::read).collect();
        let failed = self.channels.len() - readings.len();
        Sweep { readings, failed }
    }
}

/// Numbers the second and later channels of the same id: two disks, two zones of one type.
fn tell_apart(channels: &mut [Channel]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for channel in channels {
        let count = seen.entry(channel.sensor.clone()).or_default();
        *count += 1;
        if *count > 1 {
            channel.sensor = format!("{}_{count}", channel.sensor);
        }
    }
}

/// The entries of a directory by path, in natural order (`hwmon2` before `hwmon10`); none if there is none.
fn entries(directory: PathBuf) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().take(ENTRIES_MAX).map(|e| e.path()).collect();
    paths.sort_by_cached_key(|path| {
        let name = file_name(path).to_owned();
        let (stem, number) = split_number(&name);
        (stem.to_owned(), number, name.clone())
    });
    paths
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// `temp10_input` as `temp` and 10.
fn split_number(name: &str) -> (&str, u32) {
    let start = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (stem, rest) = name.split_at(start);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (stem, rest.get(..digits).and_then(|d| d.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests;
