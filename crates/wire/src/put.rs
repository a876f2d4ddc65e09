//! Protobuf fields, written.

/// The encoding of integers.
const VARINT: u32 = 0;
/// The encoding of doubles.
const FIXED64: u32 = 1;
/// The encoding of texts and messages.
const LENGTH_DELIMITED: u32 = 2;

/// Writes an integer, of seven bits a byte.
pub(crate) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a field with an integer; zero is what a field that is absent means, and is left out.
pub(crate) fn integer(out: &mut Vec<u8>, field: u32, number: u64) {
    if number != 0 {
        tag(out, field, VARINT);
        varint(out, number);
    }
}

/// Writes a field with a signed integer in the form that is short for small ones of either sign.
pub(crate) fn zigzag(out: &mut Vec<u8>, field: u32, number: i64) {
    integer(out, field, zigzag_bits(number));
}

/// A signed integer in the form that is short for small ones of either sign.
pub(crate) fn zigzag_bits(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

/// Writes a field with an integer of eight bytes, whatever its value.
pub(crate) fn member_fixed(out: &mut Vec<u8>, field: u32, number: u64) {
    tag(out, field, FIXED64);
    out.extend_from_slice(&number.to_le_bytes());
}

/// Writes a field with a double; positive zero is left out.
pub(crate) fn double(out: &mut Vec<u8>, field: u32, number: f64) {
    if number.to_bits() != 0 {
        member_double(out, field, number);
    }
}

/// Writes a field with a double that has to be there whatever its value, as in a choice of several.
pub(crate) fn member_double(out: &mut Vec<u8>, field: u32, number: f64) {
    member_fixed(out, field, number.to_bits());
}

/// Writes a field with an integer that has to be there whatever its value.
pub(crate) fn member_integer(out: &mut Vec<u8>, field: u32, number: u64) {
    tag(out, field, VARINT);
    varint(out, number);
}

/// Writes a field with a text or bytes.
pub(crate) fn bytes(out: &mut Vec<u8>, field: u32, content: &[u8]) {
    tag(out, field, LENGTH_DELIMITED);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// Writes a field with a message, or a packed list, that `write` writes.
pub(crate) fn message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    let start = open(out, field);
    write(out);
    close(out, start);
}

/// Begins a field with a message; [`close`] wants the place that it gives.
pub(crate) fn open(out: &mut Vec<u8>, field: u32) -> usize {
    tag(out, field, LENGTH_DELIMITED);
    out.len()
}

/// Ends a message: its length goes in front of what is written already. Most are short, and little moves.
pub(crate) fn close(out: &mut Vec<u8>, start: usize) {
    let end = out.len();
    varint(out, end.saturating_sub(start) as u64);
    let width = out.len() - end;
    if let Some(written) = out.get_mut(start..) {
        written.rotate_right(width);
    }
}

fn tag(out: &mut Vec<u8>, field: u32, encoding: u32) {
    varint(out, u64::from(field << 3 | encoding));
}

#[cfg(test)]
mod tests {
    use super::*;
    use protobuf::Reader;

    #[test]
    fn what_is_written_reads_back() {
        let mut out = Vec::new();
        message(&mut out, 9, |out| {
            integer(out, 1, 0);
            integer(out, 2, 300);
            double(out, 3, -0.0);
            bytes(out, 4, &[7; 200]);
            zigzag(out, 5, -2);
        });
        let mut outer = Reader::new(&out);
        let mut inner = outer.next().unwrap().unwrap().message().unwrap();
        assert_eq!(inner.next().unwrap().unwrap().varint().unwrap(), 300);
        assert_eq!(inner.next().unwrap().unwrap().double().unwrap().to_bits(), (-0.0f64).to_bits());
        assert_eq!(inner.next().unwrap().unwrap().message().unwrap().as_bytes(), [7; 200]);
        assert_eq!(inner.next().unwrap().unwrap().varint().unwrap(), 3);
        assert!(inner.next().unwrap().is_none() && outer.next().unwrap().is_none());
    }
}
