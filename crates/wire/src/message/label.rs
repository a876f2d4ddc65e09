//! The labels of a series in a message.

use super::{Protocol, Symbol};
use protobuf::{Reader, Value};

use crate::error::{Error, Fault, fault};

/// Walks over the labels of a series.
#[derive(Clone, Debug)]
pub(crate) struct Labels<'a> {
    fields: Reader<'a>,
    /// `None` in 1.0, where the texts stand in the series themselves.
    table: Option<Table<'a>>,
}

#[derive(Clone, Debug)]
struct Table<'a> {
    message: &'a [u8],
    symbols: &'a [Symbol],
    /// The rest of a packed list of references.
    packed: Reader<'a>,
}

/// Name and value, which need not be text.
pub(crate) type Label<'a> = (&'a [u8], &'a [u8]);

impl<'a> Labels<'a> {
    /// The labels between two places of a message.
    pub(crate) fn of(protocol: Protocol, message: &'a [u8], span: (u32, u32), symbols: &'a [Symbol]) -> Self {
        match protocol {
            Protocol::V1 => Self::v1(message, span),
            Protocol::V2 => Self::v2(message, span, symbols),
        }
    }

    pub(crate) fn v1(message: &'a [u8], (start, end): (u32, u32)) -> Self {
        Self { fields: Reader::within(message, start as usize, end as usize), table: None }
    }

    pub(crate) fn v2(message: &'a [u8], (start, end): (u32, u32), symbols: &'a [Symbol]) -> Self {
        let table = Table { message, symbols, packed: Reader::new(&[]) };
        Self { fields: Reader::within(message, start as usize, end as usize), table: Some(table) }
    }

    /// The bytes from the first label to the last.
    pub(crate) fn as_bytes(&self) -> &'a [u8] {
        self.fields.as_bytes()
    }

    /// The next label.
    ///
    /// # Errors
    /// When the message is not of its protocol.
    pub(crate) fn next(&mut self) -> Result<Option<Label<'a>>, Error> {
        let Some(table) = &self.table else { return self.next_text() };
        let (message, offset) = (table.message, self.fields.offset());
        let text =
            |symbol: Symbol| message.get(symbol.start as usize..symbol.end as usize).unwrap_or_default();
        let Some(name) = self.next_symbol()? else { return Ok(None) };
        match self.next_symbol()? {
            Some(value) => Ok(Some((text(name), text(value)))),
            None => fault(offset, Fault::OddReferences),
        }
    }

    fn next_text(&mut self) -> Result<Option<Label<'a>>, Error> {
        while let Some(field) = self.fields.next()? {
            if field.number != 1 {
                continue;
            }
            let (mut name, mut value, mut inner) = (&[][..], &[][..], field.message()?);
            while let Some(field) = inner.next()? {
                match field.number {
                    1 => name = field.message()?.as_bytes(),
                    2 => value = field.message()?.as_bytes(),
                    _ => {}
                }
            }
            return Ok(Some((name, value)));
        }
        Ok(None)
    }

    /// The symbol of the next reference.
    ///
    /// # Errors
    /// When there is no such symbol, or the message is not of its protocol.
    #[inline]
    pub(super) fn next_symbol(&mut self) -> Result<Option<Symbol>, Error> {
        let Some(table) = &mut self.table else { return Ok(None) };
        loop {
            let offset = table.packed.offset();
            if !table.packed.as_bytes().is_empty() {
                let reference = table.packed.varint()?;
                return table.symbol(reference, offset).map(Some);
            }
            match self.fields.next()? {
                None => return Ok(None),
                Some(field) if field.number != 1 => {}
                Some(field) => match field.value {
                    Value::Message(packed) => table.packed = packed,
                    _ => return table.symbol(field.varint()?, field.offset).map(Some),
                },
            }
        }
    }
}

impl Table<'_> {
    fn symbol(&self, reference: u64, offset: usize) -> Result<Symbol, Error> {
        let at = usize::try_from(reference).unwrap_or(usize::MAX);
        match self.symbols.get(at) {
            Some(&symbol) => Ok(symbol),
            None => fault(offset, Fault::Symbol { reference, symbols: self.symbols.len() }),
        }
    }
}
