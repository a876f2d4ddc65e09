use model::{
    Budget, Part,
    histogram::{Buckets, CUSTOM_SCHEMA, CounterReset},
};
use proptest::prelude::*;
use protobuf::Fault as Message;

use super::*;
use crate::encode::{Series, encode};

fn decode(protocol: Protocol, message: &[u8]) -> Result<(Batch, Keyer), Error> {
    let (mut batch, keyer) = (Batch::default(), Keyer::default());
    let mut account = Budget::new(64 << 20).open(Part::Write);
    batch.decode(protocol, message, &keyer, &mut account).map(|()| (batch, keyer))
}

/// What is in a message, read back.
fn read_back(protocol: Protocol, message: &[u8]) -> Vec<Series> {
    let (batch, _) = decode(protocol, message).unwrap();
    let series = batch.series.iter().enumerate().map(|(at, entry)| {
        let (mut labels, mut walk) = (Vec::new(), batch.labels(protocol, message, entry));
        while let Some((name, value)) = walk.next().unwrap() {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            labels.push((text(name), text(value)));
        }
        let mut series = Series { labels, ..Series::default() };
        for sample in batch.samples.iter().filter(|sample| sample.series as usize == at) {
            let attachment = batch.attachment(sample);
            match attachment.and_then(|a| a.histogram.as_deref()) {
                Some(histogram) => series.histograms.push((sample.timestamp_ms, histogram.clone())),
                None => series.samples.push((sample.timestamp_ms, sample.value)),
            }
            series.start_ms = attachment.and_then(|a| a.start_ms).unwrap_or(0);
        }
        series
    });
    series.collect()
}

fn fault(protocol: Protocol, message: &[u8]) -> (usize, Fault) {
    match decode(protocol, message) {
        Err(Error::Malformed { offset, fault }) => (offset, fault),
        other => panic!("{:?}", other.map(|(batch, _)| batch)),
    }
}

#[test]
fn hostile_messages_are_refused_at_their_byte() {
    for (message, offset, expected) in [
        (&b"\x0a"[..], 1, Message::Truncated),
        (b"\x0a\x05\x0a", 1, Message::Truncated),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1, Message::Truncated),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 1, Message::Varint),
        (b"\x0a\x80\x80", 1, Message::Truncated),
        (b"\x00", 0, Message::Tag(0)),
        (b"\x07", 0, Message::Tag(7)),
        (b"\x08\x01", 0, Message::WireType { field: 1, wire_type: 0 }),
        (b"\x7b", 0, Message::WireType { field: 15, wire_type: 3 }),
        (b"\x0a\x04\x12\x02\x08\x01", 4, Message::WireType { field: 1, wire_type: 0 }),
        (b"\x0a\x06\x12\x04\x09\x00\x00\x00", 5, Message::Truncated),
        (b"\x0a\x00\x0d\x00\x00\x00", 3, Message::Truncated),
    ] {
        assert_eq!(fault(Protocol::V1, message), (offset, Fault::Message(expected)), "{message:?}");
    }
    for (message, offset, expected) in [
        (&b"\x22\x00\x2a\x04\x0a\x02\x00\x01"[..], 7, Fault::Symbol { reference: 1, symbols: 1 }),
        (b"\x2a\x02\x08\x07\x22\x00", 2, Fault::Symbol { reference: 7, symbols: 1 }),
        (b"\x22\x00\x2a\x03\x0a\x01\x00", 4, Fault::OddReferences),
    ] {
        assert_eq!(fault(Protocol::V2, message), (offset, expected), "{message:?}");
    }
}

#[test]
fn unknown_fields_and_any_order_of_fields_are_read() {
    // Label references one by one, symbols at the end, a field 99, a start timestamp.
    let sample = b"\x18\x05\x10\x07\x09\0\0\0\0\0\0\xf0\x3f\x98\x06\x01";
    let series = [b"\x2a\x16\x08\x01\x12\x10", &sample[..], b"\x08\x02"].concat();
    let message = [&series[..], b"\x22\x00\x22\x08__name__\x22\x02up"].concat();
    let series = Series { labels: vec![("__name__".into(), "up".into())], ..Series::default() };
    let expected = [Series { samples: vec![(7, 1.0)], start_ms: 5, ..series }];
    assert_eq!(read_back(Protocol::V2, &message), expected);
}

