//! `fieldSelector` and `labelSelector`: which resources of a list are wanted.

use crate::grafana::request::Refusal;

/// The one field that is selected by.
const NAME: &str = "metadata.name";
/// The one label that resources have.
pub(super) const ID: &str = "grafana.app/deprecatedInternalID";
/// Conditions of a selector, and values of one.
const CONDITIONS_MAX: usize = 100;

/// Conditions that a resource has to meet.
#[derive(Debug, Default)]
pub(super) struct Selector(Vec<Condition>);

#[derive(Debug)]
struct Condition {
    key: String,
    /// Values of which it has to have one; `None` for any.
    values: Option<Vec<String>>,
    /// Whether all that is not so is wanted.
    negated: bool,
}

impl Selector {
    /// Reads both selectors.
    pub(super) fn parse(fields: &str, labels: &str) -> Result<Self, Refusal> {
        let mut all = Vec::new();
        for text in fields.split(',').filter(|text| !text.trim().is_empty()) {
            let condition = equation(text).ok_or_else(|| invalid(text))?;
            if condition.key != NAME {
                let text = format!("field label not supported: {}", condition.key);
                return Err(Refusal::bad_request(text));
            }
            all.push(condition);
        }
        for text in split(labels) {
            let condition = equation(text).or_else(|| set(text)).or_else(|| existence(text));
            all.push(condition.ok_or_else(|| invalid(text))?);
        }
        let count: usize = all.iter().map(|one| 1 + one.values.as_ref().map_or(0, Vec::len)).sum();
        if count > CONDITIONS_MAX { Err(invalid("more than 100 conditions")) } else { Ok(Self(all)) }
    }

    /// Whether the resource of a name and number is wanted.
    pub(super) fn accepts(&self, name: &str, id: i64) -> bool {
        self.0.iter().all(|Condition { key, values, negated }| {
            let value = match key.as_str() {
                NAME => Some(name.to_owned()),
                ID => Some(id.to_string()),
                _ => None,
            };
            let is_so = match values {
                None => value.is_some(),
                Some(values) => value.is_some_and(|value| values.contains(&value)),
            };
            is_so != *negated
        })
    }
}

fn invalid(text: &str) -> Refusal {
    Refusal::bad_request(format!("unable to parse requirement: {text:?}"))
}

/// The conditions of a label selector; commas in parentheses stand between values.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let parts = text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|text| !text.is_empty())
}

/// `a=b`, `a==b` and `a!=b`.
fn equation(text: &str) -> Option<Condition> {
    let (key, value) = text.split_once('=')?;
    let (key, negated) = match key.strip_suffix('!') {
        Some(key) => (key, true),
        None => (key, false),
    };
    let value = value.strip_prefix('=').unwrap_or(value).trim();
    condition(key, Some(vec![value.to_owned()]), negated)
}

/// `a in (b, c)` and `a notin (b, c)`.
fn set(text: &str) -> Option<Condition> {
    let (start, values) = text.strip_suffix(')')?.split_once('(')?;
    let (key, operator) = start.trim().split_once(char::is_whitespace)?;
    let negated = match operator.trim() {
        "in" => false,
        "notin" => true,
        _ => return None,
    };
    condition(key, Some(values.split(',').map(|value| value.trim().to_owned()).collect()), negated)
}

/// `a` and `!a`.
fn existence(text: &str) -> Option<Condition> {
    match text.strip_prefix('!') {
        Some(key) => condition(key, None, true),
        None => condition(text, None, false),
    }
}

fn condition(key: &str, values: Option<Vec<String>>, negated: bool) -> Option<Condition> {
    let key = key.trim();
    let is_key = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || "()!".contains(c));
    is_key.then(|| Condition { key: key.to_owned(), values, negated })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_kubernetes_writes_them() {
        for (fields, labels, expected) in [
            ("", "", Some(true)),
            ("metadata.name=fan", "", Some(true)),
            ("metadata.name!=fan", "", Some(false)),
            ("metadata.name=air,metadata.name=fan", "", Some(false)),
            ("spec.title=Fan", "", None),
            ("metadata.name", "", None),
            ("", "grafana.app/deprecatedInternalID=7", Some(true)),
            ("", "grafana.app/deprecatedInternalID in (6, 7)", Some(true)),
            ("", "grafana.app/deprecatedInternalID notin (7),other!=x", Some(false)),
            ("", "other", Some(false)),
            ("", "!other", Some(true)),
            ("", "a b", None),
            ("", "a in 7", None),
        ] {
            let selector = Selector::parse(fields, labels).ok();
            assert_eq!(selector.map(|one| one.accepts("fan", 7)), expected, "{fields} {labels}");
        }
    }
}
