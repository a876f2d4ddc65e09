//! OTLP metrics, translated to requests of remote write 2.0.
//!
//! [`translate`] goes over an `ExportMetricsServiceRequest` once, data point by data point, and writes the
//! series that Prometheus makes of it; [`Intake`](crate::Intake) takes these like any others. What cannot be
//! translated does not hold up the rest. A request in JSON is made one in protobuf first, by [`from_json`].

mod attribute;
mod cumulate;
mod exemplar;
mod export;
mod histogram;
mod json;
mod metric_char;
mod name;
mod point;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod translate;
mod unit;

use crate::put;

pub use cumulate::DeltaSums;
pub use json::from_json;
pub use settings::{Delta, OtlpSettings, Promotion, Translation};
pub use translate::{OtlpOptions, REFUSALS_MAX, Sums, Translated, translate};

/// Bytes of a request, decompressed, at most; as in Prometheus.
pub const REQUEST_BYTES_MAX: usize = 32 << 20;

/// The answer to a request that was written in part, an `ExportMetricsServiceResponse`.
pub fn partial_success(rejected_points: u64, message: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put::message(&mut out, 1, |out| {
        put::integer(out, 1, rejected_points);
        put::bytes(out, 2, message.as_bytes());
    });
    out
}
