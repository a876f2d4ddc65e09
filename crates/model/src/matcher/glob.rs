//! Patterns that are only texts with gaps between them need no automaton.

use super::pattern::{Class, ClassItem, Node};

/// Most alternatives that a pattern is expanded to.
const GLOBS_MAX: usize = 256;

/// Most bytes of text in all alternatives.
const TEXT_MAX: usize = 16 * 1024;

/// Texts with gaps between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Glob {
    /// The text at the start.
    pub(super) first: String,
    /// Gaps, each with the text after it.
    pub(super) rest: Vec<(Gap, String)>,
}

/// Any characters, at least so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    min: usize,
}

impl Glob {
    pub(super) fn matches(&self, value: &str) -> bool {
        let Some(mut value) = value.strip_prefix(self.first.as_str()) else { return false };
        let Some(((last_gap, last), middle)) = self.rest.split_last() else { return value.is_empty() };
        for (gap, text) in middle {
            // The first place is the best one: it leaves the most for what follows.
            let Some(found) = gap.skip(value).and_then(|v| v.split_once(text.as_str())) else { return false };
            value = found.1;
        }
        last_gap.skip(value).is_some_and(|value| value.ends_with(last.as_str()))
    }

    /// True without gaps.
    pub(super) fn is_text(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn into_text(self) -> Box<str> {
        self.first.into()
    }

    fn append(&mut self, other: &Self) {
        self.text_mut().push_str(&other.first);
        for (gap, text) in &other.rest {
            // Gaps next to each other are one.
            match self.rest.last_mut() {
                Some((before, between)) if between.is_empty() => {
                    before.min += gap.min;
                    between.push_str(text);
                }
                _ => self.rest.push((*gap, text.clone())),
            }
        }
    }

    fn text_mut(&mut self) -> &mut String {
        self.rest.last_mut().map_or(&mut self.first, |(_, text)| text)
    }

    fn len(&self) -> usize {
        // A gap counts as well, so that no list of them grows without bound.
        self.first.len() + self.rest.iter().map(|(_, text)| text.len() + 1).sum::<usize>()
    }
}

impl Gap {
    fn skip(self, value: &str) -> Option<&str> {
        match self.min {
            0 => Some(value),
            min => {
                let (last, c) = value.char_indices().nth(min - 1)?;
                value.get(last + c.len_utf8()..)
            }
        }
    }
}

/// The alternatives of a pattern; `None` when it is more than texts and gaps, or too many of them.
pub(super) fn expand(node: &Node) -> Option<Vec<Glob>> {
    Some(match node {
        Node::Empty => vec![Glob::default()],
        Node::Char { c, fold: false } => vec![text(*c)],
        Node::Class(class) => characters(class)?.into_iter().map(text).collect(),
        Node::Capture { node, .. } => expand(node)?,
        Node::Alternate(nodes) => {
            nodes.iter().try_fold(Vec::new(), |globs, node| joined(globs, expand(node)?))?
        }
        Node::Concat(nodes) => {
            nodes.iter().try_fold(vec![Glob::default()], |globs, node| product(&globs, &expand(node)?))?
        }
        Node::Repeat { node, min, max, .. } => repeat(node, *min, *max)?,
        Node::Char { .. } | Node::Any { .. } | Node::Assertion(_) => return None,
    })
}

fn text(c: char) -> Glob {
    Glob { first: c.to_string(), rest: Vec::new() }
}

fn repeat(node: &Node, min: u32, max: Option<u32>) -> Option<Vec<Glob>> {
    if let (Node::Any { newline: true }, None) = (node, max) {
        let gap = Gap { min: usize::try_from(min).ok()? };
        return Some(vec![Glob { first: String::new(), rest: vec![(gap, String::new())] }]);
    }
    let globs = expand(node)?;
    let mut power = vec![Glob::default()];
    let mut all = Vec::new();
    for count in 0..=max? {
        if count >= min {
            all = joined(all, power.clone())?;
        }
        if Some(count) < max {
            power = product(&power, &globs)?;
        }
    }
    Some(all)
}

fn joined(mut globs: Vec<Glob>, more: Vec<Glob>) -> Option<Vec<Glob>> {
    globs.extend(more);
    bounded(globs)
}

fn product(firsts: &[Glob], seconds: &[Glob]) -> Option<Vec<Glob>> {
    if firsts.len() * seconds.len() > GLOBS_MAX {
        return None;
    }
    let pairs = firsts.iter().flat_map(|first| seconds.iter().map(move |second| (first, second)));
    let pairs = pairs.map(|(first, second)| {
        let mut glob = first.clone();
        glob.append(second);
        glob
    });
    bounded(pairs.collect())
}

fn bounded(globs: Vec<Glob>) -> Option<Vec<Glob>> {
    let bytes: usize = globs.iter().map(Glob::len).sum();
    (globs.len() <= GLOBS_MAX && bytes <= TEXT_MAX).then_some(globs)
}

/// The characters of a small class.
fn characters(class: &Class) -> Option<Vec<char>> {
    if class.negated || class.fold {
        return None;
    }
    let mut all = Vec::new();
    for item in &class.items {
        let ClassItem::Range(from, to) = item else { return None };
        if u32::from(*to) - u32::from(*from) >= GLOBS_MAX as u32 {
            return None;
        }
        all.extend(*from..=*to);
    }
    all.sort_unstable();
    all.dedup();
    (all.len() <= GLOBS_MAX).then_some(all)
}

/// Appends the text that everything starts with that a pattern matches. True when that is the whole pattern.
pub(super) fn push_prefix(node: &Node, out: &mut String) -> bool {
    match node {
        Node::Char { c, fold: false } => {
            out.push(*c);
            true
        }
        Node::Concat(nodes) => nodes.iter().all(|node| push_prefix(node, out)),
        Node::Capture { node, .. } => push_prefix(node, out),
        Node::Empty => true,
        _ => false,
    }
}

/// The text that all globs start with.
pub(super) fn common_prefix(globs: &[Glob]) -> &str {
    let Some((first, others)) = globs.split_first() else { return "" };
    others.iter().fold(first.first.as_str(), |common, glob| {
        let same = common.chars().zip(glob.first.chars()).take_while(|(a, b)| a == b);
        let len = same.map(|(c, _)| c.len_utf8()).sum();
        common.get(..len).unwrap_or("")
    })
}
