//! Fields of protobuf messages, read in place: nothing is copied, and nothing recursed into.
//!
//! ```
//! use protobuf::Reader;
//!
//! // Field 1: 150. Field 2: a text.
//! let mut fields = Reader::new(b"\x08\x96\x01\x12\x02up");
//! assert_eq!(fields.next()?.unwrap().varint()?, 150);
//! assert_eq!(fields.next()?.unwrap().message()?.as_bytes(), b"up");
//! assert!(fields.next()?.is_none());
//! # Ok::<(), protobuf::Malformed>(())
//! ```

/// A message that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {fault}")]
pub struct Malformed {
    /// Byte of the outermost message, from 0.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A field reaches beyond its message.
    #[error("unexpected end")]
    Truncated,
    /// A number has more than 64 bits.
    #[error("integer overflow")]
    Varint,
    /// There are no fields of this number.
    #[error("illegal tag {0}")]
    Tag(u64),
    /// A text is not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// A known field comes in another encoding than its own, or an unknown one in none that there is.
    #[error("wrong wire type {wire_type} for field {field}")]
    WireType {
        /// Number of the field.
        field: u32,
        /// The encoding.
        wire_type: u8,
    },
}

type Result<T> = std::result::Result<T, Malformed>;

/// A message, or what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Where the message ends in the outermost one.
    end: usize,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// An integer.
    Varint(u64),
    /// Eight bytes.
    Fixed64(u64),
    /// A message, a text, or a packed list.
    Message(Reader<'a>),
    /// Four bytes, which are passed over.
    Fixed32,
}

/// A field and where it begins.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// What it holds.
    pub value: Value<'a>,
    /// Its first byte in the outermost message.
    pub offset: usize,
}

impl<'a> Reader<'a> {
    /// Reads the outermost message.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, end: bytes.len() }
    }

    /// Reads a part of the outermost message that lies from byte `start` to byte `end`.
    pub fn within(bytes: &'a [u8], start: usize, end: usize) -> Self {
        Self { rest: bytes.get(start..end).unwrap_or_default(), end }
    }

    /// What is not read yet.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.rest
    }

    /// The next byte's place in the outermost message.
    pub fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    fn fault<T>(offset: usize, fault: Fault) -> Result<T> {
        Err(Malformed { offset, fault })
    }

    /// The next field; `None` at the end.
    ///
    /// # Errors
    /// When there is none to be read.
    #[inline]
    #[allow(clippy::should_implement_trait)] // An iterator of results would go on after an error.
    pub fn next(&mut self) -> Result<Option<Field<'a>>> {
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
    pub fn varint(&mut self) -> Result<u64> {
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
    pub fn double(&mut self) -> Result<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn long_varint(&mut self) -> Result<u64> {
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
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((array, rest)) = self.rest.split_first_chunk() else {
            return Self::fault(self.offset(), Fault::Truncated);
        };
        self.rest = rest;
        Ok(*array)
    }

    /// The next bytes, of a length that stands before them.
    ///
    /// # Errors
    /// When there are fewer.
    #[inline]
    pub fn message(&mut self) -> Result<Self> {
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
    pub fn message(&self) -> Result<Reader<'a>> {
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
    pub fn varint(&self) -> Result<u64> {
        match self.value {
            Value::Varint(number) => Ok(number),
            _ => self.wrong(),
        }
    }

    /// The field as text.
    ///
    /// # Errors
    /// When it is of another type, or not UTF-8.
    pub fn text(&self) -> Result<&'a str> {
        match str::from_utf8(self.message()?.as_bytes()) {
            Ok(text) => Ok(text),
            Err(_) => Reader::fault(self.offset, Fault::Utf8),
        }
    }

    /// The field as an integer of eight bytes.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn fixed(&self) -> Result<u64> {
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
    pub fn double(&self) -> Result<f64> {
        match self.value {
            Value::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => self.wrong(),
        }
    }

    #[cold]
    fn wrong<T>(&self) -> Result<T> {
        let wire_type = match self.value {
            Value::Varint(_) => 0,
            Value::Fixed64(_) => 1,
            Value::Message(_) => 2,
            Value::Fixed32 => 5,
        };
        Reader::fault(self.offset, Fault::WireType { field: self.number, wire_type })
    }
}

/// The signed integer that an unsigned one stands for in fields of type `sint32` and `sint64`.
pub fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}
