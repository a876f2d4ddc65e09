//! What there is none of, and paths as careless clients write them.

use http::{Method, StatusCode};
use serde_json::json;

use crate::{
    library::{ask, get},
    stack::Stack,
};

#[tokio::test]
async fn what_there_is_none_of_is_an_empty_list() {
    let router = Stack::new().dashboards();
    for path in [
        "/api/alert-notifications",
        "/api/auth/keys",
        "/api/playlists",
        "/api/v1/provisioning/alert-rules",
        "/api/v1/provisioning/contact-points",
    ] {
        assert_eq!(get(&router, path).await, json!([]), "{path}");
    }
    let elements = get(&router, "/api/library-elements?perPage=5&page=2").await;
    assert_eq!(elements["result"], json!({"totalCount": 0, "page": 2, "perPage": 5, "elements": []}));
    let rules = get(&router, "/api/prometheus/grafana/api/v1/rules").await;
    assert_eq!(rules, json!({"status": "success", "data": {"groups": []}}));
    let (status, missing) = ask(&router, Method::GET, "/api/dashboards/uid/edge/public-dashboards", "").await;
    assert_eq!((status, &missing["messageId"]), (StatusCode::NOT_FOUND, &json!("publicdashboards.notFound")));
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_path_does_not_count() {
    let router = Stack::new().dashboards();
    assert_eq!(get(&router, "/api/dashboards/uid/edge/").await["dashboard"]["title"], "Edge stack");
    assert_eq!(get(&router, "/api/search/?query=edge").await[0]["uid"], "edge");
    let account = json!({"name": "backup"}).to_string();
    assert_eq!(ask(&router, Method::POST, "/api/serviceaccounts/", &account).await.0, StatusCode::CREATED);
    for path in ["/api/nothing", "/api/nothing/", "/api//"] {
        assert_eq!(ask(&router, Method::GET, path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
