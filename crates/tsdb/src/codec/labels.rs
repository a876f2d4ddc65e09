//! Label sets in bulk: each distinct string once, then the sets as positions in that list.
//!
//! The log defines the series of a group with it, and parts hold their series table in blocks of it. A block
//! stands on its own, so damage stays within it.

use std::collections::HashMap;

use model::LabelSet;

use super::varint::{Decoded, Malformed, Reader, put_bytes, put_len};

/// Appends the label sets: the strings, then for each set its number of labels and name and value of each.
pub(crate) fn encode<'a>(sets: impl Iterator<Item = &'a LabelSet> + Clone, out: &mut Vec<u8>) {
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let mut strings = Vec::new();
    for text in sets.clone().flat_map(LabelSet::iter).flat_map(|(name, value)| [name, value]) {
        positions.entry(text).or_insert_with(|| {
            strings.push(text);
            strings.len() - 1
        });
    }
    put_len(out, strings.len());
    for text in strings {
        put_bytes(out, text.as_bytes());
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
    let strings = reader.count()?;
    let strings = (0..strings).map(|_| reader.str()).collect::<Decoded<Vec<_>>>()?;
    let mut pairs = Vec::new();
    let mut sets = Vec::new();
    for _ in 0..count {
        pairs.clear();
        for _ in 0..reader.count()? {
            let mut text = || strings.get(reader.number()?).copied().ok_or(Malformed);
            pairs.push((text()?, text()?));
        }
        let ascend = pairs.iter().zip(pairs.iter().skip(1)).all(|((a, _), (b, _))| a < b);
        if !ascend || pairs.iter().any(|(_, value)| value.is_empty()) {
            return Err(Malformed);
        }
        sets.push(LabelSet::from_sorted(pairs.iter().copied()));
    }
    Ok(sets)
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
