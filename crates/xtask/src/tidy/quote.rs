//! Texts that the page on troubles quotes are texts that the program says.

use super::{
    Problem,
    tree::{Tree, extension},
};

const PAGE: &str = "docs/troubleshooting.md";
/// What the first column of a table is headed with when it quotes the program.
const HEADINGS: [&str; 3] = ["Text", "Log line", "Status and text"];
/// Texts of the kernel that stand at the end of the program's own.
const SYSTEM: [&str; 5] = [
    "No such file or directory",
    "Permission denied",
    "Read-only file system",
    "No space left on device",
    "Input/output error",
];
/// Stands for what differs; parts between that are shorter than this prove nothing.
const GAP: char = '…';
const PART_CHARS_MIN: usize = 3;

/// Checks the texts that the page quotes against the sources.
pub(super) fn check(path: &str, text: &str, tree: &Tree) -> Vec<Problem> {
    if path != PAGE {
        return Vec::new();
    }
    let said = said(tree);
    let unknown = quotes(text).filter(|(_, quote)| !parts(quote).all(|part| said.contains(part)));
    unknown
        .map(|(line, quote)| {
            Problem::new(path, Some(line), format!("no source says `{quote}`; quote what the program prints"))
        })
        .collect()
}

/// All that stands in the sources of the program and its pages, as it is printed: without escapes and line breaks.
fn said(tree: &Tree) -> String {
    let is_source = |path: &str| {
        (path.starts_with("crates/") || path.starts_with("web/src/"))
            && ["rs", "ts", "tsx"].contains(&extension(path))
    };
    let mut said = String::new();
    for (_, text) in tree.files().filter(|(path, _)| is_source(path)) {
        let mut pieces = text.split("\\\n");
        said.push_str(pieces.next().unwrap_or_default());
        pieces.for_each(|piece| said.push_str(piece.trim_start()));
    }
    said.replace("\\\"", "\"")
}

/// The code spans in the first column of the tables of texts, with their lines.
fn quotes(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut quotes_program = false;
    page.lines().enumerate().flat_map(move |(at, line)| {
        let first = line.strip_prefix("| ").and_then(|row| row.split(" | ").next()).unwrap_or_default();
        if !line.starts_with('|') {
            quotes_program = false;
        }
        quotes_program |= HEADINGS.contains(&first);
        let spans = first.split('`').skip(1).step_by(2).filter(move |_| quotes_program);
        spans.map(move |span| (at + 1, span))
    })
}

/// What stands between the gaps of a quote and is the program's own.
fn parts(quote: &str) -> impl Iterator<Item = &str> {
    let own = |part: &str| part.chars().count() >= PART_CHARS_MIN && !SYSTEM.contains(&part);
    quote.split(GAP).map(|part| part.trim().trim_start_matches(": ")).filter(move |part| own(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_no_source_says_is_found() {
        let source = "#[error(\"cannot read \\\"{path}\\\": it has \\\n                 no end\")]";
        let page = "| Text | Cure |\n|---|---|\n| `cannot read \"…\": it has no end` | `x y z` |\n\
                    | 404 `cannot write …`, `cannot read …: Permission denied` | |\n\n| Sign |\n|---|\n| `any sign` |\n";
        let tree = Tree::of(&[("crates/a/src/lib.rs", source), (PAGE, page)]);
        let found: Vec<_> = check(PAGE, page, &tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["docs/troubleshooting.md:4: no source says `cannot write …`; quote what the program prints"]
        );
    }
}
