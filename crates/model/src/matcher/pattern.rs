//! Patterns as trees: what the parser makes, and what globs and regular expressions are made of.

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Empty,
    Char {
        c: char,
        /// Upper and lower case are the same.
        fold: bool,
    },
    /// Any character, line breaks included or not.
    Any {
        newline: bool,
    },
    Class(Class),
    Assertion(Assertion),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        greedy: bool,
    },
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Capture {
        name: Option<Box<str>>,
        node: Box<Node>,
    },
}

/// Matches between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// A set of characters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) fold: bool,
    pub(super) items: Vec<ClassItem>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ClassItem {
    /// All from the first to the last.
    Range(char, char),
    /// A general category or a script of Unicode.
    Unicode { name: Box<str>, negated: bool },
}

impl Node {
    /// The same pattern without the anchors at its ends, which say nothing when the whole is anchored.
    pub(super) fn without_outer_anchors(&self) -> Self {
        match self {
            Self::Alternate(nodes) => {
                Self::Alternate(nodes.iter().map(Self::without_outer_anchors).collect())
            }
            Self::Capture { name, node } => {
                Self::Capture { name: name.clone(), node: Box::new(node.without_outer_anchors()) }
            }
            Self::Assertion(Assertion::TextStart | Assertion::TextEnd) => Self::Empty,
            Self::Concat(nodes) => {
                let mut nodes = nodes.as_slice();
                while let [Self::Assertion(Assertion::TextStart), rest @ ..] = nodes {
                    nodes = rest;
                }
                while let [rest @ .., Self::Assertion(Assertion::TextEnd)] = nodes {
                    nodes = rest;
                }
                Self::Concat(nodes.to_vec())
            }
            other => other.clone(),
        }
    }

    /// The pattern in the syntax of the `regex` crate, with nothing left to its defaults.
    pub(super) fn render(&self, out: &mut String) {
        match self {
            Self::Empty => out.push_str("(?:)"),
            Self::Char { c, fold: false } => push_char(*c, out),
            Self::Char { c, fold: true } => {
                out.push_str("(?i:");
                push_char(*c, out);
                out.push(')');
            }
            Self::Any { newline } => out.push_str(if *newline { "(?s:.)" } else { "(?-s:.)" }),
            Self::Class(class) => class.render(out),
            Self::Assertion(assertion) => out.push_str(assertion.as_str()),
            Self::Repeat { node, min, max, greedy } => {
                grouped("(?:", node, out);
                match max {
                    Some(max) => out.push_str(&format!("{{{min},{max}}}")),
                    None => out.push_str(&format!("{{{min},}}")),
                }
                if !greedy {
                    out.push('?');
                }
            }
            Self::Concat(nodes) => nodes.iter().for_each(|node| node.render(out)),
            Self::Alternate(nodes) => {
                out.push_str("(?:");
                for (at, node) in nodes.iter().enumerate() {
                    if at > 0 {
                        out.push('|');
                    }
                    node.render(out);
                }
                out.push(')');
            }
            Self::Capture { name: None, node } => grouped("(", node, out),
            Self::Capture { name: Some(name), node } => grouped(&format!("(?P<{name}>"), node, out),
        }
    }
}

fn grouped(open: &str, node: &Node, out: &mut String) {
    out.push_str(open);
    node.render(out);
    out.push(')');
}

fn push_char(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
    }
}

impl Class {
    fn render(&self, out: &mut String) {
        // A class of nothing, such as `[^\x00-\x{10FFFF}]`, is written as the complement of everything.
        if self.items.is_empty() {
            out.push_str(if self.negated { "(?s:.)" } else { "[^\\x{0}-\\x{10ffff}]" });
            return;
        }
        out.push_str(if self.fold { "(?i:[" } else { "[" });
        if self.negated {
            out.push('^');
        }
        for item in &self.items {
            match item {
                ClassItem::Range(from, to) => {
                    push_char(*from, out);
                    out.push('-');
                    push_char(*to, out);
                }
                ClassItem::Unicode { name, negated } => {
                    out.push_str(if *negated { "\\P{" } else { "\\p{" });
                    out.push_str(name);
                    out.push('}');
                }
            }
        }
        out.push_str(if self.fold { "])" } else { "]" });
    }
}

impl Assertion {
    /// Word boundaries are those of ASCII.
    fn as_str(self) -> &'static str {
        match self {
            Self::TextStart => "\\A",
            Self::TextEnd => "\\z",
            Self::LineStart => "(?m:^)",
            Self::LineEnd => "(?m:$)",
            Self::WordBoundary => "(?-u:\\b)",
            Self::NoWordBoundary => "(?-u:\\B)",
        }
    }
}
