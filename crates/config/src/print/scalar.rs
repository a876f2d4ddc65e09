//! Texts as YAML scalars, in the style that Go's YAML printer chooses for each.

/// A key of a mapping.
pub(super) fn key(text: &str) -> String {
    if text.contains('\n') { double_quoted(text) } else { value(text, 0) }
}

/// A value in a mapping or list whose keys or dashes stand at column `indent`.
pub(super) fn value(text: &str, indent: usize) -> String {
    let break_before_space = text.contains(" \n");
    if !text.chars().all(is_printable) || text.ends_with(' ') && text.contains('\n') || break_before_space {
        double_quoted(text)
    } else if text.contains('\n') {
        literal(text, indent)
    } else if is_other_type(text) {
        double_quoted(text)
    } else if is_plain(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// What the printer writes without an escape; characters beyond the first 65 536 are escaped too.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if (c as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push_str(&format!("\\U{:08X}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// A block of lines behind `|`.
fn literal(text: &str, indent: usize) -> String {
    let hint = if text.starts_with([' ', '\n']) { "2" } else { "" };
    let body = text.strip_suffix('\n').unwrap_or(text);
    let chomping = match text.ends_with('\n') {
        false => "-",
        true if body.is_empty() || body.ends_with('\n') => "+",
        true => "",
    };
    let mut out = format!("|{hint}{chomping}");
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent + 2));
            out.push_str(line);
        }
    }
    out
}

/// True for a text that needs no quotes behind `key: ` in block style.
fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return false };
    let word_start = match first {
        '-' | '?' | ':' => second.is_some_and(|c| c != ' '),
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
            false
        }
        ' ' => false,
        _ => true,
    };
    let marker = text.starts_with("---") || text.starts_with("...");
    let cut_short = text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    let line_break = text.contains(['\u{2028}', '\u{2029}']);
    word_start && !marker && !cut_short && !line_break
}

/// True for a text that would be read as null, a boolean, a number or a date without quotes.
fn is_other_type(text: &str) -> bool {
    const WORDS: [&str; 7] = ["null", "true", "false", "yes", "no", "on", "off"];
    // `null`, `Null` and `NULL` are read as null, `nULL` is not.
    let tail = text.get(1..).unwrap_or_default();
    let one_case =
        !tail.contains(|c: char| c.is_ascii_uppercase()) || !text.contains(|c: char| c.is_ascii_lowercase());
    let number = text.replace('_', "");
    text.is_empty()
        || matches!(text, "~" | "y" | "Y" | "n" | "N")
        || one_case && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || is_number(&number)
        || is_base_60(text)
        || is_date(text)
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).is_ok();
        }
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let given = !whole.is_empty() || !fraction.is_empty();
    given && digits(whole) && digits(fraction) && digits(exponent) && !exponent.is_empty()
}

/// `12:30`: YAML 1.1 counts minutes and seconds.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((first, rest)) = unsigned.split_once(':') else { return false };
    let whole = rest.split_once('.').map_or(rest, |(whole, _)| whole);
    let below_60 = |s: &str| s.len() <= 2 && s.parse::<u8>().is_ok_and(|n| n < 60);
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && whole.split(':').all(below_60)
}

/// `2026-11-22`, alone or followed by a time of day.
fn is_date(text: &str) -> bool {
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |s: &str, len: std::ops::RangeInclusive<usize>| {
        len.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit())
    };
    let time_ok = time.is_empty() || time.split(':').count() == 3;
    number(year, 4..=4) && number(month, 1..=2) && number(day, 1..=2) && time_ok
}
