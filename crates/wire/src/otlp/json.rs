//! Requests in JSON, made protobuf while they are read.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use model::Reservation;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::schema::{Field, Kind, Message, REQUEST};
use crate::{error::Error, metered::draw, put};

/// How much larger a request can become: a list of digits turns into eight bytes for two.
const GROWTH: usize = 4;

/// Makes a request in JSON one in protobuf, at the expense of an account. Unknown fields are passed over.
///
/// # Errors
/// [`Error::Json`] when it is not such a request, [`Error::Memory`] when there is no room for it.
pub fn from_json(text: &[u8], account: &mut Reservation) -> Result<Vec<u8>, Error> {
    draw(account, text.len().saturating_mul(GROWTH))?;
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = MessageSeed { message: &REQUEST, out: &mut out }.deserialize(&mut deserializer);
    read.and_then(|()| deserializer.end()).map_err(Error::Json)?;
    Ok(out)
}

/// Reads an object into the fields of a message.
struct MessageSeed<'a> {
    message: &'static Message,
    out: &'a mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for MessageSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MessageSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match self.message.0.iter().find(|field| is_name(field.0, &key)) {
                Some(field) => {
                    map.next_value_seed(FieldSeed { field, element: false, out: &mut *self.out })?
                }
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// Whether a key is the name of a field: as protobuf has it for JSON, or as it has it for itself.
fn is_name(name: &str, key: &str) -> bool {
    let mut key = key.chars();
    name.chars().all(|c| {
        let next = key.next();
        next == Some(c)
            || (c.is_ascii_uppercase() && next == Some('_') && key.next() == Some(c.to_ascii_lowercase()))
    }) && key.next().is_none()
}

/// Reads the value of a field, or the values.
struct FieldSeed<'a> {
    field: &'static Field,
    /// Whether it is one value of a list.
    element: bool,
    out: &'a mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.field.2 {
            Kind::Integers | Kind::FixedList | Kind::Doubles if !self.element => {
                deserializer.deserialize_seq(self)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for FieldSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value for {}", self.field.0)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        match self.field.2 {
            Kind::Bool => put::member_integer(self.out, self.field.1, value.into()),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.put_integer(value as i64, value as f64)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.put_integer(value, value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        match self.field.2 {
            Kind::Double | Kind::Doubles => put_number(self.out, self.field, 0, value),
            _ if value.fract() == 0.0 => put_number(self.out, self.field, value as i64, value),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Float(value), &self)),
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        let wrong = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
        match self.field.2 {
            Kind::Text => put::bytes(self.out, self.field.1, text.as_bytes()),
            Kind::Bytes => {
                let bytes = STANDARD.decode(text).map_err(|_| wrong())?;
                put::bytes(self.out, self.field.1, &bytes);
            }
            Kind::Id => put::bytes(self.out, self.field.1, &hex(text).ok_or_else(wrong)?),
            Kind::Enum(names) => {
                let number = names.iter().position(|name| *name == text).ok_or_else(wrong)?;
                put::member_integer(self.out, self.field.1, number as u64);
            }
            Kind::Double | Kind::Doubles => {
                let value = text.parse().map_err(|_| wrong())?;
                put_number(self.out, self.field, 0, value);
            }
            Kind::Message(_) | Kind::Bool => return Err(wrong()),
            _ => {
                // Integers of 64 bits are texts in the JSON of protobuf; some of them have no sign.
                let signed = text.parse::<i64>();
                let number = signed.or_else(|_| text.parse::<u64>().map(u64::cast_signed));
                put_number(self.out, self.field, number.map_err(|_| wrong())?, 0.0);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { field, out, .. } = self;
        let packed = match field.2 {
            Kind::Integers | Kind::FixedList | Kind::Doubles => Some(put::open(out, field.1)),
            Kind::Message(_) => None,
            _ => return Err(A::Error::custom(format_args!("{} is no list", field.0))),
        };
        while seq.next_element_seed(FieldSeed { field, element: true, out: &mut *out })?.is_some() {}
        if let Some(start) = packed {
            put::close(out, start);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Kind::Message(message) = self.field.2 else {
            return Err(A::Error::custom(format_args!("{} is no object", self.field.0)));
        };
        let start = put::open(self.out, self.field.1);
        MessageSeed { message, out: &mut *self.out }.visit_map(map)?;
        put::close(self.out, start);
        Ok(())
    }
}

impl FieldSeed<'_> {
    fn put_integer<E: serde::de::Error>(self, integer: i64, float: f64) -> Result<(), E> {
        match self.field.2 {
            Kind::Message(_) | Kind::Text | Kind::Bytes | Kind::Id | Kind::Bool => {
                Err(E::invalid_type(serde::de::Unexpected::Signed(integer), &self))
            }
            _ => {
                put_number(self.out, self.field, integer, float);
                Ok(())
            }
        }
    }
}

/// Writes a number as its field has it; within a packed list without the field's own tag.
fn put_number(out: &mut Vec<u8>, field: &Field, integer: i64, float: f64) {
    match field.2 {
        Kind::Zigzag => put::member_integer(out, field.1, put::zigzag_bits(integer)),
        Kind::Fixed => put::member_fixed(out, field.1, integer as u64),
        Kind::Double => put::member_double(out, field.1, float),
        Kind::Integers => put::varint(out, integer as u64),
        Kind::FixedList => out.extend_from_slice(&integer.to_le_bytes()),
        Kind::Doubles => out.extend_from_slice(&float.to_le_bytes()),
        _ => put::member_integer(out, field.1, integer as u64),
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
        _ => None,
    });
    pairs.collect()
}
