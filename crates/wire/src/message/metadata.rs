//! What a request says about metric families.

use model::MetricType;

use super::Symbol;
use protobuf::Reader;

use crate::error::{Error, Fault, fault};

/// What is said about a family: in 1.0 by itself, in 2.0 with a series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MetadataEntry {
    pub(crate) kind: MetricType,
    pub(crate) family: Family,
    /// Where in the message the help text begins and ends.
    pub(crate) help: (u32, u32),
    /// Likewise the unit.
    pub(crate) unit: (u32, u32),
}

/// Which family it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Family {
    /// Its name stands in the message from here to there.
    Name((u32, u32)),
    /// That of the series at this place in the list of series.
    Series(u32),
}

/// The type of a number; those that are not known say nothing.
fn kind(number: u64) -> MetricType {
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    MetricType::NUMBERED.get(at).copied().unwrap_or_default()
}

fn span(text: &Reader<'_>) -> (u32, u32) {
    let (start, bytes) = (text.offset(), text.as_bytes());
    (start as u32, (start + bytes.len()) as u32)
}

impl MetadataEntry {
    /// Reads the metadata of 1.0.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(super) fn decode_v1(mut fields: Reader<'_>) -> Result<Self, Error> {
        let (mut name, mut entry) = ((0, 0), Self::of(Family::Series(0)));
        while let Some(field) = fields.next()? {
            match field.number {
                1 => entry.kind = kind(field.varint()?),
                2 => name = span(&field.message()?),
                4 => entry.help = span(&field.message()?),
                5 => entry.unit = span(&field.message()?),
                _ => {}
            }
        }
        Ok(Self { family: Family::Name(name), ..entry })
    }

    /// Reads the metadata of a series of 2.0.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(super) fn decode_v2(symbols: &[Symbol], series: u32, mut fields: Reader<'_>) -> Result<Self, Error> {
        let mut entry = Self::of(Family::Series(series));
        while let Some(field) = fields.next()? {
            match field.number {
                1 => entry.kind = kind(field.varint()?),
                3 => entry.help = text_of(symbols, field.varint()?, field.offset)?,
                4 => entry.unit = text_of(symbols, field.varint()?, field.offset)?,
                _ => {}
            }
        }
        Ok(entry)
    }

    fn of(family: Family) -> Self {
        Self { kind: MetricType::Unknown, family, help: (0, 0), unit: (0, 0) }
    }

    /// True when it says nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        let is_empty = |(start, end)| start == end;
        self.kind == MetricType::Unknown && is_empty(self.help) && is_empty(self.unit)
    }
}

fn text_of(symbols: &[Symbol], reference: u64, offset: usize) -> Result<(u32, u32), Error> {
    match usize::try_from(reference).ok().and_then(|at| symbols.get(at)) {
        Some(symbol) => Ok((symbol.start, symbol.end)),
        None => fault(offset, Fault::Symbol { reference, symbols: symbols.len() }),
    }
}
