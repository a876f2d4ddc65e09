//! `$NAME`, `${NAME}`, `$__env{NAME}` and `$__file{PATH}` in the values of a file.

use std::{
    env,
    fs::File,
    io::{self, Read},
};

use crate::{
    error::Problem,
    expand::expand,
    yaml::{Node, Tag, Value},
};

/// Bytes of a file that stands for a value: a chain of certificates.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// Replaces the variables in all values below a node; keys stay as they are. What is not set is empty, files that
/// cannot be read are problems.
///
/// Recurses as deep as the YAML reader lets a document go.
pub(super) fn resolve(node: &mut Node, problems: &mut Vec<Problem>) {
    match &mut node.value {
        Value::Null => {}
        Value::Scalar(text, tag) if text.contains('$') => match value(text) {
            Ok(value) => {
                *tag = tag_of(&value);
                *text = value;
            }
            Err(error) => {
                let message = format!("cannot read the file of {text}: {error}");
                let cure = "name a file that this process may read".to_owned();
                problems.push(Problem { at: node.at, path: String::new(), message, cure });
            }
        },
        Value::Scalar(..) => {}
        Value::Sequence(items) => items.iter_mut().for_each(|item| resolve(item, problems)),
        Value::Mapping(entries) => {
            entries.iter_mut().for_each(|entry| resolve(&mut entry.node, problems));
        }
    }
}

/// A text with its variables replaced; `$$` is a dollar sign.
fn value(text: &str) -> io::Result<String> {
    let parts: Vec<String> = text.split("$$").map(part).collect::<io::Result<_>>()?;
    Ok(parts.join("$"))
}

/// Values that variables bring in are not looked at for further ones: a password may have dollar signs.
fn part(text: &str) -> io::Result<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("$__") {
        out += &expand(before, &variable);
        let call = tail.split_once('{').and_then(|(kind, tail)| Some((kind, tail.split_once('}')?)));
        match call {
            Some(("env", (name, after))) => {
                out += &variable(name).unwrap_or_default();
                rest = after;
            }
            Some(("file", (path, after))) => {
                out += &contents(path)?;
                rest = after;
            }
            _ => {
                out += "$__";
                rest = tail;
            }
        }
    }
    Ok(out + &expand(rest, &variable))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// What a file holds, without white space around it.
fn contents(path: &str) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}

/// A variable may hold a boolean or a number.
fn tag_of(text: &str) -> Tag {
    match text {
        "true" | "false" => Tag::Bool,
        _ if text.parse::<i64>().is_ok() => Tag::Int,
        _ => Tag::Str,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_files_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "p$PATH{}\n").unwrap();
        // Set wherever tests run by cargo.
        let name = env!("CARGO_PKG_NAME");
        let file = format!("<$__file{{{}}}>", secret.display());
        for (text, expected) in [
            ("a $$ b", "a $ b"),
            ("${CARGO_PKG_NAME}/$CARGO_PKG_NAME", &format!("{name}/{name}")),
            ("$__env{CARGO_PKG_NAME}$$x", &format!("{name}$x")),
            ("$__rate_interval", "$__rate_interval"),
            (&file, "<p$PATH{}>"),
        ] {
            assert_eq!(value(text).unwrap(), expected, "{text}");
        }
        assert!(value("$__file{/nowhere/at/all}").is_err());
    }
}
