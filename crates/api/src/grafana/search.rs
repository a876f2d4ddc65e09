//! `/api/search`, as Grafana answers it.

use axum::{
    Extension, Json, Router,
    extract::State,
    response::{IntoResponse, Response},
};
use dashboard::{Found, Kind, Permission, Search};
use serde_json::{Value, json};

use super::{Grafana, Viewer, folder::GENERAL};
use crate::{
    external::ExternalUrl,
    handler::get,
    parameter::{Parameters, parse_bool, parse_integer},
};

/// Results of a search unless the client wants fewer or more, and at most, as in Grafana.
const LIMIT: usize = 1_000;
const LIMIT_MAX: usize = 5_000;

/// The orders that a search knows: name, words, explanation.
const ORDERS: [(&str, &str, &str); 2] = [
    ("alpha-asc", "Alphabetically (A–Z)", "Sort results in an alphabetically ascending order"),
    ("alpha-desc", "Alphabetically (Z–A)", "Sort results in an alphabetically descending order"),
];

/// A page of results.
pub(super) struct Page {
    /// From 1 on.
    pub(super) number: usize,
    /// Results on a page.
    pub(super) limit: usize,
}

impl Page {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let positive = |name| {
            parse_integer(parameters.get(name)).ok().and_then(|n| usize::try_from(n).ok()).filter(|&n| n > 0)
        };
        let limit =
            ["limit", "perPage", "perpage"].into_iter().find_map(positive).unwrap_or(LIMIT).min(LIMIT_MAX);
        Self { number: positive("page").unwrap_or(1), limit }
    }

    pub(super) fn cut<T>(&self, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        all.into_iter().skip((self.number - 1).saturating_mul(self.limit)).take(self.limit)
    }
}

/// Looking for dashboards and folders.
pub(super) fn routes() -> Router<Grafana> {
    Router::new().route("/api/search", get(search)).route("/api/search/sorting", get(orders))
}

async fn search(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Response {
    let Some(mut search) = wanted(&parameters) else {
        return Json(Value::Array(Vec::new())).into_response();
    };
    let page = Page::of(&parameters);
    let starred_only = parse_bool(parameters.get("starred")).unwrap_or(false);
    let needed = needed(&parameters);
    let answer = grafana.answer(move |grafana| {
        search.allowed = Some((grafana.asker(&viewer), needed));
        let stars = grafana.accounts.stars(viewer.id());
        let is_starred = |found: &Found| stars.iter().any(|uid| uid == found.uid());
        let mut found = grafana.library.search(&search);
        found.retain(|found| !starred_only || is_starred(found));
        let hits = page.cut(&found).map(|found| hit(found, is_starred(found), &grafana.external));
        Ok(Json(hits.collect::<Vec<_>>()).into_response())
    });
    answer.await
}

/// What has to be allowed with each result.
pub(super) fn needed(parameters: &Parameters) -> Permission {
    if parameters.get("permission") == "Edit" { Permission::Edit } else { Permission::View }
}

/// What the parameters ask for; `None` for a kind that is not there.
fn wanted(parameters: &Parameters) -> Option<Search> {
    let texts = |name| parameters.all(name).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    let numbers = |name| parameters.all(name).filter_map(|text| parse_integer(text).ok()).collect();
    let kind = match parameters.get("type") {
        "" => None,
        "dash-db" => Some(Kind::Dashboard),
        "dash-folder" => Some(Kind::Folder),
        _ => return None,
    };
    let mut uids: Vec<String> = texts("dashboardUIDs");
    uids.extend(texts("dashboardUID"));
    let mut folder_uids: Vec<String> = texts("folderUIDs");
    folder_uids.iter_mut().filter(|uid| *uid == GENERAL).for_each(String::clear);
    Some(Search {
        text: parameters.get("query").to_owned(),
        tags: texts("tag"),
        kind,
        uids,
        ids: numbers("dashboardIds"),
        folder_uids,
        folder_ids: numbers("folderIds"),
        descending: parameters.get("sort") == "alpha-desc",
        allowed: None,
    })
}

fn hit(found: &Found, is_starred: bool, links: &ExternalUrl) -> Value {
    let (id, uri, url, kind, tags): (_, _, _, _, &[String]) = match found {
        Found::Dashboard(entry) => {
            let uri = format!("db/{}", entry.summary.slug());
            (entry.id, uri, entry.summary.url.clone(), "dash-db", &entry.summary.tags)
        }
        Found::Folder(folder, _) => {
            (folder.id, format!("db/{}", folder.slug()), folder.url(), "dash-folder", &[])
        }
    };
    let mut hit = json!({
        "id": id,
        "uid": found.uid(),
        "orgId": 1,
        "title": found.title(),
        "uri": uri,
        "url": links.link(&url),
        "slug": "",
        "type": kind,
        "tags": tags,
        "isStarred": is_starred,
        "sortMeta": 0,
        "isDeleted": false,
    });
    if let (Some(folder), Some(fields)) = (found.folder(), hit.as_object_mut()) {
        fields.insert("folderId".to_owned(), folder.id.into());
        fields.insert("folderUid".to_owned(), folder.uid.as_str().into());
        fields.insert("folderTitle".to_owned(), folder.title.as_str().into());
        fields.insert("folderUrl".to_owned(), links.link(&folder.url()).into());
    }
    hit
}

/// `/api/search/sorting`.
async fn orders() -> Json<Value> {
    let orders = ORDERS.map(|(name, words, explanation)| {
        json!({ "name": name, "displayName": words, "description": explanation, "meta": "" })
    });
    Json(json!({ "sortOptions": orders }))
}
