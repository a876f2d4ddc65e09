//! Label sets in bulk: each distinct string once, then the sets as positions in that list.
//!
//! The log defines the series of a group with it, and parts hold their series table in blocks of it. A block
//! stands on its own, so damage stays within it.

use std::collections::BTreeMap;

use model::{LabelSet, Projection};

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
    put_strings(positions.keys().copied(), out);
    (0..).zip(positions.values_mut()).for_each(|(at, position)| *position = at);
    let position = |text| positions.get(text).copied().unwrap_or_default();
    for set in sets {
        put_len(out, set.len());
        for (name, value) in set.iter() {
            put_len(out, position(name));
            put_len(out, position(value));
        }
    }
}

/// As [`encode`] for sets of numbered labels: `strings_of` gives the numbers of a label's name and value, `text` the
/// string of a number. Each string is compared with a few others instead of once for each set that has it: a
/// thousand series take half a millisecond.
pub(crate) fn encode_numbered<'a>(
    sets: &[&[u32]],
    strings_of: impl Fn(u32) -> (u32, u32),
    text: impl Fn(u32) -> &'a str,
    out: &mut Vec<u8>,
) {
    let labels = distinct(sets.concat());
    let both = |&label: &u32| <[u32; 2]>::from(strings_of(label));
    let strings = distinct(labels.iter().flat_map(both).collect());
    let mut order: Vec<(&str, usize)> = (0..).zip(&strings).map(|(at, &string)| (text(string), at)).collect();
    order.sort_unstable();
    put_strings(order.iter().map(|(text, _)| *text), out);
    let mut positions = vec![0; strings.len()];
    for (position, &(_, at)) in order.iter().enumerate() {
        positions[at] = position;
    }
    // What is looked for is there: both lists were made from it.
    let position = |string| strings.binary_search(&string).map_or(0, |at| positions[at]);
    let pairs: Vec<[usize; 2]> = labels.iter().map(|label| both(label).map(position)).collect();
    for set in sets {
        put_len(out, set.len());
        for label in *set {
            let pair = labels.binary_search(label).map_or([0; 2], |at| pairs[at]);
            pair.into_iter().for_each(|position| put_len(out, position));
        }
    }
}

fn distinct(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Writes ascending strings, each without what it shares with the one before.
fn put_strings<'a>(strings: impl ExactSizeIterator<Item = &'a str>, out: &mut Vec<u8>) {
    put_len(out, strings.len());
    let mut before: &[u8] = &[];
    for text in strings.map(str::as_bytes) {
        let shared = before.iter().zip(text).take(SHARED_MAX).take_while(|(a, b)| a == b).count();
        put_len(out, shared);
        put_bytes(out, text.get(shared..).unwrap_or_default());
        before = text;
    }
}

/// Reads `count` label sets and gives those whose places among them are `wanted`, which is asked in order.
pub(crate) fn decode_some(
    reader: &mut Reader<'_>,
    count: usize,
    wanted: impl FnMut(usize) -> bool,
) -> Decoded<Vec<LabelSet>> {
    decode_projected(reader, count, wanted, None)
}

/// As [`decode_some`], without the labels that a projection has not.
pub(crate) fn decode_projected(
    reader: &mut Reader<'_>,
    count: usize,
    mut wanted: impl FnMut(usize) -> bool,
    projection: Option<&Projection>,
) -> Decoded<Vec<LabelSet>> {
    let strings = Strings::decode(reader)?;
    // By the numbers of the names, as far as they were met.
    let mut known: Vec<Option<bool>> = vec![None; if projection.is_some() { strings.spans.len() } else { 0 }];
    let (mut pairs, mut before) = (Vec::new(), Vec::new());
    let mut sets: Vec<LabelSet> = Vec::new();
    for at in 0..count {
        pairs.clear();
        strings.read_set(reader, &mut pairs)?;
        if !wanted(at) {
            continue;
        }
        if let Some(projection) = projection {
            pairs.retain(|&(name, _)| {
                let known = known.get_mut(name as usize);
                known.is_some_and(|known| *known.get_or_insert_with(|| projection.has(strings.get(name))))
            });
        }
        match sets.last() {
            // What a projection leaves of neighbours is often the same.
            Some(last) if pairs == before => sets.push(last.clone()),
            _ => {
                let text = |&(name, value): &(u32, u32)| (strings.get(name), strings.get(value));
                sets.push(LabelSet::from_sorted(pairs.iter().map(text)));
                std::mem::swap(&mut pairs, &mut before);
            }
        }
    }
    Ok(sets)
}

/// Label sets as they are written: a reader that knows strings by number need not make a text of each set.
#[derive(Debug)]
pub(crate) struct SetBlock {
    strings: Strings,
    /// Numbers of name and value of each label of all sets.
    pairs: Vec<(u32, u32)>,
    /// Where each set ends in `pairs`.
    ends: Vec<u32>,
}

