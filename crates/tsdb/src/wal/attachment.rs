//! The part of a samples record that most have not: native histograms and start timestamps.

use std::{collections::BTreeMap, sync::Arc};

use model::{CounterReset, FloatHistogram};

use crate::codec::{
    histogram,
    varint::{Decoded, Malformed, Reader, put_bytes, put_i64, put_u64},
};

/// A column's histogram, and the one that the reader knows of it.
pub(crate) type LoggedHistogram = (u32, Arc<FloatHistogram>, Option<Arc<FloatHistogram>>);

/// Gives the attachments of a samples record: histograms and start timestamps by column, neither in an order;
/// nothing where there are none.
pub(crate) fn encode(
    histograms: &mut [LoggedHistogram],
    starts: &mut [(u32, Option<i64>)],
    timestamp_ms: i64,
) -> Vec<u8> {
    let (mut out, mut bytes) = (Vec::new(), Vec::new());
    if histograms.is_empty() && starts.is_empty() {
        return out;
    }
    histograms.sort_unstable_by_key(|(column, ..)| *column);
    let mut next = 0;
    for (column, histogram, before) in histograms {
        histogram::encode(*column - next, histogram, before.as_deref(), &mut bytes);
        next = *column + 1;
    }
    put_bytes(&mut out, &bytes);
    bytes.clear();
    starts.sort_unstable_by_key(|(column, _)| *column);
    next = 0;
    for (column, start_ms) in starts {
        put_u64(&mut bytes, u64::from(*column - next) << 1 | u64::from(start_ms.is_some()));
        if let Some(start_ms) = start_ms {
            put_i64(&mut bytes, timestamp_ms.wrapping_sub(*start_ms));
        }
        next = *column + 1;
    }
    put_bytes(&mut out, &bytes);
    out
}

/// The attachments of a samples record as they are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attachments<'a> {
    histograms: Reader<'a>,
    starts: Reader<'a>,
}

impl<'a> Attachments<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Decoded<Self> {
        let histograms = Reader::new(reader.prefixed()?);
        Ok(Self { histograms, starts: Reader::new(reader.prefixed()?) })
    }

    /// Reads histograms into the last ones that are known of their columns, and gives the columns.
    fn histograms(mut self, known: &mut BTreeMap<u32, FloatHistogram>) -> Decoded<Vec<u32>> {
        let (mut columns, mut next) = (Vec::new(), 0u32);
        while !self.histograms.is_empty() {
            let (flags, distance) = histogram::decode_distance(&mut self.histograms)?;
            let column = next.checked_add(distance).ok_or(Malformed)?;
            let mut current = known.remove(&column);
            let follows = current.is_some();
            histogram::decode(flags, &mut self.histograms, &mut current)?;
            let Some(mut current) = current else { return Err(Malformed) };
            if !follows && current.counter_reset != CounterReset::Gauge {
                // Samples between this one and the last that was read may have been lost.
                current.counter_reset = CounterReset::Unknown;
            }
            known.insert(column, current);
            columns.push(column);
            next = column.checked_add(1).ok_or(Malformed)?;
        }
        Ok(columns)
    }

    /// Columns whose start timestamp is another one than before, or is not known any more.
    fn starts(mut self, timestamp_ms: i64) -> Decoded<Vec<(u32, Option<i64>)>> {
        let (mut starts, mut next) = (Vec::new(), 0u32);
        while !self.starts.is_empty() {
            let head = self.starts.u64()?;
            let distance = u32::try_from(head >> 1).map_err(|_| Malformed)?;
            let column = next.checked_add(distance).ok_or(Malformed)?;
            let known = head & 1 == 1;
            let start_ms = if known { Some(timestamp_ms.wrapping_sub(self.starts.i64()?)) } else { None };
            starts.push((column, start_ms));
            next = column.checked_add(1).ok_or(Malformed)?;
        }
        Ok(starts)
    }
}

/// The attachments of a group's columns as its records give them.
#[derive(Debug, Default)]
pub(super) struct AttachedColumns {
    known: BTreeMap<u32, FloatHistogram>,
    starts: BTreeMap<u32, i64>,
    /// Those of the last record, by the place of the sample among those that are held.
    pub(super) histograms: Vec<(usize, Arc<FloatHistogram>)>,
    /// The same for start timestamps.
    pub(super) start_timestamps_ms: Vec<(usize, i64)>,
}

impl AttachedColumns {
    /// Forgets what is known of all columns.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.starts.clear();
    }

    /// Reads the attachments of a record whose samples are held for these columns, with these values.
    pub(super) fn read<'v>(
        &mut self,
        attachments: Option<Attachments<'_>>,
        timestamp_ms: i64,
        held: impl Iterator<Item = (u32, &'v f64)>,
    ) -> Decoded<()> {
        self.histograms.clear();
        self.start_timestamps_ms.clear();
        if attachments.is_none() && self.starts.is_empty() {
            return Ok(());
        }
        let mut columns = Vec::new();
        if let Some(attachments) = attachments {
            columns = attachments.histograms(&mut self.known)?;
            for (column, start_ms) in attachments.starts(timestamp_ms)? {
                match start_ms {
                    Some(start_ms) => self.starts.insert(column, start_ms),
                    None => self.starts.remove(&column),
                };
            }
        }
        for (at, (column, &sum)) in held.enumerate() {
            if columns.binary_search(&column).is_ok()
                && let Some(known) = self.known.get(&column)
            {
                self.histograms.push((at, Arc::new(FloatHistogram { sum, ..known.clone() })));
            }
            self.start_timestamps_ms.extend(self.starts.get(&column).map(|&start_ms| (at, start_ms)));
        }
        Ok(())
    }
}
