//! Messages for the tests.

use crate::{Protocol, put};

/// A series as a test writes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Series {
    pub(crate) labels: Vec<(String, String)>,
    /// Timestamps in milliseconds and values.
    pub(crate) samples: Vec<(i64, f64)>,
    /// Number of (empty) histograms.
    pub(crate) histograms: u32,
}

/// A series with a name and one more label.
pub(crate) fn series(name: &str, job: &str, samples: &[(i64, f64)]) -> Series {
    let labels = [("__name__", name), ("job", job)].map(|(n, v)| (n.to_owned(), v.to_owned()));
    Series { labels: labels.into(), samples: samples.into(), histograms: 0 }
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
    labels.chain(samples(series)).chain(histograms(series, 4)).collect()
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
    field(1, &references).into_iter().chain(samples(series)).chain(histograms(series, 3)).collect()
}

fn samples(series: &Series) -> Vec<u8> {
    let sample = |(timestamp_ms, value): &(i64, f64)| {
        let value = value.to_bits().to_le_bytes();
        field(2, &[vec![0x09], value.to_vec(), vec![0x10], varint(*timestamp_ms as u64)].concat())
    };
    series.samples.iter().flat_map(sample).collect()
}

fn histograms(series: &Series, number: u8) -> Vec<u8> {
    (0..series.histograms).flat_map(|_| field(number, &[])).collect()
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
