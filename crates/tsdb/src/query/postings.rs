//! Matchers to rows of an index: unions and intersections of ascending lists.

use model::{MatchOp, Matcher};

/// Ascending row numbers.
pub(crate) type Rows = Vec<u32>;

/// An index that knows which of its rows have a label.
pub(crate) trait LabelIndex {
    /// All rows.
    fn all(&self) -> Rows;

    /// The rows with this value of a label, ascending.
    fn value(&self, name: &str, value: &str) -> Rows;

    /// The rows with an accepted value of a label, in any order; `accept` is asked once for each value.
    fn values(&self, name: &str, accept: &mut dyn FnMut(&str) -> bool) -> Rows;
}

/// The rows that all matchers accept, ascending.
pub(crate) fn select(index: &impl LabelIndex, matchers: &[Matcher]) -> Rows {
    // A matcher that accepts the empty value accepts series without the label as well: what it refuses is
    // taken away from what the others have found.
    let (open, closed): (Vec<_>, Vec<_>) = matchers.iter().partition(|m| m.matches(""));
    let mut found: Option<Rows> = None;
    for matcher in closed {
        let rows = match matcher.op() {
            MatchOp::Equal => index.value(matcher.name(), matcher.value()),
            _ => sorted(index.values(matcher.name(), &mut |value| matcher.matches(value))),
        };
        let both = match found {
            Some(before) => intersect(&before, &rows),
            None => rows,
        };
        if both.is_empty() {
            return both;
        }
        found = Some(both);
    }
    let mut found = found.unwrap_or_else(|| index.all());
    for matcher in open {
        let refused = match matcher.op() {
            MatchOp::NotEqual => index.value(matcher.name(), matcher.value()),
            _ => sorted(index.values(matcher.name(), &mut |value| !matcher.matches(value))),
        };
        found = subtract(&found, &refused);
    }
    found
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort_unstable();
    rows
}

fn intersect(a: &[u32], b: &[u32]) -> Rows {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut rest = many;
    few.iter().copied().filter(|row| advance(&mut rest, *row)).collect()
}

fn subtract(from: &[u32], what: &[u32]) -> Rows {
    let mut rest = what;
    from.iter().copied().filter(|row| !advance(&mut rest, *row)).collect()
}

/// Drops what is below `row` from the front of `rest`; true when `row` follows.
fn advance(rest: &mut &[u32], row: u32) -> bool {
    // Steps of doubling length, then halving: quick both where the lists are alike and where one is long.
    let mut step = 1;
    while rest.get(step).is_some_and(|&next| next < row) {
        step *= 2;
    }
    let within = rest.get(..step.saturating_add(1).min(rest.len())).unwrap_or(rest);
    let skip = within.partition_point(|&next| next < row);
    *rest = rest.get(skip..).unwrap_or_default();
    rest.first() == Some(&row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn lists_are_sets(a: BTreeSet<u8>, b: BTreeSet<u8>) {
            let list = |set: &BTreeSet<u8>| set.iter().map(|&n| u32::from(n)).collect::<Rows>();
            prop_assert_eq!(intersect(&list(&a), &list(&b)), list(&(&a & &b)));
            prop_assert_eq!(subtract(&list(&a), &list(&b)), list(&(&a - &b)));
        }
    }
}
