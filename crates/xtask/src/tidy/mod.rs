//! The house rules.

mod layer;
mod link;
mod name;
mod quote;
mod source;
mod tree;

use std::{fmt, io, path::Path};

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file, from the root of the workspace.
    path: String,
    /// The line, counted from 1; `None` for the file as a whole.
    line: Option<usize>,
    /// What is wrong, and the cure.
    message: String,
}

impl Problem {
    fn new(path: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// Documents that have to be there.
const DOCUMENTS: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE"];

/// Checks all rules, in a workspace at `root`.
pub(crate) fn check(root: &Path) -> io::Result<Vec<Problem>> {
    let tree = tree::Tree::read(root)?;
    let mut problems = layer::check(root)?;
    for document in DOCUMENTS.iter().filter(|document| !tree.has(document)) {
        problems.push(Problem::new(document, None, "is missing; write it"));
    }
    for (path, text) in tree.files() {
        problems.extend(name::check(path));
        problems.extend(source::check(path, text));
        problems.extend(link::check(path, text, &tree));
        problems.extend(quote::check(path, text, &tree));
    }
    problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    Ok(problems)
}
