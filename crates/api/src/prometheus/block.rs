//! `status/tsdb/blocks`: the parts of the store, as Prometheus describes its blocks.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use tsdb::PartInfo;

use super::{Prometheus, answer};
use crate::{
    error::ApiError,
    json::{Object, write_array, write_strings},
};

/// The digits of an ULID.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The length of an ULID: 128 bits.
const ULID_CHARS: u32 = 26;

pub(super) async fn blocks(State(state): State<Prometheus>) -> Result<Response, ApiError> {
    let instance = Arc::clone(&state.instance);
    let parts = state.evaluator.run(None, move |_| Ok(instance.tsdb_parts())).await?;
    Ok(answer::object(|object| {
        write_array(object.field("blocks"), &parts, write_block);
    }))
}

fn write_block(out: &mut String, part: &PartInfo) {
    let ulid = ulid(part);
    let mut object = Object::new(out);
    // Where Prometheus's blocks end, the next one begins.
    let end_ms = part.max_time_ms.saturating_add(1);
    object.str("ulid", &ulid).plain("minTime", part.min_time_ms).plain("maxTime", end_ms);
    let mut stats = Object::new(object.field("stats"));
    stats.plain("numSamples", part.samples).plain("numSeries", part.series);
    if part.tombstones > 0 {
        stats.plain("numTombstones", part.tombstones);
    }
    stats.end();
    let mut compaction = Object::new(object.field("compaction"));
    compaction.plain("level", part.level.saturating_add(1));
    if part.level == 0 {
        write_strings(compaction.field("sources"), &[ulid]);
    }
    compaction.end();
    object.plain("version", 1).end();
}

/// What is unique of a part in the form that clients know: its newest sample for the time, its number and level
/// for what is random elsewhere.
fn ulid(part: &PartInfo) -> String {
    let time = u128::from(part.max_time_ms.max(0).unsigned_abs()) & ((1 << 48) - 1);
    let bits = time << 80 | u128::from(part.number) << 16 | u128::from(part.level & 0xffff);
    let digit = |at: u32| char::from(DIGITS[(bits >> (5 * (ULID_CHARS - 1 - at)) & 31) as usize]);
    (0..ULID_CHARS).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_reads_as_a_block() {
        let part = PartInfo {
            number: 7,
            level: 0,
            min_time_ms: 1_699_999_000_000,
            max_time_ms: 1_700_000_000_000,
            series: 3,
            samples: 12,
            bytes: 900,
            tombstones: 1,
        };
        let mut out = String::new();
        write_block(&mut out, &part);
        assert_eq!(
            out,
            r#"{"ulid":"01HF7YAT00000000000000E000","minTime":1699999000000,"maxTime":1700000000001,"stats":{"numSamples":12,"numSeries":3,"numTombstones":1},"compaction":{"level":1,"sources":["01HF7YAT00000000000000E000"]},"version":1}"#
        );
    }
}
