//! The options of a variable: filtered and renamed by its regular expression, sorted, without repeats.

use std::{cmp::Ordering, collections::HashSet};

use model::sort;

use crate::{dashboard::VariableOption, pattern::Pattern};

/// Options that one variable may offer.
pub(super) const OPTIONS_MAX: usize = 5000;

/// Options from what a query answered.
pub(super) fn from_found(found: Vec<String>, regex: &str, sort: i64) -> Vec<VariableOption> {
    let pattern = (!regex.is_empty()).then(|| Pattern::new(regex));
    let mut seen = HashSet::new();
    let mut options = Vec::new();
    for value in found {
        let option = match &pattern {
            None => Some(VariableOption { text: value.clone(), value }),
            Some(pattern) => pattern.as_ref().and_then(|pattern| filtered(&value, pattern)),
        };
        options.extend(option.filter(|option| seen.insert(option.value.clone())));
        if options.len() >= OPTIONS_MAX {
            break;
        }
    }
    sorted(options, sort)
}

/// A regex keeps what it matches; its first group, or groups named `value` and `text`, cut a piece out.
fn filtered(source: &str, pattern: &Pattern) -> Option<VariableOption> {
    if !pattern.is_match(source) {
        return None;
    }
    let text = pattern.group(source, "text", usize::MAX - 1);
    let named = pattern.group(source, "value", usize::MAX - 1).or(text);
    let value = named.or_else(|| pattern.group(source, "value", 1)).unwrap_or(source);
    Some(VariableOption { text: text.unwrap_or(value).to_owned(), value: value.to_owned() })
}

/// Sort ids as Grafana numbers them: odd ascending, even descending; text, numbers, without case, natural.
fn sorted(mut options: Vec<VariableOption>, sort: i64) -> Vec<VariableOption> {
    let compare: fn(&str, &str) -> Ordering = match sort {
        1 | 2 => |a, b| a.cmp(b),
        3 | 4 => |a, b| first_number(a).total_cmp(&first_number(b)),
        5 | 6 => |a, b| a.to_lowercase().cmp(&b.to_lowercase()),
        7 | 8 => natural,
        _ => return options,
    };
    sort::by(&mut options, |a, b| compare(&a.text, &b.text));
    if sort % 2 == 0 {
        options.reverse();
    }
    options
}

fn first_number(text: &str) -> f64 {
    let Some(start) = text.find(|letter: char| letter.is_ascii_digit()) else { return -1.0 };
    let (before, from) = text.split_at(start);
    let end = from.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(from.len());
    let number = from.get(..end).unwrap_or_default().trim_end_matches('.').parse().unwrap_or(-1.0);
    if before.ends_with('-') { -number } else { number }
}

/// Texts in the order in which people count: `a2` before `a10`.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (first, second) = (piece(a), piece(b));
        if first.is_empty() || second.is_empty() {
            return a.len().cmp(&b.len());
        }
        let order = match (first.parse::<u64>(), second.parse::<u64>()) {
            (Ok(first), Ok(second)) => first.cmp(&second),
            _ => first.to_lowercase().cmp(&second.to_lowercase()),
        };
        if order.is_ne() {
            return order;
        }
        (a, b) = (a.get(first.len()..).unwrap_or_default(), b.get(second.len()..).unwrap_or_default());
    }
}

/// The digits, or all but digits, that a text begins with.
fn piece(text: &str) -> &str {
    let digits = text.starts_with(|letter: char| letter.is_ascii_digit());
    let end = text.find(|letter: char| letter.is_ascii_digit() != digits).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// A custom variable's list: `a, b, Name : value`, commas escaped by `\,`.
pub(super) fn custom(query: &str) -> Vec<VariableOption> {
    let mut items = vec![String::new()];
    let mut letters = query.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letter == '\\' && letters.next_if_eq(&',').is_some();
        match items.last_mut() {
            _ if letter == ',' => items.push(String::new()),
            Some(item) => item.push(if escaped { ',' } else { letter }),
            None => {}
        }
        if items.len() > OPTIONS_MAX {
            break;
        }
    }
    let trimmed = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty());
    let option = |item: &str| {
        let (text, value) = item.split_once(" : ").unwrap_or((item, item));
        VariableOption { text: text.trim().to_owned(), value: value.trim().to_owned() }
    };
    trimmed.map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(options: &[VariableOption]) -> Vec<&str> {
        options.iter().map(|option| option.value.as_str()).collect()
    }

    #[test]
    fn options_are_cut_and_sorted() {
        let found = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let cut = from_found(found(&["box:9100", "x", "box:9", "a:1"]), "/(.*):/", 1);
        assert_eq!(values(&cut), ["a", "box"]);
        let named = from_found(found(&["id=1 name=b"]), "/id=(?<value>[0-9]+) name=(?<text>.+)/", 0);
        assert_eq!((named[0].value.as_str(), named[0].text.as_str()), ("1", "b"));
        assert_eq!(values(&from_found(found(&["a10", "a2"]), "", 3)), ["a2", "a10"]);
        assert_eq!(values(&from_found(found(&["a2", "A10", "b"]), "", 8)), ["b", "A10", "a2"]);
        assert!(from_found(found(&["a"]), "(", 0).is_empty());
    }

    #[test]
    fn custom_lists_are_read() {
        let options = custom("a, b\\,c, Name : value,,");
        assert_eq!(values(&options), ["a", "b,c", "value"]);
        assert_eq!(options[2].text, "Name");
    }
}
