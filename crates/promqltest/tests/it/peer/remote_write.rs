//! Remote write 1.0, as much as it takes to hand over series: protobuf within snappy that compresses nothing.

use model::{
    FloatHistogram,
    histogram::{Buckets, Span},
};

use super::data::SeriesData;

/// A write request with all series.
pub(crate) fn request(series: &[SeriesData]) -> Vec<u8> {
    let mut body = Vec::new();
    for one in series {
        let mut message = Vec::new();
        for (name, value) in &one.labels {
            let mut label = Vec::new();
            bytes_field(1, name.as_bytes(), &mut label);
            bytes_field(2, value.as_bytes(), &mut label);
            bytes_field(1, &label, &mut message);
        }
        for &(timestamp_ms, value) in &one.floats {
            let mut sample = Vec::new();
            double_field(1, value, &mut sample);
            varint_field(2, timestamp_ms as u64, &mut sample);
            bytes_field(2, &sample, &mut message);
        }
        for (timestamp_ms, histogram) in &one.histograms {
            bytes_field(4, &histogram_message(*timestamp_ms, histogram), &mut message);
        }
        bytes_field(1, &message, &mut body);
    }
    snappy(&body)
}

fn histogram_message(timestamp_ms: i64, h: &FloatHistogram) -> Vec<u8> {
    let mut message = Vec::new();
    if h.integer {
        varint_field(1, h.count as u64, &mut message);
    } else {
        double_field(2, h.count, &mut message);
    }
    double_field(3, h.sum, &mut message);
    varint_field(4, zigzag(h.schema.into()), &mut message);
    double_field(5, h.zero_threshold, &mut message);
    if h.integer {
        varint_field(6, h.zero_count as u64, &mut message);
    } else {
        double_field(7, h.zero_count, &mut message);
    }
    buckets(&h.negative, h.integer, 8, &mut message);
    buckets(&h.positive, h.integer, 11, &mut message);
    varint_field(15, timestamp_ms as u64, &mut message);
    doubles_field(16, h.custom_bounds.iter().copied(), &mut message);
    message
}

fn buckets(buckets: &Buckets, integer: bool, spans: u32, message: &mut Vec<u8>) {
    for Span { offset, length } in buckets.to_spans() {
        let mut span = Vec::new();
        varint_field(1, zigzag(offset.into()), &mut span);
        varint_field(2, length.into(), &mut span);
        bytes_field(spans, &span, message);
    }
    if !integer {
        return doubles_field(spans + 2, buckets.iter().map(|(_, count)| count), message);
    }
    let (mut packed, mut before) = (Vec::new(), 0);
    for (_, count) in buckets.iter() {
        varint(zigzag(count as i64 - before), &mut packed);
        before = count as i64;
    }
    bytes_field(spans + 1, &packed, message);
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn varint_field(number: u32, value: u64, out: &mut Vec<u8>) {
    varint(u64::from(number << 3), out);
    varint(value, out);
}

fn double_field(number: u32, value: f64, out: &mut Vec<u8>) {
    varint(u64::from(number << 3 | 1), out);
    out.extend(value.to_le_bytes());
}

fn bytes_field(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    varint(u64::from(number << 3 | 2), out);
    varint(bytes.len() as u64, out);
    out.extend(bytes);
}

fn doubles_field(number: u32, values: impl Iterator<Item = f64>, out: &mut Vec<u8>) {
    let packed: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
    bytes_field(number, &packed, out);
}

/// Snappy's block format with literals only.
fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(bytes.len() as u64, &mut out);
    for chunk in bytes.chunks(1 << 16) {
        // A literal with a length in two bytes.
        out.push(61 << 2);
        out.extend(((chunk.len() - 1) as u16).to_le_bytes());
        out.extend(chunk);
    }
    out
}
