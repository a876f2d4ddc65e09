//! Folders and dashboards that are not open to everybody, and who may do what with them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    people::{Caller, SECRET},
    stack::Stack,
};

const DASHBOARDS: &str = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards";

/// The admin, a viewer and an editor, with a dashboard in a folder in a folder.
struct House {
    admin: Caller,
    viewer: Caller,
    editor: Caller,
    nobody: Caller,
    viewer_id: u64,
}

impl House {
    async fn new(stack: &Stack) -> Self {
        let admin = Caller::admin(stack).await;
        admin.change("POST", "/api/folders", json!({"uid": "attic", "title": "Attic"})).await;
        let inner = json!({"uid": "box", "title": "Box", "parentUid": "attic"});
        admin.change("POST", "/api/folders", inner).await;
        admin.change("POST", "/api/dashboards/db", fan("box")).await;
        let note = json!({"dashboardUID": "fan", "time": 1, "text": "Hot"});
        admin.change("POST", "/api/annotations", note).await;
        let viewer_id = admin.add("eve", "Viewer").await;
        admin.add("adam", "Editor").await;
        let viewer = Caller::logged_in(stack, "eve", SECRET).await;
        let editor = Caller::logged_in(stack, "adam", SECRET).await;
        let nobody = Caller::nobody_at(stack.prometheus());
        Self { admin, viewer, editor, nobody, viewer_id }
    }

    async fn grant(&self, path: &str, items: Value) {
        self.admin.change("POST", &format!("{path}/permissions"), json!({ "items": items })).await;
    }
}

fn fan(folder: &str) -> Value {
    json!({"dashboard": {"uid": "fan", "title": "Fan"}, "folderUid": folder, "overwrite": true})
}

/// Every way to see that the dashboard is there.
async fn sees(caller: &Caller) -> bool {
    let is_fan =
        |item: &Value| item["uid"] == "fan" || item["metadata"]["name"] == "fan" || item["text"] == "Hot";
    let has_fan = |list: &Value| list.as_array().unwrap().iter().any(is_fan);
    let resource = format!("{DASHBOARDS}/fan");
    let paths =
        ["/api/dashboards/uid/fan", resource.as_str(), "/render/d/fan?format=svg", "/api/annotations/1"];
    let mut all = Vec::new();
    for path in paths {
        all.push(caller.ask("GET", path, Value::Null).await.0 == StatusCode::OK);
    }
    all.push(has_fan(&caller.get("/api/search").await));
    all.push(has_fan(&caller.get(DASHBOARDS).await["items"]));
    all.push(has_fan(&caller.get("/api/annotations").await));
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    all[0]
}

/// Every way to change the dashboard.
async fn changes(caller: &Caller) -> bool {
    let spec = json!({"metadata": {"annotations": {"grafana.app/folder": "box"}}, "spec": {"title": "Fan"}});
    let note = json!({"dashboardUID": "fan", "time": 1, "text": "x"});
    let mut all = Vec::new();
    for (method, path, body) in [
        ("POST", "/api/dashboards/db", fan("box")),
        ("PUT", &*format!("{DASHBOARDS}/fan"), spec),
        ("POST", "/api/dashboards/uid/fan/restore", json!({"version": 1})),
        ("GET", "/api/dashboards/uid/fan/versions", Value::Null),
        ("POST", "/api/annotations", note),
        ("PATCH", "/api/annotations/1", json!({"tags": []})),
    ] {
        let (status, answer) = caller.ask(method, path, body).await;
        let refused = [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&status);
        assert!(refused || status == StatusCode::OK, "{method} {path}: {status} {answer}");
        all.push(!refused);
    }
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    all[0]
}

#[tokio::test]
async fn roles_decide_until_something_else_is_said() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    assert!(sees(&house.viewer).await && sees(&house.editor).await && sees(&house.nobody).await);
    assert!(!changes(&house.viewer).await && changes(&house.editor).await && !changes(&house.nobody).await);
    let listed = house.admin.get("/api/dashboards/uid/fan/permissions").await;
    let of = |item: &Value| (item["role"].clone(), item["permission"].clone(), item["inherited"].clone());
    let expected = [(json!("Viewer"), json!(1), json!(true)), (json!("Editor"), json!(2), json!(true))];
    assert_eq!(listed.as_array().unwrap().iter().map(of).collect::<Vec<_>>(), expected);
    assert_eq!(listed[0]["uid"], "attic", "where it comes from");
}

