//! Times by patterns such as `YYYY-MM-DD HH:mm`.

use std::fmt::Write;

use model::civil::Civil;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The marks of a pattern, longer ones before those that they begin with.
const MARKS: [&str; 22] = [
    "YYYY", "YY", "MMMM", "MMM", "MM", "M", "DD", "D", "dddd", "ddd", "HH", "H", "hh", "h", "mm", "m", "ss",
    "s", "SSS", "A", "a", "X",
];

/// Times written by a pattern.
pub(crate) trait ByPattern {
    /// The time by a pattern; `[text]` stands for itself.
    fn by_pattern(&self, pattern: &str) -> String;
}

impl ByPattern for Civil {
    fn by_pattern(&self, pattern: &str) -> String {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(letter) = rest.chars().next() {
            if let Some((text, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
                out.push_str(text);
                rest = after;
            } else if let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(mark)) {
                write_mark(&mut out, self, mark);
                rest = rest.get(mark.len()..).unwrap_or_default();
            } else {
                out.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
        out
    }
}

fn write_mark(out: &mut String, time: &Civil, mark: &str) {
    let name =
        |names: &'static [&'static str], at: u8| names.get(usize::from(at)).copied().unwrap_or_default();
    let month = name(&MONTHS, time.month.saturating_sub(1));
    let day = name(&DAYS, time.weekday);
    let half = (time.hour + 11) % 12 + 1;
    // Writing to a string does not fail.
    let _ = match mark {
        "YYYY" => write!(out, "{:04}", time.year),
        "YY" => write!(out, "{:02}", time.year.rem_euclid(100)),
        "MMMM" => out.write_str(month),
        "MMM" => out.write_str(month.get(..3).unwrap_or_default()),
        "MM" => write!(out, "{:02}", time.month),
        "M" => write!(out, "{}", time.month),
        "DD" => write!(out, "{:02}", time.day),
        "D" => write!(out, "{}", time.day),
        "dddd" => out.write_str(day),
        "ddd" => out.write_str(day.get(..3).unwrap_or_default()),
        "HH" => write!(out, "{:02}", time.hour),
        "H" => write!(out, "{}", time.hour),
        "hh" => write!(out, "{half:02}"),
        "h" => write!(out, "{half}"),
        "mm" => write!(out, "{:02}", time.minute),
        "m" => write!(out, "{}", time.minute),
        "ss" => write!(out, "{:02}", time.second),
        "s" => write!(out, "{}", time.second),
        "SSS" => write!(out, "{:03}", time.millisecond),
        "A" => out.write_str(if time.hour < 12 { "AM" } else { "PM" }),
        "a" => out.write_str(if time.hour < 12 { "am" } else { "pm" }),
        _ => write!(out, "{}", time.to_ms().div_euclid(1000)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_replaced() {
        let time = Civil::from_ms(1_795_326_530_123);
        assert_eq!(
            time.by_pattern("ddd D MMM YYYY [at] hh:mm:ss.SSS a"),
            "Sun 22 Nov 2026 at 05:48:50.123 am"
        );
        assert_eq!(time.by_pattern("YY/M dddd"), "26/11 Sunday");
    }
}
