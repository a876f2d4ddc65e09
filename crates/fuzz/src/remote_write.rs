//! Requests of remote write, both messages.

use std::sync::Arc;

use model::{Budget, Part};
use wire::{Error, Intake, Protocol, SeriesCache};

use crate::recorder::Recorder;

/// Memory for a request.
const BUDGET_BYTES: usize = 4 << 20;

/// Takes the bytes as a message of each protocol.
pub fn remote_write(bytes: &[u8]) {
    let body = snap::raw::Encoder::new().compress_vec(bytes).unwrap();
    write(&body, bytes.len());
}

/// Takes the bytes as a compressed message.
pub fn snappy(bytes: &[u8]) {
    write(bytes, wire::DECODED_BYTES_MAX);
}

/// Writes a request of each protocol twice: no more memory is taken than there is, all is given back, and the second
/// time everything is known.
fn write(body: &[u8], message_bytes: usize) {
    for protocol in [Protocol::V1, Protocol::V2] {
        let budget = Budget::new(BUDGET_BYTES);
        let cache = Arc::new(SeriesCache::new(1 << 18, budget.open(Part::Write)));
        let mut intake = Intake::new(cache, budget.open(Part::Write));
        let mut store = Recorder::default();
        for _ in 0..2 {
            match intake.write(protocol, body, i64::MAX, &mut store) {
                Ok(report) => {
                    assert!(report.rejections.len() <= report.rejections_total);
                    assert!(report.rejections.len() <= wire::REJECTIONS_MAX);
                }
                Err(Error::Malformed { offset, .. }) => assert!(offset <= message_bytes),
                Err(_) => {}
            }
        }
        drop(intake);
        assert!(budget.used_bytes() <= 1 << 18, "all but the cache is given back");
    }
}
