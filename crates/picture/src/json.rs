//! Reading of JSON that others wrote: each reader answers a default instead of trusting the type.

use serde_json::Value;

/// What objects without a field, and everything that is no object, have there.
const NULL: &Value = &Value::Null;

/// Readers of a JSON value.
pub(crate) trait Json {
    /// The field of an object; null for all else.
    fn at(&self, key: &str) -> &Value;
    /// A text, number or truth value as text.
    fn text(&self) -> Option<String>;
    /// As [`Json::text`], empty when there is none.
    fn text_or_empty(&self) -> String;
    /// A finite number; numerals in text count, as old dashboards store limits as text.
    fn number(&self) -> Option<f64>;
    /// A truth value.
    fn flag(&self) -> Option<bool>;
    /// Whether it is true.
    fn is_true(&self) -> bool;
    /// The elements of a list; none for all else.
    fn list(&self) -> &[Value];
    /// The objects in a list.
    fn objects(&self) -> impl Iterator<Item = &Value>;
    /// The texts in a list.
    fn texts(&self) -> Vec<String>;
    /// The fields of an object.
    fn entries(&self) -> impl Iterator<Item = (&str, &Value)>;
}

impl Json for Value {
    fn at(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(NULL)
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    fn text_or_empty(&self) -> String {
        self.text().unwrap_or_default()
    }

    fn number(&self) -> Option<f64> {
        let number = match self {
            Self::Number(number) => number.as_f64(),
            Self::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite())
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    fn list(&self) -> &[Value] {
        self.as_array().map_or(&[], Vec::as_slice)
    }

    fn objects(&self) -> impl Iterator<Item = &Value> {
        self.list().iter().filter(|item| item.is_object())
    }

    fn texts(&self) -> Vec<String> {
        self.list().iter().map(Json::text_or_empty).collect()
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
    }
}
