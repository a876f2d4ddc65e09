//! `/api/dashboards/import`: an exported dashboard with its inputs, as Grafana's clients bring it.

use axum::{
    Extension, Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{Object, Save};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Grafana, Viewer,
    request::{Refusal, nullable, parse},
};

/// Inputs of a dashboard; exports have a handful.
const INPUTS_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImportRequest<'a> {
    #[serde(borrow)]
    dashboard: &'a RawValue,
    #[serde(default, deserialize_with = "nullable")]
    inputs: Vec<Input>,
    #[serde(default, deserialize_with = "nullable")]
    overwrite: bool,
    folder_uid: Option<String>,
    folder_id: Option<i64>,
}

/// What an export has left open, and what is put there.
#[derive(Deserialize)]
struct Input {
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    value: String,
}

/// What an export says that it has left open.
#[derive(Deserialize)]
struct Declared {
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    value: Option<String>,
}

pub(super) async fn import(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let asker = grafana.require_editing(&viewer)?;
        let asked: ImportRequest<'_> = parse(text)?;
        let json = filled(asked.dashboard.get(), &asked.inputs)?;
        let save = Save {
            json: &json,
            folder_uid: &grafana.folder_uid(asked.folder_uid, asked.folder_id)?,
            overwrite: asked.overwrite,
            user: viewer.login(),
            asker: Some(&asker),
            ..Save::default()
        };
        let entry = grafana.library.save(&save)?;
        let slug = entry.summary.slug();
        let said = json!({
            "uid": entry.uid(),
            "pluginId": "",
            "title": entry.summary.title,
            "imported": true,
            "importedUri": format!("db/{slug}"),
            "importedUrl": grafana.external.link(&entry.summary.url),
            "slug": slug,
            "dashboardId": entry.id,
            "folderId": entry.folder.as_ref().map_or(0, |folder| folder.id),
            "folderUid": entry.folder_uid(),
            "importedRevision": entry.version(),
            "revision": entry.version(),
            "description": "",
            "path": "",
            "removed": false,
        });
        Ok(Json(said).into_response())
    });
    answer.await
}

/// The dashboard with its inputs in their places. An exported dashboard is a new one: its number belongs to the
/// server that it comes from.
fn filled(json: &str, inputs: &[Input]) -> Result<String, Refusal> {
    let not_understood = |error| Refusal::bad_request(format!("bad request data: {error}"));
    let mut object = Object::parse(json).map_err(not_understood)?;
    let declared: Vec<Declared> = object.read("__inputs").unwrap_or_default();
    if declared.len() > INPUTS_MAX {
        return Err(Refusal::bad_request(format!("the dashboard has more than {INPUTS_MAX} inputs")));
    }
    object.remove("__inputs");
    object.set("id", Value::Null);
    let mut text = object.to_string();
    for Declared { name, kind, value } in declared {
        let given = inputs.iter().find(|input| input.name == name && (kind.is_empty() || input.kind == kind));
        // Constants come with the value that they had.
        let value = given.map(|input| input.value.clone()).or(value);
        let missing =
            || Refusal::bad_request(format!("Dashboard input variable: {name} missing from import command"));
        let quoted = Value::from(value.ok_or_else(missing)?).to_string();
        let place = format!("${{{name}}}");
        let value = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
        let more_bytes = text.matches(&place).count().saturating_mul(value.len());
        if text.len().saturating_add(more_bytes) > dashboard::DASHBOARD_BYTES_MAX {
            return Err(Refusal::bad_request("the dashboard is too large with its inputs"));
        }
        text = text.replace(&place, value);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_take_their_places() {
        let json = r#"{"__inputs":[{"name":"DS_X","type":"datasource"},{"name":"VAR_Y","type":"constant","value":"\"b\""}],
            "id":7,"title":"X","panels":[{"datasource":"${DS_X}","expr":"${VAR_Y} ${OTHER}"}]}"#;
        let input = |kind: &str| Input { name: "DS_X".into(), kind: kind.into(), value: "prometheus".into() };
        let text = filled(json, &[input("datasource")]).ok().unwrap();
        let expected =
            r#"{"id":null,"title":"X","panels":[{"datasource":"prometheus","expr":"\"b\" ${OTHER}"}]}"#;
        assert_eq!(text, expected);
        let large = Input { value: "x".repeat(5 << 20), ..input("datasource") };
        assert!(filled(json, &[large]).is_err());
        assert!(filled(json, &[input("constant")]).is_err() && filled("[]", &[]).is_err());
    }
}
