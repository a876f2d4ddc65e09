//! Deletion, snapshots and the list of parts.

use axum::body::Body;
use http::{Request, header};

use crate::{case::answer, stack::Stack};

async fn post(stack: &Stack, path: &str, form: &str) -> String {
    let request = Request::post(format!("/api/v1/admin/tsdb/{path}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    answer(&stack.prometheus(), request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn get(stack: &Stack, path: &str) -> String {
    answer(&stack.prometheus(), Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn nothing_is_deleted_where_it_is_not_switched_on() {
    let stack = Stack::new();
    let disabled = "500 application/json\n{\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"admin APIs disabled\"}";
    for path in ["delete_series", "clean_tombstones", "snapshot"] {
        assert_eq!(post(&stack, path, "").await, disabled);
    }
    let stack = Stack::with_admin();
    let request = Request::post("/api/v1/admin/tsdb/clean_tombstones").body(Body::empty()).unwrap();
    assert!(answer(&stack.dashboards(), request).await.starts_with("40"), "the other address has none");
}

#[tokio::test]
async fn what_is_deleted_is_not_found_any_more() {
    let stack = Stack::with_admin();
    let series = || get(&stack, "/api/v1/label/__name__/values?match[]=%7B__name__=~%22.%2B%22%7D");
    let before = series().await;
    assert!(before.contains("\"odd_value\""), "{before}");
    assert_eq!(post(&stack, "delete_series", "match[]=odd_value&match[]=nothing").await, "204 -");
    assert_eq!(series().await, before.replace("\"odd_value\",", ""));
    let blocks = get(&stack, "/api/v1/status/tsdb/blocks").await;
    assert!(blocks.contains(r#""numTombstones":1},"compaction":{"level":1,"#), "{blocks}");
    assert_eq!(post(&stack, "clean_tombstones", "").await, "204 -");
    let blocks = get(&stack, "/api/v1/status/tsdb/blocks").await;
    assert!(!blocks.contains("numTombstones") && blocks.contains(r#""level":2}"#), "{blocks}");
    let name = post(&stack, "snapshot?skip_head=true", "").await;
    assert!(
        name.starts_with("200 application/json\n{\"status\":\"success\",\"data\":{\"name\":\"20"),
        "{name}"
    );
}

#[tokio::test]
async fn wrong_parameters_are_told_as_prometheus_does() {
    let stack = Stack::with_admin();
    for (path, form, error) in [
        ("delete_series", "", "no match[] parameter provided"),
        (
            "delete_series",
            "match[]=up&start=x",
            r#"invalid parameter \"start\": invalid time value for 'start': "#,
        ),
        ("delete_series", "match[]=%7B", r#"invalid parameter \"match[]\": "#),
        (
            "snapshot",
            "skip_head=x",
            r#"invalid parameter \"skip_head\": unable to parse boolean: strconv.ParseBool: parsing \"x\": invalid syntax"#,
        ),
    ] {
        let answered = post(&stack, path, form).await;
        assert!(answered.starts_with("400 ") && answered.contains(error), "{answered}");
    }
}
