//! Annotations and snapshots, and dashboards that come with inputs.

use http::{Method, StatusCode};
use serde_json::json;

use crate::{
    library::{ask, get, post},
    stack::Stack,
};

#[tokio::test]
async fn annotations_are_made_found_changed_and_deleted() {
    let router = Stack::new().dashboards();
    let note = json!({"dashboardUID": "edge", "panelId": 2, "time": 1_000, "timeEnd": 2_000, "text": "Boot",
        "tags": ["a"], "data": {"x": 1}});
    assert_eq!(
        post(&router, "/api/annotations", note).await.1,
        json!({"message": "Annotation added", "id": 1})
    );
    let graphite = json!({"what": "Deploy", "when": 5, "tags": "a b", "data": "v2"});
    let (_, said) = post(&router, "/api/annotations/graphite", graphite).await;
    assert_eq!(said, json!({"message": "Graphite annotation added", "id": 2}));
    let (status, _) = post(&router, "/api/annotations", json!({"text": ""})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let found = get(&router, "/api/annotations?from=1500&to=9000&tags=a&limit=10").await;
    assert_eq!((&found[0]["text"], &found[0]["time"]), (&json!("Deploy\nv2"), &json!(5_000)));
    assert_eq!((&found[1]["login"], &found[1]["data"]["x"]), (&json!("admin"), &json!(1)));
    assert_eq!(get(&router, "/api/annotations?dashboardUID=edge&panelId=2").await[0]["timeEnd"], 2_000);
    assert_eq!(
        get(&router, "/api/annotations?tags=a&tags=b&matchAny=false").await.as_array().unwrap().len(),
        1
    );
    assert_eq!(get(&router, "/api/annotations?type=alert").await, json!([]));
    let tags = get(&router, "/api/annotations/tags?tag=a").await;
    assert_eq!(tags, json!({"result": {"tags": [{"tag": "a", "count": 2}]}}));

    let (_, said) = ask(&router, Method::PATCH, "/api/annotations/1", r#"{"text":"Reboot"}"#).await;
    assert_eq!(said, json!({"message": "Annotation patched"}));
    let (_, changed) = ask(&router, Method::GET, "/api/annotations/1", "").await;
    assert_eq!((&changed["text"], &changed["tags"]), (&json!("Reboot"), &json!(["a"])));
    assert_eq!(ask(&router, Method::DELETE, "/api/annotations/1", "").await.0, StatusCode::OK);
    assert_eq!(ask(&router, Method::DELETE, "/api/annotations/1", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&router, Method::PUT, "/api/annotations/1", "{}").await.0, StatusCode::NOT_FOUND);
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let (status, said) = ask(&router, method, "/api/annotations/x", "{}").await;
        assert_eq!((status, &said["message"]), (StatusCode::BAD_REQUEST, &json!("id is invalid")));
    }
}

#[tokio::test]
async fn a_snapshot_is_for_whoever_has_its_key() {
    let stack = Stack::new();
    let router = stack.dashboards();
    let request = json!({"dashboard": {"title": "Then", "panels": []}, "name": "Then", "expires": 3_600});
    let (_, made) = post(&router, "/api/snapshots", request).await;
    let (key, delete_key) = (made["key"].as_str().unwrap(), made["deleteKey"].as_str().unwrap());
    assert!(made["url"].as_str().unwrap().ends_with(&format!("/dashboard/snapshot/{key}")));
    let anonymous = stack.prometheus();
    let shown = get(&anonymous, &format!("/api/snapshots/{key}")).await;
    assert_eq!((&shown["dashboard"]["title"], &shown["meta"]["isSnapshot"]), (&json!("Then"), &json!(true)));
    assert_eq!(get(&router, "/api/dashboard/snapshots").await[0]["name"], "Then");
    assert_eq!(
        ask(&anonymous, Method::GET, "/api/dashboard/snapshots", "").await.0,
        StatusCode::UNAUTHORIZED
    );
    let path = format!("/api/snapshots-delete/{delete_key}");
    assert_eq!(ask(&anonymous, Method::GET, &path, "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&router, Method::GET, &path, "").await.0, StatusCode::OK);
    assert!(stack.audit().contains("GET /api/snapshots-delete/"));
    assert_eq!(
        ask(&router, Method::DELETE, &format!("/api/snapshots/{key}"), "").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_export_is_imported_with_its_inputs() {
    let router = Stack::new().dashboards();
    let export = json!({"id": 7, "title": "Imported", "__inputs": [{"name": "DS_P", "type": "datasource"}],
        "panels": [{"datasource": "${DS_P}"}]});
    let input =
        json!({"name": "DS_P", "type": "datasource", "pluginId": "prometheus", "value": "prometheus"});
    let request = json!({"dashboard": export, "inputs": [input], "overwrite": false, "folderId": 0});
    let (_, imported) = post(&router, "/api/dashboards/import", request.clone()).await;
    assert_eq!((&imported["imported"], &imported["slug"]), (&json!(true), &json!("imported")));
    let shown = get(&router, &format!("/api/dashboards/uid/{}", imported["uid"].as_str().unwrap())).await;
    assert_eq!(shown["dashboard"]["panels"][0]["datasource"], "prometheus");
    assert!(shown["dashboard"]["__inputs"].is_null());
    let without = json!({"dashboard": export});
    let (status, refused) = post(&router, "/api/dashboards/import", without).await;
    assert!(
        status == StatusCode::BAD_REQUEST && refused["message"].as_str().unwrap().contains("DS_P missing")
    );
    assert_eq!(get(&router, "/api/library-elements?perPage=5").await["result"]["perPage"], 5);
    let reload = ask(&router, Method::POST, "/api/admin/provisioning/dashboards/reload", "").await;
    assert_eq!(reload, (StatusCode::OK, json!({"message": "Dashboards config reloaded"})));
}
