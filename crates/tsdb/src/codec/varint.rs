//! Variable-length integers (LEB128, signed ones zigzagged first) and a reader that never runs past its bytes.

/// Bytes that do not decode. What and where is for the caller to say, who knows the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The result of a decoder.
pub(crate) type Decoded<T> = Result<T, Malformed>;

/// Appends an unsigned integer, 7 bits a byte.
pub(crate) fn put_u64(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a length or a count.
pub(crate) fn put_len(out: &mut Vec<u8>, value: usize) {
    put_u64(out, value as u64);
}

/// Appends a signed integer, zigzagged.
pub(crate) fn put_i64(out: &mut Vec<u8>, value: i64) {
    put_u64(out, zigzag(value));
}

/// Appends a length and the bytes.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Maps small magnitudes of either sign to small numbers.
pub(crate) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Undoes [`zigzag`].
pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Takes values off the front of a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Decoded<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn u8(&mut self) -> Decoded<u8> {
        let (&first, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(first)
    }

    pub(crate) fn u32_le(&mut self) -> Decoded<u32> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*taken))
    }

    pub(crate) fn u64_le(&mut self) -> Decoded<u64> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*taken))
    }

    pub(crate) fn u64(&mut self) -> Decoded<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Malformed);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    pub(crate) fn i64(&mut self) -> Decoded<i64> {
        self.u64().map(unzigzag)
    }

    pub(crate) fn u32(&mut self) -> Decoded<u32> {
        u32::try_from(self.u64()?).map_err(|_| Malformed)
    }

    /// A position or a number that fits the machine.
    pub(crate) fn number(&mut self) -> Decoded<usize> {
        usize::try_from(self.u64()?).map_err(|_| Malformed)
    }

    /// A count of things that take at least a byte each, so that it cannot ask for more than is there.
    pub(crate) fn count(&mut self) -> Decoded<usize> {
        let count = self.number()?;
        if count > self.rest.len() { Err(Malformed) } else { Ok(count) }
    }

    /// A length and so many bytes.
    pub(crate) fn prefixed(&mut self) -> Decoded<&'a [u8]> {
        let len = self.count()?;
        self.bytes(len)
    }

    /// A length and so many bytes of UTF-8.
    pub(crate) fn str(&mut self) -> Decoded<&'a str> {
        std::str::from_utf8(self.prefixed()?).map_err(|_| Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_cut_or_too_long_is_malformed() {
        assert_eq!(Reader::new(&[0x80]).u64(), Err(Malformed));
        assert_eq!(Reader::new(&[0xff; 11]).u64(), Err(Malformed));
        assert_eq!(Reader::new(&[5, 1, 2]).prefixed(), Err(Malformed));
        assert_eq!(Reader::new(&[1, 0xff]).str(), Err(Malformed));
    }

    proptest! {
        #[test]
        fn integers_come_back(unsigned: u64, signed: i64) {
            let mut out = Vec::new();
            put_u64(&mut out, unsigned);
            put_i64(&mut out, signed);
            let mut reader = Reader::new(&out);
            prop_assert_eq!(reader.u64(), Ok(unsigned));
            prop_assert_eq!(reader.i64(), Ok(signed));
            prop_assert!(reader.is_empty());
        }
    }
}
