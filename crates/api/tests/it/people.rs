//! Users, programs and sessions, by those who may and those who may not.

use axum::{Router, body::Body};
use http::{HeaderName, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    case::{send, text},
    stack::{PASSWORD, Stack},
};

pub(crate) const SECRET: &str = "battery";

/// Somebody who sends requests.
pub(crate) struct Caller {
    router: Router,
    credentials: Option<(HeaderName, String)>,
}

impl Caller {
    pub(crate) fn nobody(stack: &Stack) -> Self {
        Self { router: stack.dashboards(), credentials: None }
    }

    /// Somebody without a log-in at any address.
    pub(crate) fn nobody_at(router: Router) -> Self {
        Self { router, credentials: None }
    }

    pub(crate) fn with_token(stack: &Stack, token: &str) -> Self {
        Self { credentials: Some((header::AUTHORIZATION, format!("Bearer {token}"))), ..Self::nobody(stack) }
    }

    pub(crate) async fn logged_in(stack: &Stack, user: &str, password: &str) -> Self {
        let nobody = Self::nobody(stack);
        let response = nobody.send("POST", "/login", json!({ "user": user, "password": password })).await;
        assert_eq!(response.status(), StatusCode::OK, "{user}");
        Self { credentials: Some((header::COOKIE, cookie(&response))), ..nobody }
    }

