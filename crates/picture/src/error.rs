//! Why there is no picture.

use std::io;

use model::Budget;

/// Why there is no picture. What a single query has to say is written into the picture instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no dashboard.
    #[error("not a dashboard: {0}")]
    Dashboard(String),
    /// The dashboard has no such panel.
    #[error("the dashboard has no panel with the id {0}")]
    Panel(i64),
    /// A picture of this size is not drawn.
    #[error("a picture of {width} x {height} pixels cannot be drawn; the limit is {limit} each", limit = crate::PIXELS_MAX)]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// There is not enough memory.
    #[error("the picture needs {wanted_bytes} more bytes; {used_bytes} of {limit_bytes} bytes are in use")]
    Budget {
        /// Bytes that were asked for.
        wanted_bytes: usize,
        /// Bytes in use.
        used_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The source of the data cannot go on: the time is over, or nobody waits any more.
    #[error("{0}")]
    Source(String),
    /// The pixels cannot be packed.
    #[error("cannot write the picture")]
    Write(#[from] io::Error),
}

impl Error {
    pub(crate) fn budget(wanted_bytes: usize, budget: &Budget) -> Self {
        let (used_bytes, limit_bytes) = (budget.used_bytes(), budget.limit_bytes());
        Self::Budget { wanted_bytes, used_bytes, limit_bytes }
    }
}

impl From<png::EncodingError> for Error {
    fn from(error: png::EncodingError) -> Self {
        Self::Write(error.into())
    }
}
