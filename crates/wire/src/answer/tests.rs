use model::{Budget, Part};

use super::*;

fn account(bytes: usize) -> Reservation {
    Budget::new(READING_BYTES + bytes).open(Part::Query)
}

fn read_text(text: &str) -> Result<Answer, Unread> {
    read(text.as_bytes(), &mut account(1 << 20))
}

fn data(data: &str) -> Answer {
    read_text(&format!(r#"{{"infos":["x"],"data":{data},"status":"success"}}"#)).unwrap()
}

#[test]
fn answers_of_every_type_are_read() {
    for (text, result_type, expected) in [
        (
            r#"{"resultType":"scalar","result":[1.5,"+Inf"]}"#,
            ResultType::Scalar,
            vec![(1_500, f64::INFINITY)],
        ),
        (
            r#"{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]}]}"#,
            ResultType::Vector,
            vec![(1_000, 2.0)],
        ),
        (
            r#"{"result":[{"metric":{},"values":[[1,"2"],[2,"x"]]}],"resultType":"matrix"}"#,
            ResultType::Matrix,
            vec![(1_000, 2.0)],
        ),
        (r#"{"resultType":"string","result":[1,"2"]}"#, ResultType::String, vec![]),
    ] {
        let answer = data(text);
        assert_eq!(answer.result_type, Some(result_type));
        let points: Vec<_> = answer.series.into_iter().flat_map(|series| series.samples).collect();
        assert_eq!(points, expected, "{text}");
    }
    let error = read_text(r#"{"status":"error","errorType":"bad_data","error":"no"}"#);
    assert_eq!(error, Err(Unread::Refused("no".to_owned())));
    assert_eq!(read_text("<html>"), Err(Unread::Unknown));
    assert_eq!(read_text(r#"{"status":"success","data":{"resultType":"streams"}}"#), Err(Unread::Unknown));
}

#[test]
fn native_histograms_keep_their_buckets() {
    let histogram = r#"{"count":"7","sum":"1","buckets":[[1,"-1","-0.5","3"],[0,"1","2","4"]]}"#;
    let text =
        format!(r#"{{"resultType":"vector","result":[{{"metric":{{}},"histogram":[1,{histogram}]}}]}}"#);
    let series = &data(&text).series[0];
    let (timestamp_ms, buckets) = &series.histograms[0];
    let bounds: Vec<_> = buckets.iter().map(|one| (one.lower, one.upper_inclusive, one.count)).collect();
    assert_eq!((*timestamp_ms, bounds), (1_000, vec![(-1.0, false, 3.0), (1.0, true, 4.0)]));
}

#[test]
fn lists_are_read() {
    assert_eq!(data(r#"["a","b"]"#).texts, ["a", "b"]);
    assert_eq!(data(r#"[{"__name__":"up","job":"a"}]"#).series[0].labels.to_string(), "up{job=\"a\"}");
    let exemplars = data(
        r#"[{"seriesLabels":{"a":"b"},"exemplars":[{"labels":{"trace_id":"x"},"value":"6","timestamp":1.5}]}]"#,
    )
    .exemplars;
    let [one] = exemplars.as_slice() else { panic!("{exemplars:?}") };
    assert_eq!((one.timestamp_ms, one.value, one.labels.get("trace_id")), (1_500, 6.0, "x"));
}

/// A series of a million points, 10 MB as text, took more than 300 MB of which 20 MB were paid.
#[test]
fn points_are_paid_as_they_come() {
    const POINTS: usize = 20_000;
    let values = vec![r#"[1,"2"]"#; POINTS].join(",");
    let series = format!(r#"{{"metric":{{}},"values":[{values}]}}"#);
    let text = format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{series}]}}}}"#);
    let mut account = account(2 << 20);
    let answer = read(text.as_bytes(), &mut account).unwrap();
    assert_eq!(answer.series[0].samples.len(), POINTS);
    assert!(account.bytes() >= POINTS * size_of::<(i64, f64)>());
    let mut account = self::account(POINTS * size_of::<(i64, f64)>());
    assert_eq!(read(text.as_bytes(), &mut account), Err(Unread::Memory));
    assert!(account.bytes() < READING_BYTES);
}

#[test]
fn no_piece_is_held_that_is_longer_than_any() {
    let long = "x".repeat(paced::PIECE_BYTES_MAX);
    for text in
        [format!(r#"{{"status":"{long}"}}"#), format!(r#"{{"status":"success","data":[{{"a":"{long}"}}]}}"#)]
    {
        assert_eq!(read_text(&text), Err(Unread::TooLong));
    }
}
