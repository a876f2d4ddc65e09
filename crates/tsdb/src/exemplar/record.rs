//! The records of the exemplars' journal.

use std::collections::BTreeMap;

use model::{Exemplar, LabelSet, Reservation};

use super::ring::Ring;
use crate::codec::{
    labels,
    varint::{Decoded, Malformed, Reader, put_i64, put_u64},
};

const SERIES: u8 = 1;
const EXEMPLAR: u8 = 2;

/// The payload that gives a series its number.
pub(super) fn series(number: u32, labels: &LabelSet) -> Vec<u8> {
    let mut out = vec![SERIES];
    put_u64(&mut out, u64::from(number));
    labels::encode([labels].into_iter(), &mut out);
    out
}

/// The payload of an exemplar of a series.
pub(super) fn exemplar(series: u32, exemplar: &Exemplar) -> Vec<u8> {
    let mut out = vec![EXEMPLAR];
    put_u64(&mut out, u64::from(series));
    out.push(u8::from(exemplar.timed));
    put_i64(&mut out, exemplar.timestamp_ms);
    out.extend_from_slice(&exemplar.value.to_bits().to_le_bytes());
    labels::encode([&exemplar.labels].into_iter(), &mut out);
    out
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
