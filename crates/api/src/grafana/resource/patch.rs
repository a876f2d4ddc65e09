//! Partial changes of a resource: JSON merge patches (RFC 7386) and JSON patches (RFC 6902).

use http::StatusCode;
use model::Reservation;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::grafana::request::{Refusal, parse};

/// Steps of a JSON patch.
const STEPS_MAX: usize = 1_000;
/// Bytes of memory of what the steps of a patch may copy: a few of them could double a document again and again.
const COPIED_BYTES_MAX: usize = 32 << 20;
/// Bytes of an object in memory beside its fields: the first field takes room for eleven, of 24 bytes for the name and 32
/// for the value each.
const OBJECT_BYTES: usize = 704;
/// Bytes of a further value, or of the first of an array: 32, up to three times while an array grows, or a sixth of what
/// an object makes room for, with a name of its own on the heap.
const VALUE_BYTES: usize = 192;

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

/// The JSON text of a document, changed as a patch says; the account pays for both as long as they are worked with.
pub(super) fn patched(
    kind: PatchKind,
    document: &str,
    patch: &str,
    account: &mut Reservation,
) -> Result<String, Refusal> {
    pay(account, tree_bytes(document).saturating_add(tree_bytes(patch)))?;
    let mut document = parse(document)?;
    apply(kind, &mut document, patch, account)?;
    Ok(document.to_string())
}

/// Bytes that JSON text takes at most once it is parsed, and written again: `0,` has two, and 32 in memory.
fn tree_bytes(text: &str) -> usize {
    let bytes = text.bytes().map(|byte| match byte {
        b'{' => OBJECT_BYTES,
        b'[' | b',' => VALUE_BYTES,
        _ => 2,
    });
    bytes.sum()
}

fn pay(account: &mut Reservation, bytes: usize) -> Result<(), Refusal> {
    if account.grow(bytes) {
        return Ok(());
    }
    let text = format!("no memory for a patch that takes {bytes} bytes");
    Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, text))
}

/// Changes a document as a patch says; after an error it is not to be used.
fn apply(
    kind: PatchKind,
    document: &mut Value,
    patch: &str,
    account: &mut Reservation,
) -> Result<(), Refusal> {
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
            let mut copied = Copied { bytes: 0, account };
            steps.into_iter().try_for_each(|step| take(document, step, &mut copied))
        }
    }
}

/// What the steps of a patch copied.
struct Copied<'a> {
    bytes: usize,
    account: &'a mut Reservation,
}

impl Copied<'_> {
    /// A copy, unless it is one too many.
    fn copy(&mut self, value: &Value) -> Result<Value, Refusal> {
        let bytes = tree_bytes(&value.to_string());
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > COPIED_BYTES_MAX {
            let text = format!("what the patch copies takes more than {COPIED_BYTES_MAX} bytes");
            return Err(Refusal::bad_request(text));
        }
        pay(self.account, bytes)?;
        Ok(value.clone())
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

fn take(document: &mut Value, step: Step, copied: &mut Copied<'_>) -> Result<(), Refusal> {
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
            let value = copied.copy(document.pointer(&from).ok_or_else(|| missing(&from))?)?;
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
    use model::{Budget, Part};
    use serde_json::json;

    const DOCUMENT: &str = r#"{"a":{"b":1,"c/d":[1,2]},"e":null}"#;

    fn patched(kind: PatchKind, patch: &Value) -> Option<Value> {
        let mut account = Budget::new(64 << 20).open(Part::Dashboard);
        let text = super::patched(kind, DOCUMENT, &patch.to_string(), &mut account).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The texts of two-byte values were paid for, their trees of 32 bytes each were not.
    #[test]
    fn trees_are_paid_for() {
        let patch = format!(r#"{{"x":[{}0]}}"#, "0,".repeat(10_000));
        for (budget_bytes, expected) in
            [(16 * patch.len(), Some(StatusCode::SERVICE_UNAVAILABLE)), (8 << 20, None)]
        {
            let mut account = Budget::new(budget_bytes).open(Part::Dashboard);
            let done = super::patched(PatchKind::Merge, DOCUMENT, &patch, &mut account);
            assert_eq!(done.err().map(|refusal| refusal.into_parts().0), expected);
        }
        assert!(tree_bytes(r#"{"":0},"#) > 11 * (24 + 32) + 32, "an object of one field");
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
