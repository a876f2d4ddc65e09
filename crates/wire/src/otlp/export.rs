//! Series as a request of remote write 2.0.

use std::collections::HashMap;

use model::{LabelSet, MetricType, Reservation};

use super::{
    exemplar::Exemplar,
    histogram::{Native, Side},
};
use crate::{error::Error, metered::draw, put};

/// Bytes that a symbol takes in the table beside its text.
const SYMBOL_BYTES: usize = 64;

/// What a family says about itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Metadata {
    pub(super) kind: MetricType,
    pub(super) help: String,
    pub(super) unit: String,
}

/// When a sample was taken, and since when it counts; 0 when that is not known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) start_ms: i64,
    pub(super) time_ms: i64,
}

/// Writes a request.
#[derive(Debug)]
pub(super) struct Export {
    message: Vec<u8>,
    symbols: HashMap<Box<str>, u32>,
    /// Bytes of the symbols, and of what else is held meanwhile.
    held_bytes: usize,
    series: Vec<u8>,
    account: Reservation,
}

impl Export {
    /// A request without series, at the expense of an account.
    pub(super) fn new(account: Reservation) -> Self {
        let mut export =
            Self { message: Vec::new(), symbols: HashMap::new(), held_bytes: 0, series: Vec::new(), account };
        // The first symbol is the empty one.
        export.symbol("");
        export
    }

    /// Takes note of memory that whoever writes holds beside the request until it is finished.
    pub(super) fn hold(&mut self, bytes: usize) {
        self.held_bytes += bytes;
    }

    /// The request, and the account that pays for it.
    pub(super) fn finish(self) -> (Vec<u8>, Reservation) {
        (self.message, self.account)
    }

    /// Adds a series with floats.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(super) fn floats(
        &mut self,
        labels: &LabelSet,
        samples: impl IntoIterator<Item = (Times, f64)>,
        exemplars: &[Exemplar],
        metadata: &Metadata,
    ) -> Result<(), Error> {
        self.open(labels);
        for (Times { start_ms, time_ms }, value) in samples {
            put::message(&mut self.series, 2, |out| {
                put::double(out, 1, value);
                put::integer(out, 2, time_ms as u64);
                put::integer(out, 3, start_ms as u64);
            });
        }
        self.close(exemplars, metadata)
    }

    /// Adds a series with a histogram.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(super) fn histogram(
        &mut self,
        labels: &LabelSet,
        times: Times,
        histogram: &Native,
        exemplars: &[Exemplar],
        metadata: &Metadata,
    ) -> Result<(), Error> {
        self.open(labels);
        put::message(&mut self.series, 3, |out| put_histogram(out, times, histogram));
        self.close(exemplars, metadata)
    }

    fn open(&mut self, labels: &LabelSet) {
        self.series.clear();
        let references = self.references(labels.iter());
        put::bytes(&mut self.series, 1, &references);
    }

    fn close(&mut self, exemplars: &[Exemplar], metadata: &Metadata) -> Result<(), Error> {
        for exemplar in exemplars {
            let labels = exemplar.labels.iter().map(|(n, v)| (n.as_str(), v.as_str()));
            let references = self.references(labels);
            put::message(&mut self.series, 4, |out| {
                put::bytes(out, 1, &references);
                put::double(out, 2, exemplar.value);
                put::integer(out, 3, exemplar.time_ms as u64);
            });
        }
        let (help, unit) = (self.symbol(&metadata.help), self.symbol(&metadata.unit));
        put::message(&mut self.series, 5, |out| {
            put::integer(out, 1, type_number(metadata.kind));
            put::integer(out, 3, help.into());
            put::integer(out, 4, unit.into());
        });
        put::bytes(&mut self.message, 5, &self.series);
        let wanted = self.message.capacity() + self.series.capacity() + self.held_bytes;
        let missing = wanted.saturating_sub(self.account.bytes());
        draw(&mut self.account, missing)
    }

    fn references<'a>(&mut self, labels: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
        let mut references = Vec::new();
        for (name, value) in labels {
            for text in [name, value] {
                let symbol = self.symbol(text);
                put::varint(&mut references, symbol.into());
            }
        }
        references
    }

    /// The number of a text, which is written when it is new.
    fn symbol(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.symbols.get(text) {
            return known;
        }
        // There are fewer symbols than bytes in a request.
        let number = self.symbols.len() as u32;
        put::bytes(&mut self.message, 4, text.as_bytes());
        self.symbols.insert(text.into(), number);
        self.held_bytes += text.len() + SYMBOL_BYTES;
        number
    }
}

fn type_number(kind: MetricType) -> u64 {
    match kind {
        MetricType::Unknown => 0,
        MetricType::Counter => 1,
        MetricType::Gauge => 2,
        MetricType::Histogram => 3,
        MetricType::GaugeHistogram => 4,
        MetricType::Summary => 5,
        MetricType::Info => 6,
        MetricType::StateSet => 7,
    }
}

fn put_histogram(out: &mut Vec<u8>, times: Times, histogram: &Native) {
    const GAUGE: u64 = 3;
    put::member_integer(out, 1, histogram.count);
    put::double(out, 3, histogram.sum);
    put::zigzag(out, 4, histogram.schema.into());
    put::double(out, 5, histogram.zero_threshold);
    put::member_integer(out, 6, histogram.zero_count);
    put_side(out, &histogram.negative, 8);
    put_side(out, &histogram.positive, 11);
    put::integer(out, 14, if histogram.gauge { GAUGE } else { 0 });
    put::integer(out, 15, times.time_ms as u64);
    if !histogram.custom_bounds.is_empty() {
        put::message(out, 16, |out| {
            histogram.custom_bounds.iter().for_each(|bound| out.extend_from_slice(&bound.to_le_bytes()));
        });
    }
    put::integer(out, 17, times.start_ms as u64);
}

/// Spans and differences as the fields from `first` on.
fn put_side(out: &mut Vec<u8>, side: &Side, first: u32) {
    for (offset, length) in &side.spans {
        put::message(out, first, |out| {
            put::zigzag(out, 1, *offset);
            put::integer(out, 2, (*length).into());
        });
    }
    if !side.deltas.is_empty() {
        put::message(out, first + 1, |out| {
            side.deltas.iter().for_each(|delta| put::varint(out, put::zigzag_bits(*delta)));
        });
    }
}
