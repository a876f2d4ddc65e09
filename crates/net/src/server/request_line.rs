//! Requests as people write them: `curl -g 'http://host/api/v1/query?query=up{job="x"}>0'`.
//!
//! Quotes and angle brackets do not belong into a URL (RFC 3986, section 2), and the library refuses a request with
//! them. Servers in Go do not, and so their documentation and their users' scripts are full of them. They are encoded
//! before the library sees them, in the first line of a connection only: where a later one begins, only the library
//! knows.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a line that is looked at; a longer one goes to the library as it is, which refuses it.
const LINE_BYTES_MAX: usize = 48 << 10;
/// Bytes that are read at a time while the line is not whole.
const CHUNK_BYTES: usize = 1 << 10;

/// A stream whose first line has been made a proper one.
pub(super) struct RequestLine<S> {
    stream: S,
    line: Line,
}

enum Line {
    /// What has come of it.
    Coming(Vec<u8>),
    /// All of it and what came with it, and how much of that has been handed on.
    Whole(Vec<u8>, usize),
    /// Handed on; what follows is not looked at.
    Gone,
}

impl<S> RequestLine<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, line: Line::Coming(Vec::new()) }
    }
}

/// The bytes with the target of the request line in their front encoded.
fn encoded(bytes: &[u8]) -> Vec<u8> {
    let end = bytes.iter().position(|&b| b == b'\n').unwrap_or(0);
    let (line, rest) = bytes.split_at(end);
    let first = line.iter().position(|&b| b == b' ').unwrap_or(end);
    let last = line.iter().rposition(|&b| b == b' ').unwrap_or(end);
    let mut out = Vec::with_capacity(bytes.len());
    for (at, &byte) in line.iter().enumerate() {
        if at > first && at < last && is_foreign(byte) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out.extend_from_slice(rest);
    out
}

fn is_foreign(byte: u8) -> bool {
    matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80..)
}

impl<S: AsyncRead + Unpin> AsyncRead for RequestLine<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while let Line::Coming(line) = &mut this.line {
            let mut chunk = [0; CHUNK_BYTES];
            let mut chunk = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut chunk))?;
            line.extend_from_slice(chunk.filled());
            if chunk.filled().is_empty() || chunk.filled().contains(&b'\n') || line.len() > LINE_BYTES_MAX {
                this.line = Line::Whole(encoded(line), 0);
            }
        }
        match &mut this.line {
            Line::Whole(bytes, given) if *given < bytes.len() => {
                let rest = bytes.get(*given..).unwrap_or_default();
                let some = rest.get(..rest.len().min(buffer.remaining())).unwrap_or_default();
                buffer.put_slice(some);
                *given += some.len();
                Poll::Ready(Ok(()))
            }
            _ => {
                this.line = Line::Gone;
                Pin::new(&mut this.stream).poll_read(cx, buffer)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RequestLine<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_encoded_and_nothing_else() {
        for (written, proper) in [
            (
                "GET /q?query=up{a=\"b\"}>0 HTTP/1.1\r\nX: \"y\"\r\n\r\n",
                "GET /q?query=up%7Ba=%22b%22%7D%3E0 HTTP/1.1\r\nX: \"y\"\r\n\r\n",
            ),
            ("GET /plain HTTP/1.1\r\n", "GET /plain HTTP/1.1\r\n"),
            ("GET /é HTTP/1.1\n", "GET /%C3%A9 HTTP/1.1\n"),
            ("nonsense", "nonsense"),
            ("\n\"", "\n\""),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8(encoded(written.as_bytes())).unwrap(), proper);
        }
    }
}
