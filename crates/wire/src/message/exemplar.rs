//! The exemplars of a request.

use super::{Labels, Protocol, Symbol};
use protobuf::{Field, Reader};

use crate::error::Error;

/// An exemplar of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExemplarEntry {
    /// Place of its series in the list of series.
    pub(crate) series: u32,
    /// Where in the message its labels begin and end; other fields may lie between them.
    pub(crate) labels: (u32, u32),
    pub(crate) value: f64,
    pub(crate) timestamp_ms: i64,
}

impl ExemplarEntry {
    /// Reads an exemplar of a series; its fields have the same numbers in both protocols.
    ///
    /// # Errors
    /// [`Error::Malformed`], labels included.
    pub(super) fn decode(
        protocol: Protocol,
        message: &[u8],
        symbols: &[Symbol],
        series: u32,
        mut fields: Reader<'_>,
    ) -> Result<Self, Error> {
        let mut entry = Self { series, labels: (0, 0), value: 0.0, timestamp_ms: 0 };
        while let Some(field) = fields.next()? {
            match field.number {
                1 => {
                    if entry.labels.1 == 0 {
                        entry.labels.0 = field.offset as u32;
                    }
                    entry.labels.1 = fields.offset() as u32;
                }
                2 => entry.value = Field::double(&field)?,
                3 => entry.timestamp_ms = field.varint()? as i64,
                _ => {}
            }
        }
        let mut labels = entry.labels(protocol, message, symbols);
        while labels.next()?.is_some() {}
        Ok(entry)
    }

    /// Its labels, as the request has them.
    pub(crate) fn labels<'a>(
        &self,
        protocol: Protocol,
        message: &'a [u8],
        symbols: &'a [Symbol],
    ) -> Labels<'a> {
        Labels::of(protocol, message, self.labels, symbols)
    }
}
