//! Exposition formats in and out: text 0.0.4 and OpenMetrics 1.0.0.
//!
//! [`Parser`] goes over a body once and hands out its entries as slices of it; it allocates only for help
//! texts with escapes. It accepts what Prometheus accepts and words its errors as Prometheus does, with line
//! and column beside. What the samples mean (types, duplicates, limits) is not its business.

mod comment;
mod convert;
mod error;
mod escape;
mod escaping;
mod float;
mod format;
mod parser;
mod protobuf;
mod scanner;
mod writer;

pub use self::protobuf::{Attachment, HistogramRules, ProtobufError, Sink, protobuf_to_text};
pub use convert::{openmetrics_to_text, push_value};
pub use error::{EXCERPT_BYTES_MAX, NumberError, ParseError, ParseErrorKind};
pub use escaping::Escaping;
pub use float::{NORMAL_NAN_BITS, parse_float};
pub use format::{ContentTypeError, Exposition, Format, negotiate};
pub use parser::{Entry, Exemplar, Parser, Sample};
pub use scanner::visit_labels;
pub use writer::{push_series, push_type};
