//! Mappings read by a table of the keys that they may have.

use super::{Complaint, Entry, Node, Path, Report, Value, scalar::mismatch};
use crate::error::Position;
use model::sort;

/// The keys of one kind of mapping.
#[derive(Debug)]
pub(crate) struct Schema {
    /// The name that Prometheus's messages give it.
    pub(crate) type_name: &'static str,
    /// Where it stands, for a reader whose key is in the wrong place.
    pub(crate) place: &'static str,
    pub(crate) keys: &'static [Key],
}

/// A key that Prometheus knows, and what becomes of it here.
#[derive(Debug)]
pub(crate) struct Key {
    name: &'static str,
    support: Support,
}

#[derive(Debug)]
enum Support {
    Read,
    Only(&'static str),
    Later(&'static str),
}

impl Key {
    /// A key that is read.
    pub(crate) const fn read(name: &'static str) -> Self {
        Self { name, support: Support::Read }
    }

    /// A key that may have one value only, which is what is done anyway.
    pub(crate) const fn only(name: &'static str, value: &'static str) -> Self {
        Self { name, support: Support::Only(value) }
    }

    /// A key that is not supported yet, and what to do instead.
    pub(crate) const fn later(name: &'static str, cure: &'static str) -> Self {
        Self { name, support: Support::Later(cure) }
    }
}

/// A mapping whose keys were checked against a schema.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    report: &'n Report,
    pub(crate) path: &'n Path<'n>,
    at: Position,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// Checks the keys of a mapping; `None`, and a note in the report, when the node is no mapping.
    ///
    /// A null is a mapping without keys.
    pub(crate) fn open(
        report: &'n Report,
        node: &'n Node,
        path: &'n Path<'n>,
        schema: &Schema,
    ) -> Option<Self> {
        let entries = match &node.value {
            Value::Mapping(entries) => entries.as_slice(),
            Value::Null => &[],
            _ => {
                report.add(node.at, path, mismatch(node, schema.type_name));
                return None;
            }
        };
        for entry in entries {
            if let Some(complaint) = check_key(entry, schema, report.schemas()) {
                report.add(entry.key_at, &Path::Key(path, &entry.key), complaint);
            }
        }
        report_repeated(report, entries, path, |key| {
            format!("field {key} already set in type {}", schema.type_name)
        });
        Some(Self { report, path, at: node.at, entries })
    }

    /// The value of a key that was given and is not null.
    pub(crate) fn node(&self, key: &str) -> Option<&'n Node> {
        let entry = self.entries.iter().find(|e| e.key == key)?;
        (!matches!(entry.node.value, Value::Null)).then_some(&entry.node)
    }

    /// The value of a key as a type; `None` when it was not given or, after a note in the report, is not of it.
    pub(crate) fn get<T>(&self, key: &str, read: impl FnOnce(&Node) -> Result<T, Complaint>) -> Option<T> {
        let node = self.node(key)?;
        match read(node) {
            Ok(value) => Some(value),
            Err(complaint) => {
                self.report.add(node.at, &Path::Key(self.path, key), complaint);
                None
            }
        }
    }

    /// A mapping below this one, read by a function; `None` when the key was not given or is no mapping.
    pub(crate) fn section<T>(
        &self,
        key: &str,
        schema: &Schema,
        read: impl FnOnce(&Fields<'_>) -> T,
    ) -> Option<T> {
        let path = Path::Key(self.path, key);
        Fields::open(self.report, self.node(key)?, &path, schema).map(|fields| read(&fields))
    }

    /// The items of a list; none when the key was not given or, after a note in the report, is no list.
    pub(crate) fn items(&self, key: &str, type_name: &str) -> &'n [Node] {
        let Some(node) = self.node(key) else { return &[] };
        if let Value::Sequence(items) = &node.value {
            return items;
        }
        self.report.add(node.at, &Path::Key(self.path, key), mismatch(node, type_name));
        &[]
    }

    /// The items of a list of texts.
    pub(crate) fn strings(&self, key: &str) -> Vec<(String, Position)> {
        let path = Path::Key(self.path, key);
        string_items(self.report, self.items(key, "[]string"), &path)
    }

