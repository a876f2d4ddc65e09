//! Protobuf fields, read in place.

use crate::error::{Error, Fault};

/// A message, or what is left of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Where the message ends in the outermost one.
    end: usize,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Message(Reader<'a>),
    Fixed32,
}

/// A field and where it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    pub(crate) value: Value<'a>,
    pub(crate) offset: usize,
}

impl<'a> Reader<'a> {
    /// Reads the outermost message.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, end: bytes.len() }
    }

    /// Reads a part of the outermost message that lies from byte `start` to byte `end`.
    pub(crate) fn within(bytes: &'a [u8], start: usize, end: usize) -> Self {
        Self { rest: bytes.get(start..end).unwrap_or_default(), end }
    }

    /// What is not read yet.
    pub(crate) fn as_bytes(&self) -> &'a [u8] {
        self.rest
    }

    /// The next byte's place in the outermost message.
    pub(crate) fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    /// An error at a place.
    pub(crate) fn fault<T>(offset: usize, fault: Fault) -> Result<T, Error> {
        Err(Error::Malformed { offset, fault })
    }

    /// The next field; `None` at the end.
    ///
    /// # Errors
    /// When there is none to be read.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Field<'a>>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let offset = self.offset();
        let tag = self.varint()?;
        let Some(number) = u32::try_from(tag >> 3).ok().filter(|&number| number != 0) else {
            return Self::fault(offset, Fault::Tag(tag));
        };
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => Value::Message(self.message()?),
            5 => {
                self.array::<4>()?;
                Value::Fixed32
            }
            wire_type => {
                return Self::fault(offset, Fault::WireType { field: number, wire_type: wire_type as u8 });
            }
        };
        Ok(Some(Field { number, value, offset }))
    }

    /// The next integer.
    ///
    /// # Errors
    /// When it does not end within ten bytes.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Error> {
        if let Some((&byte, rest)) = self.rest.split_first()
            && byte < 0x80
        {
            self.rest = rest;
            return Ok(u64::from(byte));
        }
        self.long_varint()
    }

    /// The next eight bytes as a float.
    ///
    /// # Errors
    /// When there are fewer.
    pub(crate) fn double(&mut self) -> Result<f64, Error> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn long_varint(&mut self) -> Result<u64, Error> {
        let offset = self.offset();
        let mut number = 0u64;
        for (i, &byte) in self.rest.iter().take(10).enumerate() {
            if i == 9 && byte > 1 {
                return Self::fault(offset, Fault::Varint);
            }
            number |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                self.rest = self.rest.get(i + 1..).unwrap_or_default();
                return Ok(number);
            }
        }
        Self::fault(offset, Fault::Truncated)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let Some((array, rest)) = self.rest.split_first_chunk() else {
            return Self::fault(self.offset(), Fault::Truncated);
        };
        self.rest = rest;
        Ok(*array)
    }

    #[inline]
    fn message(&mut self) -> Result<Self, Error> {
        let offset = self.offset();
        let len = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
            return Self::fault(offset, Fault::Truncated);
        };
        self.rest = rest;
        Ok(Self { rest: bytes, end: self.offset() })
    }
}

impl<'a> Field<'a> {
    /// The field as a message or text.
    ///
    /// # Errors
    /// When it is of another type.
    #[inline]
    pub(crate) fn message(&self) -> Result<Reader<'a>, Error> {
        match self.value {
            Value::Message(message) => Ok(message),
            _ => self.wrong(),
        }
    }

    /// The field as an integer.
    ///
    /// # Errors
    /// When it is of another type.
    #[inline]
    pub(crate) fn varint(&self) -> Result<u64, Error> {
        match self.value {
            Value::Varint(number) => Ok(number),
            _ => self.wrong(),
        }
    }

    /// The field as text.
    ///
    /// # Errors
    /// When it is of another type, or not UTF-8.
    pub(crate) fn text(&self) -> Result<&'a str, Error> {
        match str::from_utf8(self.message()?.as_bytes()) {
            Ok(text) => Ok(text),
            Err(_) => Reader::fault(self.offset, Fault::Utf8),
        }
    }

    /// The field as an integer of eight bytes.
    ///
    /// # Errors
    /// When it is of another type.
    pub(crate) fn fixed(&self) -> Result<u64, Error> {
        match self.value {
            Value::Fixed64(bits) => Ok(bits),
            _ => self.wrong(),
        }
    }

    /// The field as a float.
    ///
    /// # Errors
    /// When it is of another type.
    #[inline]
    pub(crate) fn double(&self) -> Result<f64, Error> {
        match self.value {
            Value::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => self.wrong(),
        }
    }

    #[cold]
    fn wrong<T>(&self) -> Result<T, Error> {
        let wire_type = match self.value {
            Value::Varint(_) => 0,
            Value::Fixed64(_) => 1,
            Value::Message(_) => 2,
            Value::Fixed32 => 5,
        };
        Reader::fault(self.offset, Fault::WireType { field: self.number, wire_type })
    }
}
