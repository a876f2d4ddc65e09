//! Dashboards and folders are saved, found and deleted as Grafana's clients do it.

use axum::{Router, body::Body};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    case::{send, text},
    stack::Stack,
};

/// Asks as the admin.
pub(crate) async fn ask(router: &Router, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
    ask_with(router, method, path, "application/json", body).await
}

/// The same with a body of another type.
pub(crate) async fn ask_with(
    router: &Router,
    method: Method,
    path: &str,
    content_type: &str,
    body: &str,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::AUTHORIZATION, "Basic YWRtaW46Y29ycmVjdCBob3JzZQ==");
    let response = send(router, request.body(Body::from(body.to_owned())).unwrap()).await;
    let status = response.status();
    let text = text(response).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) async fn get(router: &Router, path: &str) -> Value {
    let (status, answer) = ask(router, Method::GET, path, "").await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

pub(crate) async fn post(router: &Router, path: &str, body: Value) -> (StatusCode, Value) {
    ask(router, Method::POST, path, &body.to_string()).await
}

#[tokio::test]
async fn a_dashboard_goes_through_its_life() {
    let router = Stack::new().dashboards();
    let (status, folder) = post(&router, "/api/folders", json!({"uid": "attic", "title": "Attic"})).await;
    assert_eq!((status, &folder["url"]), (StatusCode::OK, &json!("/dashboards/f/attic/attic")));

    let dashboard = json!({"id": null, "title": "Fan", "tags": ["air"], "panels": []});
    let request = json!({"dashboard": dashboard, "folderUid": "attic", "message": "first"});
    let (_, saved) = post(&router, "/api/dashboards/db", request.clone()).await;
    let uid = saved["uid"].as_str().unwrap();
    let expected = json!({
        "status": "success", "id": 2, "uid": uid, "url": format!("/d/{uid}/fan"), "slug": "fan", "version": 1,
        "folderUid": "attic",
    });
    assert_eq!(saved, expected);
    let (status, refused) = post(&router, "/api/dashboards/db", request).await;
    let same = json!({
        "status": "name-exists", "message": "A dashboard with the same name in the folder already exists",
    });
    assert_eq!((status, refused), (StatusCode::PRECONDITION_FAILED, same));

    let shown = get(&router, &format!("/api/dashboards/uid/{uid}")).await;
    let (meta, dashboard) = (&shown["meta"], &shown["dashboard"]);
    assert_eq!((&meta["folderTitle"], &meta["createdBy"]), (&json!("Attic"), &json!("admin")));
    assert_eq!((&meta["canSave"], &meta["provisioned"]), (&json!(true), &json!(false)));
    assert_eq!((&dashboard["version"], &dashboard["id"]), (&json!(1), &json!(2)));
    let found = get(&router, "/api/search?folderUIDs=attic&tag=air&type=dash-db").await;
    assert_eq!((&found[0]["folderUid"], &found[0]["uid"]), (&json!("attic"), &json!(uid)));
    assert_eq!(get(&router, "/api/search?folderIds=1&dashboardIds=2").await[0]["id"], 2);
    assert_eq!(get(&router, "/api/search?type=dash-folder").await[0]["title"], "Attic");
    assert_eq!(get(&router, "/api/search?folderUIDs=general&query=fan").await, json!([]));
    assert_eq!(get(&router, "/api/dashboards/home").await["meta"]["isHome"], true);
    let preferred = json!({"homeDashboardUID": uid}).to_string();
    let (status, _) = ask(&router, Method::PUT, "/api/user/preferences", &preferred).await;
    let home = get(&router, "/api/dashboards/home").await;
    assert_eq!((status, home), (StatusCode::OK, json!({"redirectUri": format!("/d/{uid}/fan")})));
    assert_eq!(
        post(&router, &format!("/api/user/stars/dashboard/uid/{uid}"), json!({})).await.0,
        StatusCode::OK
    );
    assert_eq!(get(&router, "/api/search?starred=true").await[0]["isStarred"], true);
    assert_eq!(get(&router, "/api/dashboards/tags").await[0], json!({"term": "air", "count": 1}));
    assert_eq!(get(&router, "/api/folders/attic/counts").await["dashboard"], 1);

    let changed = json!({"dashboard": {"uid": uid, "title": "Fans", "version": 1}, "message": "more"});
    assert_eq!(post(&router, "/api/dashboards/db", changed.clone()).await.1["version"], 2);
    let (status, refused) = post(&router, "/api/dashboards/db", changed).await;
    assert_eq!((status, &refused["status"]), (StatusCode::PRECONDITION_FAILED, &json!("version-mismatch")));
    let versions = get(&router, &format!("/api/dashboards/uid/{uid}/versions")).await;
    assert_eq!(
        (&versions["versions"][0]["message"], &versions["versions"][1]["version"]),
        (&json!("more"), &json!(1))
    );
    let first = get(&router, "/api/dashboards/id/2/versions/1").await;
    assert_eq!((&first["data"]["title"], &first["createdBy"]), (&json!("Fan"), &json!("admin")));
    let path = format!("/api/dashboards/uid/{uid}/restore");
    assert_eq!(post(&router, &path, json!({"version": 1})).await.1["version"], 3);
    assert_eq!(post(&router, &path, json!({"version": 9})).await.0, StatusCode::NOT_FOUND);

    let path = format!("/api/dashboards/uid/{uid}");
    let deleted = ask(&router, Method::DELETE, &path, "").await;
    let said = json!({"title": "Fan", "message": "Dashboard Fan deleted", "id": 2, "uid": uid});
    assert_eq!(deleted, (StatusCode::OK, said));
    assert_eq!(ask(&router, Method::DELETE, &path, "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused_with_grafanas_words() {
    let router = Stack::new().dashboards();
    for (request, status, said) in [
        (
            json!({"dashboard": {}}),
            400,
            json!({"status": "empty-name", "message": "Dashboard title cannot be empty"}),
        ),
        (
            json!({"dashboard": {"title": "X", "uid": "a b"}}),
            400,
            json!({"message": "uid contains illegal characters"}),
        ),
        (
            json!({"dashboard": {"title": "X"}, "folderUid": "none"}),
            404,
            json!({"status": "not-found", "message": "folder not found"}),
        ),
        (
            json!({"dashboard": {"title": "X", "id": 99}}),
            404,
            json!({"status": "not-found", "message": "Dashboard not found"}),
        ),
    ] {
        let (code, answer) = post(&router, "/api/dashboards/db", request).await;
        assert_eq!((code.as_u16(), answer), (status, said));
    }
    let huge = format!(r#"{{"dashboard":{{"title":"X","x":"{}"}}}}"#, "x".repeat(5 << 20));
    assert_eq!(
        ask(&router, Method::POST, "/api/dashboards/db", &huge).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let many = json!({"dashboard": {"title": "X", "panels": vec![json!({}); 10_000]}});
    let (status, answer) = post(&router, "/api/dashboards/db", many).await;
    assert!(
        status == StatusCode::BAD_REQUEST && answer["message"].as_str().unwrap().contains("10000 panels")
    );
    for garbage in ["", "[", "{}", "{\"dashboard\":1}", "\u{0}"] {
        assert_eq!(
            ask(&router, Method::POST, "/api/dashboards/db", garbage).await.0,
            StatusCode::BAD_REQUEST
        );
    }
}

#[tokio::test]
async fn folders_are_made_moved_and_deleted() {
    let router = Stack::new().dashboards();
    post(&router, "/api/folders", json!({"uid": "a", "title": "A"})).await;
    let (_, inner) = post(&router, "/api/folders", json!({"uid": "b", "title": "B", "parentUid": "a"})).await;
    assert_eq!((&inner["parents"][0]["uid"], &inner["version"]), (&json!("a"), &json!(1)));
    let (status, _) = post(&router, "/api/folders", json!({"uid": "b", "title": "B"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = post(&router, "/api/folders", json!({"title": ""})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(get(&router, "/api/folders").await.as_array().unwrap().len(), 1);
    assert_eq!(get(&router, "/api/folders?parentUid=a").await[0]["uid"], "b");
    let (_, changed) = ask(&router, Method::PUT, "/api/folders/b", r#"{"title":"B2","version":1}"#).await;
    assert_eq!((&changed["title"], &changed["version"]), (&json!("B2"), &json!(2)));
    let (status, refused) =
        ask(&router, Method::PUT, "/api/folders/b", r#"{"title":"B3","version":1}"#).await;
    assert_eq!((status, &refused["status"]), (StatusCode::PRECONDITION_FAILED, &json!("version-mismatch")));
    let (_, moved) = post(&router, "/api/folders/b/move", json!({"parentUid": ""})).await;
    assert_eq!(moved["parents"], json!([]));
    assert_eq!(get(&router, "/api/folders/general").await["id"], 0);
    let id = moved["id"].as_i64().unwrap();
    assert_eq!(get(&router, &format!("/api/folders/id/{id}")).await["uid"], "b");
    let permissions = get(&router, "/api/folders/b/permissions").await;
    assert_eq!(permissions[1]["permissionName"], "Edit");
    let (_, deleted) = ask(&router, Method::DELETE, "/api/folders/b?forceDeleteRules=false", "").await;
    assert_eq!(deleted["message"], "Folder B2 deleted");
    let missing = ask(&router, Method::GET, "/api/folders/b", "").await;
    assert_eq!(
        missing,
        (StatusCode::NOT_FOUND, json!({"status": "not-found", "message": "folder not found"}))
    );
}

#[tokio::test]
async fn viewers_change_nothing() {
    let router = Stack::new().prometheus();
    for (method, path) in [
        (Method::POST, "/api/dashboards/db"),
        (Method::DELETE, "/api/dashboards/uid/edge"),
        (Method::POST, "/api/dashboards/uid/edge/restore"),
        (Method::POST, "/api/folders"),
        (Method::PUT, "/api/folders/a"),
        (Method::DELETE, "/api/folders/a"),
        (Method::POST, "/api/folders/a/move"),
        (Method::POST, "/api/folders/a/permissions"),
        (Method::POST, "/api/dashboards/import"),
        (Method::POST, "/api/annotations"),
        (Method::PATCH, "/api/annotations/1"),
        (Method::DELETE, "/api/annotations/1"),
        (Method::POST, "/api/snapshots"),
        (Method::DELETE, "/api/snapshots/a"),
        (Method::POST, "/api/admin/provisioning/dashboards/reload"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::from("{}")).unwrap();
        assert_eq!(send(&router, request).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}
