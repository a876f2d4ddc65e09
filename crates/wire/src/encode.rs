//! Messages for the tests.

use model::FloatHistogram;

use crate::{Protocol, put, read::write_histogram};

/// A series as a test writes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    pub(crate) labels: Vec<(String, String)>,
    /// Timestamps in milliseconds and values.
    pub(crate) samples: Vec<(i64, f64)>,
    /// Native histograms.
    pub(crate) histograms: Vec<(i64, FloatHistogram)>,
    /// Start timestamp of all samples; 0 for none.
    pub(crate) start_ms: i64,
    /// Timestamps in milliseconds and values of exemplars, all of the trace `abc`.
    pub(crate) exemplars: Vec<(i64, f64)>,
}

impl PartialEq for Series {
    fn eq(&self, other: &Self) -> bool {
        let same = |((a, h), (b, i)): (&(i64, FloatHistogram), &(i64, FloatHistogram))| {
            a == b && h.is_same_sample(i) && h.counter_reset == i.counter_reset
        };
        self.labels == other.labels
            && self.samples == other.samples
            && self.start_ms == other.start_ms
            && self.histograms.len() == other.histograms.len()
            && self.histograms.iter().zip(&other.histograms).all(same)
    }
}

/// The label of all exemplars.
const TRACE: [&str; 2] = ["trace_id", "abc"];

/// A series with a name and one more label.
pub(crate) fn series(name: &str, job: &str, samples: &[(i64, f64)]) -> Series {
    let labels = [("__name__", name), ("job", job)].map(|(n, v)| (n.to_owned(), v.to_owned()));
    Series { labels: labels.into(), samples: samples.into(), ..Series::default() }
}

/// Writes the message of a protocol.
pub(crate) fn encode(protocol: Protocol, series: &[Series]) -> Vec<u8> {
    match protocol {
        Protocol::V1 => series.iter().flat_map(|s| field(1, &series_v1(s))).collect(),
        Protocol::V2 => {
            let mut symbols = vec![String::new()];
            let all: Vec<u8> = series.iter().flat_map(|s| field(5, &series_v2(s, &mut symbols))).collect();
            symbols.iter().flat_map(|symbol| field(4, symbol.as_bytes())).chain(all).collect()
        }
    }
}

fn series_v1(series: &Series) -> Vec<u8> {
    let label = |(name, value): &(String, String)| {
        field(1, &[field(1, name.as_bytes()), field(2, value.as_bytes())].concat())
    };
    let labels = series.labels.iter().flat_map(label);
    let exemplars = exemplars(series, 3, &label(&TRACE.map(String::from).into()));
    labels.chain(samples(series, false)).chain(exemplars).chain(histograms(series, 4)).collect()
}

fn series_v2(series: &Series, symbols: &mut Vec<String>) -> Vec<u8> {
    let mut reference = |text: &String| {
        let at = symbols.iter().position(|symbol| symbol == text).unwrap_or_else(|| {
            symbols.push(text.clone());
            symbols.len() - 1
        });
        varint(at as u64)
    };
    let references = series.labels.iter().flat_map(|(name, value)| [reference(name), reference(value)]);
    let references = references.collect::<Vec<_>>().concat();
    let exemplars = if series.exemplars.is_empty() {
        Vec::new()
    } else {
        let labels = TRACE.map(|text| reference(&text.to_owned())).concat();
        exemplars(series, 4, &field(1, &labels))
    };
    let samples = field(1, &references).into_iter().chain(samples(series, true));
    samples.chain(histograms(series, 3)).chain(exemplars).collect()
}

fn samples(series: &Series, with_start: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (timestamp_ms, value) in &series.samples {
        put::message(&mut out, 2, |out| {
            put::double(out, 1, *value);
            put::integer(out, 2, *timestamp_ms as u64);
            if with_start {
                put::integer(out, 3, series.start_ms as u64);
            }
        });
    }
    out
}

fn exemplars(series: &Series, number: u32, labels: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (timestamp_ms, value) in &series.exemplars {
        put::message(&mut out, number, |out| {
            out.extend_from_slice(labels);
            put::double(out, 2, *value);
            put::integer(out, 3, *timestamp_ms as u64);
        });
    }
    out
}

fn histograms(series: &Series, number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for (timestamp_ms, histogram) in &series.histograms {
        put::message(&mut out, number, |out| {
            write_histogram(out, *timestamp_ms, histogram);
            put::integer(out, 17, series.start_ms as u64);
        });
    }
    out
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put::bytes(&mut out, number.into(), content);
    out
}

fn varint(number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put::varint(&mut out, number);
    out
}
