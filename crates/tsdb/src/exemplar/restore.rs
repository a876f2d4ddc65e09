//! The exemplars' journal read back.

use std::collections::BTreeMap;

use model::{Exemplar, LabelSet, Reservation};

use super::{
    record::{EXEMPLAR, SERIES},
    ring::Ring,
};
use crate::codec::{
    labels,
    varint::{Decoded, Malformed, Reader},
};

/// Whether a payload is a record of the journal.
pub(crate) fn is_record(payload: &[u8]) -> bool {
    Entry::decode(payload).is_ok()
}

/// A record as it is read, with the number of a series.
enum Entry {
    Series(u32, LabelSet),
    Exemplar(u32, Exemplar),
}

impl Entry {
    fn decode(payload: &[u8]) -> Decoded<Self> {
        let mut reader = Reader::new(payload);
        let tag = reader.u8()?;
        let number = reader.u32()?;
        match tag {
            SERIES => Ok(Self::Series(number, one_set(&mut reader)?)),
            EXEMPLAR => {
                let timed = reader.u8()? != 0;
                let timestamp_ms = reader.i64()?;
                let value = f64::from_bits(reader.u64_le()?);
                let labels = one_set(&mut reader)?;
                Ok(Self::Exemplar(number, Exemplar { labels, value, timestamp_ms, timed }))
            }
            _ => Err(Malformed),
        }
    }
}

/// The series of a journal that is being read back.
pub(super) struct Definitions {
    series: BTreeMap<u32, LabelSet>,
    account: Reservation,
}

impl Definitions {
    pub(super) fn new(account: Reservation) -> Self {
        Self { series: BTreeMap::new(), account }
    }

    /// Puts what a record says into the ring.
    pub(super) fn restore(&mut self, payload: &[u8], ring: &mut Ring) -> Decoded<()> {
        match Entry::decode(payload)? {
            Entry::Series(number, labels) => self.define(number, labels),
            Entry::Exemplar(number, exemplar) => {
                // One whose series found no room, or was lost to damage, is lost as well.
                if let Some(series) = self.series.get(&number) {
                    ring.restore(series, &exemplar);
                }
            }
        }
        Ok(())
    }

    fn define(&mut self, number: u32, labels: LabelSet) {
        // A set of the map has some pointers around it.
        let bytes = labels.as_bytes().len() + 64;
        match self.series.get_mut(&number) {
            Some(known) => *known = labels,
            None if self.account.grow(bytes) => drop(self.series.insert(number, labels)),
            None => {}
        }
    }
}

fn one_set(reader: &mut Reader<'_>) -> Decoded<LabelSet> {
    labels::decode_some(reader, 1, |_| true)?.pop().ok_or(Malformed)
}
