//! Label sets: immutable, sorted by name, one allocation each, cheap to clone.

use std::{cmp::Ordering, fmt, ops::RangeInclusive, sync::Arc};

/// The label that holds a series' metric name.
pub const METRIC_NAME: &str = "__name__";

/// Sets up to this length are put together on the stack.
const SHORT_BYTES: usize = 512;

/// An immutable set of labels, sorted by name, without empty values.
///
/// One shared allocation: for each label, the lengths of name and value as LEB128 and then their bytes.
/// A clone copies a pointer. A label that is absent and a label whose value is empty are the same thing, as
/// everywhere in Prometheus.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LabelSet(Arc<[u8]>);

impl LabelSet {
    /// The set without labels.
    pub fn empty() -> Self {
        Self(Arc::from([]))
    }

    /// Builds a set from pairs in any order; of a name given twice, the last one counts.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut builder = LabelSetBuilder::default();
        for (name, value) in pairs {
            builder.set(name.as_ref(), value.as_ref());
        }
        builder.build()
    }

    /// Encodes pairs that are already sorted by name, each name once and no value empty.
    pub fn from_sorted<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        debug_assert!(pairs.clone().is_sorted_by(|(a, _), (b, _)| a < b), "labels out of order");
        debug_assert!(pairs.clone().all(|(_, value)| !value.is_empty()), "a label without a value");
        // Nearly all sets fit the stack: one allocation instead of two, for each series of each query.
        let mut short = [0u8; SHORT_BYTES];
        if let Some(len) = Self::write_short(pairs.clone(), &mut short) {
            return Self(Arc::from(short.get(..len).unwrap_or_default()));
        }
        let size = pairs.clone().map(|(n, v)| encoded_len(n) + encoded_len(v)).sum();
        let mut bytes = Vec::with_capacity(size);
        for (name, value) in pairs {
            push_str(&mut bytes, name);
            push_str(&mut bytes, value);
        }
        Self(bytes.into())
    }

    /// Encodes pairs whose strings are shorter than 128 bytes; `None` when they are not, or there is no room.
    fn write_short<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, out: &mut [u8]) -> Option<usize> {
        let mut at = 0;
        for text in pairs.flat_map(|(name, value)| [name, value]) {
            let (length, rest) = out.get_mut(at..)?.split_first_mut()?;
            *length = u8::try_from(text.len()).ok().filter(|length| *length < 0x80)?;
            rest.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
            at += 1 + text.len();
        }
        Some(at)
    }

    /// The labels in order of their names.
    pub fn iter(&self) -> Iter<'_> {
        Iter { rest: &self.0 }
    }

    /// The value of a label; `""` when the set does not have it.
    pub fn get(&self, name: &str) -> &str {
        for (n, v) in self.iter() {
            match n.cmp(name) {
                Ordering::Less => {}
                Ordering::Equal => return v,
                Ordering::Greater => break,
            }
        }
        ""
    }

    /// The metric name; `""` when there is none.
    pub fn metric_name(&self) -> &str {
        self.get(METRIC_NAME)
    }

    /// Number of labels, the metric name included.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// True when there is no label.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The set's bytes: equal sets have equal bytes, so they serve as a key. They do not sort as sets do.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same set without the metric name.
    pub fn without_name(&self) -> Self {
        self.retain(|name| name != METRIC_NAME)
    }

    /// The labels whose names `keep` accepts; shares the allocation when it accepts all.
    pub fn retain(&self, keep: impl Fn(&str) -> bool) -> Self {
        if self.iter().all(|(name, _)| keep(name)) {
            return self.clone();
        }
        Self::from_sorted(self.iter().filter(|(name, _)| keep(name)))
    }
}

impl Default for LabelSet {
    fn default() -> Self {
        Self::empty()
    }
}

/// Sets order by their labels in turn, names before values, as Prometheus orders series.
impl Ord for LabelSet {
    fn cmp(&self, other: &Self) -> Ordering {
        // Text orders as its bytes do. Series are sorted in every query: reading them as text took 40 % of it.
        fields(&self.0).cmp(fields(&other.0))
    }
}

