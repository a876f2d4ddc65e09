//! Transformations that make one table of many frames.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use model::sort;

use serde_json::Value as JsonValue;

use super::ROWS_MAX;
use crate::{
    frame::{Column, Field, FieldKind, Frame, Names, Value},
    json::Json,
};

/// Cells of a table of series side by side.
const CELLS_MAX: usize = 1_000_000;
/// Rows with the same key that are looked through for one that agrees.
const ALIKE_MAX: usize = 100;

/// One table from many: rows that agree on all the fields they share become one.
pub(super) fn merge(mut frames: Vec<Frame>, _: &JsonValue) -> Vec<Frame> {
    frames.retain(|frame| frame.rows() > 0);
    if frames.len() < 2 {
        return frames;
    }
    let mut columns: Vec<Field> = Vec::new();
    for field in frames.iter().flat_map(|frame| &frame.fields) {
        if columns.iter().all(|known| known.name != field.name) {
            columns.push(field.clone());
        }
    }
    let has = |frame: &Frame, name: &str| frame.fields.iter().any(|field| *field.name == *name);
    let shared: Vec<bool> =
        columns.iter().map(|column| frames.iter().all(|frame| has(frame, &column.name))).collect();
    let mut rows = Merged { shared, by_key: HashMap::new(), rows: Vec::new() };
    for frame in &frames {
        let place = |column: &Field| frame.fields.iter().find(|field| field.name == column.name);
        let places: Vec<_> = columns.iter().map(place).collect();
        for row in 0..frame.rows() {
            rows.add(places.iter().map(|place| place.map(|field| field.values.get(row))).collect());
        }
    }
    let values =
        |at: usize| rows.rows.iter().map(move |row| row.get(at).cloned().flatten().unwrap_or(Value::Null));
    let fields = columns.iter().enumerate();
    let fields = fields.map(|(at, column)| column.with(Column::of_values(values(at), column.kind))).collect();
    let ref_id = frames.first().map(|frame| Rc::clone(&frame.ref_id)).unwrap_or_default();
    vec![Frame { ref_id, fields, ..Frame::default() }]
}

/// A row of a merged table: `None` where its frames have no such field.
type Row = Vec<Option<Value>>;

struct Merged {
    /// Which columns all frames have.
    shared: Vec<bool>,
    /// Places of rows by their values in the shared columns.
    by_key: HashMap<String, Vec<usize>>,
    rows: Vec<Row>,
}

impl Merged {
    /// Puts a row into the first one that it agrees with.
    fn add(&mut self, row: Row) {
        let shared = row.iter().zip(&self.shared).filter(|(_, shared)| **shared);
        let key: String = shared.map(|(value, _)| format!("{:?}\n", value)).collect();
        let alike = self.by_key.entry(key).or_default();
        let agrees = |own: &Row| {
            own.iter().zip(&row).all(|(own, other)| own.is_none() || other.is_none() || own == other)
        };
        let host = alike.iter().take(ALIKE_MAX).copied().find(|at| self.rows.get(*at).is_some_and(agrees));
        if let Some(host) = host.and_then(|at| self.rows.get_mut(at)) {
            for (own, other) in host.iter_mut().zip(row) {
                if other.is_some() {
                    *own = other;
                }
            }
        } else if self.rows.len() < ROWS_MAX {
            alike.push(self.rows.len());
            self.rows.push(row);
        }
    }
}

/// A value as a key: numbers by their size, texts by their letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Text(Rc<str>),
}

impl Key {
    fn new(value: &Value) -> Self {
        match value {
            Value::Number(number) => {
                let bits = number.to_bits();
                // Bits of floats in the order of the floats.
                Self::Number(if number.is_sign_negative() { !bits } else { bits | 1 << 63 })
            }
            value => Self::Text(value.to_text()),
        }
    }
}

