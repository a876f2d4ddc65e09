//! Remote write 1.0: messages and their delivery.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use crate::client;

/// Where bodies go.
pub(crate) const PATH: &str = "/api/v1/write";
/// What stands in the head of each request.
pub(crate) const HEADERS: &str = "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n\
                                  X-Prometheus-Remote-Write-Version: 0.1.0\r\n";

/// A message of series with their samples, as it is built.
#[derive(Debug, Default)]
pub(crate) struct Message {
    bytes: Vec<u8>,
    series: Vec<u8>,
    part: Vec<u8>,
}

impl Message {
    /// Adds a series: its labels in order of their names, and its samples by milliseconds since the Unix epoch.
    pub(crate) fn push<'a>(
        &mut self,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
        samples: impl IntoIterator<Item = (i64, f64)>,
    ) {
        self.series.clear();
        for (name, value) in labels {
            self.part.clear();
            put_field(&mut self.part, 1, name.as_bytes());
            put_field(&mut self.part, 2, value.as_bytes());
            put_field(&mut self.series, 1, &self.part);
        }
        for (timestamp_ms, value) in samples {
            self.part.clear();
            self.part.push(1 << 3 | 1);
            self.part.extend_from_slice(&value.to_bits().to_le_bytes());
            self.part.push(2 << 3);
            put_varint(&mut self.part, timestamp_ms.cast_unsigned());
            put_field(&mut self.series, 2, &self.part);
        }
        put_field(&mut self.bytes, 1, &self.series);
    }

    /// Sends what was added, and begins anew.
    pub(crate) fn send(&mut self, address: SocketAddr) -> io::Result<()> {
        client::post(address, PATH, HEADERS, &self.take_body()?)
    }

    /// The body of a request with what was added; begins anew.
    pub(crate) fn take_body(&mut self) -> io::Result<Vec<u8>> {
        let body = snap::raw::Encoder::new().compress_vec(&self.bytes).map_err(io::Error::other)?;
        self.bytes.clear();
        Ok(body)
    }
}

fn put_field(out: &mut Vec<u8>, number: u8, content: &[u8]) {
    out.push(number << 3 | 2);
    put_varint(out, content.len() as u64);
    // Writing to a vector does not fail.
    let _ = out.write_all(content);
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_bytes_of_the_specification() {
        let mut message = Message::default();
        message.push([("a", "b")], [(300, 1.0)]);
        let label = [0x0a, 6, 0x0a, 1, b'a', 0x12, 1, b'b'];
        let sample = [0x12, 12, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0xac, 2];
        assert_eq!(message.bytes, [&[0x0a, 22][..], &label, &sample].concat());
    }
}