    /// The entries of a mapping from names to anything; a name given twice is noted in the report.
    pub(crate) fn entries(&self, key: &str, type_name: &str) -> &'n [Entry] {
        let Some(node) = self.node(key) else { return &[] };
        let path = Path::Key(self.path, key);
        let Value::Mapping(entries) = &node.value else {
            self.report.add(node.at, &path, mismatch(node, type_name));
            return &[];
        };
        report_repeated(self.report, entries, &path, |key| format!("key {key:?} already set in map"));
        entries
    }

    /// Notes that the value of a key, or its absence, is wrong.
    pub(crate) fn complain(&self, key: &str, complaint: Complaint) {
        let at = self.node(key).map_or(self.at, |n| n.at);
        self.report.add(at, &Path::Key(self.path, key), complaint);
    }

    /// The report that this mapping writes to.
    pub(crate) fn report(&self) -> &'n Report {
        self.report
    }
}

/// The items of a list as texts, each with its place.
pub(crate) fn string_items(report: &Report, items: &[Node], path: &Path<'_>) -> Vec<(String, Position)> {
    let mut out = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        match super::scalar::string(item) {
            Ok(text) => out.push((text, item.at)),
            Err(complaint) => report.add(item.at, &Path::Index(path, i), complaint),
        }
    }
    out
}

/// Notes each key that stands in a mapping more than once. Sorts, as a hostile mapping may be long.
fn report_repeated(report: &Report, entries: &[Entry], path: &Path<'_>, message: impl Fn(&str) -> String) {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sort::by(&mut sorted, |a, b| a.key.cmp(&b.key));
    for pair in sorted.windows(2) {
        if let [first, again] = pair
            && first.key == again.key
        {
            let cure = format!("it stands in line {} too; keep one of them", first.key_at.line);
            let complaint = Complaint::new(message(&again.key)).cure(cure);
            report.add(again.key_at, &Path::Key(path, &again.key), complaint);
        }
    }
}

fn check_key(entry: &Entry, schema: &Schema, elsewhere: &[&Schema]) -> Option<Complaint> {
    let key = schema.keys.iter().find(|k| k.name == entry.key);
    match key.map(|k| &k.support) {
        Some(Support::Read) => None,
        Some(Support::Later(cure)) => {
            Some(Complaint::new(format!("field {} is not supported yet", entry.key)).cure(*cure))
        }
        Some(Support::Only(value)) => match &entry.node.value {
            Value::Scalar(text, _) if text != value => Some(
                Complaint::new(format!("{} {text} is not supported yet", entry.key))
                    .cure(format!("remove it or write {value}")),
            ),
            Value::Scalar(..) | Value::Null => None,
            _ => Some(mismatch(&entry.node, "string")),
        },
        None => {
            let message = format!("field {} not found in type {}", entry.key, schema.type_name);
            Some(Complaint::new(message).cure(suggestion(&entry.key, schema, elsewhere)))
        }
    }
}

/// The key that was probably meant.
fn suggestion(key: &str, schema: &Schema, elsewhere: &[&Schema]) -> String {
    let shown: String = key.chars().take(60).collect();
    let distance = |k: &&Key| edit_distance(&shown, k.name);
    let limit = 1 + shown.len() / 4;
    let owners = elsewhere.iter().filter(|s| s.keys.iter().any(|k| k.name == key));
    let places: Vec<_> = owners.map(|s| s.place).collect();
    if !places.is_empty() {
        return format!("it belongs {}", places.join(" or "));
    }
    match schema.keys.iter().min_by_key(distance).filter(|k| distance(k) <= limit) {
        Some(near) => format!("did you mean {:?}?", near.name),
        None => "remove it".to_owned(),
    }
}

/// Insertions, deletions, replacements that turn one word into the other.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (cb, &above) in b.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(ca != cb)).min(above + 1).min(left + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits() {
        for (a, b, edits) in
            [("", "abc", 3), ("kitten", "sitting", 3), ("jobname", "job_name", 1), ("x", "x", 0)]
        {
            assert_eq!(edit_distance(a, b), edits, "{a} {b}");
            assert_eq!(edit_distance(b, a), edits, "{b} {a}");
        }
    }
}