#[tokio::test]
async fn what_a_folder_grants_holds_for_all_that_is_in_it() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    house.grant("/api/folders/attic", json!([])).await;
    assert!(sees(&house.admin).await && changes(&house.admin).await);
    for caller in [&house.viewer, &house.editor, &house.nobody] {
        assert!(!sees(caller).await && !changes(caller).await);
        let folders = caller.get("/api/folders").await;
        assert_eq!(folders, json!([]));
    }
    let (status, _) = house.editor.refused("DELETE", "/api/folders/box", Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) =
        house.editor.refused("POST", "/api/folders", json!({"title": "X", "parentUid": "box"})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    house.grant("/api/folders/box", json!([{"userId": house.viewer_id, "permission": 2}])).await;
    assert!(sees(&house.viewer).await && changes(&house.viewer).await, "a viewer who may edit");
    assert!(!sees(&house.editor).await);
    let (status, text) = house.viewer.refused("POST", "/api/dashboards/db", fan("")).await;
    assert_eq!(
        (status, text.as_str()),
        (StatusCode::FORBIDDEN, "Access denied to save dashboard"),
        "out of the folder"
    );
    let (status, _) = house.viewer.refused("GET", "/api/folders/box/permissions", Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let meta = house.viewer.get("/api/dashboards/uid/fan").await["meta"].clone();
    assert_eq!((&meta["canSave"], &meta["canAdmin"]), (&json!(true), &json!(false)));
}

/// Who had all permissions at another folder could move one there, grant himself all of it, and move it back.
#[tokio::test]
async fn nobody_is_permitted_more_by_moving_a_folder() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    house.admin.change("POST", "/api/folders", json!({"uid": "loft", "title": "Loft"})).await;
    let permitted = |permission: u8| json!([{"userId": house.viewer_id, "permission": permission}]);
    house.grant("/api/folders/attic", permitted(2)).await;
    house.grant("/api/folders/loft", permitted(4)).await;
    let to_loft = json!({"parentUid": "loft"});
    for uid in ["attic", "box"] {
        let path = format!("/api/folders/{uid}/move");
        let (status, _) = house.viewer.refused("POST", &path, to_loft.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{uid}");
    }
    let resource = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders/box";
    let mut moved = house.viewer.get(resource).await;
    moved["metadata"]["annotations"]["grafana.app/folder"] = json!("loft");
    let (status, _) = house.viewer.ask("PUT", resource, moved).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    house.grant("/api/folders/loft", permitted(2)).await;
    let moved = house.viewer.change("POST", "/api/folders/box/move", to_loft).await;
    assert_eq!(moved["parentUid"], "loft", "as much as before");
}

#[tokio::test]
async fn teams_are_granted_something_together() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    house.grant("/api/folders/attic", json!([])).await;
    let made = house.admin.change("POST", "/api/teams", json!({"name": "Cellar"})).await;
    let (code, text) = house.admin.refused("POST", "/api/teams", json!({"name": "Cellar"})).await;
    assert_eq!((code, text.as_str()), (StatusCode::CONFLICT, "Team name taken"));
    let team = format!("/api/teams/{}", made["teamId"]);
    let member = json!({"userId": house.viewer_id});
    house.admin.change("POST", &format!("{team}/members"), member.clone()).await;
    assert_eq!(
        house.admin.refused("POST", &format!("{team}/members"), member).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(house.admin.get(&format!("{team}/members")).await[0]["login"], "eve");
    assert_eq!(house.admin.get("/api/teams/search?name=Cellar").await["teams"][0]["memberCount"], 1);
    assert!(!sees(&house.viewer).await);

    let path = "/api/access-control/dashboards/fan";
    let grants = json!({"permissions": [{"teamId": made["teamId"], "permission": "View"}]});
    assert_eq!(house.admin.change("POST", path, grants).await["message"], "Permissions updated");
    assert!(sees(&house.viewer).await && !changes(&house.viewer).await);
    let listed = house.admin.get(path).await;
    assert_eq!((&listed[0]["team"], &listed[0]["permission"]), (&json!("Cellar"), &json!("View")));
    assert_eq!(house.viewer.get("/api/user/teams").await[0]["name"], "Cellar");
    let one = format!("{path}/teams/{}", made["teamId"]);
    let removed = house.admin.change("POST", &one, json!({"permission": ""})).await;
    assert_eq!(removed["message"], "Permission removed");
    assert!(!sees(&house.viewer).await);

    house.grant("/api/dashboards/uid/fan", json!([{"teamId": made["teamId"], "permission": 4}])).await;
    let (status, _) = house.viewer.ask("GET", "/api/dashboards/uid/fan/permissions", Value::Null).await;
    assert_eq!(status, StatusCode::OK, "who has all permissions may give some");
    house.admin.change("DELETE", &team, Value::Null).await;
    assert!(!sees(&house.viewer).await);
}

#[tokio::test]
async fn permissions_that_cannot_be_are_refused() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    for items in [
        json!([{"role": "Viewer", "permission": 3}]),
        json!([{"role": "Admin", "permission": 1}]),
        json!([{"userId": 99, "permission": 1}]),
        json!([{"userId": house.viewer_id, "role": "Viewer", "permission": 1}]),
        json!([{"role": "Viewer", "permission": 1}, {"role": "Viewer", "permission": 2}]),
        json!([{"permission": 1}]),
        json!(vec![json!({"role": "Viewer", "permission": 1}); 200]),
        json!({}),
    ] {
        let body = json!({ "items": items });
        let (status, _) = house.admin.refused("POST", "/api/folders/attic/permissions", body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(house.admin.get("/api/folders/attic").await["hasAcl"], false);
}

#[tokio::test]
async fn notes_of_hidden_dashboards_are_neither_counted_nor_drawn() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    house.grant("/api/folders/attic", json!([])).await;
    let drawn = json!({"dashboard": {"uid": "open", "title": "Open", "panels": [{
        "id": 1, "type": "timeseries", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8},
        "targets": [{"expr": "temperature_celsius"}]}],
        "annotations": {"list": [{"enable": true, "iconColor": "#123456",
            "datasource": {"type": "grafana", "uid": "-- Grafana --"},
            "target": {"type": "tags", "tags": ["secret"], "limit": 10}}]}}});
    house.admin.change("POST", "/api/dashboards/db", drawn).await;
    for (uid, time, tag) in
        [("", 1_000, "open"), ("fan", 1_700_000_020_000_i64, "secret"), ("fan", 1_700_000_020_000, "open")]
    {
        let note = json!({"dashboardUID": uid, "time": time, "text": "x", "tags": [tag]});
        house.admin.change("POST", "/api/annotations", note).await;
    }
    let tags = house.viewer.get("/api/annotations/tags").await;
    assert_eq!(tags, json!({"result": {"tags": [{"tag": "open", "count": 1}]}}));
    let found = house.viewer.get("/api/annotations?limit=1").await;
    assert_eq!(found[0]["time"], 1_000, "what is hidden takes none of the limit");
    let path = "/render/d/open?format=svg&from=1700000000000&to=1700000045001";
    let mut pictures = Vec::new();
    for caller in [&house.admin, &house.viewer] {
        let picture = caller.ask("GET", path, Value::Null).await.1;
        pictures.push(picture.as_str().unwrap().contains("#123456"));
    }
    assert_eq!(pictures, [true, false]);
}

