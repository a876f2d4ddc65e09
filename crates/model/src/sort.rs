//! Sorting where it is seldom done: the standard library's sorts are made anew for each type and each order, 5 kB of
//! program every time; these are made once, and call through a pointer to compare.

use std::cmp::Ordering;

/// Sorts by an order. Equal items stay as they stood; eight bytes an item are taken meanwhile.
pub fn by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = order(items.len(), &mut |a, b| compare(&items[a], &items[b]));
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// Sorts by a key, which is made for each comparison.
pub fn by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a key, which is made once for each item.
pub fn by_cached_key<T, K: Ord>(items: &mut [T], key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = order(items.len(), &mut |a, b| keys[a].cmp(&keys[b]));
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// Which item belongs at each place.
fn order(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Brings each item to its place, cycle by cycle, by swapping two at a time.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut place = start;
        while order[place] != start {
            let from = std::mem::replace(&mut order[place], place);
            swap(place, from);
            place = from;
        }
        order[place] = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_arranged_and_equal_ones_keep_their_places() {
        let items: Vec<(u32, u32)> = (0..100u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 29, n)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|(key, _)| *key);
        type Sort = fn(&mut [(u32, u32)]);
        let sorts: [Sort; 3] = [
            |items| by(items, |a, b| a.0.cmp(&b.0)),
            |items| by_key(items, |(key, _)| *key),
            |items| by_cached_key(items, |(key, _)| *key),
        ];
        for sort in sorts {
            let mut sorted = items.clone();
            sort(&mut sorted);
            assert_eq!(sorted, expected);
        }
        by(&mut [] as &mut [u32], u32::cmp);
    }
}
