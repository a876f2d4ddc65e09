//! Nodes as values of a type. The complaints are worded as Prometheus words them.

use model::duration;

use super::{Complaint, Node, Tag, Value};

/// Any scalar as text, as it was written.
pub(crate) fn string(node: &Node) -> Result<String, Complaint> {
    match &node.value {
        Value::Scalar(text, _) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        _ => Err(mismatch(node, "string")),
    }
}

/// `true` or `false`, and what YAML 1.1 has for them.
pub(crate) fn boolean(node: &Node) -> Result<bool, Complaint> {
    match &node.value {
        Value::Scalar(text, Tag::Bool) => {
            Ok(matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y"))
        }
        _ => Err(mismatch(node, "bool")),
    }
}

/// A whole number of 0 or more.
pub(crate) fn unsigned(node: &Node) -> Result<u64, Complaint> {
    integer(node).and_then(|n| u64::try_from(n).ok()).ok_or_else(|| mismatch(node, "uint"))
}

/// A whole number.
pub(crate) fn signed(node: &Node) -> Result<i64, Complaint> {
    integer(node).and_then(|n| i64::try_from(n).ok()).ok_or_else(|| mismatch(node, "int"))
}

/// A number with or without a fraction.
pub(crate) fn float(node: &Node) -> Result<f64, Complaint> {
    let number = match &node.value {
        Value::Scalar(text, Tag::Int | Tag::Float) => text.replace('_', "").parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite()).ok_or_else(|| mismatch(node, "float64"))
}

fn integer(node: &Node) -> Option<i128> {
    let Value::Scalar(text, Tag::Int) = &node.value else { return None };
    let digits = text.replace('_', "");
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let radix = |prefix: &str, radix| digits.strip_prefix(prefix).map(|d| i128::from_str_radix(d, radix));
    let parsed = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2));
    let number = parsed.unwrap_or_else(|| digits.parse()).ok()?;
    Some(if negative { -number } else { number })
}

/// A duration such as `15s`, in milliseconds.
pub(crate) fn duration_ms(node: &Node) -> Result<i64, Complaint> {
    let cure = "write a number with its unit: 500ms, 15s, 1m, 1h30m, 1d";
    duration::parse_ms(&string(node)?).map_err(|e| Complaint::new(e.to_string()).cure(cure))
}

/// A size such as `10MB`, in bytes; `KB` and `KiB` both count by 1024, as in Prometheus.
pub(crate) fn size_bytes(node: &Node) -> Result<u64, Complaint> {
    let text = string(node)?;
    let cure = "write a number with its unit: 512KB, 10MB, 1GB";
    parse_size(&text).map_err(|reason| Complaint::new(format!("units: {reason}")).cure(cure))
}

/// Sums up numbers with units: `1KiB512B`, `1.5MB`.
fn parse_size(text: &str) -> Result<u64, String> {
    let invalid = || format!("invalid {text}");
    if text == "0" {
        return Ok(0);
    }
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() || text.is_empty() {
        let number_len = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let (number, tail) = rest.split_at(number_len);
        let unit_len = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let factor = unit_bytes(unit).ok_or_else(|| format!("unknown unit {unit} in {text}"))?;
        total += number * factor as f64;
        rest = tail;
    }
    if total < i64::MAX as f64 { Ok(total as u64) } else { Err(invalid()) }
}

fn unit_bytes(unit: &str) -> Option<u64> {
    SIZE_UNITS.iter().find(|(short, long, _)| unit == *short || unit == *long).map(|(_, _, bytes)| *bytes)
}

/// Short name, name as printed, bytes; the largest first.
const SIZE_UNITS: [(&str, &str, u64); 7] = [
    ("EB", "EiB", 1 << 60),
    ("PB", "PiB", 1 << 50),
    ("TB", "TiB", 1 << 40),
    ("GB", "GiB", 1 << 30),
    ("MB", "MiB", 1 << 20),
    ("KB", "KiB", 1 << 10),
    ("B", "B", 1),
];

/// A size as Prometheus prints it: `1KiB512B`.
pub(crate) fn print_size(mut bytes: u64) -> String {
    let mut out = String::new();
    for (_, name, unit) in SIZE_UNITS {
        if bytes >= unit {
            out += &format!("{}{name}", bytes / unit);
            bytes %= unit;
        }
    }
    if out.is_empty() { "0B".into() } else { out }
}

/// Says that a node is not what its place asks for; `wanted` is the type's name in Go.
pub(crate) fn mismatch(node: &Node, wanted: &str) -> Complaint {
    let found = match &node.value {
        Value::Null => "!!null".to_owned(),
        Value::Sequence(_) => "!!seq".to_owned(),
        Value::Mapping(_) => "!!map".to_owned(),
        Value::Scalar(text, tag) => format!("{} `{}`", tag.as_str(), shortened(text)),
    };
    Complaint::new(format!("cannot unmarshal {found} into {wanted}")).cure(type_cure(wanted))
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 10 {
        text.chars().take(7).chain("...".chars()).collect()
    } else {
        text.to_owned()
    }
}

fn type_cure(wanted: &str) -> &'static str {
    match wanted {
        "string" => "write one text",
        "bool" => "write true or false, without quotes",
        "uint" => "write a whole number of 0 or more, without quotes",
        "int" => "write a whole number, without quotes",
        _ if wanted.starts_with("[]") => "write a list: one entry per line behind \"- \", or [a, b]",
        _ => "write its keys below it, one per line and indented",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    #[test]
    fn sizes_count_by_1024() {
        for (text, bytes, printed) in [
            ("10KB", 10 << 10, "10KiB"),
            ("1KiB512B", 1536, "1KiB512B"),
            ("1.5KB", 1536, "1KiB512B"),
            ("5TB", 5 << 40, "5TiB"),
            ("0", 0, "0B"),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
            assert_eq!(print_size(bytes), printed);
        }
        for text in ["", "100", "1k", "10 MB", "-5KB", "9999EB", "B", "1..2KB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_whole() {
        for (text, number) in [("0", Some(0)), ("1_000", Some(1000)), ("0x10", Some(16)), ("0o7", Some(7))] {
            assert_eq!(unsigned(&parse(text).unwrap()).ok(), number, "{text}");
        }
        for text in ["-1", "1.5", "'5'", "99999999999999999999999", "[1]", "~"] {
            assert!(unsigned(&parse(text).unwrap()).is_err(), "{text}");
        }
        assert_eq!(signed(&parse("-7").unwrap()).ok(), Some(-7));
    }
}