#[tokio::test]
async fn notes_go_with_the_folder_of_their_dashboard() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    house.grant("/api/folders/attic", json!([])).await;
    house.admin.change("DELETE", "/api/folders/attic", Value::Null).await;
    assert_eq!(house.admin.get("/api/annotations").await, json!([]));
    // One whose dashboard went away without a word, as its file may.
    let note = json!({"dashboardUID": "gone", "time": 1, "text": "Hot"});
    let (status, _) = house.editor.refused("POST", "/api/annotations", note.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    house.admin.change("POST", "/api/annotations", note).await;
    assert_eq!(house.editor.get("/api/annotations").await, json!([]));
    assert_eq!(house.admin.get("/api/annotations").await[0]["text"], "Hot");
}

#[tokio::test]
async fn snapshots_are_for_who_made_them_and_for_admins() {
    let stack = Stack::new();
    let house = House::new(&stack).await;
    house.admin.add("ivy", "Editor").await;
    let other = Caller::logged_in(&stack, "ivy", SECRET).await;
    let snapshot = json!({"dashboard": {"title": "Fan"}, "name": "Fan"});
    let made = house.editor.change("POST", "/api/snapshots", snapshot).await;
    let path = format!("/api/snapshots/{}", made["key"].as_str().unwrap());
    assert_eq!(other.get("/api/dashboard/snapshots").await, json!([]));
    assert_eq!(other.refused("DELETE", &path, Value::Null).await.0, StatusCode::FORBIDDEN);
    for caller in [&house.editor, &house.admin] {
        assert_eq!(caller.get("/api/dashboard/snapshots").await[0]["name"], "Fan");
    }
    house.editor.change("DELETE", &path, Value::Null).await;
    assert_eq!(house.admin.get("/api/dashboard/snapshots").await, json!([]));
}
