//! The two messages of remote write, taken apart into columns.

mod exemplar;
mod histogram;
mod label;
mod metadata;
#[cfg(test)]
mod tests;

pub(crate) use exemplar::ExemplarEntry;
pub(crate) use label::Labels;
pub(crate) use metadata::{Family, MetadataEntry};

use std::sync::Arc;

use model::{FloatHistogram, Reservation, histogram::InvalidHistogram};

use protobuf::{Field, Reader};

use crate::{
    error::{Error, Fault, fault},
    key::{Key, Keyer},
    metered::{Metered, draw},
    rejection::REJECTIONS_MAX,
};

/// Which message a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Remote write 1.0: `prometheus.WriteRequest`.
    V1,
    /// Remote write 2.0: `io.prometheus.write.v2.Request`.
    V2,
}

/// A series of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeriesEntry {
    /// Stands for its labels.
    pub(crate) key: Key,
    /// Where in the message its labels begin and end; other fields may lie between them.
    pub(crate) labels: (u32, u32),
    /// Histograms among them.
    pub(crate) samples: u32,
    /// Histograms that are none.
    pub(crate) invalid: u32,
}

/// A sample of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) timestamp_ms: i64,
    pub(crate) value: f64,
    /// Place of its series in the list of series.
    pub(crate) series: u32,
    /// Place of its attachment in the list of these; [`NONE`] for most.
    attachment: u32,
}

/// No attachment.
const NONE: u32 = u32::MAX;

/// What few samples have beside their values.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    /// The native histogram that the sample is.
    pub(crate) histogram: Option<Arc<FloatHistogram>>,
    pub(crate) start_ms: Option<i64>,
}

/// A symbol of a 2.0 request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbol {
    start: u32,
    end: u32,
    key: Key,
}

/// What a request holds. The columns are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) series: Metered<SeriesEntry>,
    pub(crate) samples: Metered<Sample>,
    attachments: Metered<Attachment>,
    /// Histograms that are none, by their series: the first few.
    pub(crate) invalid: Vec<(u32, InvalidHistogram)>,
    pub(crate) symbols: Metered<Symbol>,
    /// Those of one series are neighbours.
    pub(crate) exemplars: Metered<ExemplarEntry>,
    pub(crate) metadata: Metered<MetadataEntry>,
    /// Whether the samples' timestamps never descend.
    pub(crate) in_order: bool,
}

/// The numbers of the fields that differ between the protocols, apart from their contents.
struct Numbers {
    protocol: Protocol,
    histograms: u32,
    exemplars: u32,
}

impl Batch {
    /// Takes a message apart; what was there before is gone. Messages have less than 4 GiB.
    ///
    /// # Errors
    /// [`Error::Malformed`], or [`Error::Memory`] when the columns find no room.
    pub(crate) fn decode(
        &mut self,
        protocol: Protocol,
        message: &[u8],
        keyer: &Keyer,
        account: &mut Reservation,
    ) -> Result<(), Error> {
        self.clear();
        match protocol {
            Protocol::V1 => self.decode_v1(message, keyer, account),
            Protocol::V2 => self.decode_v2(message, keyer, account),
        }
    }

    fn clear(&mut self) {
        self.series.clear();
        self.samples.clear();
        self.attachments.clear();
        self.invalid.clear();
        self.symbols.clear();
        self.exemplars.clear();
        self.metadata.clear();
        self.in_order = true;
    }

    /// Samples that have something beside their values.
    pub(crate) fn attachments(&self) -> usize {
        self.attachments.len()
    }

    /// Bytes that the columns hold.
    pub(crate) fn bytes(&self) -> usize {
        let samples = self.series.bytes() + self.samples.bytes() + self.symbols.bytes();
        samples + self.attachments.bytes() + self.exemplars.bytes() + self.metadata.bytes()
    }

    /// Gives the memory of columns back that are larger than so many bytes.
    pub(crate) fn release(&mut self, kept_bytes: usize) {
        self.series.release(kept_bytes);
        self.samples.release(kept_bytes);
        self.attachments.release(kept_bytes);
        self.invalid.clear();
        self.symbols.release(kept_bytes);
        self.exemplars.release(kept_bytes);
        self.metadata.release(kept_bytes);
    }