impl PartialOrd for LabelSet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As Prometheus prints a series: `up{instance="a:1", job="b"}`, names that need it in quotes.
impl fmt::Display for LabelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metric = self.metric_name();
        let bare = is_legacy_metric_name(metric);
        if bare {
            f.write_str(metric)?;
        }
        let mut open = false;
        let mut sep = |f: &mut fmt::Formatter<'_>| {
            let s = if open { ", " } else { "{" };
            open = true;
            f.write_str(s)
        };
        if !bare && !metric.is_empty() {
            sep(f)?;
            write_quoted(f, metric)?;
        }
        for (name, value) in self.iter().filter(|(name, _)| *name != METRIC_NAME) {
            sep(f)?;
            if is_legacy_label_name(name) {
                f.write_str(name)?
            } else {
                write_quoted(f, name)?
            }
            f.write_str("=")?;
            write_quoted(f, value)?;
        }
        if open {
            f.write_str("}")
        } else if metric.is_empty() {
            f.write_str("{}")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for LabelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'a> IntoIterator for &'a LabelSet {
    type Item = (&'a str, &'a str);
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Iterates over the labels of a set in order of their names.
#[derive(Clone)]
pub struct Iter<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let name = take_str(&mut self.rest)?;
        let value = take_str(&mut self.rest)?;
        Some((name, value))
    }
}

/// Collects changes to a label set; labels may be set in any order.
#[derive(Clone, Debug, Default)]
pub struct LabelSetBuilder {
    pairs: Vec<(Box<str>, Box<str>)>,
}

impl LabelSetBuilder {
    /// Starts from the labels of a set.
    pub fn new(base: &LabelSet) -> Self {
        Self { pairs: base.iter().map(|(n, v)| (n.into(), v.into())).collect() }
    }

    /// Sets a label; an empty value removes it.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        match self.pairs.binary_search_by(|(n, _)| n.as_ref().cmp(name)) {
            Ok(i) if value.is_empty() => {
                self.pairs.remove(i);
            }
            Ok(i) => {
                if let Some((_, v)) = self.pairs.get_mut(i) {
                    *v = value.into();
                }
            }
            Err(_) if value.is_empty() => {}
            Err(i) => self.pairs.insert(i, (name.into(), value.into())),
        }
        self
    }

    /// Removes a label; nothing happens when it is not there.
    pub fn remove(&mut self, name: &str) -> &mut Self {
        self.set(name, "")
    }

    /// The value of a label; `""` when it is not set.
    pub fn get(&self, name: &str) -> &str {
        let found = self.pairs.binary_search_by(|(n, _)| n.as_ref().cmp(name)).ok();
        found.and_then(|i| self.pairs.get(i)).map_or("", |(_, v)| v)
    }

    /// Makes the set.
    pub fn build(&self) -> LabelSet {
        LabelSet::from_sorted(self.pairs.iter().map(|(n, v)| (n.as_ref(), v.as_ref())))
    }
}

/// True for `[a-zA-Z_:][a-zA-Z0-9_:]*`, the metric names that need no quotes.
pub fn is_legacy_metric_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .enumerate()
            .all(|(i, b)| b.is_ascii_alphabetic() || b == b'_' || b == b':' || (i > 0 && b.is_ascii_digit()))
}

/// True for `[a-zA-Z_][a-zA-Z0-9_]*`, the label names that need no quotes.
pub fn is_legacy_label_name(name: &str) -> bool {
    is_legacy_metric_name(name) && !name.contains(':')
}

/// The characters that stand for bytes 0x80 to 0xff which are not UTF-8, such as a query can name by an escape.
/// Prometheus's strings hold any bytes, ours only text: these are at the very end of Unicode, where nothing is.
pub const STRAY_BYTES: RangeInclusive<char> = '\u{10ff80}'..='\u{10ffff}';

