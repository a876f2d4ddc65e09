//! The records of the exemplars' journal.

use model::{Exemplar, LabelSet};

use crate::codec::{
    labels,
    varint::{put_i64, put_u64},
};

/// The first byte of what gives a series its number.
pub(super) const SERIES: u8 = 1;
/// The first byte of an exemplar.
pub(super) const EXEMPLAR: u8 = 2;

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
