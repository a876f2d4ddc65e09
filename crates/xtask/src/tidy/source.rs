//! Sources and manifests: their length, their functions, and what must and must not stand in them.

use super::{Problem, tree::extension};

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 120;

/// What must not be in a source, and why. Written apart, so that this file does not find itself.
const FORBIDDEN: [(&str, &str); 6] = [
    (concat!("todo", "!("), "write what is missing or leave the function out"),
    (concat!("unimplemented", "!("), "write what is missing or leave the function out"),
    (concat!("TO", "DO"), "do it now, or open an issue and delete the comment"),
    (concat!("FIX", "ME"), "mend it now, or open an issue and delete the comment"),
    (concat!("#[", "ignore"), "make the test run everywhere or delete it"),
    (concat!("debugger", ";"), "delete it"),
];

/// Checks one file; only sources and manifests have rules.
pub(super) fn check(path: &str, text: &str) -> Vec<Problem> {
    let extension = extension(path);
    let mut problems = Vec::from_iter(check_manifest(path, text));
    if !matches!(extension, "rs" | "ts" | "tsx" | "css" | "js" | "mjs") {
        return problems;
    }
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() > FILE_LINES_MAX {
        let message =
            format!("{} lines, at most {FILE_LINES_MAX}; find the module in it and split", lines.len());
        problems.push(Problem::new(path, None, message));
    }
    if path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") {
        problems.extend(check_crate_docs(path, text));
    }
    problems.extend(forbidden(path, &lines));
    problems.extend(functions(path, &lines, extension));
    problems
}

fn check_manifest(path: &str, text: &str) -> Option<Problem> {
    let crate_manifest = path.starts_with("crates/") && path.ends_with("/Cargo.toml");
    let message = "does not take the workspace's lints; write [lints] and workspace = true";
    let broken = crate_manifest && !text.contains("[lints]\nworkspace = true");
    broken.then(|| Problem::new(path, None, message))
}

fn check_crate_docs(path: &str, text: &str) -> Option<Problem> {
    let message = "opens without //!; say what the crate is and what it is not";
    (!text.starts_with("//!")).then(|| Problem::new(path, Some(1), message))
}

fn forbidden(path: &str, lines: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        for (word, cure) in FORBIDDEN {
            if line.contains(word) {
                problems.push(Problem::new(
                    path,
                    Some(i + 1),
                    format!("{word} has no place in a source; {cure}"),
                ));
            }
        }
    }
    problems
}

/// Finds long functions by their indentation, which the formatters guarantee.
fn functions(path: &str, lines: &[&str], extension: &str) -> Vec<Problem> {
    let keyword = match extension {
        "rs" => "fn ",
        "css" => return Vec::new(),
        _ => "function ",
    };
    let mut problems = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some(name) = function_name(line.trim_start(), keyword) else { continue };
        let is_end = |line: &&str| line.trim_start() == "}" && line.len() == indent + 1;
        let signature_only =
            |line: &&str| line.ends_with(';') && line.len() - line.trim_start().len() <= indent;
        let end = lines.iter().skip(start).position(|l| is_end(l) || signature_only(l));
        let length = end.map_or(0, |n| n + 1);
        if length > FUNCTION_LINES_MAX {
            let message =
                format!("{name} has {length} lines, at most {FUNCTION_LINES_MAX}; split it by its steps");
            problems.push(Problem::new(path, Some(start + 1), message));
        }
    }
    problems
}

/// The name of the function that a line declares.
fn function_name<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let (before, after) = line.split_once(keyword)?;
    let declares = before.split_whitespace().all(|word| {
        let modifier = word.split('(').next().unwrap_or_default();
        matches!(modifier, "pub" | "const" | "async" | "unsafe" | "extern" | "export" | "default" | "\"C\"")
    });
    let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
    after.get(..end).filter(|name| declares && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(path, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn long_files_and_functions_are_found() {
        let long = format!("fn f() {{\n{}}}\n", "    x();\n".repeat(FUNCTION_LINES_MAX));
        let method: String = long.lines().map(|line| format!("    {line}\n")).collect();
        let methods = format!("impl A {{\n{method}    pub(crate) async fn g() {{\n    }}\n}}\n");
        assert_eq!(messages("a.rs", &methods).len(), 1);
        assert!(messages("a.rs", &long)[0].starts_with("a.rs:1: f has 122 lines"));
        let web = long.replace("fn f", "export default function f");
        assert!(messages("a.ts", &web)[0].starts_with("a.ts:1: f has 122 lines"));
        assert!(messages("a.css", &"a {}\n".repeat(FILE_LINES_MAX + 1))[0].starts_with("a.css: 801 lines"));
        assert!(messages("a.rs", "trait A {\n    fn f();\n    fn g() {\n    }\n}\n").is_empty());
    }

    #[test]
    fn what_is_left_undone_is_found() {
        for (word, _) in FORBIDDEN {
            let found = messages("a.rs", &format!("fn f() {{}}\n// {word}\n"));
            assert!(found.len() == 1 && found[0].starts_with("a.rs:2: "), "{found:?}");
        }
        assert!(messages("README.md", concat!("TO", "DO")).is_empty());
    }

    #[test]
    fn crates_take_the_lints_of_the_workspace() {
        assert_eq!(messages("crates/a/Cargo.toml", "[package]\nname = \"a\"\n").len(), 1);
        assert!(messages("crates/a/Cargo.toml", "[lints]\nworkspace = true\n").is_empty());
        assert!(messages("Cargo.toml", "[workspace]\n").is_empty());
    }

    #[test]
    fn crates_open_with_their_docs() {
        assert_eq!(messages("crates/a/src/lib.rs", "use b;\n").len(), 1);
        assert!(messages("crates/a/src/lib.rs", "//! A.\n").is_empty());
        assert!(messages("crates/a/src/b.rs", "use b;\n").is_empty());
    }
}
