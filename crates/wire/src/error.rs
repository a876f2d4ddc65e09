//! Why a request as a whole cannot be taken.

use model::appender::AppendError;

/// Why a request as a whole was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The body is no Snappy block.
    #[error(transparent)]
    Snappy(#[from] snap::Error),
    /// The body holds more than is taken.
    #[error("the request has {bytes} bytes when decompressed, at most {limit_bytes} are taken")]
    TooLarge {
        /// Bytes that its header announces.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The message is not of its protocol.
    #[error("cannot decode the request at byte {offset}: {fault}")]
    Malformed {
        /// Byte of the decompressed message, from 0.
        offset: usize,
        /// What is wrong there.
        fault: Fault,
    },
    /// The budget has no room for the request now; it may have later.
    #[error("the request needs {wanted_bytes} more bytes; {used_bytes} of {limit_bytes} bytes are in use")]
    Memory {
        /// Bytes that were asked for.
        wanted_bytes: usize,
        /// Bytes in use.
        used_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The body is not gzip, or damaged.
    #[error("gzip: {0}")]
    Gzip(#[source] std::io::Error),
    /// The body is not JSON of its protocol.
    #[error("cannot decode the request: {0}")]
    Json(#[source] serde_json::Error),
    /// A matcher is none.
    #[error("{0}")]
    Matcher(String),
    /// The store takes nothing.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Its fields cannot be read.
    #[error(transparent)]
    Message(protobuf::Fault),
    /// A label refers to a symbol that there is not.
    #[error("reference to symbol {reference} of {symbols}")]
    Symbol {
        /// The reference.
        reference: u64,
        /// Number of symbols.
        symbols: usize,
    },
    /// A label has a name and no value.
    #[error("odd number of label references")]
    OddReferences,
    /// Values within values, too many of them.
    #[error("nested more than {limit} levels deep")]
    Depth {
        /// The limit.
        limit: usize,
    },
    /// There are more of them than are taken.
    #[error("more than {limit}")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl From<protobuf::Malformed> for Error {
    fn from(malformed: protobuf::Malformed) -> Self {
        Self::Malformed { offset: malformed.offset, fault: Fault::Message(malformed.fault) }
    }
}

/// An error at a byte of the message.
pub(crate) fn fault<T>(offset: usize, fault: Fault) -> Result<T, Error> {
    Err(Error::Malformed { offset, fault })
}