/// One table in which frames stand side by side, matched by the values of one field; the time unless named.
pub(super) fn join_by_field(frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let name = options.at("byField").text_or_empty();
    let key = |frame: &Frame| {
        let wanted = |field: &&Field| {
            if name.is_empty() { field.kind == FieldKind::Time } else { *field.name == *name }
        };
        frame.fields.iter().position(|field| wanted(&field))
    };
    let joinable: Vec<(&Frame, usize)> =
        frames.iter().filter_map(|frame| Some((frame, key(frame)?))).collect();
    let key_fields: Vec<&Field> = joinable.iter().filter_map(|(frame, at)| frame.fields.get(*at)).collect();
    let Some(first) = key_fields.first() else { return frames };
    let keys = joined_keys(&key_fields, options.at("mode").as_str() == Some("inner"));
    let names = Names::of(&frames);
    let mut fields = vec![first.with(Column::of_values(keys.values().cloned(), first.kind))];
    for ((frame, at), own_key) in joinable.iter().zip(&key_fields) {
        let rows: BTreeMap<Key, usize> =
            own_key.values.iter().enumerate().map(|(row, value)| (Key::new(&value), row)).collect();
        for (_, field) in frame.fields.iter().enumerate().filter(|(place, _)| place != at) {
            let mut joined = field.with(field.values.pick(keys.keys().map(|key| rows.get(key).copied())));
            if frame.name.is_some() {
                // A series' name belongs to its frame, which is no more.
                joined.name = Rc::from(names.base(field, frame));
            }
            fields.push(joined);
        }
    }
    let (ref_id, step_ms) =
        joinable.first().map(|(frame, _)| (Rc::clone(&frame.ref_id), frame.step_ms)).unwrap_or_default();
    vec![Frame { ref_id, step_ms, fields, ..Frame::default() }]
}

/// The values to join by, in order; of an inner join only those that all have.
fn joined_keys(fields: &[&Field], inner: bool) -> BTreeMap<Key, Value> {
    let mut counts: BTreeMap<Key, (Value, usize)> = BTreeMap::new();
    for field in fields {
        let own: BTreeMap<Key, Value> = field.values.iter().map(|value| (Key::new(&value), value)).collect();
        for (key, value) in own {
            counts.entry(key).or_insert((value, 0)).1 += 1;
        }
    }
    let kept = counts.into_iter().filter(|(_, (_, count))| !inner || *count == fields.len());
    kept.map(|(key, (value, _))| (key, value)).take((CELLS_MAX / fields.len().max(1)).min(ROWS_MAX)).collect()
}

/// All samples of all series as rows of one table, the newest first: time, series, value.
pub(super) fn series_to_rows(frames: Vec<Frame>, _: &JsonValue) -> Vec<Frame> {
    let names = Names::of(&frames);
    let mut rows: Vec<(f64, Rc<str>, f64)> = Vec::new();
    for frame in &frames {
        let Some(time) = frame.time() else { continue };
        for field in frame.numbers() {
            let name: Rc<str> = Rc::from(names.shown(field, frame));
            let samples = time.values.numbers().iter().zip(field.values.numbers());
            rows.extend(samples.take(ROWS_MAX).map(|(time, value)| (*time, Rc::clone(&name), *value)));
            rows.truncate(ROWS_MAX);
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    sort::by(&mut rows, |a, b| b.0.total_cmp(&a.0));
    let fields = vec![
        Field::times(rows.iter().map(|row| row.0).collect()),
        Field::texts("Metric", rows.iter().map(|row| Rc::clone(&row.1))),
        Field::numbers("Value", rows.iter().map(|row| row.2).collect()),
    ];
    vec![Frame { fields, ..Frame::default() }]
}

/// Labels as columns beside the values, one row for each sample.
pub(super) fn labels_to_fields(frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let kept = options.at("keepLabels").texts();
    let labels = frames.iter().flat_map(|frame| &frame.fields).flat_map(|field| field.labels.iter());
    let labels: BTreeSet<String> = labels
        .map(|(name, _)| name.to_owned())
        .filter(|name| kept.is_empty() || kept.contains(name))
        .collect();
    let with_labels = |frame: Frame| {
        let rows = frame.rows();
        let own = frame.numbers().next().map(|field| field.labels.clone()).unwrap_or_default();
        let columns = labels.iter().map(|name| {
            let value: Rc<str> = Rc::from(own.get(name));
            Field::texts(name, (0..rows).map(move |_| Rc::clone(&value)))
        });
        let columns: Vec<_> = columns.collect();
        let (times, others): (Vec<_>, Vec<_>) =
            frame.fields.into_iter().partition(|field| field.kind == FieldKind::Time);
        let bare = others.into_iter().map(|field| Field { labels: Default::default(), ..field });
        let fields = times.into_iter().chain(columns).chain(bare).collect();
        Frame { name: None, fields, ..frame }
    };
    merge(frames.into_iter().map(with_labels).collect(), &JsonValue::Null)
}