/// True for what may be the name of a label: text that is not empty.
pub fn is_label_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c| STRAY_BYTES.contains(&c))
}

/// Writes a string in double quotes, escaped as Go's `strconv.Quote` does.
pub fn write_quoted(f: &mut impl fmt::Write, s: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in s.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            '\u{7}' => f.write_str("\\a")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{b}' => f.write_str("\\v")?,
            '\u{c}' => f.write_str("\\f")?,
            c if (c as u32) < 0x20 || c as u32 == 0x7f => write!(f, "\\x{:02x}", c as u32)?,
            c if STRAY_BYTES.contains(&c) => write!(f, "\\x{:02x}", c as u32 & 0xff)?,
            c if c.is_control() || c == '\u{feff}' => write!(f, "\\u{:04x}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// Prints a string as [`write_quoted`] writes it: Go's `%q`.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(f, self.0)
    }
}

fn encoded_len(s: &str) -> usize {
    let prefix = match s.len() {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        _ => 5,
    };
    prefix + s.len()
}

fn push_str(bytes: &mut Vec<u8>, s: &str) {
    let mut n = s.len();
    while n >= 0x80 {
        bytes.push((n as u8 & 0x7f) | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes.extend_from_slice(s.as_bytes());
}

/// Names and values in turn, as bytes.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || take_bytes(&mut rest))
}

fn take_str<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    // The bytes were written by `push_str` from a `str` and never change.
    std::str::from_utf8(take_bytes(rest)?).ok()
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut len = 0usize;
    let mut shift = 0;
    loop {
        let (&b, tail) = rest.split_first()?;
        *rest = tail;
        len |= usize::from(b & 0x7f) << shift;
        if b < 0x80 {
            break;
        }
        shift += 7;
    }
    let (s, tail) = rest.split_at_checked(len)?;
    *rest = tail;
    Some(s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_value_is_no_label() {
        let set = LabelSet::from_pairs([("b", "2"), ("a", ""), ("__name__", "up")]);
        assert_eq!(set.to_string(), r#"up{b="2"}"#);
        assert_eq!(set.len(), 2);
        assert_eq!(set.get("a"), "");
    }

    #[test]
    fn names_outside_the_old_alphabet_are_quoted() {
        let set = LabelSet::from_pairs([("__name__", "http.requests"), ("my label", "a\"b\n")]);
        assert_eq!(set.to_string(), r#"{"http.requests", "my label"="a\"b\n"}"#);
        assert_eq!(LabelSet::empty().to_string(), "{}");
    }

    #[test]
    fn sets_order_label_by_label() {
        let mut sets = [
            LabelSet::from_pairs([("a", "1"), ("b", "2")]),
            LabelSet::from_pairs([("a", "10")]),
            LabelSet::from_pairs([("a", "1")]),
            LabelSet::empty(),
        ];
        sets.sort();
        let text: Vec<_> = sets.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["{}", r#"{a="1"}"#, r#"{a="1", b="2"}"#, r#"{a="10"}"#]);
    }

    proptest! {
        #[test]
        fn a_set_gives_back_what_it_was_made_of(
            pairs in proptest::collection::btree_map("[a-z]{1,5}", "\\PC{1,200}", 0..8)
        ) {
            let set = LabelSet::from_pairs(pairs.iter().rev());
            let back: Vec<_> = set.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            prop_assert_eq!(back, pairs.clone().into_iter().collect::<Vec<_>>());
            for (name, value) in &pairs {
                prop_assert_eq!(set.get(name), value);
            }
        }

        #[test]
        fn sets_order_as_their_labels_do(
            a in proptest::collection::btree_map("[ab]{1,2}", "[aé~]{1,3}", 0..3),
            b in proptest::collection::btree_map("[ab]{1,2}", "[aé~]{1,3}", 0..3),
        ) {
            let order = LabelSet::from_pairs(&a).cmp(&LabelSet::from_pairs(&b));
            prop_assert_eq!(order, a.iter().cmp(b.iter()));
        }
    }
}
