use expfmt::{Entry, Format, Parser, openmetrics_to_text, push_value, visit_labels};
use proptest::prelude::*;

/// What a series is made of, and the text of it.
fn series() -> impl Strategy<Value = (Vec<(String, String)>, String)> {
    let labels = proptest::collection::vec(
        ("[a-zA-Z_][a-zA-Z0-9_]{0,9}|\\PC{1,8}", "\\PC{0,20}|[\\\\\"\n]{1,3}"),
        0..5,
    );
    ("[a-zA-Z_:][a-zA-Z0-9_:]{0,20}", labels).prop_map(|(name, labels)| {
        let pairs: Vec<_> = labels.iter().map(|(name, value)| label(name, value)).collect();
        let text = if pairs.is_empty() { name.clone() } else { format!("{name}{{{}}}", pairs.join(",")) };
        let all = [("__name__".to_owned(), name)].into_iter().chain(labels).collect();
        (all, text)
    })
}

fn label(name: &str, value: &str) -> String {
    let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    if model::label::is_legacy_label_name(name) {
        format!("{name}=\"{}\"", quote(value))
    } else {
        format!("\"{}\"=\"{}\"", quote(name), quote(value))
    }
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("any NaN is read as one", |value| !value.is_nan()),
        (0..1000).prop_map(f64::from)
    ]
}

fn samples(body: &[u8], format: Format) -> Vec<(Vec<u8>, u64, Option<i64>)> {
    let mut parser = Parser::new(body, format);
    let mut samples = Vec::new();
    while let Some(entry) = parser.next().expect("a valid body") {
        if let Entry::Sample(sample) = entry {
            samples.push((sample.series.to_vec(), sample.value.to_bits(), sample.timestamp_ms));
        }
    }
    samples
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        lines in proptest::collection::vec((series(), value(), proptest::option::of(0..i64::MAX / 2)), 0..20)
    ) {
        let (mut text, mut open_metrics) = (String::new(), String::new());
        for ((_, series), value, timestamp_ms) in &lines {
            let mut number = String::new();
            push_value(&mut number, *value);
            let own = timestamp_ms.map(|timestamp_ms| format!(" {timestamp_ms}")).unwrap_or_default();
            text.push_str(&format!("{series} {number}{own}\n"));
            open_metrics.push_str(&format!("{series} {number}\n"));
        }
        open_metrics.push_str("# EOF\n");
        let expected: Vec<_> = lines.iter()
            .map(|((_, series), value, timestamp_ms)| (series.clone().into_bytes(), value.to_bits(), *timestamp_ms))
            .collect();
        prop_assert_eq!(samples(text.as_bytes(), Format::PrometheusText004), expected.clone());
        let untimed: Vec<_> = expected.into_iter().map(|(series, value, _)| (series, value, None)).collect();
        prop_assert_eq!(samples(open_metrics.as_bytes(), Format::OpenMetricsText100), untimed.clone());
        let converted = openmetrics_to_text(&open_metrics).unwrap();
        prop_assert_eq!(samples(converted.as_bytes(), Format::PrometheusText004), untimed);
        for ((labels, series), ..) in &lines {
            let mut read = Vec::new();
            visit_labels(series.as_bytes(), |name, value| read.push((name.to_owned(), value.to_owned()))).unwrap();
            prop_assert_eq!(&read, labels);
        }
    }

    /// Whatever comes, the parser ends, and the short way reads what the long way reads.
    #[test]
    fn no_body_breaks_the_parser(
        body in proptest::collection::vec(prop_oneof![
            Just(b"# HELP ".to_vec()), Just(b"# TYPE a gauge\n".to_vec()), Just(b"# EOF\n".to_vec()),
            Just(b"up{a=\"b\"} 1".to_vec()), Just(b" # {".to_vec()), Just(b"\n".to_vec()), Just(b"up 1e5".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..6),
        ], 0..12)
    ) {
        let body = body.concat();
        for format in Format::TEXT {
            let mut parser = Parser::new(&body, format);
            loop {
                let mut short = parser.clone();
                match parser.next() {
                    Ok(Some(Entry::Sample(sample))) => {
                        let skipped = short.remaining().len() - short.remaining().trim_ascii_start().len();
                        if let Ok(Some(known)) = short.sample_after(sample.series.len())
                            && skipped == 0
                        {
                            prop_assert_eq!(known.series, sample.series);
                            prop_assert_eq!(known.value.to_bits(), sample.value.to_bits());
                            prop_assert_eq!(known.timestamp_ms, sample.timestamp_ms);
                            prop_assert_eq!(short.remaining(), parser.remaining());
                        }
                        let valid = visit_labels(sample.series, |_, _| ()).is_ok();
                        prop_assert!(valid);
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => {
                        prop_assert!(error.line >= 1 && error.column >= 1);
                        break;
                    }
                }
            }
        }
    }
}
