//! Escapes and bracketed classes.

use super::{
    PatternError,
    pattern::{Class, ClassItem},
};

/// What a backslash and what follows it stand for.
pub(super) enum Escape {
    Char(char),
    Class(Vec<ClassItem>),
}

type Parsed<T> = Result<T, PatternError>;

/// Reads an escape at the start of `text`, and gives what follows it.
pub(super) fn parse_escape(text: &str) -> Parsed<(Escape, &str)> {
    let after = text.strip_prefix('\\').unwrap_or(text);
    let mut chars = after.chars();
    let Some(c) = chars.next() else {
        return Err(PatternError::new("trailing backslash at end of expression", ""));
    };
    let rest = chars.as_str();
    let invalid = |rest: &str| {
        let read = text.get(..text.len() - rest.len()).unwrap_or(text);
        PatternError::new("invalid escape sequence", read)
    };
    let c = match c {
        'p' | 'P' => return unicode_class(text, rest, c == 'P'),
        'd' | 'D' | 's' | 'S' | 'w' | 'W' => {
            let ranges = perl_class(c.to_ascii_lowercase());
            let ranges = if c.is_ascii_uppercase() { complement(ranges) } else { items(ranges) };
            return Ok((Escape::Class(ranges), rest));
        }
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => return hexadecimal(rest).map(|(c, rest)| (Escape::Char(c), rest)).map_err(invalid),
        // A single digit would be a reference to a group, which there is not.
        '1'..='7' if !rest.starts_with(|c: char| c.is_digit(8)) => return Err(invalid(rest)),
        '0'..='7' => return Ok(octal(after)),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
        _ => return Err(invalid(rest)),
    };
    Ok((Escape::Char(c), rest))
}

/// One to three octal digits.
fn octal(text: &str) -> (Escape, &str) {
    let len = text.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
    let (digits, rest) = text.split_at(len);
    let code = u32::from_str_radix(digits, 8).ok().and_then(char::from_u32);
    (Escape::Char(code.unwrap_or('\0')), rest)
}

/// Two hexadecimal digits, or any number of them in braces. If they are none, what follows the first wrong
/// character.
fn hexadecimal(text: &str) -> Result<(char, &str), &str> {
    let (inside, in_braces) = text.strip_prefix('{').map_or((text, false), |inside| (inside, true));
    let mut value = 0;
    for (count, (at, c)) in inside.char_indices().enumerate() {
        let after = inside.get(at + c.len_utf8()..).unwrap_or("");
        match c.to_digit(16) {
            Some(digit) => value = value * 16 + digit,
            None if c == '}' && in_braces && count > 0 => {
                return char::from_u32(value).map(|c| (c, after)).ok_or(after);
            }
            None => return Err(after),
        }
        if value > u32::from(char::MAX) {
            return Err(after);
        }
        if count == 1 && !in_braces {
            return char::from_u32(value).map(|c| (c, after)).ok_or(after);
        }
    }
    Err("")
}

/// `\pL`, `\p{Lu}`, `\p{^Greek}`, of which `\p` has been read.
fn unicode_class<'a>(text: &'a str, rest: &'a str, upper: bool) -> Parsed<(Escape, &'a str)> {
    let range_error = |rest: &str| {
        let read = text.get(..text.len() - rest.len()).unwrap_or(text);
        PatternError::new("invalid character class range", read)
    };
    let (name, rest) = match rest.strip_prefix('{') {
        Some(inside) => inside.split_once('}').ok_or_else(|| range_error(""))?,
        None => {
            let len = rest.chars().next().map_or(0, char::len_utf8);
            rest.split_at(len)
        }
    };
    let negated = upper ^ name.starts_with('^');
    let name = name.trim_start_matches('^');
    if name == "Any" {
        let all = if negated { Vec::new() } else { vec![ClassItem::Range('\0', char::MAX)] };
        return Ok((Escape::Class(all), rest));
    }
    // Go knows general categories by their short names, and scripts by their long ones.
    let is_name = name.starts_with(|c: char| c.is_ascii_uppercase());
    let is_name = is_name && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
    let name = if name.len() <= 2 { format!("gc={name}") } else { format!("sc={name}") };
    if !is_name || regex::Regex::new(&format!("\\p{{{name}}}")).is_err() {
        return Err(range_error(rest));
    }
    Ok((Escape::Class(vec![ClassItem::Unicode { name: name.into(), negated }]), rest))
}

