//! The order in which Go's YAML printer writes the keys of a map: numbers in names count by value.

use std::cmp::Ordering;

/// Compares two keys.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    let (Some(a), Some(b)) = (a.get(same..), b.get(same..)) else { return a.cmp(b) };
    let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else { return a.len().cmp(&b.len()) };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => x.cmp(&y),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => leading_number(a).cmp(&leading_number(b)).then(x.cmp(&y)),
    }
}

/// The number at the start of a text; 0 without one.
fn leading_number(text: &str) -> u64 {
    let digits = text.chars().map_while(|c| c.to_digit(10));
    digits.fold(0, |n: u64, d| n.saturating_mul(10).saturating_add(u64::from(d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_by_value() {
        let sorted = ["_", "a", "a_b", "a1", "a2", "a10", "aa", "b"];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, sorted);
    }
}
