//! Units by Grafana's ids. A unit turns a number into the text and the suffix that are shown.

pub(crate) mod number;
mod table;
mod time;

use crate::time::{ByPattern, Zone};
use number::{exponential, plain, to_fixed};
use table::{BINARY, COUNT, Form, PSI, SHORT, SI, SI_BASE, UNITS};

/// A formatted value in parts, so that a unit can be set smaller than its number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Formatted {
    pub(crate) prefix: String,
    pub(crate) text: String,
    /// Brings its own leading space where the unit is set apart from the number.
    pub(crate) suffix: String,
}

impl Formatted {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn with_suffix(text: impl Into<String>, suffix: impl Into<String>) -> Self {
        Self { text: text.into(), suffix: suffix.into(), ..Self::default() }
    }

    pub(crate) fn joined(&self) -> String {
        format!("{}{}{}", self.prefix, self.text, self.suffix)
    }
}

/// Formats a value in a unit; an unknown id is a suffix that somebody typed.
pub(crate) fn format(unit: &str, value: f64, decimals: Option<i32>, zone: &Zone) -> Formatted {
    if unit.is_empty() {
        return Formatted::plain(to_fixed(value, decimals));
    }
    let (form, name, thousands) = lookup(unit);
    match form {
        Form::Plain => Formatted::plain(to_fixed(value, decimals)),
        Form::Named => Formatted::with_suffix(to_fixed(value, decimals), format!(" {name}")),
        Form::Prefix => {
            Formatted { prefix: name.to_owned(), text: to_fixed(value, decimals), suffix: String::new() }
        }
        Form::Si => si(value, decimals, name, thousands),
        Form::Binary => {
            scaled(value, decimals, 1024.0, BINARY, thousands, |prefix| format!(" {prefix}{name}"))
        }
        Form::Psi => scaled(value, decimals, 1000.0, PSI, 0, str::to_owned),
        Form::Short => scaled(value, decimals, 1000.0, SHORT, 0, str::to_owned),
        Form::Count => counted(value, decimals, &format!(" {name}")),
        Form::Money => {
            let amount = scaled(value, decimals, 1000.0, COUNT, 0, str::to_owned);
            Formatted { prefix: name.to_owned(), ..amount }
        }
        Form::MoneyBehind => counted(value, decimals, name),
        Form::Percent => Formatted::with_suffix(to_fixed(value, decimals), "%"),
        Form::Share => Formatted::with_suffix(to_fixed(value * 100.0, decimals), "%"),
        Form::Duration if unit == "timeticks" => time::duration(value / 100.0, "s", decimals),
        Form::Duration => time::duration(value, unit, decimals),
        Form::Words if unit == "dtdurationms" && value == 0.0 => Formatted::plain("0 milliseconds"),
        Form::Words => Formatted::plain(time::in_words(in_ms(value, unit), decimals)),
        Form::Clock => Formatted::plain(time::as_clock(value, unit == "dtdhms")),
        Form::Parts => Formatted::plain(time::in_parts(in_ms(value, unit), decimals)),
        Form::Moment => Formatted::plain(moment(name, value, zone)),
        Form::Hex => Formatted::plain(format!("{name}{:X}", value.round() as i64)),
        Form::Scientific => Formatted::plain(scientific(value, decimals)),
        Form::Locale => Formatted::plain(grouped(value, decimals)),
        Form::Bool => {
            let (on, off) = name.split_once('/').unwrap_or((name, "-"));
            Formatted::plain(if value == 0.0 { off } else { on })
        }
    }
}

/// How a unit is written, its name, and how many thousands the number comes in.
fn lookup(unit: &str) -> (Form, &str, i32) {
    if let Some(&(_, form, name, thousands)) = UNITS.iter().find(|(id, ..)| *id == unit) {
        return (form, name, thousands);
    }
    match unit.split_once(':') {
        Some(("suffix", name)) => (Form::Named, name, 0),
        Some(("prefix", name)) => (Form::Prefix, name, 0),
        Some(("si", name)) => free_si(name),
        Some(("count", name)) => (Form::Count, name, 0),
        Some(("currency", name)) => (Form::Money, name, 0),
        Some(("bool", name)) => (Form::Bool, name, 0),
        Some(("time", pattern)) => (Form::Moment, pattern, 0),
        _ => (Form::Named, unit, 0),
    }
}

/// `kW` comes in thousands of `W`.
fn free_si(name: &str) -> (Form, &str, i32) {
    let mut letters = name.chars();
    // The sign of micro is typed in two ways.
    let first = letters.next().map(|letter| if letter == '\u{3bc}' { 'µ' } else { letter });
    let first = first.map(String::from).unwrap_or_default();
    match SI.iter().position(|prefix| *prefix == first).map(|place| place as i32 - SI_BASE) {
        None | Some(0) => (Form::Si, name, 0),
        Some(thousands) => (Form::Si, letters.as_str(), thousands),
    }
}

/// Milliseconds of a unit whose id ends with `ms`, or which comes in seconds.
fn in_ms(value: f64, unit: &str) -> f64 {
    if unit.ends_with("ms") { value } else { value * 1_000.0 }
}

