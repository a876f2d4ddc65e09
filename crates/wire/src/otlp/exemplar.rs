//! Exemplars: a value, when it was seen, and in which trace.

use super::{
    attribute::{self, Attribute},
    point::ms,
};
use protobuf::Reader;

use crate::error::Error;

/// Characters of the labels of an exemplar at most, as OpenMetrics has it; attributes that do not fit are left
/// out, the trace stays.
const LABELS_CHARS_MAX: usize = 128;

/// An exemplar as remote write has it.
#[derive(Debug, Default)]
pub(super) struct Exemplar {
    pub(super) labels: Vec<(String, String)>,
    pub(super) value: f64,
    pub(super) time_ms: i64,
}

/// Reads an exemplar.
///
/// # Errors
/// When the message is not of its protocol.
pub(super) fn read(mut fields: Reader<'_>) -> Result<Exemplar, Error> {
    let (mut exemplar, mut attributes) = (Exemplar::default(), Vec::<Attribute<'_>>::new());
    while let Some(field) = fields.next()? {
        match field.number {
            2 => exemplar.time_ms = ms(field.fixed()?),
            3 => exemplar.value = field.double()?,
            4 => push_id(&mut exemplar, "span_id", field.message()?.as_bytes()),
            5 => push_id(&mut exemplar, "trace_id", field.message()?.as_bytes()),
            6 => exemplar.value = field.fixed()?.cast_signed() as f64,
            7 => attribute::read(field.message()?, &mut attributes)?,
            _ => {}
        }
    }
    let chars = |(name, value): (&str, &str)| name.chars().count() + value.chars().count();
    let trace: usize = exemplar.labels.iter().map(|(n, v)| chars((n, v))).sum();
    let others: usize = attributes.iter().map(|(n, v)| chars((n, v))).sum();
    if trace + others <= LABELS_CHARS_MAX {
        exemplar.labels.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    exemplar.labels.sort_unstable();
    Ok(exemplar)
}

fn push_id(exemplar: &mut Exemplar, name: &str, bytes: &[u8]) {
    if bytes.iter().any(|byte| *byte != 0) {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        exemplar.labels.push((name.to_owned(), digits));
    }
}
