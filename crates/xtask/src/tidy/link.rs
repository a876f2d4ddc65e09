//! Links between documents lead somewhere.

use super::{
    Problem,
    tree::{Tree, extension},
};

/// Checks the links of a document to files of the workspace; other documents than Markdown have none.
pub(super) fn check(path: &str, text: &str, tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    if extension(path) != "md" {
        return problems;
    }
    for (line, prose) in prose(text) {
        for target in targets(prose) {
            if let Some(message) = check_target(path, text, target, tree) {
                problems.push(Problem::new(path, Some(line), message));
            }
        }
    }
    problems
}

/// The lines outside of code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(i, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!in_code && !fence).then_some((i + 1, line))
    })
}

/// What stands in `](...)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(|t| t.trim())
}

fn check_target(path: &str, text: &str, target: &str, tree: &Tree) -> Option<String> {
    let outside = target.contains("://") || target.starts_with("mailto:");
    if outside || target.is_empty() {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let Some(file) = resolve(path, file) else {
        return Some(format!("link {target} leads out of the workspace; link to a file in it"));
    };
    if !tree.has(&file) {
        return Some(format!("link {target} leads to no file; mend it or write {file}"));
    }
    let linked = if file == path { Some(text) } else { tree.text(&file) };
    let missing = !anchor.is_empty() && !linked.is_some_and(|text| anchors(text).any(|a| a == anchor));
    missing.then(|| format!("link {target}: {file} has no heading #{anchor}; mend the link"))
}

/// A link's path from the root of the workspace; `None` when it leads out of it.
fn resolve(from: &str, link: &str) -> Option<String> {
    if link.is_empty() {
        return Some(from.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The anchors of a document's headings, as GitHub makes them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings = prose(text).map(|(_, line)| line).filter(|line| line.starts_with('#'));
    headings.map(|heading| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_nowhere_are_found() {
        let readme = "[a](docs/a.md) [b](docs/a.md#the-first-one) [c](https://example.org/x) [d](#top)\n# Top\n\
                      ```\n[no](link.md)\n```\n";
        let guide =
            "# A\n## The `first` one!\n[up](../README.md#top)\n[x](b.md) [y](../../z) [z](a.md#none)\n";
        let tree = Tree::of(&[("README.md", readme), ("docs/a.md", guide)]);
        assert_eq!(check("README.md", readme, &tree), []);
        let found: Vec<_> = check("docs/a.md", guide, &tree).iter().map(ToString::to_string).collect();
        let starts = [
            "docs/a.md:4: link b.md leads to no file",
            "docs/a.md:4: link ../../z leads out",
            "docs/a.md:4: link a.md#none: docs/a.md has no heading #none",
        ];
        assert!(found.iter().zip(starts).all(|(f, s)| f.starts_with(s)), "{found:#?}");
        assert_eq!(found.len(), starts.len());
    }
}
