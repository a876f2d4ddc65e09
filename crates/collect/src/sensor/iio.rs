//! `/sys/bus/iio`: sensors on I²C and SPI, as people solder them to a small board.

use std::path::Path;

use super::{
    Kind,
    channel::{Channel, figure, id, word},
    entries, file_name,
};

/// All channels of all devices.
pub(super) fn channels(sys: &Path) -> Vec<Channel> {
    let devices = entries(sys.join("bus/iio/devices"));
    devices
        .iter()
        .filter(|d| file_name(d).starts_with("iio:device"))
        .flat_map(|d| device_channels(d))
        .collect()
}

fn device_channels(device: &Path) -> Vec<Channel> {
    let name = word(&device.join("name")).unwrap_or_else(|| file_name(device).to_owned());
    entries(device.to_owned()).iter().filter_map(|file| channel(device, &name, file)).collect()
}

/// `in_temp_input` is in the kernel's unit already; `in_accel_x_raw` is `(raw + offset) * scale`.
fn channel(device: &Path, device_name: &str, file: &Path) -> Option<Channel> {
    let (channel, form) = file_name(file).strip_prefix("in_")?.rsplit_once('_')?;
    let kind_end = channel.find(|c: char| c == '_' || c.is_ascii_digit()).unwrap_or(channel.len());
    let kind_name = channel.get(..kind_end)?;
    // The kernel's units: millidegrees, thousandths of a per cent, kilopascals, lux, m/s².
    let (kind, to_base) = match kind_name {
        "temp" => (Kind::Temperature, 1e-3),
        "humidityrelative" => (Kind::Humidity, 1e-5),
        "pressure" => (Kind::Pressure, 1e3),
        "illuminance" => (Kind::Illuminance, 1.0),
        "accel" => (Kind::Acceleration, 1.0),
        _ => return None,
    };
    // An attribute belongs to the channel, or to all channels of its kind.
    let attribute = |what: &str| {
        let own = figure(&device.join(format!("in_{channel}_{what}")));
        own.or_else(|| figure(&device.join(format!("in_{kind_name}_{what}"))))
    };
    let (offset, scale) = match form {
        "input" => (0.0, 1.0),
        "raw" if device.join(format!("in_{channel}_input")).exists() => return None,
        "raw" => (attribute("offset").unwrap_or(0.0), attribute("scale").unwrap_or(1.0)),
        _ => return None,
    };
    let sensor = format!("{}_{channel}", id(device_name));
    let name = format!("{device_name} {}", channel.replace('_', " "));
    let path = file.to_owned();
    Some(Channel { offset, ..Channel::scaled(sensor, name, kind, path, scale * to_base) })
}
