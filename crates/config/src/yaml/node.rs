//! YAML text as a tree in which every node knows its place.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{
    Location, MessageFormatter, NonFiniteFloatPolicy, Spanned, UserMessageFormatter,
    options::DuplicateKeyPolicy,
};

use crate::error::{Position, Problem};

/// Levels of nesting; a configuration has eight.
const DEPTH_MAX: usize = 32;
/// Scalars, sequences and mappings; one target takes one, a node some 100 bytes.
const NODES_MAX: usize = 100_000;
/// Uses of anchors, and nodes that they may expand to in all.
const ALIASES_MAX: usize = 1_000;
const ALIAS_EVENTS_MAX: usize = 100_000;
/// Bytes of all scalars, those that aliases repeat included: four times the largest file.
const SCALAR_BYTES_MAX: usize = 4 << 20;

/// A YAML node and where it was written.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) at: Position,
}

/// What a node holds.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    /// The text as it was written, quotes and escapes resolved, and the type that YAML sees in it.
    Scalar(String, Tag),
    Sequence(Vec<Node>),
    /// Entries in the order of the text; a key may stand in it more than once.
    Mapping(Vec<Entry>),
}

/// One `key: value`.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_at: Position,
    pub(crate) node: Node,
}

/// The type of a scalar by YAML's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Bool,
    Int,
    Float,
    Str,
}

impl Tag {
    /// The tag as error messages write it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Str => "!!str",
        }
    }
}

/// Reads one YAML document; an empty text is null.
pub(crate) fn parse(text: &str) -> Result<Node, Problem> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH_MAX,
            max_nodes: NODES_MAX,
            max_events: 4 * NODES_MAX,
            max_aliases: ALIASES_MAX,
            max_total_scalar_bytes: SCALAR_BYTES_MAX,
            // Hundreds of jobs may share one anchor; what they expand to is bounded anyway.
            enforce_alias_anchor_ratio: false,
            max_documents: 2,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: ALIAS_EVENTS_MAX },
        // Keys given twice are found by the reader of the mapping, which knows what the mapping is.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    };
    let raw: Spanned<Raw> =
        serde_saphyr::from_str_with_options(text, options).map_err(|e| syntax_problem(&e))?;
    Ok(to_node(raw, text))
}

fn syntax_problem(error: &serde_saphyr::Error) -> Problem {
    use serde_saphyr::Error;
    let at = error.location().map_or(Position { line: 1, column: 1 }, position);
    let (message, cure) = match error {
        Error::MultipleDocuments { .. } => ("more than one document".into(), "remove the line with ---"),
        Error::Budget { .. } | Error::AliasReplayLimitExceeded { .. } => (
            "too many nodes, levels or aliases".into(),
            "a configuration needs at most 100,000 nodes in 32 levels",
        ),
        other => (UserMessageFormatter.format_message(other), ""),
    };
    Problem { at, path: String::new(), message: format!("yaml: {message}"), cure: cure.to_owned() }
}

fn position(location: Location) -> Position {
    Position { line: location.line().max(1), column: location.column().max(1) }
}

/// What the YAML reader hands out; scalars other than strings come without their text.
enum Raw {
    Null,
    Typed(Tag),
    Str(String),
    Sequence(Vec<Spanned<Raw>>),
    Mapping(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn to_node(raw: Spanned<Raw>, text: &str) -> Node {
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Str(s) => Value::Scalar(s, Tag::Str),
        Raw::Typed(tag) => Value::Scalar(written(raw.defined, text).to_owned(), tag),
        Raw::Sequence(items) => Value::Sequence(items.into_iter().map(|n| to_node(n, text)).collect()),
        Raw::Mapping(entries) => Value::Mapping(
            entries
                .into_iter()
                .map(|(key, node)| Entry {
                    key_at: position(key.defined),
                    key: key.value,
                    node: to_node(node, text),
                })
                .collect(),
        ),
    };
    Node { value, at: position(raw.defined) }
}

/// The characters of a plain scalar: a label value `1.10` must not become `1.1`.
fn written(location: Location, text: &str) -> &str {
    let span = location.span();
    let range = || {
        let start = usize::try_from(span.byte_offset()?).ok()?;
        let len = usize::try_from(span.byte_len()?).ok()?;
        text.get(start..start.checked_add(len)?)
    };
    range().unwrap_or_default().trim()
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML node")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Typed(Tag::Bool))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Typed(Tag::Int))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Typed(Tag::Int))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Typed(Tag::Int))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Typed(Tag::Int))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Typed(Tag::Float))
    }

    fn visit_str<E>(self, s: &str) -> Result<Raw, E> {
        Ok(Raw::Str(s.to_owned()))
    }

    fn visit_string<E>(self, s: String) -> Result<Raw, E> {
        Ok(Raw::Str(s))
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Raw, E> {
        Err(E::custom("binary data is not expected here"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        if entries.len() > NODES_MAX {
            return Err(A::Error::custom("too many keys"));
        }
        Ok(Raw::Mapping(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_text_and_nodes_their_place() {
        let text = "a: &x 1.10\nb: [*x, yes, ~, 'q', 0x1F, .nan]\n<<: {c: 2}\n1: \"two\\nlines\"\na: again\n";
        let Value::Mapping(entries) = parse(text).unwrap().value else { panic!("no mapping") };
        let scalar = |n: &Node| match &n.value {
            Value::Scalar(text, tag) => format!("{text} {}", tag.as_str()),
            other => format!("{other:?}"),
        };
        let Value::Sequence(items) = &entries[1].node.value else { panic!("no sequence") };
        let items: Vec<_> = items.iter().map(scalar).collect();
        assert_eq!(items, ["1.10 !!float", "yes !!bool", "Null", "q !!str", "0x1F !!int", ".nan !!float"]);
        assert_eq!(
            (entries[1].node.at, scalar(&entries[0].node)),
            (Position { line: 2, column: 4 }, "1.10 !!float".into())
        );
        assert_eq!(entries.iter().filter(|e| e.key == "a").count(), 2);
        assert!(matches!(parse("").unwrap().value, Value::Null));
        let shared = format!("a: &a {{b: c}}\nd: [{}]\n", vec!["*a"; 900].join(", "));
        assert!(parse(&shared).is_ok());
    }

    #[test]
    fn bombs_are_refused() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..12 {
            laughs += &format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", "));
        }
        let heavy = format!("a: &a {}\nb: [{}]\n", "x".repeat(500_000), vec!["*a"; 900].join(", "));
        for bomb in
            [heavy, deep, laughs, "a: *a".to_owned(), "a: &a [*a]".to_owned(), "--- 1\n--- 2\n".to_owned()]
        {
            let problem = parse(&bomb).unwrap_err();
            assert!(problem.message.starts_with("yaml: "), "{problem}");
        }
        let problem = parse("a: 1\n b: 2\n").unwrap_err();
        assert_eq!(problem.at.line, 2);
    }
}
