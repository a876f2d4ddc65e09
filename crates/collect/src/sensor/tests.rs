use std::{fs, os::unix::fs::symlink};

use super::*;

/// Writes files below a root: `("class/hwmon/hwmon0/name", "coretemp")`.
fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
    }
    root
}

fn lines(root: &tempfile::TempDir) -> Vec<String> {
    let sweep = Sensors::discover(root.path()).read();
    let line = |r: &Reading| {
        let rounded = (r.value * 1e9).round() / 1e9;
        format!("{}|{}|{}|{rounded} {}", r.sensor, r.name, r.kind.as_str(), r.kind.unit())
    };
    sweep.readings.iter().map(line).collect()
}

#[test]
fn chips_give_every_quantity_in_base_units() {
    let root = machine(&[
        ("class/hwmon/hwmon10/name", "nvme"),
        ("class/hwmon/hwmon10/temp1_input", "38850"),
        ("class/hwmon/hwmon2/name", "nvme"),
        ("class/hwmon/hwmon2/temp1_input", "41850"),
        ("class/hwmon/hwmon2/temp1_label", "Composite"),
        ("class/hwmon/hwmon3/name", "board x"),
        ("class/hwmon/hwmon3/fan1_input", "1200"),
        ("class/hwmon/hwmon3/in0_input", "3312"),
        ("class/hwmon/hwmon3/curr1_input", "250"),
        ("class/hwmon/hwmon3/power1_average", "7500000"),
        ("class/hwmon/hwmon3/humidity1_input", "45200"),
        ("class/hwmon/hwmon3/temp1_max", "90000"),
    ]);
    assert_eq!(
        lines(&root),
        [
            "nvme_temp1|Composite|temperature|41.85 celsius",
            "board_x_curr1|board x curr1|current|0.25 amperes",
            "board_x_fan1|board x fan1|fan|1200 rpm",
            "board_x_humidity1|board x humidity1|humidity|0.452 ratio",
            "board_x_in0|board x in0|voltage|3.312 volts",
            "board_x_power1|board x power1|power|7.5 watts",
            "nvme_temp1_2|nvme temp1|temperature|38.85 celsius",
        ]
    );
}

#[test]
fn a_zone_is_not_counted_again_as_a_chip() {
    let root = machine(&[
        ("class/thermal/thermal_zone0/type", "cpu-thermal"),
        ("class/thermal/thermal_zone0/temp", "55000"),
        ("class/thermal/cooling_device0/type", "Processor"),
        ("class/hwmon/hwmon0/name", "cpu_thermal"),
        ("class/hwmon/hwmon0/temp1_input", "55000"),
    ]);
    symlink("../../thermal/thermal_zone0", root.path().join("class/hwmon/hwmon0/device")).unwrap();
    assert_eq!(lines(&root), ["cpu-thermal|cpu-thermal|temperature|55 celsius"]);
}

#[test]
fn iio_channels_are_processed_or_scaled() {
    let root = machine(&[
        ("bus/iio/devices/iio:device0/name", "bme280"),
        ("bus/iio/devices/iio:device0/in_temp_input", "21480"),
        ("bus/iio/devices/iio:device0/in_temp_raw", "1"),
        ("bus/iio/devices/iio:device0/in_humidityrelative_input", "48200"),
        ("bus/iio/devices/iio:device0/in_pressure_input", "101.325"),
        ("bus/iio/devices/iio:device1/name", "adxl345"),
        ("bus/iio/devices/iio:device1/in_accel_x_raw", "-40"),
        ("bus/iio/devices/iio:device1/in_accel_x_offset", "20"),
        ("bus/iio/devices/iio:device1/in_accel_scale", "0.05"),
        ("bus/iio/devices/iio:device2/name", "bh1750"),
        ("bus/iio/devices/iio:device2/in_illuminance0_raw", "300"),
        ("bus/iio/devices/trigger0/name", "in_temp_input"),
    ]);
    assert_eq!(
        lines(&root),
        [
            "bme280_humidityrelative|bme280 humidityrelative|humidity|0.482 ratio",
            "bme280_pressure|bme280 pressure|pressure|101325 pascals",
            "bme280_temp|bme280 temp|temperature|21.48 celsius",
            "adxl345_accel_x|adxl345 accel x|acceleration|-1 meters_per_second_squared",
            "bh1750_illuminance0|bh1750 illuminance0|illuminance|300 lux",
        ]
    );
}

#[test]
fn batteries_tell_their_charge_one_way_or_another() {
    let root = machine(&[
        ("class/power_supply/AC/type", "Mains"),
        ("class/power_supply/BAT0/type", "Battery"),
        ("class/power_supply/BAT0/capacity", "87"),
        ("class/power_supply/BAT1/type", "Battery"),
        ("class/power_supply/BAT1/model_name", "Pack 2"),
        ("class/power_supply/BAT1/energy_now", "20000000"),
        ("class/power_supply/BAT1/energy_full", "50000000"),
    ]);
    assert_eq!(lines(&root), ["BAT0|BAT0|battery|0.87 ratio", "BAT1|Pack 2|battery|0.4 ratio"]);
}

#[test]
fn a_channel_without_a_value_is_counted_as_failed() {
    let root = machine(&[
        ("class/thermal/thermal_zone0/temp", "not a number"),
        ("class/thermal/thermal_zone1/temp", "40000"),
    ]);
    let sensors = Sensors::discover(root.path());
    assert_eq!((sensors.read().failed, sensors.read().readings.len()), (1, 1));
    assert!(Sensors::discover(Path::new("/nowhere")).is_empty());
}
