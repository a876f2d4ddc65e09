//! Dashboards and folders as resources, as the newest of Grafana's tools ask for them.

use http::{Method, StatusCode};
use serde_json::json;

use crate::{
    library::{ask, get, post},
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
