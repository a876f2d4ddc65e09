//! Units of OTLP, which are those of UCUM, as Prometheus spells them.

use super::metric_char::clean;

const UNITS: [(&str, &str); 26] = [
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tibibytes"),
    ("KBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("1", ""),
    ("%", "percent"),
];

const PER: [(&str, &str); 7] = [
    ("s", "second"),
    ("m", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("mo", "month"),
    ("y", "year"),
];

/// What stands before the slash of a unit and what stands behind it, spelt out; either may be empty.
pub(super) struct Suffixes {
    pub(super) main: String,
    /// With `per_` in front.
    pub(super) per: String,
}

/// Takes a unit apart.
pub(super) fn suffixes(unit: &str) -> Suffixes {
    let (main, per) = unit.split_once('/').unwrap_or((unit, ""));
    let spelt = |part: &str, table: &[(&str, &str)]| {
        // What stands in braces is a remark.
        let part = Some(part.trim()).filter(|part| !part.contains(['{', '}'])).unwrap_or_default();
        let known = table.iter().find(|(short, _)| *short == part);
        known.map_or(part, |(_, long)| long).to_owned()
    };
    let per = spelt(per, &PER);
    let per = if per.is_empty() { per } else { format!("per_{per}") };
    Suffixes { main: spelt(main, &UNITS), per }
}

/// The unit of a family in its metadata.
pub(super) fn metadata_unit(unit: &str) -> String {
    let Suffixes { main, per } = suffixes(unit);
    let parts = [clean(&main), clean(&per)];
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
    let unit = parts.join("_");
    unit.strip_suffix('_').unwrap_or(&unit).to_owned()
}
