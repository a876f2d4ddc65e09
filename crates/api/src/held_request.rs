//! Bodies of requests, held at the expense of the budget.

use std::error::Error as _;

use axum::body::{Body, Bytes};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError};
use hyper::body::Body as _;
use model::Reservation;

/// A request's body, with its memory.
pub(crate) struct HeldRequest {
    bytes: Vec<u8>,
    account: Reservation,
}

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// The connection or its limit ended it.
    #[error("{0}")]
    Cut(#[from] axum::Error),
    /// The budget has no room for it.
    #[error("no memory for a request of {0} bytes")]
    Memory(usize),
}

impl BodyError {
    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Memory(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Cut(cut) => {
                let mut cause = cut.source();
                while let Some(inner) = cause {
                    if inner.is::<LengthLimitError>() {
                        return StatusCode::PAYLOAD_TOO_LARGE;
                    }
                    cause = inner.source();
                }
                StatusCode::BAD_REQUEST
            }
        }
    }
}

impl HeldRequest {
    /// Reads a body as it comes, at the expense of an account.
    ///
    /// # Errors
    /// When it does not come whole or there is no room for it.
    pub(crate) async fn read(mut body: Body, account: Reservation) -> Result<Self, BodyError> {
        let mut request = Self { bytes: Vec::new(), account };
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        request.reserve(announced)?;
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                request.push(&data)?;
            }
        }
        Ok(request)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its bytes, and what they were paid with.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Reservation) {
        (self.bytes, self.account)
    }

    fn push(&mut self, data: &Bytes) -> Result<(), BodyError> {
        let missing = (self.bytes.len() + data.len()).saturating_sub(self.bytes.capacity());
        if missing > 0 {
            self.reserve(missing.max(self.bytes.len()) + data.len())?;
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// Makes room for so many more bytes.
    fn reserve(&mut self, more: usize) -> Result<(), BodyError> {
        let wanted = self.bytes.len().saturating_add(more);
        if !self.account.resize(wanted.max(self.account.bytes())) {
            return Err(BodyError::Memory(wanted));
        }
        self.bytes.reserve_exact(more);
        Ok(())
    }
}
