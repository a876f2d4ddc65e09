//! Label sets in bulk: each distinct string once, then the sets as positions in that list.
//!
//! The log defines the series of a group with it, and parts hold their series table in blocks of it. A block
//! stands on its own, so damage stays within it.

use std::collections::BTreeMap;

use model::LabelSet;

use super::varint::{Decoded, Malformed, Reader, put_bytes, put_len};

/// Bytes that a string may share with the one before it: what is read stays within a hundred times what was
/// written.
const SHARED_MAX: usize = 127;

/// Appends the label sets: the strings in order, each without what it shares with the one before, then for each
/// set its number of labels and name and value of each.
pub(crate) fn encode<'a>(sets: impl Iterator<Item = &'a LabelSet> + Clone, out: &mut Vec<u8>) {
    let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, value) in sets.clone().flat_map(LabelSet::iter) {
        positions.insert(name, 0);
        positions.insert(value, 0);
    }
    put_len(out, positions.len());
    let mut before: &[u8] = &[];
    for (at, (text, position)) in positions.iter_mut().enumerate() {
        let text = text.as_bytes();
        let shared = before.iter().zip(text).take(SHARED_MAX).take_while(|(a, b)| a == b).count();
        put_len(out, shared);
        put_bytes(out, text.get(shared..).unwrap_or_default());
        (*position, before) = (at, text);
    }
    let position = |text| positions.get(text).copied().unwrap_or_default();
    for set in sets {
        put_len(out, set.len());
        for (name, value) in set.iter() {
            put_len(out, position(name));
            put_len(out, position(value));
        }
    }
}

/// Reads `count` label sets.
pub(crate) fn decode(reader: &mut Reader<'_>, count: usize) -> Decoded<Vec<LabelSet>> {
    decode_some(reader, count, |_| true)
}

/// Reads `count` label sets and gives those whose places among them are `wanted`, which is asked in order.
pub(crate) fn decode_some(
    reader: &mut Reader<'_>,
    count: usize,
    mut wanted: impl FnMut(usize) -> bool,
) -> Decoded<Vec<LabelSet>> {
    let strings = Strings::decode(reader)?;
    let mut pairs = Vec::new();
    let mut sets = Vec::new();
    for at in 0..count {
        pairs.clear();
        let wanted = wanted(at);
        for _ in 0..reader.count()? {
            let (name, value) = (reader.number()?, reader.number()?);
            if wanted {
                pairs.push((strings.get(name)?, strings.get(value)?));
            }
        }
        if !wanted {
            continue;
        }
        let ascend = pairs.is_sorted_by(|(a, _), (b, _)| a < b);
        if !ascend || pairs.iter().any(|(_, value)| value.is_empty()) {
            return Err(Malformed);
        }
        sets.push(LabelSet::from_sorted(pairs.iter().copied()));
    }
    Ok(sets)
}

/// Strings in one run of bytes.
struct Strings {
    text: Vec<u8>,
    /// Where each string is.
    spans: Vec<(usize, usize)>,
}

impl Strings {
    fn decode(reader: &mut Reader<'_>) -> Decoded<Self> {
        let mut strings = Self { text: Vec::new(), spans: Vec::new() };
        let mut before = (0, 0);
        for _ in 0..reader.count()? {
            let shared = reader.number()?;
            if shared > SHARED_MAX.min(before.1 - before.0) {
                return Err(Malformed);
            }
            let start = strings.text.len();
            strings.text.extend_from_within(before.0..before.0 + shared);
            strings.text.extend_from_slice(reader.prefixed()?);
            before = (start, strings.text.len());
            strings.spans.push(before);
        }
        Ok(strings)
    }

    fn get(&self, at: usize) -> Decoded<&str> {
        let &(start, end) = self.spans.get(at).ok_or(Malformed)?;
        std::str::from_utf8(self.text.get(start..end).unwrap_or_default()).map_err(|_| Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sets_come_back(
            sets in proptest::collection::vec(proptest::collection::btree_map("[a-c]{1,2}", "[x-z]{1,3}", 0..5), 0..20)
        ) {
            let sets: Vec<_> = sets.iter().map(LabelSet::from_pairs).collect();
            let mut bytes = Vec::new();
            encode(sets.iter(), &mut bytes);
            prop_assert_eq!(decode(&mut Reader::new(&bytes), sets.len()), Ok(sets));
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(0u8..20, 0..60)) {
            let _ = decode(&mut Reader::new(&bytes), 3);
        }
    }
}
