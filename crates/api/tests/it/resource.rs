//! Dashboards and folders as resources, as the newest of Grafana's tools ask for them.

use axum::Router;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    library::{ask, ask_with, get, post},
    stack::Stack,
};

const DASHBOARDS: &str = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards";
const FOLDERS: &str = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders";

#[tokio::test]
async fn dashboards_are_resources_in_folders_that_are() {
    let router = Stack::new().dashboards();
    let folder = json!({"metadata": {"name": "attic"}, "spec": {"title": "Attic"}});
    let (status, made) = post(&router, FOLDERS, folder.clone()).await;
    assert_eq!((status, &made["spec"]["title"]), (StatusCode::CREATED, &json!("Attic")));
    assert_eq!(post(&router, FOLDERS, folder).await.0, StatusCode::CONFLICT);

    let annotations = json!({"grafana.app/folder": "attic", "grafana.app/message": "first"});
    let fan =
        json!({"metadata": {"name": "fan", "annotations": annotations}, "spec": {"title": "Fan", "x": 1}});
    let (status, made) = post(&router, DASHBOARDS, fan.clone()).await;
    assert_eq!((status, &made["metadata"]["resourceVersion"]), (StatusCode::CREATED, &json!("1")));
    assert_eq!(made["metadata"]["annotations"]["grafana.app/folder"], "attic");
    assert_eq!(made["spec"], json!({"title": "Fan", "x": 1}));
    assert_eq!(get(&router, "/api/dashboards/uid/fan").await["meta"]["folderTitle"], "Attic");
    assert_eq!(post(&router, DASHBOARDS, fan.clone()).await.0, StatusCode::CONFLICT);

    let path = format!("{DASHBOARDS}/fan");
    let mut changed = fan.clone();
    changed["spec"]["x"] = json!(2);
    let (status, changed) = ask(&router, Method::PUT, &path, &changed.to_string()).await;
    assert_eq!((status, &changed["metadata"]["generation"]), (StatusCode::OK, &json!(2)));
    let stale = json!({"metadata": {"resourceVersion": "1"}, "spec": {"title": "Fan"}});
    let (status, refused) = ask(&router, Method::PUT, &path, &stale.to_string()).await;
    assert_eq!((status, &refused["reason"]), (StatusCode::CONFLICT, &json!("Conflict")));

    let list = get(&router, &format!("{DASHBOARDS}?limit=1")).await;
    assert_eq!((&list["kind"], list["items"].as_array().unwrap().len()), (&json!("DashboardList"), 1));
    let next = list["metadata"]["continue"].as_str().unwrap();
    let rest = get(&router, &format!("{DASHBOARDS}?continue={next}")).await;
    let items = rest["items"].as_array().unwrap();
    assert_eq!(list["metadata"]["remainingItemCount"], items.len());
    assert!(
        items.iter().any(|item| item["metadata"]["name"] == "fan") && rest["metadata"]["continue"].is_null()
    );
    assert_eq!(get(&router, FOLDERS).await["items"][0]["metadata"]["name"], "attic");

    assert_eq!(ask(&router, Method::DELETE, &path, "").await.1["status"], "Success");
    let (status, missing) = ask(&router, Method::GET, &path, "").await;
    assert_eq!((status, &missing["reason"]), (StatusCode::NOT_FOUND, &json!("NotFound")));
    for path in [DASHBOARDS.replace("v1beta1", "v9"), DASHBOARDS.replace("default", "org-2")] {
        assert_eq!(ask(&router, Method::GET, &path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn resources_are_changed_in_part() {
    let router = Stack::new().dashboards();
    let fan = json!({"metadata": {"name": "fan"}, "spec": {"title": "Fan", "x": {"y": 1}}});
    post(&router, DASHBOARDS, fan.clone()).await;
    let path = format!("{DASHBOARDS}/fan");
    let merge = json!({"spec": {"x": {"y": null, "z": 2}}}).to_string();
    let (status, merged) = patch(&router, &path, "application/merge-patch+json", &merge).await;
    assert_eq!((status, &merged["spec"]), (StatusCode::OK, &json!({"title": "Fan", "x": {"z": 2}})));
    assert_eq!(merged["metadata"]["generation"], 2);
    let steps = json!([{"op": "replace", "path": "/spec/title", "value": "Fans"}]).to_string();
    let (_, changed) = patch(&router, &path, "application/json-patch+json; charset=utf-8", &steps).await;
    assert_eq!(changed["spec"]["title"], "Fans");
    let stale = json!({"metadata": {"resourceVersion": "1"}, "spec": {"title": "X"}}).to_string();
    let (status, refused) = patch(&router, &path, "application/merge-patch+json", &stale).await;
    assert_eq!((status, &refused["reason"]), (StatusCode::CONFLICT, &json!("Conflict")));
    let (status, _) = patch(&router, &path, "application/json", &merge).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);

    let attic = json!({"spec": {"title": "Attic"}}).to_string();
    let path = format!("{FOLDERS}/attic");
    assert_eq!(patch(&router, &path, "application/merge-patch+json", &attic).await.0, StatusCode::NOT_FOUND);
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let (got, made) = patch(&router, &path, "application/apply-patch+yaml", &attic).await;
        assert_eq!((got, &made["spec"]["title"]), (status, &json!("Attic")));
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let router = Stack::new().dashboards();
    let fan = json!({"metadata": {"name": "fan"}, "spec": {"title": "Fan"}});
    let (status, would_be) = post(&router, &format!("{DASHBOARDS}?dryRun=All"), fan).await;
    assert_eq!((status, &would_be["spec"]["title"]), (StatusCode::CREATED, &json!("Fan")));
    let path = format!("{DASHBOARDS}/fan?dryRun=All");
    assert_eq!(ask(&router, Method::GET, &path, "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&router, Method::DELETE, &path, "").await.1["reason"], "NotFound");
}

#[tokio::test]
async fn resources_are_selected_by_name_and_label() {
    let router = Stack::new().dashboards();
    let found = get(&router, &format!("{DASHBOARDS}?fieldSelector=metadata.name%3Dedge")).await;
    assert_eq!(
        (found["items"].as_array().unwrap().len(), &found["items"][0]["metadata"]["name"]),
        (1, &json!("edge"))
    );
    let id = &found["items"][0]["metadata"]["labels"]["grafana.app/deprecatedInternalID"];
    let label =
        format!("{DASHBOARDS}?labelSelector=grafana.app/deprecatedInternalID%3D{}", id.as_str().unwrap());
    assert_eq!(get(&router, &label).await["items"][0]["metadata"]["name"], "edge");
    let path = format!("{DASHBOARDS}?fieldSelector=spec.title%3DEdge");
    assert_eq!(ask(&router, Method::GET, &path, "").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn later_models_are_kept_and_say_where_they_are() {
    let router = Stack::new().dashboards();
    let v2 = DASHBOARDS.replace("v1beta1", "v2beta1");
    let spec =
        json!({"title": "Fan", "elements": {"panel-1": {"kind": "Panel"}}, "layout": {"kind": "GridLayout"}});
    let fan = json!({"metadata": {"name": "fan"}, "spec": spec});
    let (status, made) = post(&router, &v2, fan.clone()).await;
    assert_eq!((status, &made["spec"], &made["status"]), (StatusCode::CREATED, &spec, &json!({})));
    let (status, replaced) = ask(
        &router,
        Method::PUT,
        &format!("{v2}/fan"),
        &json!({
            "metadata": {"resourceVersion": "1"}, "spec": {"title": "Fans", "elements": {}},
        })
        .to_string(),
    )
    .await;
    assert_eq!((status, &replaced["metadata"]["resourceVersion"]), (StatusCode::OK, &json!("2")));
    let other = get(&router, &format!("{DASHBOARDS}/fan")).await;
    assert_eq!(other["spec"], json!({"title": "Fans"}));
    assert_eq!(
        (&other["status"]["conversion"]["failed"], &other["status"]["conversion"]["storedVersion"]),
        (&json!(true), &json!("v2beta1"))
    );
    let merge = json!({"spec": {"title": "Lost"}}).to_string();
    let (status, _) =
        patch(&router, &format!("{DASHBOARDS}/fan"), "application/merge-patch+json", &merge).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "a part of what is not shown would be lost");
    let (status, _) = ask(&router, Method::PUT, &format!("{DASHBOARDS}/fan"), &other.to_string()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "all of what is not shown would be lost");
    assert_eq!(get(&router, &format!("{v2}/fan")).await["metadata"]["resourceVersion"], "2");
    assert_eq!(get(&router, "/api/search?query=fans").await[0]["uid"], "fan");
}

async fn patch(router: &Router, path: &str, kind: &str, body: &str) -> (StatusCode, Value) {
    ask_with(router, Method::PATCH, path, kind, body).await
}

#[tokio::test]
async fn what_resources_there_are_is_told() {
    let router = Stack::new().dashboards();
    let groups = get(&router, "/apis").await;
    assert_eq!(
        (&groups["kind"], &groups["groups"][1]["name"]),
        (&json!("APIGroupList"), &json!("folder.grafana.app"))
    );
    let group = get(&router, "/apis/dashboard.grafana.app").await;
    let preferred = json!({"groupVersion": "dashboard.grafana.app/v1beta1", "version": "v1beta1"});
    assert_eq!((&group["kind"], &group["preferredVersion"]), (&json!("APIGroup"), &preferred));
    let resources = get(&router, "/apis/folder.grafana.app/v1").await;
    assert_eq!(resources["groupVersion"], "folder.grafana.app/v1");
    assert_eq!(resources["resources"][0]["name"], "folders");
    let (status, missing) = ask(&router, Method::GET, "/apis/folder.grafana.app/v9", "").await;
    assert_eq!((status, &missing["reason"]), (StatusCode::NOT_FOUND, &json!("NotFound")));
}
