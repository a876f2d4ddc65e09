//! Remote read: the request, and the two forms of its answer.
//!
//! [`decode_request`] reads `prometheus.ReadRequest`. The answer is either one message with all samples
//! ([`Samples`]), or a stream of frames with a checksum each, in which samples come as XOR chunks
//! ([`FrameWriter`]); `docs/format/remote-read.md` has the bytes.

mod bits;
mod chunk;
mod frame;
mod histogram;
mod histogram_chunk;
mod request;
mod samples;
#[cfg(test)]
mod tests;

pub use frame::FrameWriter;
#[cfg(test)]
pub(crate) use histogram::write as write_histogram;
pub use request::{ReadQuery, ReadRequest, ResponseType, decode_request};
pub use samples::{Samples, merge_labels};
