//! Searches through the router.

use axum::body::Body;
use http::Request;

use crate::{case::answer, stack::Stack};

async fn get(stack: &Stack, query: &str) -> String {
    let request = Request::get(format!("/api/v1/search/{query}")).body(Body::empty()).unwrap();
    answer(&stack.prometheus(), request).await
}

#[tokio::test]
async fn results_come_in_batches_and_end_with_a_line() {
    let stack = Stack::new();
    let all = "start=1700000000&end=1700000060";
    let lines = |lines: &[&str]| format!("200 application/x-ndjson; charset=utf-8\n{}", lines.join("\n"));
    for (query, expected) in [
        (
            format!("metric_names?{all}&batch_size=2"),
            lines(&[
                r#"{"results":[{"name":"odd_value"},{"name":"requests_total"}]}"#,
                r#"{"results":[{"name":"temperature_celsius"}]}"#,
                r#"{"status":"success","has_more":false}"#,
            ]),
        ),
        (
            format!(
                "metric_names?{all}&search[]=TOTAL&search[]=odd&case_sensitive=false&fuzz_alg=jarowinkler&sort_by=score&include_score=1"
            ),
            lines(&[
                r#"{"results":[{"name":"odd_value","score":1},{"name":"requests_total","score":0.10000000000000009}]}"#,
                r#"{"status":"success","has_more":false}"#,
            ]),
        ),
        (
            format!("label_names?{all}&match[]=odd_value&limit=2&sort_by=alpha&sort_dir=dsc"),
            lines(&[
                r#"{"results":[{"name":"kind"},{"name":"job"}]}"#,
                r#"{"status":"success","has_more":true}"#,
            ]),
        ),
        (
            format!("label_values?{all}&label=kind&match[]=odd_value&match[]=requests_total&search[]=sml"),
            lines(&[
                r#"{"results":[{"value":"small"},{"value":"smaller"},{"value":"smallest"}]}"#,
                r#"{"status":"success","has_more":false}"#,
            ]),
        ),
        (
            "metric_names".to_owned(),
            lines(&[r#"{"results":[]}"#, r#"{"status":"success","has_more":false}"#]),
        ),
    ] {
        assert_eq!(get(&stack, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_search_is_said() {
    let stack = Stack::new();
    for (query, error) in [
        (
            "metric_names?start=x",
            "invalid time value for 'start': cannot parse \\\"x\\\" to a valid timestamp",
        ),
        ("metric_names?start=2&end=1", "end timestamp must not be before start timestamp"),
        (
            "metric_names?limit=10001",
            "limit 10001 exceeds the configured maximum (10000, see --web.search.max-limit)",
        ),
        ("metric_names?limit=0", "invalid limit \\\"0\\\": must be a positive integer"),
        ("metric_names?batch_size=x", "invalid batch_size \\\"x\\\": must be a positive integer"),
        ("metric_names?fuzz_threshold=101", "invalid fuzz_threshold \\\"101\\\": must be 0-100"),
        (
            "metric_names?fuzz_alg=x",
            "unsupported fuzz_alg \\\"x\\\": must be one of [subsequence jarowinkler]",
        ),
        ("metric_names?case_sensitive=x", "invalid case_sensitive \\\"x\\\": must be boolean"),
        ("metric_names?include_metadata=x", "invalid include_metadata \\\"x\\\": must be boolean"),
        (
            "label_names?sort_by=x",
            "invalid sort_by \\\"x\\\" for label_names: must be \\\"alpha\\\" or \\\"score\\\"",
        ),
        ("label_names?sort_dir=asc", "sort_dir is only valid when sort_by is set"),
        ("label_names?sort_by=score", "sort_by=score requires search[] to be set"),
        ("label_values", "missing required parameter \\\"label\\\""),
        ("label_values?match[]=%7B%7D", "match[] must contain at least one non-empty matcher"),
    ] {
        let expected = format!(r#"{{"status":"error","errorType":"bad_data","error":"{error}"}}"#);
        assert_eq!(get(&stack, query).await, format!("400 application/json\n{expected}"), "{query}");
    }
    let disabled = get(&Stack::without_search(), "metric_names").await;
    assert!(disabled.starts_with("500 ") && disabled.contains("search API disabled"), "{disabled}");
}
