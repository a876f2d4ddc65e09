//! The top level of a JSON object: its fields in their order, the values as they were written.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// A JSON object whose fields can be set while all others stay as they are, to the byte.
#[derive(Debug)]
pub struct Object<'a>(Vec<(String, Cow<'a, str>)>);

impl<'a> Object<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// When the text is no JSON object, with line and column.
    pub fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The JSON text of a field; of a name given twice readers take the last.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_ref())
    }

    /// The value of a field as a type; `None` when there is none or it is of another type.
    pub fn read<'b, T: Deserialize<'b>>(&'b self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// Gives a field a value, at the place of its first one or at the end.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let text = Cow::Owned(value.into().to_string());
        match self.0.iter().position(|(own, _)| own == name) {
            None => self.0.push((name.to_owned(), text)),
            Some(first) => {
                let mut at = 0;
                self.0.retain(|(own, _)| {
                    at += 1;
                    own != name || at == first + 1
                });
                if let Some((_, value)) = self.0.get_mut(first) {
                    *value = text;
                }
            }
        }
    }

    /// Takes a field away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| own != name);
    }
}

/// As JSON.
impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, value)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{}:{value}", Value::from(name.as_str()))?;
        }
        f.write_str("}")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Vec<(String, Cow<'de, str>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    fields.push((name, Cow::Borrowed(value.get())));
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Fields).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_stays_to_the_byte() {
        let text = r#" {"id": 7, "x" : [1.0, 1e400, {"a":"\u00e9"}], "id": null, "y":{} }"#;
        let mut object = Object::parse(text).unwrap();
        assert_eq!((object.get("id"), object.read::<i64>("id")), (Some("null"), None));
        object.set("id", 3);
        object.set("uid", "a\"b");
        object.remove("y");
        assert_eq!(object.to_string(), r#"{"id":3,"x":[1.0, 1e400, {"a":"\u00e9"}],"uid":"a\"b"}"#);
        assert!(Object::parse("[1]").is_err() && Object::parse("{\"a\":1").is_err());
    }
}