impl SetBlock {
    /// Reads `count` label sets.
    pub(crate) fn decode(reader: &mut Reader<'_>, count: usize) -> Decoded<Self> {
        let strings = Strings::decode(reader)?;
        let (mut pairs, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..count {
            strings.read_set(reader, &mut pairs)?;
            ends.push(pairs.len() as u32);
        }
        Ok(Self { strings, pairs, ends })
    }

    /// The strings in order of their numbers.
    pub(crate) fn strings(&self) -> impl Iterator<Item = &str> {
        (0..self.strings.spans.len() as u32).map(|at| self.strings.get(at))
    }

    /// The numbers of the names and values of each set, in order of the names.
    pub(crate) fn sets(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let range = |(start, &end): (u32, &u32)| start as usize..end as usize;
        starts.zip(&self.ends).map(move |span| self.pairs.get(range(span)).unwrap_or_default())
    }
}

/// Strings in one run of text, ascending, so that their numbers compare as they do.
#[derive(Debug)]
struct Strings {
    text: String,
    /// Where each string is.
    spans: Vec<(u32, u32)>,
}

impl Strings {
    fn decode(reader: &mut Reader<'_>) -> Decoded<Self> {
        let mut text = Vec::new();
        let mut spans: Vec<(u32, u32)> = Vec::new();
        let mut before = 0..0;
        for _ in 0..reader.count()? {
            let shared = reader.number()?;
            if shared > SHARED_MAX.min(before.len()) {
                return Err(Malformed);
            }
            let (rest, start) = (reader.prefixed()?, text.len());
            let last = text.get(before.start + shared..before.end).unwrap_or_default();
            if last >= rest && !spans.is_empty() {
                return Err(Malformed);
            }
            text.extend_from_within(before.start..before.start + shared);
            text.extend_from_slice(rest);
            before = start..text.len();
            spans.push((start as u32, u32::try_from(text.len()).map_err(|_| Malformed)?));
        }
        let text = String::from_utf8(text).map_err(|_| Malformed)?;
        let whole = |&(start, end): &(u32, u32)| text.get(start as usize..end as usize).is_some();
        if spans.iter().all(whole) { Ok(Self { text, spans }) } else { Err(Malformed) }
    }

    /// Reads the numbers of a set's names and values, which are all there afterwards.
    fn read_set(&self, reader: &mut Reader<'_>, pairs: &mut Vec<(u32, u32)>) -> Decoded<()> {
        let mut names_from = 0;
        for _ in 0..reader.count()? {
            let (name, value) = (reader.u32()?, reader.u32()?);
            let (start, end) = *self.spans.get(value as usize).ok_or(Malformed)?;
            if name < names_from || name as usize >= self.spans.len() || start == end {
                return Err(Malformed);
            }
            pairs.push((name, value));
            names_from = name + 1;
        }
        Ok(())
    }

    fn get(&self, at: u32) -> &str {
        let span = self.spans.get(at as usize);
        span.and_then(|&(start, end)| self.text.get(start as usize..end as usize)).unwrap_or_default()
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
            let mut strings: Vec<_> = sets.iter().flatten().flat_map(<[&str; 2]>::from).collect();
            strings.reverse();
            let find = |text: &str| strings.iter().position(|s| *s == text).unwrap() as u32;
            let mut pairs: Vec<_> = sets.iter().flatten().collect();
            pairs.reverse();
            let number = |pair| pairs.iter().position(|p| *p == pair).unwrap() as u32;
            let numbers: Vec<Vec<_>> = sets.iter().map(|set| set.iter().map(number).collect()).collect();
            let rows: Vec<_> = numbers.iter().map(|set| &set[..]).collect();
            let mut same = Vec::new();
            let strings_of = |n: u32| (find(pairs[n as usize].0), find(pairs[n as usize].1));
            encode_numbered(&rows, strings_of, |s| strings[s as usize], &mut same);
            prop_assert_eq!(&same, &bytes);
            let block = SetBlock::decode(&mut Reader::new(&bytes), sets.len()).unwrap();
            let strings: Vec<_> = block.strings().collect();
            let text = |&(name, value): &(u32, u32)| (strings[name as usize], strings[value as usize]);
            let same: Vec<_> = block.sets().map(|set| LabelSet::from_pairs(set.iter().map(text))).collect();
            prop_assert_eq!(&same, &sets);
            prop_assert_eq!(decode_some(&mut Reader::new(&bytes), sets.len(), |_| true), Ok(sets));
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(0u8..20, 0..60)) {
            let _ = SetBlock::decode(&mut Reader::new(&bytes), 3);
            let _ = decode_some(&mut Reader::new(&bytes), 3, |at| at == 1);
        }
    }
}