/// The number in the step of the names that keeps it between one and `factor`; `base` is the place of the unit as it
/// comes.
fn scaled(
    value: f64,
    decimals: Option<i32>,
    factor: f64,
    names: &[&str],
    base: i32,
    suffix: impl Fn(&str) -> String,
) -> Formatted {
    if !value.is_finite() {
        return Formatted::plain(to_fixed(value, None));
    }
    let magnitude = if value == 0.0 { 0 } else { (value.abs().log10() / factor.log10()).floor() as i32 };
    let step = magnitude.min(names.len() as i32 - 1 - base).max(-base);
    let name = usize::try_from(base + step).ok().and_then(|at| names.get(at)).copied().unwrap_or_default();
    Formatted::with_suffix(to_fixed(value / factor.powi(step), decimals), suffix(name))
}

fn si(value: f64, decimals: Option<i32>, name: &str, thousands: i32) -> Formatted {
    scaled(value, decimals, 1000.0, SI, SI_BASE + thousands, |prefix| format!(" {prefix}{name}"))
}

/// Thousands, and what stands behind them.
fn counted(value: f64, decimals: Option<i32>, ending: &str) -> Formatted {
    let amount = scaled(value, decimals, 1000.0, COUNT, 0, str::to_owned);
    Formatted { suffix: amount.suffix + ending, ..amount }
}

/// A moment given in milliseconds; where the pattern is empty, how long ago cannot be said without a clock, and the
/// moment itself is written.
fn moment(pattern: &str, value: f64, zone: &Zone) -> String {
    if !value.is_finite() {
        return to_fixed(value, None);
    }
    zone.civil(value as i64).by_pattern(if pattern.is_empty() { "YYYY-MM-DD HH:mm:ss" } else { pattern })
}

fn scientific(value: f64, decimals: Option<i32>) -> String {
    let text = match decimals {
        Some(decimals) => format!("{value:.*e}", decimals.clamp(0, 20) as usize),
        None => format!("{value:e}"),
    };
    exponential(text)
}

/// Decimals with which browsers write a number for people.
const LOCALE_DECIMALS: i32 = 3;

/// With a comma at each thousand.
fn grouped(value: f64, decimals: Option<i32>) -> String {
    if !value.is_finite() {
        return to_fixed(value, None);
    }
    let short: f64 = to_fixed(value, Some(decimals.unwrap_or(LOCALE_DECIMALS))).parse().unwrap_or(value);
    let text = plain(short);
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits = whole.trim_start_matches('-');
    let mut out = whole.get(..whole.len() - digits.len()).unwrap_or_default().to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digit.is_ascii_digit() {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

/// Whether axis steps of this unit should be powers of two.
pub(crate) fn is_binary(unit: &str) -> bool {
    lookup(unit).0 == Form::Binary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_in_grafana() {
        for line in include_str!("../../../../conformance/units/values.txt").lines() {
            let mut parts = line.trim_start_matches("@ ").splitn(4, ' ');
            let mut next = || parts.next().unwrap();
            let (unit, decimals, value, expected) = (next(), next(), next(), next());
            // Times are written in the picture's zone, and how long ago they were is not known.
            if unit.starts_with("dateTime") || unit.starts_with("time:") {
                continue;
            }
            let decimals = decimals.parse().ok();
            let text = format(unit, value.parse().unwrap(), decimals, &Zone::Utc).joined();
            assert_eq!(text, expected, "{line}");
        }
    }

    #[test]
    fn values_are_written_as_in_the_pages() {
        for (unit, value, decimals, expected) in [
            ("", 12.3456, None, "12.3"),
            ("short", -2_500.0, None, "-2.5 K"),
            ("short", 999.999, Some(1), "1000.0"),
            ("Bps", 0.5, None, "500 mB/s"),
            ("kbytes", 0.5, None, "512 B"),
            ("percentunit", 0.07, None, "7.00%"),
            ("s", 7_200.0, None, "2 hour"),
            ("dtdhms", 3_725.0, None, "01:02:05"),
            ("dtdhms", 93_909.0, None, "1 d 02:05:09"),
            ("dtdurations", 93_600.0, Some(1), "1 day, 2 hours"),
            ("clocks", 7_325.12, Some(2), "2h:02m:05s"),
            ("dateTimeAsIso", 1_795_326_530_000.0, None, "2026-11-22 05:48:50"),
            ("bool:up/down", 0.0, None, "down"),
            ("si:kW", 2.0, None, "2 kW"),
            ("cans", 3.0, None, "3 cans"),
            ("hex0x", 255.0, None, "0xFF"),
            ("sci", 1_200.0, None, "1.2e+3"),
            ("locale", 1_234_567.567_89, None, "1,234,567.568"),
            ("bytes", f64::INFINITY, None, "∞"),
            ("", -0.001, Some(1), "0.0"),
        ] {
            assert_eq!(format(unit, value, decimals, &Zone::Utc).joined(), expected, "{value} {unit}");
        }
    }
}
