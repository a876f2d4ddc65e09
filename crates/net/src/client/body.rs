//! Where a body goes: through gzip if need be, and never past its limit.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

use super::ClientError;

/// Takes a body up to a limit.
pub(super) struct Sink<'a> {
    limit_bytes: u64,
    taken_bytes: u64,
    take: &'a mut (dyn FnMut(&[u8]) -> bool + Send),
    refused: Option<ClientError>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(limit_bytes: u64, take: &'a mut (dyn FnMut(&[u8]) -> bool + Send)) -> Self {
        Self { limit_bytes, taken_bytes: 0, take, refused: None }
    }

    fn refuse(&mut self, error: ClientError) -> io::Error {
        self.refused = Some(error);
        io::ErrorKind::StorageFull.into()
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let sum = self.taken_bytes + data.len() as u64;
        if sum > self.limit_bytes {
            return Err(self.refuse(ClientError::BodyLimit { limit_bytes: self.limit_bytes }));
        }
        if !(self.take)(data) {
            return Err(self.refuse(ClientError::Memory { body_bytes: sum }));
        }
        self.taken_bytes = sum;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A body on its way to the sink.
pub(super) enum Decoder<'a> {
    Plain(Sink<'a>),
    Gzip(Box<MultiGzDecoder<Sink<'a>>>),
}

impl<'a> Decoder<'a> {
    pub(super) fn new(gzip: bool, sink: Sink<'a>) -> Self {
        if gzip { Self::Gzip(Box::new(MultiGzDecoder::new(sink))) } else { Self::Plain(sink) }
    }

    /// Refuses a body that says itself that it is too long.
    pub(super) fn check_length(&self, announced_bytes: u64) -> Result<(), ClientError> {
        let limit_bytes = self.sink().limit_bytes;
        if announced_bytes > limit_bytes {
            return Err(ClientError::BodyLimit { limit_bytes });
        }
        Ok(())
    }

    pub(super) fn write(&mut self, data: &[u8]) -> Result<(), ClientError> {
        let written = match self {
            Self::Plain(sink) => sink.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
        };
        written.map_err(|error| self.cause(error))
    }

    /// Ends the body; the result is its length in the sink.
    pub(super) fn finish(mut self) -> Result<u64, ClientError> {
        if let Self::Gzip(decoder) = &mut self {
            let finished = decoder.try_finish();
            finished.map_err(|error| self.cause(error))?;
        }
        Ok(self.sink().taken_bytes)
    }

    fn sink(&self) -> &Sink<'a> {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(decoder) => decoder.get_ref(),
        }
    }

    /// The sink's own reason, or that the compressed bytes are damaged.
    fn cause(&mut self, error: io::Error) -> ClientError {
        let sink = match self {
            Self::Plain(sink) => sink,
            Self::Gzip(decoder) => decoder.get_mut(),
        };
        sink.refused.take().unwrap_or(ClientError::Gzip(error))
    }
}
