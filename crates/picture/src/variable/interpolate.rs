//! Variables put into text: `$name`, `${name:format}`, `[[name:format]]`.

use model::percent;

use super::VariableValue;

/// Bytes of a text with its variables put in; what lies beyond is cut off. PromQL is refused long before.
const LENGTH_MAX: usize = 1 << 20;

/// How a value without a format of its own is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    PromQl,
    Text,
}

/// A variable in a text.
struct Reference<'a> {
    name: &'a str,
    format: Option<&'a str>,
    /// Bytes of it.
    len: usize,
}

/// The text with all known variables put in; unknown ones stay as they are.
pub(crate) fn interpolate(
    source: &str,
    scope: &dyn Fn(&str) -> Option<VariableValue>,
    otherwise: Style,
) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(['$', '[']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let found = read(from).and_then(|found| Some((scope(found.name)?, found)));
        let len = match found {
            Some((value, found)) => {
                out += &format(&value, found.format, found.name, otherwise);
                found.len
            }
            None => {
                out.extend(from.chars().next());
                1
            }
        };
        if out.len() > LENGTH_MAX {
            return out;
        }
        rest = from.get(len..).unwrap_or_default();
    }
    out + rest
}

/// The names of variables that a text uses.
pub(crate) fn references(source: &str) -> Vec<&str> {
    let starts = source.match_indices(['$', '[']).filter_map(|(at, _)| source.get(at..));
    starts.filter_map(read).map(|found| found.name).collect()
}

fn read(from: &str) -> Option<Reference<'_>> {
    if let Some(inner) = from.strip_prefix("${") {
        let (inside, _) = inner.split_once('}')?;
        let (path, format) = split_format(inside);
        let name = path.split('.').next().unwrap_or_default();
        return is_name(name).then_some(Reference { name, format, len: inside.len() + 3 });
    }
    if let Some(inner) = from.strip_prefix("[[") {
        let (inside, _) = inner.split_once("]]")?;
        let (name, format) = split_format(inside);
        return is_name(name).then_some(Reference { name, format, len: inside.len() + 4 });
    }
    let inner = from.strip_prefix('$')?;
    let len = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let name = inner.get(..len).filter(|name| !name.is_empty())?;
    Some(Reference { name, format: None, len: len + 1 })
}

fn split_format(inside: &str) -> (&str, Option<&str>) {
    inside.split_once(':').map_or((inside, None), |(name, format)| (name, Some(format)))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn format(value: &VariableValue, id: Option<&str>, name: &str, otherwise: Style) -> String {
    let promql = otherwise == Style::PromQl;
    if let Some(raw) = value.raw.as_ref().filter(|_| promql && matches!(id, None | Some("regex" | "raw"))) {
        return raw.clone();
    }
    let values = &value.values;
    let several = values.len() > 1;
    let first = || values.first().cloned().unwrap_or_default();
    let each = |write: &dyn Fn(&str) -> String, between: &str| {
        values.iter().map(|item| write(item)).collect::<Vec<_>>().join(between)
    };
    match id {
        None if promql => as_promql(value),
        None | Some("text") => value.texts.join(" + "),
        Some("pipe") => values.join("|"),
        Some("regex") if several => format!("({})", each(&escape_regex, "|")),
        Some("regex") => each(&escape_regex, "|"),
        Some("glob") if several => format!("{{{}}}", values.join(",")),
        Some("glob") => first(),
        Some("json") if several => serde_json::json!(values).to_string(),
        Some("json") => serde_json::json!(first()).to_string(),
        Some("queryparam") => {
            each(&|item| format!("var-{}={}", percent::encode(name), percent::encode(item)), "&")
        }
        Some("percentencode") if several => percent::encode(&format!("{{{}}}", values.join(","))),
        Some("percentencode") => percent::encode(&first()),
        Some("doublequote") => each(&|item| format!("\"{}\"", item.replace('"', "\\\"")), ","),
        Some("singlequote") => each(&|item| format!("'{}'", item.replace('\'', "\\'")), ","),
        Some("sqlstring") => each(&|item| format!("'{}'", item.replace('\'', "''")), ","),
        Some("distributed") => values.join(&format!(",{name}=")),
        Some("lucene") if several => format!("({})", each(&|item| format!("\"{item}\""), " OR ")),
        Some("lucene") => first(),
        Some(_) => values.join(","),
    }
}

/// A value inside a PromQL string: single values escaped for the string, several as alternatives.
fn as_promql(value: &VariableValue) -> String {
    let first = value.values.first().map(String::as_str).unwrap_or_default();
    if !value.multi {
        return escape_string(first);
    }
    let escaped: Vec<_> = value.values.iter().map(|item| escape_string(&escape_regex(item))).collect();
    match escaped.as_slice() {
        [single] => single.clone(),
        several => format!("({})", several.join("|")),
    }
}

fn escape_regex(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        if "\\^$*+?.()|[]{}".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn escape_string(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(name: &str) -> Option<VariableValue> {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        Some(match name {
            "one" => VariableValue::single("a.b"),
            "multi" => VariableValue {
                values: texts(&["a.b", "c"]),
                texts: texts(&["A", "C"]),
                multi: true,
                raw: None,
            },
            "all" => VariableValue {
                values: texts(&["x"]),
                multi: true,
                raw: Some(".*".into()),
                ..Default::default()
            },
            _ => return None,
        })
    }

    #[test]
    fn variables_are_put_in() {
        for (source, expected) in [
            ("up{a=\"$one\"}", "up{a=\"a.b\"}"),
            ("$multi", "(a\\\\.b|c)"),
            ("${multi:regex}", "(a\\.b|c)"),
            ("${multi:pipe} ${multi:csv} [[multi:glob]]", "a.b|c a.b,c {a.b,c}"),
            ("${multi:json}", "[\"a.b\",\"c\"]"),
            ("${multi:queryparam}", "var-multi=a.b&var-multi=c"),
            ("${one.text} $all ${all:csv}", "a.b .* x"),
            ("rate(x[$other]) $ ${} [[x", "rate(x[$other]) $ ${} [[x"),
        ] {
            assert_eq!(interpolate(source, &scope, Style::PromQl), expected, "{source}");
        }
        assert_eq!(interpolate("on $multi", &scope, Style::Text), "on A + C");
        assert_eq!(references("$a ${b:csv} [[c]] $ [x]"), ["a", "b", "c"]);
    }
}