/// Reads a class at the start of `text`, and gives what follows it.
pub(super) fn parse_class(text: &str, fold: bool) -> Parsed<(Class, &str)> {
    let mut rest = text.strip_prefix('[').unwrap_or(text);
    let mut class = Class { negated: false, fold, items: Vec::new() };
    if let Some(after) = rest.strip_prefix('^') {
        class.negated = true;
        rest = after;
    }
    let mut first = true;
    while first || !rest.starts_with(']') {
        first = false;
        if let Some(named) = posix_class(rest)? {
            class.items.extend(named.0);
            rest = named.1;
            continue;
        }
        let before = rest;
        let (escape, after) = class_char(rest, text)?;
        rest = after;
        let from = match escape {
            Escape::Class(items) => {
                class.items.extend(items);
                continue;
            }
            Escape::Char(c) => c,
        };
        let mut to = from;
        // Before the closing bracket a dash is a dash.
        if let Some(after) =
            rest.strip_prefix('-').filter(|after| !after.is_empty() && !after.starts_with(']'))
        {
            let (escape, after) = class_char(after, text)?;
            rest = after;
            let read = before.get(..before.len() - rest.len()).unwrap_or(before);
            match escape {
                Escape::Char(c) if c >= from => to = c,
                _ => return Err(PatternError::new("invalid character class range", read)),
            }
        }
        class.items.push(ClassItem::Range(from, to));
    }
    Ok((class, rest.strip_prefix(']').unwrap_or(rest)))
}

fn class_char<'a>(rest: &'a str, whole: &str) -> Parsed<(Escape, &'a str)> {
    if rest.starts_with('\\') {
        return parse_escape(rest);
    }
    let mut chars = rest.chars();
    match chars.next() {
        Some(c) => Ok((Escape::Char(c), chars.as_str())),
        None => Err(PatternError::new("missing closing ]", whole)),
    }
}

/// `[:alpha:]` or `[:^alpha:]` if that is what comes next.
fn posix_class(text: &str) -> Parsed<Option<(Vec<ClassItem>, &str)>> {
    let Some((name, rest)) = text.strip_prefix("[:").and_then(|t| t.split_once(":]")) else {
        return Ok(None);
    };
    let (negated, plain) = match name.strip_prefix('^') {
        Some(plain) => (true, plain),
        None => (false, name),
    };
    let ranges: &[(char, char)] = match plain {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => perl_class('w'),
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return Err(PatternError::new("invalid character class range", &format!("[:{name}:]"))),
    };
    Ok(Some((if negated { complement(ranges) } else { items(ranges) }, rest)))
}

/// Ranges in order.
fn perl_class(letter: char) -> &'static [(char, char)] {
    match letter {
        'd' => &[('0', '9')],
        's' => &[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')],
        _ => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
    }
}

fn items(ranges: &[(char, char)]) -> Vec<ClassItem> {
    ranges.iter().map(|&(from, to)| ClassItem::Range(from, to)).collect()
}

/// All but some ranges of ASCII, which are in order.
fn complement(ranges: &[(char, char)]) -> Vec<ClassItem> {
    let mut items = Vec::new();
    let mut next = '\0';
    for &(from, to) in ranges {
        if next < from {
            items.push(ClassItem::Range(next, (from as u8 - 1).into()));
        }
        next = (to as u8 + 1).into();
    }
    items.push(ClassItem::Range(next, char::MAX));
    items
}
