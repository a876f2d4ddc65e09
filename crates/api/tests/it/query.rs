//! What cannot be compared to the byte: statistics, long answers, times that run out.

use axum::body::{Body, HttpBody};
use http::Request;
use serde_json::{Value, json};

use crate::{
    case::{answer, send, text},
    stack::Stack,
};

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn statistics_are_given_to_those_who_ask() {
    let router = Stack::new().prometheus();
    let path = "/api/v1/query?query=requests_total&time=1700000000&stats=";
    assert!(!answer(&router, get(path)).await.contains("stats"));
    let answered = answer(&router, get(&format!("{path}all"))).await;
    let (_, stats) = answered.split_once("\"stats\":").unwrap();
    let names: Vec<_> = stats.split('"').skip(1).step_by(2).collect();
    assert_eq!(
        names,
        [
            "timings",
            "evalTotalTime",
            "resultSortTime",
            "queryPreparationTime",
            "innerEvalTime",
            "execQueueTime",
            "execTotalTime",
            "samples",
            "totalQueryableSamples",
            "samplesRead",
            "peakSamples"
        ]
    );
    assert!(stats.contains("\"totalQueryableSamples\":2,"), "{stats}");
    let deprecated = answer(&router, get(&format!("{path}yes"))).await;
    assert!(deprecated.contains(r#""warnings":["value \"yes\" for parameter \"stats\" is deprecated"#));
}

#[tokio::test]
async fn each_part_of_a_query_is_explained() {
    let router = Stack::new().prometheus();
    let path = "/api/v1/query?time=1700000000&query=sum(requests_total)";
    let data = |answer: String| -> Value {
        let json = answer.split_once('\n').unwrap().1;
        serde_json::from_str::<Value>(json).unwrap()["data"].take()
    };
    let mut explained = data(answer(&router, get(&format!("{path}&explain=1"))).await)["explain"].take();
    for part in explained.as_array_mut().unwrap() {
        assert!(part["time"].take().as_f64().unwrap() > 0.0);
    }
    let part = |kind, start, series| {
        json!({"type": kind, "start": start, "end": if start == 0 { 19 } else { 18 }, "series": series,
            "samples": series, "samplesRead": 2, "time": null})
    };
    assert_eq!(explained, json!([part("aggregation", 0, 1), part("vectorSelector", 4, 2)]));
    assert!(data(answer(&router, get(path)).await).get("explain").is_none());
}

#[tokio::test]
async fn long_answers_come_in_pieces_and_are_whole() {
    let router = Stack::new().prometheus();
    let path =
        "/api/v1/query_range?query=requests_total*0%2Btime()&start=1700000000&end=1700000110&step=0.01";
    let response = send(&router, get(path)).await;
    assert_eq!(response.body().size_hint().exact(), None);
    let json: Value = serde_json::from_str(&text(response).await).unwrap();
    let series = json["data"]["result"].as_array().unwrap();
    assert_eq!(series.len(), 2);
    for series in series {
        let values = series["values"].as_array().unwrap();
        assert_eq!(values.len(), 11_001);
        assert_eq!(values[11_000].to_string(), r#"[1700000110,"1700000110"]"#);
    }
}

#[tokio::test]
async fn a_query_without_time_left_is_told_so() {
    let answered = answer(&Stack::new().prometheus(), get("/api/v1/query?query=1&timeout=0")).await;
    let error =
        r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#;
    assert_eq!(answered, format!("503 application/json\n{error}"));
}