#[test]
fn columns_do_not_outgrow_the_budget() {
    let message = b"\x0a\x00".repeat(100_000);
    let mut account = Budget::new(100_000).open(Part::Write);
    let error = Batch::default().decode(Protocol::V1, &message, &Keyer::default(), &mut account);
    assert!(matches!(error, Err(Error::Memory { limit_bytes: 100_000, .. })));
}

fn any_series() -> impl Strategy<Value = Vec<Series>> {
    let label = ("\\PC{0,4}", "\\PC{0,40}");
    let sample = (any::<i64>(), any::<f64>().prop_filter("NaN is not equal to itself", |v| !v.is_nan()));
    let histogram = (any::<i64>(), any::<bool>(), any::<bool>(), -4i32..9, 0..1000u32);
    let histogram = histogram.prop_map(|(timestamp_ms, integer, custom, schema, count)| {
        let count = if integer { f64::from(count) } else { f64::from(count) / 7.0 };
        let histogram = FloatHistogram {
            counter_reset: [CounterReset::Gauge, CounterReset::Unknown][schema as usize % 2],
            integer,
            schema: if custom { CUSTOM_SCHEMA } else { schema },
            zero_count: if custom { 0.0 } else { count },
            count: count * if custom { 2.0 } else { 4.0 },
            sum: 1.5,
            positive: Buckets::from_sorted(vec![(0, count), (3, count)]).unwrap(),
            negative: Buckets::from_sorted(if custom { vec![] } else { vec![(-9, count)] }).unwrap(),
            custom_bounds: if custom { [0.1, 2.0, 4.5].into() } else { [].into() },
            ..FloatHistogram::default()
        };
        (timestamp_ms, histogram)
    });
    let lists = (
        proptest::collection::vec(label, 0..6),
        proptest::collection::vec(sample, 0..6),
        proptest::collection::vec(histogram, 0..3),
    );
    let series = lists.prop_map(|(labels, samples, histograms)| {
        let start_ms = if samples.len() == 1 { 5 } else { 0 };
        Series { labels, samples, histograms, start_ms, exemplars: Vec::new() }
    });
    proptest::collection::vec(series, 0..8)
}

proptest! {
    #[test]
    fn what_was_encoded_is_read_back(series in any_series()) {
        for protocol in [Protocol::V1, Protocol::V2] {
            // The first protocol has no start timestamps.
                let start = |s: Series| Series { start_ms: if protocol == Protocol::V1 { 0 } else { s.start_ms }, ..s };
                let expected: Vec<_> = series.iter().cloned().map(start).collect();
                prop_assert_eq!(read_back(protocol, &encode(protocol, &series)), expected);
        }
    }

    #[test]
    fn equal_labels_have_equal_keys(series in any_series()) {
        for protocol in [Protocol::V1, Protocol::V2] {
            let message = encode(protocol, &series);
            let (batch, _) = decode(protocol, &message).unwrap();
            for (a, b) in series.iter().zip(batch.series.iter()) {
                for (c, d) in series.iter().zip(batch.series.iter()) {
                    prop_assert_eq!(a.labels == c.labels, b.key == d.key);
                }
            }
        }
    }

    #[test]
    fn damaged_messages_are_read_or_refused(series in any_series(), at: usize, byte: u8, end: usize) {
        for protocol in [Protocol::V1, Protocol::V2] {
            let mut message = encode(protocol, &series);
            if !message.is_empty() {
                let at = at % message.len();
                message[at] = byte;
                message.truncate(end % (message.len() + 1));
            }
            match decode(protocol, &message) {
                Ok(_) => {}
                Err(Error::Malformed { offset, .. }) => prop_assert!(offset <= message.len()),
                Err(error) => panic!("{error}"),
            }
        }
    }
}
