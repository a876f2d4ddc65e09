//! What a reader asks for.

use model::{MatchOp, Matcher, Reservation};

use protobuf::{Field, Reader, Value};

use crate::{
    error::{Error, Fault, fault},
    metered::{Metered, draw},
    snappy,
};

/// Bytes of a request, decompressed, at most; as in Prometheus.
const DECODED_BYTES_MAX: usize = 32 << 20;

/// Queries and matchers of a request at most: each is a few hundred bytes of memory and some work.
const QUERIES_MAX: usize = 1_000;
const MATCHERS_MAX: usize = 10_000;

/// A request.
#[derive(Debug, Default)]
pub struct ReadRequest {
    /// What is asked for, each answered in turn.
    pub queries: Vec<ReadQuery>,
    /// The forms that the reader accepts, best first, as numbers of the protocol.
    pub accepted: Vec<u64>,
}

/// One selection.
#[derive(Debug, Default)]
pub struct ReadQuery {
    /// The first time in milliseconds.
    pub start_ms: i64,
    /// The last time in milliseconds.
    pub end_ms: i64,
    /// What the labels have to be.
    pub matchers: Vec<Matcher>,
    /// Only the labels are wanted.
    pub labels_only: bool,
}

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// One message with all samples.
    Samples,
    /// Frames with XOR chunks.
    StreamedXorChunks,
}

impl ReadRequest {
    /// The first form that the reader accepts and that there is; `None` when there is none.
    pub fn response_type(&self) -> Option<ResponseType> {
        if self.accepted.is_empty() {
            return Some(ResponseType::Samples);
        }
        self.accepted.iter().find_map(|number| match number {
            0 => Some(ResponseType::Samples),
            1 => Some(ResponseType::StreamedXorChunks),
            _ => None,
        })
    }
}

/// Reads a request, a Snappy block. The account pays for the block while it is read.
///
/// # Errors
/// [`Error::Snappy`] and [`Error::TooLarge`] from the block, [`Error::Malformed`] from the message,
/// [`Error::Memory`] when there is no room for it, [`Error::Matcher`] when a matcher is not one.
pub fn decode_request(body: &[u8], account: &mut Reservation) -> Result<ReadRequest, Error> {
    let mut message = Metered::default();
    snappy::decompress(body, DECODED_BYTES_MAX, &mut message, account)?;
    let request = read_request(Reader::new(&message), account);
    account.shrink(message.bytes());
    request
}

fn read_request(mut fields: Reader<'_>, account: &mut Reservation) -> Result<ReadRequest, Error> {
    let mut request = ReadRequest::default();
    while let Some(field) = fields.next()? {
        match field.number {
            1 if request.queries.len() < QUERIES_MAX => {
                request.queries.push(read_query(field.message()?, account)?);
            }
            1 => return fault(field.offset, Fault::TooMany { limit: QUERIES_MAX }),
            2 => read_accepted(&field, &mut request.accepted)?,
            _ => {}
        }
    }
    Ok(request)
}

/// A list of numbers, packed or not. There are two to choose from: what comes late is not looked at.
fn read_accepted(field: &Field<'_>, accepted: &mut Vec<u64>) -> Result<(), Error> {
    const LOOKED_AT: usize = 8;
    let mut push = |number| {
        if accepted.len() < LOOKED_AT {
            accepted.push(number);
        }
    };
    match field.value {
        Value::Message(mut packed) => {
            while !packed.as_bytes().is_empty() {
                push(packed.varint()?);
            }
        }
        _ => push(field.varint()?),
    }
    Ok(())
}

fn read_query(mut fields: Reader<'_>, account: &mut Reservation) -> Result<ReadQuery, Error> {
    let (mut query, mut hints) = (ReadQuery::default(), None);
    while let Some(field) = fields.next()? {
        match field.number {
            1 => query.start_ms = field.varint()? as i64,
            2 => query.end_ms = field.varint()? as i64,
            3 if query.matchers.len() < MATCHERS_MAX => {
                let matcher = field.message()?;
                // A pattern takes some ten times its text.
                draw(account, 1024 + 10 * matcher.as_bytes().len())?;
                query.matchers.push(read_matcher(matcher)?);
            }
            3 => return fault(field.offset, Fault::TooMany { limit: MATCHERS_MAX }),
            4 => hints = Some(read_hints(field.message()?)?),
            _ => {}
        }
    }
    if let Some(hints) = hints {
        query.labels_only = hints.labels_only;
        // Hints narrow the range to what the function looks at; readers that fill in none leave zeros.
        if hints.end_ms != 0 {
            query.start_ms = query.start_ms.max(hints.start_ms);
            query.end_ms = query.end_ms.min(hints.end_ms);
        }
    }
    Ok(query)
}

struct Hints {
    start_ms: i64,
    end_ms: i64,
    labels_only: bool,
}

fn read_hints(mut fields: Reader<'_>) -> Result<Hints, Error> {
    let mut hints = Hints { start_ms: 0, end_ms: 0, labels_only: false };
    while let Some(field) = fields.next()? {
        match field.number {
            2 => hints.labels_only = field.message()?.as_bytes() == b"series",
            3 => hints.start_ms = field.varint()? as i64,
            4 => hints.end_ms = field.varint()? as i64,
            _ => {}
        }
    }
    Ok(hints)
}

fn read_matcher(mut fields: Reader<'_>) -> Result<Matcher, Error> {
    let (mut op, mut name, mut value) = (MatchOp::Equal, "", "");
    while let Some(field) = fields.next()? {
        match field.number {
            1 => {
                op = match field.varint()? {
                    0 => MatchOp::Equal,
                    1 => MatchOp::NotEqual,
                    2 => MatchOp::Regex,
                    3 => MatchOp::NotRegex,
                    _ => return Err(Error::Matcher("invalid matcher type".to_owned())),
                }
            }
            2 => name = field.text()?,
            3 => value = field.text()?,
            _ => {}
        }
    }
    Matcher::new(op, name, value).map_err(|error| Error::Matcher(error.to_string()))
}
