//! Partial changes of a resource: JSON merge patches (RFC 7386) and JSON patches (RFC 6902).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::grafana::request::{Refusal, parse};

/// Steps of a JSON patch.
const STEPS_MAX: usize = 1_000;
/// Bytes that the steps of a patch may copy: a few of them could double a document again and again.
const COPIED_BYTES_MAX: usize = 8 << 20;

/// How a request says what is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatchKind {
    /// Fields that replace others.
    Merge,
    /// Steps, one after the other.
    Steps,
    /// A whole resource as it is wanted, made when there is none: server-side apply.
    Apply,
}

impl PatchKind {
    /// The kind of a content type.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/merge-patch+json" => Some(Self::Merge),
            "application/json-patch+json" => Some(Self::Steps),
            "application/apply-patch+yaml" => Some(Self::Apply),
            _ => None,
        }
    }
}

/// One step of a JSON patch.
#[derive(Deserialize)]
struct Step {
    op: String,
    path: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    value: Value,
}

/// Changes a document as a patch says; after an error it is not to be used.
pub(super) fn apply(kind: PatchKind, document: &mut Value, patch: &str) -> Result<(), Refusal> {
    match kind {
        PatchKind::Merge | PatchKind::Apply => {
            merge(document, parse(patch)?);
            Ok(())
        }
        PatchKind::Steps => {
            let steps: Vec<Step> = parse(patch)?;
            if steps.len() > STEPS_MAX {
                return Err(Refusal::bad_request(format!("the patch has more than {STEPS_MAX} operations")));
            }
            let mut copied_bytes = 0;
            steps.into_iter().try_for_each(|step| take(document, step, &mut copied_bytes))
        }
    }
}

/// The parser bounds how deep it goes.
fn merge(document: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *document = patch;
        return;
    };
    if !document.is_object() {
        *document = Value::Object(Map::new());
    }
    let Value::Object(fields) = document else { return };
    for (name, value) in patch {
        match value {
            Value::Null => _ = fields.remove(&name),
            value => merge(fields.entry(name).or_insert(Value::Null), value),
        }
    }
}

fn take(document: &mut Value, step: Step, copied_bytes: &mut usize) -> Result<(), Refusal> {
    let missing = |path: &str| Refusal::bad_request(format!("there is nothing at {path:?}"));
    let Step { op, path, from, value } = step;
    match op.as_str() {
        "add" => add(document, &path, value),
        "remove" => remove(document, &path).map(|_| ()),
        "replace" => {
            *document.pointer_mut(&path).ok_or_else(|| missing(&path))? = value;
            Ok(())
        }
        "move" if path.starts_with(&format!("{from}/")) => {
            Err(Refusal::bad_request(format!("{from:?} cannot be moved into itself")))
        }
        "move" => {
            let value = remove(document, &from)?;
            add(document, &path, value)
        }
        "copy" => {
            let value = document.pointer(&from).ok_or_else(|| missing(&from))?.clone();
            *copied_bytes = copied_bytes.saturating_add(value.to_string().len());
            if *copied_bytes > COPIED_BYTES_MAX {
                let text = format!("the patch copies more than {COPIED_BYTES_MAX} bytes");
                return Err(Refusal::bad_request(text));
            }
            add(document, &path, value)
        }
        "test" if document.pointer(&path) == Some(&value) => Ok(()),
        "test" => Err(Refusal::bad_request(format!("testing value {path} failed"))),
        other => Err(Refusal::bad_request(format!("unknown operation {other:?}"))),
    }
}

/// The value around a place, and the last part of its path.
fn around<'a>(document: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), Refusal> {
    let split = path.rsplit_once('/');
    let found = split.and_then(|(above, last)| Some((document.pointer_mut(above)?, last)));
    let (above, last) = found.ok_or_else(|| Refusal::bad_request(format!("there is no place {path:?}")))?;
    Ok((above, last.replace("~1", "/").replace("~0", "~")))
}

fn add(document: &mut Value, path: &str, value: Value) -> Result<(), Refusal> {
    if path.is_empty() {
        *document = value;
        return Ok(());
    }
    let (above, name) = around(document, path)?;
    match above {
        Value::Object(fields) => _ = fields.insert(name, value),
        Value::Array(items) => {
            let at = if name == "-" { Some(items.len()) } else { name.parse().ok() };
            let at = at.filter(|at| *at <= items.len());
            items.insert(at.ok_or_else(|| Refusal::bad_request(format!("no index at {path:?}")))?, value);
        }
        _ => return Err(Refusal::bad_request(format!("nothing can be added at {path:?}"))),
    }
    Ok(())
}

fn remove(document: &mut Value, path: &str) -> Result<Value, Refusal> {
    let (above, name) = around(document, path)?;
    let removed = match above {
        Value::Object(fields) => fields.remove(&name),
        Value::Array(items) => {
            name.parse().ok().filter(|at| *at < items.len()).map(|at: usize| items.remove(at))
        }
        _ => None,
    };
    removed.ok_or_else(|| Refusal::bad_request(format!("there is nothing at {path:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(kind: PatchKind, patch: &Value) -> Option<Value> {
        let mut document = json!({"a": {"b": 1, "c/d": [1, 2]}, "e": null});
        apply(kind, &mut document, &patch.to_string()).is_ok().then_some(document)
    }

    #[test]
    fn fields_replace_others_and_null_removes_them() {
        let merged =
            patched(PatchKind::Merge, &json!({"a": {"b": null, "x": {"y": 1, "z": null}}, "e": [1]}));
        assert_eq!(merged, Some(json!({"a": {"c/d": [1, 2], "x": {"y": 1}}, "e": [1]})));
    }

    #[test]
    fn steps_follow_each_other_and_a_wrong_one_ends_all() {
        let steps = json!([
            {"op": "test", "path": "/a/b", "value": 1},
            {"op": "add", "path": "/a/c~1d/-", "value": 3},
            {"op": "add", "path": "/a/c~1d/0", "value": 0},
            {"op": "copy", "from": "/a/b", "path": "/f"},
            {"op": "move", "from": "/f", "path": "/g"},
            {"op": "replace", "path": "/e", "value": 5},
            {"op": "remove", "path": "/a/b"},
        ]);
        let expected = json!({"a": {"c/d": [0, 1, 2, 3]}, "e": 5, "g": 1});
        assert_eq!(patched(PatchKind::Steps, &steps), Some(expected));
        for step in [
            json!({"op": "test", "path": "/a/b", "value": 2}),
            json!({"op": "remove", "path": "/x"}),
            json!({"op": "remove", "path": ""}),
            json!({"op": "add", "path": "/a/c~1d/9", "value": 0}),
            json!({"op": "add", "path": "/a/b/c", "value": 0}),
            json!({"op": "move", "from": "/a", "path": "/a/b/c"}),
            json!({"op": "jump", "path": "/a"}),
        ] {
            assert_eq!(patched(PatchKind::Steps, &json!([step])), None, "{step}");
        }
    }

    #[test]
    fn a_document_cannot_be_blown_up_by_copies() {
        let steps: Vec<Value> =
            (0..60).map(|i| json!({"op": "copy", "from": "", "path": format!("/{i}")})).collect();
        assert_eq!(patched(PatchKind::Steps, &json!(steps)), None);
    }
}
