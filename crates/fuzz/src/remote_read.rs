//! Requests of remote read.

use model::{Budget, Part};
use wire::{Error, read::decode_request};

/// Takes the bytes as a message: a fault has its byte, and matchers are matchers.
pub fn remote_read(bytes: &[u8]) {
    let body = snap::raw::Encoder::new().compress_vec(bytes).unwrap();
    let budget = Budget::new(4 << 20);
    let mut account = budget.open(Part::Query);
    match decode_request(&body, &mut account) {
        Ok(request) => {
            request.response_type();
            for matcher in request.queries.iter().flat_map(|query| &query.matchers) {
                matcher.matches("");
            }
        }
        Err(Error::Malformed { offset, .. }) => assert!(offset <= bytes.len()),
        Err(_) => {}
    }
    drop(account);
    assert_eq!(budget.used_bytes(), 0);
}
