//! Attributes: keys and values of any kind, which become text.

use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};

use protobuf::Reader;

use crate::error::{Error, Fault, fault};

/// Values within values at most. Semantic conventions have two.
const DEPTH_MAX: usize = 16;

/// Attributes of a point, scope or resource at most: what is beyond is left out. A series has labels of 16 KiB.
const ATTRIBUTES_MAX: usize = 1_000;

/// A key, and its value as text.
pub(super) type Attribute<'a> = (&'a str, String);

/// Reads an attribute.
///
/// # Errors
/// When the message is not of its protocol.
pub(super) fn read<'a>(message: Reader<'a>, into: &mut Vec<Attribute<'a>>) -> Result<(), Error> {
    let (key, value) = read_pair(message)?;
    let mut text = String::new();
    if let Some(value) = value {
        write_text(value, &mut text)?;
    }
    if into.len() < ATTRIBUTES_MAX {
        into.push((key, text));
    }
    Ok(())
}

fn read_pair(mut message: Reader<'_>) -> Result<(&str, Option<Reader<'_>>), Error> {
    let (mut key, mut value) = ("", None);
    while let Some(field) = message.next()? {
        match field.number {
            1 => key = field.text()?,
            2 => value = Some(field.message()?),
            _ => {}
        }
    }
    Ok((key, value))
}

/// Writes a value: texts as they are, lists and maps as JSON.
fn write_text(mut value: Reader<'_>, out: &mut String) -> Result<(), Error> {
    while let Some(field) = value.next()? {
        out.clear();
        match field.number {
            1 => out.push_str(field.text()?),
            7 => STANDARD.encode_string(field.message()?.as_bytes(), out),
            2..=6 => write_member(field.number, field, out, DEPTH_MAX)?,
            _ => {}
        }
    }
    Ok(())
}

/// Writes a value as JSON.
fn write_json(mut value: Reader<'_>, out: &mut String, depth: usize) -> Result<(), Error> {
    let start = out.len();
    out.push_str("null");
    while let Some(field) = value.next()? {
        out.truncate(start);
        match field.number {
            1 => write_string(field.text()?, out),
            7 => write_string(&STANDARD.encode(field.message()?.as_bytes()), out),
            number => write_member(number, field, out, depth)?,
        }
    }
    Ok(())
}

/// Writes what looks the same as text and within JSON.
fn write_member(
    number: u32,
    field: protobuf::Field<'_>,
    out: &mut String,
    depth: usize,
) -> Result<(), Error> {
    match number {
        2 => out.push_str(if field.varint()? == 0 { "false" } else { "true" }),
        // Writing to a string does not fail.
        3 => _ = write!(out, "{}", field.varint()?.cast_signed()),
        4 => write_double(field.double()?, out),
        5 | 6 if depth == 0 => return fault(field.offset, Fault::Depth { limit: DEPTH_MAX }),
        5 => write_list(field.message()?, out, depth - 1)?,
        6 => write_map(field.message()?, out, depth - 1)?,
        _ => {}
    }
    Ok(())
}

fn write_list(mut list: Reader<'_>, out: &mut String, depth: usize) -> Result<(), Error> {
    out.push('[');
    while let Some(field) = list.next()? {
        if field.number == 1 {
            separate(out);
            write_json(field.message()?, out, depth)?;
        }
    }
    out.push(']');
    Ok(())
}

/// Keys are sorted.
fn write_map(mut list: Reader<'_>, out: &mut String, depth: usize) -> Result<(), Error> {
    let mut pairs = Vec::new();
    while let Some(field) = list.next()? {
        if field.number == 1 && pairs.len() < ATTRIBUTES_MAX {
            pairs.push(read_pair(field.message()?)?);
        }
    }
    pairs.sort_by_key(|(key, _)| *key);
    out.push('{');
    for (key, value) in pairs {
        separate(out);
        write_string(key, out);
        out.push(':');
        match value {
            Some(value) => write_json(value, out, depth)?,
            None => out.push_str("null"),
        }
    }
    out.push('}');
    Ok(())
}

fn separate(out: &mut String) {
    if !out.ends_with(['[', '{']) {
        out.push(',');
    }
}

fn write_string(text: &str, out: &mut String) {
    // A text always has a form in JSON.
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// As JSON has numbers: with an exponent below 1e-6 and from 1e21 on.
fn write_double(value: f64, out: &mut String) {
    let size = value.abs();
    let plain = size == 0.0 || (1e-6..1e21).contains(&size) || !value.is_finite();
    let text = if plain { value.to_string() } else { format!("{value:e}") };
    // Positive exponents have their sign.
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => _ = write!(out, "{digits}e+{exponent}"),
        _ => out.push_str(&text),
    }
}