    pub(crate) async fn admin(stack: &Stack) -> Self {
        Self::logged_in(stack, "admin", PASSWORD).await
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Request<Body> {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        if let Some((name, value)) = &self.credentials {
            request = request.header(name, value);
        }
        request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Response<Body> {
        send(&self.router, self.request(method, path, &body)).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.send(method, path, body).await;
        let status = response.status();
        let text = text(response).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    pub(crate) async fn change(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    pub(crate) async fn refused(&self, method: &str, path: &str, body: Value) -> (StatusCode, String) {
        let (status, answer) = self.ask(method, path, body).await;
        (status, answer["message"].as_str().unwrap_or_default().to_owned())
    }

    async fn is_let_in(&self) -> bool {
        self.ask("GET", "/api/user", Value::Null).await.0 == StatusCode::OK
    }

    /// Makes a user with a role; the id.
    pub(crate) async fn add(&self, login: &str, role: &str) -> u64 {
        let user =
            json!({ "login": login, "email": format!("{login}@box"), "password": SECRET, "role": role });
        self.change("POST", "/api/admin/users", user).await["id"].as_u64().unwrap()
    }
}

fn cookie(response: &Response<Body>) -> String {
    response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap()
}

/// What changes something, and what a role is needed for.
const FOR_EDITORS: &[(&str, &str)] = &[
    ("POST", "/api/dashboards/db"),
    ("DELETE", "/api/dashboards/uid/edge"),
    ("POST", "/api/dashboards/uid/edge/restore"),
    ("POST", "/api/folders"),
    ("PUT", "/api/folders/a"),
    ("DELETE", "/api/folders/a"),
    ("POST", "/api/folders/a/move"),
    ("POST", "/api/v1/write"),
    ("POST", "/api/v1/otlp/v1/metrics"),
];
const FOR_ADMINS: &[(&str, &str)] = &[
    ("PUT", "/api/org"),
    ("PUT", "/api/org/preferences"),
    ("GET", "/api/org/users"),
    ("POST", "/api/org/users"),
    ("PATCH", "/api/org/users/1"),
    ("DELETE", "/api/org/users/1"),
    ("POST", "/api/serviceaccounts"),
    ("GET", "/api/serviceaccounts/search"),
    ("PATCH", "/api/serviceaccounts/1"),
    ("DELETE", "/api/serviceaccounts/1"),
    ("POST", "/api/serviceaccounts/1/tokens"),
    ("DELETE", "/api/serviceaccounts/1/tokens/1"),
    ("POST", "/api/datasources"),
    ("PUT", "/api/datasources/uid/a"),
    ("DELETE", "/api/datasources/uid/a"),
    ("GET", "/api/teams/search"),
    ("POST", "/api/teams"),
    ("PUT", "/api/teams/1"),
    ("DELETE", "/api/teams/1"),
    ("POST", "/api/teams/1/members"),
    ("DELETE", "/api/teams/1/members/1"),
    ("POST", "/api/admin/provisioning/datasources/reload"),
];
const FOR_SERVER_ADMINS: &[(&str, &str)] = &[
    ("GET", "/api/users"),
    ("GET", "/api/users/1"),
    ("PUT", "/api/users/1"),
    ("POST", "/api/admin/users"),
    ("DELETE", "/api/admin/users/1"),
    ("PUT", "/api/admin/users/1/password"),
    ("PUT", "/api/admin/users/1/permissions"),
    ("POST", "/api/admin/users/1/disable"),
    ("POST", "/api/admin/users/1/enable"),
    ("POST", "/api/admin/users/1/logout"),
    ("GET", "/api/admin/users/1/auth-tokens"),
    ("POST", "/api/admin/users/1/revoke-auth-token"),
    ("GET", "/api/admin/settings"),
    ("GET", "/api/orgs"),
];

#[tokio::test]
async fn everybody_changes_only_what_the_role_allows() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    let mut callers = vec![(Caller::nobody(&stack), 401, 0)];
    for (role, level) in [("Viewer", 0), ("Editor", 1), ("Admin", 2)] {
        let login = format!("a {role}");
        admin.add(&login, role).await;
        callers.push((Caller::logged_in(&stack, &login, SECRET).await, 403, level));
        let account =
            admin.change("POST", "/api/serviceaccounts", json!({ "name": role, "role": role })).await;
        let tokens = format!("/api/serviceaccounts/{}/tokens", account["id"]);
        let token = admin.change("POST", &tokens, json!({ "name": "a" })).await;
        callers.push((Caller::with_token(&stack, token["key"].as_str().unwrap()), 403, level));
    }
    for (caller, refusal, level) in &callers {
        let tables = [(1, FOR_EDITORS), (2, FOR_ADMINS), (3, FOR_SERVER_ADMINS)];
        for (method, path) in tables.iter().filter(|(needed, _)| needed > level).flat_map(|(_, table)| *table)
        {
            let (refused, text) = caller.refused(method, path, json!({})).await;
            assert_eq!(refused, status(*refusal), "{method} {path} at level {level}: {text}");
            let words = if *refusal == 401 { "Unauthorized" } else { "You'll need additional permissions" };
            assert!(text.starts_with(words), "{text}");
        }
    }
    // The address that asks nobody lets nobody change anything.
    let open = Caller { router: stack.prometheus(), credentials: admin.credentials.clone() };
    for (method, path) in [FOR_ADMINS, FOR_SERVER_ADMINS].concat() {
        assert_eq!(open.ask(method, path, json!({})).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    let users = admin.get("/api/org/users").await;
    assert_eq!(users.as_array().unwrap().len(), 4, "{users}");
}

#[tokio::test]
async fn users_are_made_changed_and_deleted() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    let id = admin.add("Eve", "Viewer").await;
    let eve = Caller::logged_in(&stack, "eve@box", SECRET).await;
    let user = admin.get("/api/users/lookup?loginOrEmail=EVE").await;
    assert_eq!((&user["id"], &user["isGrafanaAdmin"]), (&json!(id), &json!(false)));
    let found = admin.get("/api/users/search?query=eve&perpage=1").await;
    assert_eq!(
        (&found["totalCount"], &found["users"][0]["lastSeenAtAge"]),
        (&json!(1), &json!("< 1 minute"))
    );

    let same = json!({ "login": "eve", "password": SECRET });
    let (code, text) = admin.refused("POST", "/api/admin/users", same).await;
    assert_eq!((code, text.as_str()), (status(412), "User with email '' or username 'eve' already exists"));
    let short = json!({ "login": "eva", "password": "abc" });
    assert_eq!(admin.refused("POST", "/api/admin/users", short).await.1, "Password is missing or too short");
    assert_eq!(admin.refused("POST", "/api/admin/users", json!([])).await.0, status(400));
    assert_eq!(
        admin.refused("GET", "/api/users/x", Value::Null).await,
        (status(400), "id is invalid".into())
    );
    assert_eq!(
        admin.refused("GET", "/api/users/99", Value::Null).await,
        (status(404), "user not found".into())
    );

    admin.change("PATCH", &format!("/api/org/users/{id}"), json!({ "role": "Editor" })).await;
    assert_eq!(eve.get("/api/user").await["orgRole"], "Editor", "at once");
    admin
        .change("PUT", &format!("/api/admin/users/{id}/permissions"), json!({ "isGrafanaAdmin": true }))
        .await;
    assert_eq!(eve.get("/api/users").await.as_array().unwrap().len(), 2);
    admin.change("POST", &format!("/api/admin/users/{id}/disable"), Value::Null).await;
    assert!(!eve.is_let_in().await);
    assert_eq!(
        admin.refused("DELETE", "/api/admin/users/1", Value::Null).await.0,
        status(400),
        "the last one"
    );
    admin.change("DELETE", &format!("/api/admin/users/{id}"), Value::Null).await;
    assert_eq!(admin.get("/api/users").await.as_array().unwrap().len(), 1);

    let trace = stack.audit();
    let lines: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!((&last["who"], &last["status"]), (&json!("admin"), &json!(200)));
    assert_eq!(last["what"], format!("DELETE /api/admin/users/{id}"));
    assert_eq!((&lines[0]["who"], &lines[0]["what"]), (&json!("admin"), &json!("log in")));
    assert!(!trace.contains(SECRET) && !trace.contains(PASSWORD), "{trace}");
}

#[tokio::test]
async fn users_look_after_themselves() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    admin.add("eve", "Viewer").await;
    let (eve, elsewhere) =
        (Caller::logged_in(&stack, "eve", SECRET).await, Caller::logged_in(&stack, "eve", SECRET).await);
    eve.change("PUT", "/api/user", json!({ "name": "Eve", "email": "eve@box", "login": "eve" })).await;
    assert_eq!(eve.refused("PUT", "/api/user", json!({ "login": "eva" })).await.0, status(403));
    let id = eve.get("/api/user").await["id"].clone();
    admin.change("PUT", &format!("/api/users/{id}"), json!({ "login": "eva" })).await;
    let trace = stack.audit();
    let last: Value = serde_json::from_str(trace.lines().last().unwrap()).unwrap();
    assert_eq!(last["what"], format!("PUT /api/users/{id}: eve is now eva"));
    assert_eq!((&last["who"], &last["who_id"]), (&json!("admin"), &json!(1)));
    let user = eve.get("/api/user").await;
    assert_eq!((&user["name"], &user["login"], &user["orgId"]), (&json!("Eve"), &json!("eva"), &json!(1)));
    assert_eq!(eve.get("/api/user/orgs").await[0]["role"], "Viewer");

    eve.change("PUT", "/api/user/preferences", json!({ "theme": "dark", "homeDashboardUID": "edge" })).await;
    eve.change("PATCH", "/api/user/preferences", json!({ "timezone": "utc" })).await;
    let expected = json!({ "theme": "dark", "homeDashboardUID": "edge", "timezone": "utc", "weekStart": "" });
    assert_eq!(eve.get("/api/user/preferences").await, expected);
    assert_eq!(eve.refused("PUT", "/api/user/preferences", json!({ "theme": "<b>" })).await.0, status(400));
    assert_eq!(eve.get("/api/dashboards/home").await, json!({ "redirectUri": "/d/edge/edge-stack" }));
    assert_eq!(admin.get("/api/dashboards/home").await["meta"]["isHome"], true);
    eve.change("POST", "/api/user/stars/dashboard/uid/edge", Value::Null).await;
    assert_eq!(eve.get("/api/user/stars").await, json!(["edge"]));
    assert_eq!(admin.get("/api/user/stars").await, json!([]));
    eve.change("DELETE", "/api/user/stars/dashboard/uid/edge", Value::Null).await;
    assert_eq!(eve.get("/api/user/stars").await, json!([]));

    let wrong = json!({ "oldPassword": "guess", "newPassword": "longer" });
    let (code, text) = eve.refused("PUT", "/api/user/password", wrong).await;
    assert_eq!((code, text.as_str()), (status(401), "Invalid old password"));
    eve.change("PUT", "/api/user/password", json!({ "oldPassword": SECRET, "newPassword": "longer" })).await;
    assert!(eve.is_let_in().await && !elsewhere.is_let_in().await);
    assert!(Caller::logged_in(&stack, "eva", "longer").await.is_let_in().await);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let stack = Stack::new();
    let (here, there) = (Caller::admin(&stack).await, Caller::admin(&stack).await);
    let sessions = here.get("/api/user/auth-tokens").await;
    let other = sessions.as_array().unwrap().iter().find(|session| session["isActive"] == false).unwrap();
    let own = sessions.as_array().unwrap().iter().find(|session| session["isActive"] == true).unwrap();
    let revoke = |session: &Value| json!({ "authTokenId": session["id"] });
    let (code, text) = here.refused("POST", "/api/user/revoke-auth-token", revoke(own)).await;
    assert_eq!((code, text.as_str()), (status(400), "Cannot revoke active user auth token"));
    here.change("POST", "/api/user/revoke-auth-token", revoke(other)).await;
    assert!(here.is_let_in().await && !there.is_let_in().await);
    assert_eq!(here.refused("POST", "/api/user/revoke-auth-token", revoke(other)).await.0, status(404));

    let there = Caller::admin(&stack).await;
    here.change("DELETE", "/api/user/auth-tokens", Value::Null).await;
    assert!(here.is_let_in().await && !there.is_let_in().await);

    // Somebody else's session is none of one's own.
    here.add("eve", "Viewer").await;
    let eve = Caller::logged_in(&stack, "eve", SECRET).await;
    assert_eq!(eve.refused("POST", "/api/user/revoke-auth-token", revoke(own)).await.0, status(404));
    assert!(here.is_let_in().await);
}

#[tokio::test]
async fn a_session_is_never_one_that_was_planted() {
    let stack = Stack::new();
    for planted in ["gnomon_session=0000", &Caller::admin(&stack).await.credentials.unwrap().1] {
        let browser =
            Caller { credentials: Some((header::COOKIE, planted.to_owned())), ..Caller::nobody(&stack) };
        let login = json!({ "user": "admin", "password": PASSWORD });
        let response = browser.send("POST", "/login", login).await;
        assert_ne!(cookie(&response), planted);
        assert!(!browser.is_let_in().await, "what was there before has ended");
    }
}

#[tokio::test]
async fn tokens_open_what_they_are_for() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    let account = admin.change("POST", "/api/serviceaccounts", json!({ "name": "backup" })).await;
    assert_eq!((&account["role"], &account["login"]), (&json!("Viewer"), &json!("sa-1-backup")));
    let same = admin.refused("POST", "/api/serviceaccounts", json!({ "name": "backup" })).await;
    assert_eq!(same.0, status(400));
    let path = format!("/api/serviceaccounts/{}", account["id"]);
    let tokens = format!("{path}/tokens");
    let made = admin.change("POST", &tokens, json!({ "name": "nightly", "secondsToLive": 3600 })).await;
    let key = made["key"].as_str().unwrap();
    assert_eq!(admin.refused("POST", &tokens, json!({ "name": "nightly" })).await.0, status(409));
    assert_eq!(
        admin.refused("POST", &tokens, json!({ "name": "b", "secondsToLive": -1 })).await.0,
        status(400)
    );

    let program = Caller::with_token(&stack, key);
    assert_eq!(program.get("/api/user").await["login"], "sa-1-backup");
    assert_eq!(program.ask("PUT", "/api/user", json!({ "name": "x" })).await.0, status(404), "no user");
    let listed = admin.get(&tokens).await;
    assert!(listed[0]["lastUsedAt"].is_string() && listed[0]["key"].is_null(), "{listed}");
    assert_eq!(listed[0]["hasExpired"], false);
    let elsewhere = program.request("GET", "/api/user", &Value::Null);
    let (mut parts, body) = elsewhere.into_parts();
    parts.headers.insert("x-grafana-org-id", "2".parse().unwrap());
    let refused = send(&program.router, Request::from_parts(parts, body)).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);

    for wrong in ["", "x", "glsa_", &key[..45], &key.to_lowercase(), &format!("{key}0")] {
        let (code, text) = Caller::with_token(&stack, wrong).refused("GET", "/api/user", Value::Null).await;
        assert_eq!((code, text.as_str()), (status(401), "Invalid API key"), "{wrong:?}");
    }
    admin.change("PATCH", &path, json!({ "isDisabled": true })).await;
    assert!(!program.is_let_in().await);
    admin.change("PATCH", &path, json!({ "isDisabled": false, "role": "Editor" })).await;
    assert_eq!(program.get("/api/user").await["orgRole"], "Editor");
    admin.change("DELETE", &format!("{tokens}/{}", made["id"]), Value::Null).await;
    assert!(!program.is_let_in().await);
    admin.change("DELETE", &path, Value::Null).await;
    assert_eq!(admin.get("/api/serviceaccounts/search").await["totalCount"], 0);
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    for (name, value) in [(header::ORIGIN, "http://evil.example"), (header::ORIGIN, "null")] {
        let mut request = admin.request("PUT", "/api/org", &json!({ "name": "theirs" }));
        request.headers_mut().insert(header::HOST, "box:3000".parse().unwrap());
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(send(&admin.router, request).await.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(admin.get("/api/org").await["name"], "Main Org.");
}

#[tokio::test]
async fn everybody_may_look_where_that_is_wanted() {
    let stack = Stack::new().open_to_everybody();
    let nobody = Caller::nobody(&stack);
    let user = nobody.get("/api/user").await;
    assert_eq!((&user["isAnonymous"], &user["orgRole"]), (&json!(true), &json!("Viewer")));
    assert_eq!(nobody.get("/api/frontend/settings").await["disableLoginForm"], false);
    let open = Caller { router: stack.prometheus(), credentials: None };
    assert_eq!(open.get("/api/frontend/settings").await["disableLoginForm"], true);
    for (method, path) in
        [FOR_EDITORS, FOR_ADMINS, &[("PUT", "/api/user"), ("GET", "/api/user/auth-tokens")]].concat()
    {
        assert_eq!(nobody.ask(method, path, json!({})).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert!(!Caller::with_token(&stack, "glsa_x").is_let_in().await, "wrong credentials are wrong");
    assert_eq!(Caller::admin(&stack).await.get("/api/user").await["login"], "admin");
}

#[tokio::test]
async fn requests_about_people_are_small() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    let large = json!({ "name": "x".repeat(1 << 20) });
    assert_eq!(admin.ask("PUT", "/api/org", large).await.0, StatusCode::BAD_REQUEST);
}
