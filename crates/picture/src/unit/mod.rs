//! Units by Grafana's ids. A unit turns a number into the text and the suffix that are shown.

pub(crate) mod number;
mod table;
mod time;

use crate::time::{ByPattern, Zone};
use number::{auto_decimals, round_off, to_fixed};
use table::{BINARY, Base, COUNT, Form, SHORT, SI, SI_SMALL, UNITS};

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
        Form::Named => Formatted::with_suffix(to_fixed(value, decimals), format!(" {name}")),
        Form::Fixed => Formatted::with_suffix(to_fixed(value, decimals), name),
        Form::Prefix => {
            Formatted { prefix: name.to_owned(), text: to_fixed(value, decimals), suffix: String::new() }
        }
        Form::Scaled(base) => {
            let (factor, prefixes) = match base {
                Base::Si => (1000.0, SI),
                Base::Binary => (1024.0, BINARY),
            };
            scaled(value, decimals, factor, prefixes, thousands as usize, |prefix| format!(" {prefix}{name}"))
        }
        Form::SiBoth => si_both(value, decimals, name, thousands),
        Form::Short => scaled(value, decimals, 1000.0, SHORT, 0, str::to_owned),
        Form::Count => scaled(value, decimals, 1000.0, COUNT, 0, |prefix| format!("{prefix} {name}")),
        Form::Money => {
            let amount = scaled(value, decimals, 1000.0, COUNT, 0, str::to_owned);
            Formatted { prefix: name.to_owned(), ..amount }
        }
        Form::MoneyBehind => scaled(value, decimals, 1000.0, COUNT, 0, |prefix| format!("{prefix} {name}")),
        Form::Percent => Formatted::with_suffix(to_fixed(value, decimals), "%"),
        Form::Share => {
            let percent = value * 100.0;
            let decimals = decimals.unwrap_or_else(|| auto_decimals(round_off(percent)));
            Formatted::with_suffix(to_fixed(percent, Some(decimals)), "%")
        }
        Form::Seconds => time::seconds(value * scale_of(unit), decimals),
        Form::Words => Formatted::plain(time::in_words(value * scale_of(unit), decimals)),
        Form::Clock => Formatted::plain(time::as_clock(value * scale_of(unit), unit == "dtdhms")),
        Form::Moment => Formatted::plain(moment(name, value, zone)),
        Form::Hex => Formatted::plain(format!("{name}{:X}", value.round() as i64)),
        Form::Scientific => Formatted::plain(scientific(value, decimals)),
        Form::Locale => Formatted::plain(grouped(value, decimals)),
        Form::Bool => {
            let (on, off) = name.split_once('/').unwrap_or((name, "False"));
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
    let first = letters.next().map(String::from).unwrap_or_default();
    match SI.iter().position(|prefix| *prefix == first) {
        Some(thousands @ 1..) if !letters.as_str().is_empty() => {
            (Form::SiBoth, letters.as_str(), thousands as i32)
        }
        _ => (Form::SiBoth, name, 0),
    }
}

/// Seconds in one of a unit of time.
fn scale_of(unit: &str) -> f64 {
    match unit {
        "ns" => 1e-9,
        "µs" | "us" => 1e-6,
        "ms" | "dtdurationms" | "clockms" => 1e-3,
        "timeticks" => 1e-2,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => 1.0,
    }
}

/// Divides by `factor` until the number is short, and names the step reached.
fn scaled(
    value: f64,
    decimals: Option<i32>,
    factor: f64,
    prefixes: &[&str],
    start: usize,
    suffix: impl Fn(&str) -> String,
) -> Formatted {
    let named = |step: usize| suffix(prefixes.get(step).copied().unwrap_or_default());
    if !value.is_finite() {
        return Formatted::with_suffix(to_fixed(value, None), named(start));
    }
    let last = prefixes.len() - 1;
    let (mut step, mut rest) = (start, value);
    while rest.abs() >= factor && step < last {
        (rest, step) = (rest / factor, step + 1);
    }
    // 999.96 rounds to 1000 in the smaller unit, which reads better as 1 in the larger.
    let shown: f64 = to_fixed(rest, decimals).parse().unwrap_or(rest);
    if shown.abs() >= factor && step < last {
        (rest, step) = (rest / factor, step + 1);
    }
    Formatted::with_suffix(to_fixed(rest, decimals), named(step))
}

/// SI prefixes below one as well, for volts, amperes and the like.
fn si_both(value: f64, decimals: Option<i32>, name: &str, thousands: i32) -> Formatted {
    let own = SI_SMALL.len() as i32 + thousands;
    let last = (SI_SMALL.len() + SI.len()) as i32 - 1;
    let step = match value == 0.0 || !value.is_finite() {
        true => 0,
        false => (value.abs().log10() / 3.0).floor() as i32,
    };
    let index = (own + step).clamp(0, last);
    let prefix = SI_SMALL.iter().chain(SI).nth(index as usize).copied().unwrap_or_default();
    let rest = value / 1000f64.powi(index - own);
    Formatted::with_suffix(to_fixed(rest, decimals), format!(" {prefix}{name}"))
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
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// With a comma at each thousand.
fn grouped(value: f64, decimals: Option<i32>) -> String {
    let text = match decimals {
        Some(_) => to_fixed(value, decimals),
        None => value.to_string(),
    };
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
    matches!(lookup(unit).0, Form::Scaled(Base::Binary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_in_the_pages() {
        for (unit, value, decimals, expected) in [
            ("", 12.3456, None, "12.3"),
            ("short", 1_234_567.0, None, "1.23 Mil"),
            ("short", 999.96, Some(1), "1.0 K"),
            ("bytes", 1_536.0, None, "1.50 KiB"),
            ("decbytes", 1_500.0, None, "1.50 kB"),
            ("mbytes", 2_048.0, None, "2 GiB"),
            ("percentunit", 0.07, None, "7%"),
            ("percent", 12.34, Some(1), "12.3%"),
            ("s", 90.0, None, "1.50 min"),
            ("s", 7_200.0, None, "2 hours"),
            ("s", 86_400.0, None, "1 day"),
            ("ms", 0.25, None, "250 µs"),
            ("watt", 0.002, None, "2 mW"),
            ("mwatt", 1_500.0, None, "1.50 W"),
            ("kwatth", 12.0, None, "12 kWh"),
            ("celsius", 21.55, Some(1), "21.6 °C"),
            ("reqps", 1_200.0, None, "1.20K req/s"),
            ("currencyEUR", 1_500.0, None, "€1.50K"),
            ("currencySEK", 5.0, None, "5 kr"),
            ("dthms", 93_909.0, None, "26:05:09"),
            ("dtdhms", 93_909.0, None, "1 d 02:05:09"),
            ("dtdurations", 93_600.0, Some(1), "1 day, 2 hours"),
            ("dateTimeAsIso", 1_795_326_530_000.0, None, "2026-11-22 05:48:50"),
            ("bool_on_off", 1.0, None, "On"),
            ("bool:up/down", 0.0, None, "down"),
            ("si:kW", 2.0, None, "2 kW"),
            ("suffix:cans", 3.0, None, "3 cans"),
            ("cans", 3.0, None, "3 cans"),
            ("hex0x", 255.0, None, "0xFF"),
            ("sci", 1_200.0, None, "1.2e+3"),
            ("locale", 1_234_567.5, None, "1,234,567.5"),
            ("bytes", f64::INFINITY, None, "∞ B"),
            ("", -0.001, Some(1), "0.0"),
        ] {
            assert_eq!(format(unit, value, decimals, &Zone::Utc).joined(), expected, "{value} {unit}");
        }
    }
}
