//! Requests of OTLP: unpacked, made protobuf, translated.

use std::{
    io::Read,
    sync::{Arc, Mutex, PoisonError},
};

use flate2::read::GzDecoder;
use model::{Part, Reservation};
use wire::{
    Error, Report,
    otlp::{DeltaSums, OtlpOptions, OtlpSettings, REQUEST_BYTES_MAX, Sums, Translated, from_json, translate},
};

use crate::held_request::HeldRequest;

/// Bytes unpacked before more memory is asked for.
const UNPACKED_AT_ONCE: usize = 64 << 10;

/// A request as it came.
pub(crate) struct OtlpRequest {
    pub(crate) body: HeldRequest,
    pub(crate) is_json: bool,
    pub(crate) is_gzip: bool,
    pub(crate) settings: OtlpSettings,
    pub(crate) options: OtlpOptions,
    pub(crate) sums: Option<Arc<Mutex<DeltaSums>>>,
}

/// What became of a request.
pub(crate) struct OtlpReport {
    /// Of what was translated.
    pub(crate) report: Report,
    /// Points that were not.
    pub(crate) refused_points: usize,
    /// Why.
    pub(crate) refusals: Vec<String>,
}

impl OtlpRequest {
    /// Translates the request; the memory that it takes meanwhile comes from the budget of the account, which
    /// pays for the translation.
    ///
    /// # Errors
    /// When it cannot be read, or there is no room for it.
    pub(crate) fn translate(&self, now_ms: i64, account: Reservation) -> Result<Translated, Error> {
        let mut memory = account.budget().open(Part::Write);
        let unpacked;
        let mut bytes = self.body.as_bytes();
        if self.is_gzip {
            unpacked = unpack(bytes, &mut memory)?;
            bytes = &unpacked;
        }
        let from_text;
        if self.is_json {
            from_text = from_json(bytes, &mut memory)?;
            bytes = &from_text;
        }
        let mut held = self.sums.as_ref().map(|sums| sums.lock().unwrap_or_else(PoisonError::into_inner));
        let sums = held.as_mut().map(|sums| Sums { sums, now_ms });
        translate(bytes, &self.settings, self.options, sums, account)
    }
}

/// Unpacks gzip, as much as there is room for.
fn unpack(bytes: &[u8], memory: &mut Reservation) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let mut decoder = GzDecoder::new(bytes);
    loop {
        let len = out.len();
        if len > REQUEST_BYTES_MAX {
            return Err(Error::TooLarge { bytes: len, limit_bytes: REQUEST_BYTES_MAX });
        }
        let wanted_bytes = UNPACKED_AT_ONCE.max(len);
        if out.capacity() - len < UNPACKED_AT_ONCE {
            if !memory.grow(wanted_bytes) {
                let budget = memory.budget();
                let (used_bytes, limit_bytes) = (budget.used_bytes(), budget.limit_bytes());
                return Err(Error::Memory { wanted_bytes, used_bytes, limit_bytes });
            }
            out.reserve_exact(wanted_bytes);
        }
        let read = decoder.by_ref().take(UNPACKED_AT_ONCE as u64).read_to_end(&mut out);
        if read.map_err(Error::Gzip)? == 0 {
            return Ok(out);
        }
    }
}