    fn decode_v1(&mut self, message: &[u8], keyer: &Keyer, account: &mut Reservation) -> Result<(), Error> {
        const NUMBERS: Numbers = Numbers { protocol: Protocol::V1, histograms: 4, exemplars: 3 };
        let mut fields = Reader::new(message);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => {
                    let mut entry = self.decode_series(message, field.message()?, &NUMBERS, account)?;
                    let labels = Labels::v1(message, entry.labels);
                    entry.key = keyer.key(labels.as_bytes());
                    self.series.push(entry, account)?;
                }
                3 => self.metadata.push(MetadataEntry::decode_v1(field.message()?)?, account)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Symbols come first as a rule, but nothing says that they must.
    fn decode_v2(&mut self, message: &[u8], keyer: &Keyer, account: &mut Reservation) -> Result<(), Error> {
        const NUMBERS: Numbers = Numbers { protocol: Protocol::V2, histograms: 3, exemplars: 4 };
        let mut fields = Reader::new(message);
        while let Some(field) = fields.next()? {
            if field.number == 4 {
                let text = field.message()?;
                let (start, bytes) = (text.offset(), text.as_bytes());
                let key = keyer.key(bytes);
                let symbol = Symbol { start: start as u32, end: (start + bytes.len()) as u32, key };
                self.symbols.push(symbol, account)?;
            }
        }
        let mut fields = Reader::new(message);
        while let Some(field) = fields.next()? {
            if field.number == 5 {
                let mut entry = self.decode_series(message, field.message()?, &NUMBERS, account)?;
                entry.key = self.key_of_references(message, entry.labels, keyer)?;
                self.series.push(entry, account)?;
            }
        }
        Ok(())
    }

    /// Reads a series and its samples, all but the key. The field of the labels has the same number in both
    /// protocols, and so have the samples and what is read of them.
    fn decode_series(
        &mut self,
        message: &[u8],
        mut fields: Reader<'_>,
        numbers: &Numbers,
        account: &mut Reservation,
    ) -> Result<SeriesEntry, Error> {
        let at = self.series.len() as u32;
        let mut entry = SeriesEntry { key: Key::default(), labels: (0, 0), samples: 0, invalid: 0 };
        while let Some(field) = fields.next()? {
            match field.number {
                1 => {
                    if entry.labels.1 == 0 {
                        entry.labels.0 = field.offset as u32;
                    }
                    entry.labels.1 = fields.offset() as u32;
                }
                2 => {
                    let (timestamp_ms, value, start_ms) = decode_sample(field.message()?, numbers.protocol)?;
                    self.note_time(timestamp_ms);
                    let mut attachment = NONE;
                    if start_ms != 0 {
                        attachment = self.attach(None, start_ms, account)?;
                    }
                    self.samples.push(Sample { timestamp_ms, value, series: at, attachment }, account)?;
                    entry.samples += 1;
                }
                number if number == numbers.histograms => {
                    self.decode_histogram(field.message()?, &mut entry, numbers.protocol, account)?;
                }
                number if number == numbers.exemplars => {
                    let Self { symbols, exemplars, .. } = self;
                    let fields = field.message()?;
                    let exemplar = ExemplarEntry::decode(numbers.protocol, message, symbols, at, fields)?;
                    exemplars.push(exemplar, account)?;
                }
                // Metadata of 2.0, which stands in each series.
                5 if numbers.protocol == Protocol::V2 => {
                    let metadata = MetadataEntry::decode_v2(&self.symbols, at, field.message()?)?;
                    if !metadata.is_empty() {
                        self.metadata.push(metadata, account)?;
                    }
                }
                _ => {}
            }
        }
        Ok(entry)
    }

    fn note_time(&mut self, timestamp_ms: i64) {
        self.in_order &= self.samples.last().is_none_or(|s| s.timestamp_ms <= timestamp_ms);
    }

    #[cold]
    fn decode_histogram(
        &mut self,
        fields: Reader<'_>,
        entry: &mut SeriesEntry,
        protocol: Protocol,
        account: &mut Reservation,
    ) -> Result<(), Error> {
        let series = self.series.len() as u32;
        let decoded = histogram::decode(fields)?;
        let timestamp_ms = decoded.timestamp_ms;
        // The first protocol has none.
        let start_ms = if protocol == Protocol::V2 { decoded.start_ms } else { 0 };
        let histogram = match decoded.check() {
            Ok(histogram) => Arc::new(histogram),
            Err(why) => {
                entry.invalid += 1;
                if self.invalid.len() < REJECTIONS_MAX {
                    self.invalid.push((series, why));
                }
                return Ok(());
            }
        };
        draw(account, histogram.size_bytes())?;
        self.note_time(timestamp_ms);
        let value = histogram.sum;
        let attachment = self.attach(Some(histogram), start_ms, account)?;
        entry.samples += 1;
        self.samples.push(Sample { timestamp_ms, value, series, attachment }, account)
    }

    fn attach(
        &mut self,
        histogram: Option<Arc<FloatHistogram>>,
        start_ms: i64,
        account: &mut Reservation,
    ) -> Result<u32, Error> {
        let start_ms = (start_ms != 0).then_some(start_ms);
        self.attachments.push(Attachment { histogram, start_ms }, account)?;
        Ok(self.attachments.len() as u32 - 1)
    }

    /// What a sample has beside its value.
    pub(crate) fn attachment(&self, sample: &Sample) -> Option<&Attachment> {
        self.attachments.get(sample.attachment as usize)
    }

    fn key_of_references(&self, message: &[u8], span: (u32, u32), keyer: &Keyer) -> Result<Key, Error> {
        let mut key = Key::default();
        let mut count = 0;
        let mut labels = Labels::v2(message, span, &self.symbols);
        while let Some(symbol) = labels.next_symbol()? {
            key = keyer.extend(key, symbol.key);
            count += 1;
        }
        if count % 2 == 1 {
            return fault(span.0 as usize, Fault::OddReferences);
        }
        Ok(key)
    }

    /// The labels of a series, as the request has them.
    pub(crate) fn labels<'a>(
        &'a self,
        protocol: Protocol,
        message: &'a [u8],
        series: &SeriesEntry,
    ) -> Labels<'a> {
        Labels::of(protocol, message, series.labels, &self.symbols)
    }
}

/// Timestamp in milliseconds, value, and start timestamp, or 0.
#[inline]
fn decode_sample(mut fields: Reader<'_>, protocol: Protocol) -> Result<(i64, f64, i64), Error> {
    let (mut timestamp_ms, mut value, mut start_ms) = (0, 0.0, 0);
    while let Some(field) = fields.next()? {
        match field.number {
            1 => value = Field::double(&field)?,
            2 => timestamp_ms = field.varint()? as i64,
            3 if protocol == Protocol::V2 => start_ms = field.varint()? as i64,
            _ => {}
        }
    }
    Ok((timestamp_ms, value, start_ms))
}
