//! Native histograms in remote read: `prometheus.Histogram`.

use model::{
    CounterReset, FloatHistogram,
    histogram::{Buckets, Span},
};

use crate::put;

/// Writes the fields of a histogram.
pub(crate) fn write(out: &mut Vec<u8>, timestamp_ms: i64, histogram: &FloatHistogram) {
    let hint = match histogram.counter_reset {
        CounterReset::Unknown => 0,
        CounterReset::Reset => 1,
        CounterReset::NotReset => 2,
        CounterReset::Gauge => 3,
    };
    if histogram.integer {
        put::member_integer(out, 1, histogram.count as u64);
    } else {
        put::member_double(out, 2, histogram.count);
    }
    put::double(out, 3, histogram.sum);
    put::zigzag(out, 4, i64::from(histogram.schema));
    put::double(out, 5, histogram.zero_threshold);
    if histogram.integer {
        put::member_integer(out, 6, histogram.zero_count as u64);
    } else {
        put::member_double(out, 7, histogram.zero_count);
    }
    write_side(out, &histogram.negative, histogram.integer, 8);
    write_side(out, &histogram.positive, histogram.integer, 11);
    put::integer(out, 14, hint);
    put::integer(out, 15, timestamp_ms as u64);
    if !histogram.custom_bounds.is_empty() {
        put_doubles(out, 16, histogram.custom_bounds.iter().copied());
    }
}

/// Writes spans and counts as the fields from `first` on: spans, differences of integers, floats.
fn write_side(out: &mut Vec<u8>, buckets: &Buckets, integer: bool, first: u32) {
    for Span { offset, length } in buckets.to_spans() {
        put::message(out, first, |out| {
            put::zigzag(out, 1, i64::from(offset));
            put::integer(out, 2, u64::from(length));
        });
    }
    if buckets.is_empty() {
        return;
    }
    if integer {
        let mut last = 0;
        put::message(out, first + 1, |out| {
            for (_, count) in buckets.iter() {
                let difference = count as i64 - last;
                last = count as i64;
                put::varint(out, put::zigzag_bits(difference));
            }
        });
    } else {
        put_doubles(out, first + 2, buckets.iter().map(|(_, count)| count));
    }
}

fn put_doubles(out: &mut Vec<u8>, field: u32, values: impl Iterator<Item = f64>) {
    put::message(out, field, |out| values.for_each(|value| out.extend_from_slice(&value.to_le_bytes())));
}
