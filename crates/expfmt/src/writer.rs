//! Text 0.0.4, line by line.

use model::label::{is_legacy_label_name, is_legacy_metric_name};

use crate::escape::push_quoted;

/// Appends the line that opens a family; `kind` is one of the format's words.
pub fn push_type(out: &mut String, name: &str, kind: &str) {
    out.push_str("# TYPE ");
    push_name(out, name);
    out.push(' ');
    out.push_str(kind);
    out.push('\n');
}

/// Appends a family's name as a comment holds it: in quotes where it needs them.
pub(crate) fn push_name(out: &mut String, name: &str) {
    if is_legacy_metric_name(name) { out.push_str(name) } else { push_quoted(out, name) }
}

/// Appends the series of a line. A name that needs quotes moves between the braces.
pub fn push_series<N: AsRef<str>, V: AsRef<str>>(
    out: &mut String,
    name: &str,
    labels: impl IntoIterator<Item = (N, V)>,
) {
    let bare = is_legacy_metric_name(name);
    let mut separator = '{';
    if bare {
        out.push_str(name);
    } else {
        out.push('{');
        push_quoted(out, name);
        separator = ',';
    }
    for (label, value) in labels {
        out.push(separator);
        let label = label.as_ref();
        if is_legacy_label_name(label) {
            out.push_str(label)
        } else {
            push_quoted(out, label)
        }
        out.push('=');
        push_quoted(out, value.as_ref());
        separator = ',';
    }
    if separator == ',' {
        out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_quotes_where_they_must() {
        let mut out = String::new();
        push_type(&mut out, "up", "untyped");
        push_series(&mut out, "up", [("", ""); 0]);
        out.push('\n');
        push_series(&mut out, "up", [("job", "a\"b\\\n"), ("a.b", "")]);
        out.push('\n');
        push_type(&mut out, "a.b", "untyped");
        push_series(&mut out, "a.b", [("job", "x")]);
        let expected = "# TYPE up untyped\nup\nup{job=\"a\\\"b\\\\\\n\",\"a.b\"=\"\"}\n\
                        # TYPE \"a.b\" untyped\n{\"a.b\",job=\"x\"}";
        assert_eq!(out, expected);
    }
}
