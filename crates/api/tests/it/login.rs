//! Who may see what at `:3000`, and Grafana's API.

use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    case::{send, text},
    stack::{PASSWORD, Stack},
};

fn get(path: &str, header: Option<(header::HeaderName, &str)>) -> Request<Body> {
    let request = Request::get(path);
    let request = header.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    request.body(Body::empty()).unwrap()
}

fn log_in(password: &str, origin: &str) -> Request<Body> {
    Request::post("/login")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::HOST, "box:3000")
        .header(header::ORIGIN, origin)
        .body(Body::from(json!({ "user": "admin", "password": password }).to_string()))
        .unwrap()
}

async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

#[tokio::test]
async fn a_session_opens_everything_until_logout() {
    let router = Stack::new().dashboards();
    for path in ["/api/user", "/api/search", "/api/v1/status/flags", "/api/datasources"] {
        let response = send(&router, get(path, None)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(json_of(response).await, json!({ "message": "Unauthorized" }));
    }
    let response = send(&router, log_in(PASSWORD, "http://box:3000")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(json_of(response).await, json!({ "message": "Logged in" }));

    let session = Some((header::COOKIE, cookie.split(';').next().unwrap()));
    let user = json_of(send(&router, get("/api/user", session.clone())).await).await;
    assert_eq!((&user["login"], &user["orgRole"]), (&json!("admin"), &json!("Admin")));
    assert_eq!(send(&router, get("/api/v1/status/flags", session.clone())).await.status(), StatusCode::OK);
    let unknown = send(&router, get("/api/reports", session.clone())).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(json_of(unknown).await, json!({ "message": "Not found" }));

    let response = send(&router, get("/logout", session.clone())).await;
    assert_eq!(
        (response.status(), &response.headers()[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/login".parse().unwrap())
    );
    assert_eq!(send(&router, get("/api/user", session)).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn passwords_can_come_with_each_request() {
    let router = Stack::new().dashboards();
    // admin:correct horse, admin:wrong
    for (value, status) in [
        ("Basic YWRtaW46Y29ycmVjdCBob3JzZQ==", StatusCode::OK),
        ("Basic YWRtaW46d3Jvbmc=", StatusCode::UNAUTHORIZED),
    ] {
        let response = send(&router, get("/api/org", Some((header::AUTHORIZATION, value)))).await;
        assert_eq!(response.status(), status);
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let router = Stack::new().dashboards();
    for _ in 0..5 {
        let response = send(&router, log_in("wrong", "http://box:3000")).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(json_of(response).await, json!({ "message": "Invalid username or password" }));
    }
    let response = send(&router, log_in(PASSWORD, "http://box:3000")).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn other_sites_cannot_log_anybody_in() {
    let response = send(&Stack::new().dashboards(), log_in(PASSWORD, "http://evil.example")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(!response.headers().contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn the_open_address_shows_dashboards_to_everybody() {
    let router = Stack::new().prometheus();
    let user = json_of(send(&router, get("/api/user", None)).await).await;
    assert_eq!((&user["orgRole"], &user["isAnonymous"]), (&json!("Viewer"), &json!(true)));
    let found = json_of(send(&router, get("/api/search?query=edge&type=dash-db&tag=edge", None)).await).await;
    assert_eq!(found[0]["url"], "/d/edge/edge-stack");
    assert_eq!(found[0]["uri"], "db/edge-stack");
    let folders = json_of(send(&router, get("/api/search?type=dash-folder", None)).await).await;
    assert_eq!(folders, json!([]));

    let dashboard = text(send(&router, get("/api/dashboards/uid/edge", None)).await).await;
    let fields = r#""dashboard":{"uid":"edge","title":"Edge stack","tags":["edge"],"unknown":{"kept": 1.0},"#;
    assert!(dashboard.contains(fields), "to the byte: {dashboard}");
    let missing = send(&router, get("/api/dashboards/uid/none", None)).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(json_of(missing).await, json!({ "message": "Dashboard not found" }));

    let sources = json_of(send(&router, get("/api/datasources", None)).await).await;
    assert_eq!(sources[0]["jsonData"]["timeInterval"], "30s");
    assert_eq!((&sources[0]["uid"], &sources[0]["isDefault"]), (&json!("prometheus"), &json!(true)));
    let proxied = send(&router, get("/api/datasources/proxy/uid/prometheus/api/v1/status/flags", None)).await;
    assert_eq!(proxied.status(), StatusCode::OK);
    assert_eq!(json_of(send(&router, get("/api/health", None)).await).await["database"], "ok");
}
