//! What is found wrong while a document is read, and the path to it.

use std::{cell::RefCell, fmt};

use model::sort;

use super::Schema;
use crate::error::{Position, Problem};

/// Problems kept: a reader mends a screenful at a time, and a hostile file must not fill the memory.
const PROBLEMS_MAX: usize = 50;

/// Collects problems, so that one reading shows all of them.
#[derive(Debug)]
pub(crate) struct Report {
    schemas: &'static [&'static Schema],
    problems: RefCell<Vec<Problem>>,
}

impl Report {
    /// An empty report; a key that one of these schemas has may have been meant for it.
    pub(crate) fn new(schemas: &'static [&'static Schema]) -> Self {
        Self { schemas, problems: RefCell::default() }
    }

    /// The schemas among which a misplaced key is looked up.
    pub(crate) fn schemas(&self) -> &'static [&'static Schema] {
        self.schemas
    }

    /// Notes a problem with what stands at a place.
    pub(crate) fn add(&self, at: Position, path: &Path<'_>, complaint: Complaint) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS_MAX {
            let Complaint { message, cure } = complaint;
            problems.push(Problem { at, path: path.to_string(), message, cure });
        }
    }

    /// Whether anything was wrong so far.
    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    /// All problems in the order of the text.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        sort::by_key(&mut problems, |p| p.at);
        problems
    }
}

/// What is wrong and what to do about it.
#[derive(Debug)]
pub(crate) struct Complaint {
    message: String,
    cure: String,
}

impl Complaint {
    /// A complaint whose message says it all.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cure: String::new() }
    }

    /// The same with a cure.
    pub(crate) fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = cure.into();
        self
    }
}

/// The way from the top of the document to a node, built on the stack while reading goes down.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

/// `scrape_configs[0].static_configs[1].targets`; as deep as the schema, not as the text.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
