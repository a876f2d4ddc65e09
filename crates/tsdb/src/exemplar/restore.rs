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
        let mut reader = Reader::new(payload);
        let tag = reader.u8()?;
        let number = reader.u32()?;
        match tag {
            SERIES => self.define(number, one_set(&mut reader)?),
            EXEMPLAR => {
                let timed = reader.u8()? != 0;
                let timestamp_ms = reader.i64()?;
                let value = f64::from_bits(reader.u64_le()?);
                let exemplar = Exemplar { labels: one_set(&mut reader)?, value, timestamp_ms, timed };
                // One whose series found no room, or was lost to damage, is lost as well.
                if let Some(series) = self.series.get(&number) {
                    ring.restore(series, &exemplar);
                }
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    fn define(&mut self, number: u32, labels: LabelSet) -> Decoded<()> {
        // A set of the map has some pointers around it.
        let bytes = labels.as_bytes().len() + 64;
        match self.series.get_mut(&number) {
            Some(known) => *known = labels,
            None if self.account.grow(bytes) => drop(self.series.insert(number, labels)),
            None => {}
        }
        Ok(())
    }
}

fn one_set(reader: &mut Reader<'_>) -> Decoded<LabelSet> {
    labels::decode_some(reader, 1, |_| true)?.pop().ok_or(Malformed)
}
