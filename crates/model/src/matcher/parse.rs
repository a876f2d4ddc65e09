//! The syntax of Go's `regexp` (RE2), which Prometheus's patterns are written in.
//!
//! What it accepts and refuses is what Go does, with Go's messages; nesting is bounded more tightly.

use super::{
    PatternError,
    class::{self, Escape},
    pattern::{Assertion, Class, Node},
};

/// How deeply groups may be nested; Go allows 1000. The parser recurses.
const NESTING_MAX: usize = 100;

/// The largest count of a repetition, also when repetitions are nested.
const REPEAT_MAX: u32 = 1000;

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Result<Node, PatternError> {
    let mut parser = Parser { whole: pattern, rest: pattern, nesting: 0 };
    let mut flags = Flags { fold: false, dot_newline: true, multi_line: false, swap_greed: false };
    let node = parser.alternation(&mut flags)?;
    if parser.rest.is_empty() { Ok(node) } else { Err(PatternError::new("unexpected )", pattern)) }
}

#[derive(Clone, Copy, Debug)]
struct Flags {
    /// `i`
    fold: bool,
    /// `s`
    dot_newline: bool,
    /// `m`
    multi_line: bool,
    /// `U`
    swap_greed: bool,
}

struct Parser<'a> {
    whole: &'a str,
    rest: &'a str,
    nesting: usize,
}

type Parsed<T> = Result<T, PatternError>;

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// What has been read since `before` was the rest.
    fn read_since(&self, before: &'a str) -> &'a str {
        before.get(..before.len() - self.rest.len()).unwrap_or(before)
    }

    /// Branches up to the end or to a closing parenthesis, which is left. Flags set within hold to the end of
    /// the group.
    fn alternation(&mut self, flags: &mut Flags) -> Parsed<Node> {
        let mut branches = vec![self.concatenation(flags)?];
        while self.eat("|") {
            branches.push(self.concatenation(flags)?);
        }
        Ok(if branches.len() == 1 { branches.swap_remove(0) } else { Node::Alternate(branches) })
    }

    fn concatenation(&mut self, flags: &mut Flags) -> Parsed<Node> {
        let mut nodes = Vec::new();
        // The text of the repetition right before; none may follow another.
        let mut repeated: Option<&'a str> = None;
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            let before = self.rest;
            if let Some((min, max)) = self.repetition(c)? {
                let greedy = !self.eat("?") ^ flags.swap_greed;
                self.repeat(&mut nodes, (min, max, greedy), before, repeated)?;
                repeated = Some(before);
                continue;
            }
            repeated = None;
            self.item(c, flags, &mut nodes)?;
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.swap_remove(0),
            _ => Node::Concat(nodes),
        })
    }

    /// Least and most counts of `*`, `+`, `?` or `{n,m}` if that is what comes next.
    fn repetition(&mut self, c: char) -> Parsed<Option<(u32, Option<u32>)>> {
        let bounds = match c {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            '{' => return self.counted(),
            _ => return Ok(None),
        };
        self.bump();
        Ok(Some(bounds))
    }

    /// `{n}`, `{n,}` or `{n,m}`; any other brace stands for itself.
    fn counted(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        let Some((inside, after)) = self.rest.strip_prefix('{').and_then(|t| t.split_once('}')) else {
            return Ok(None);
        };
        let is_number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        // Go takes no leading zeros.
        let is_number = |t: &str| is_number(t) && (t.len() == 1 || !t.starts_with('0'));
        let (min, max) = inside.split_once(',').unwrap_or((inside, inside));
        if !is_number(min) || !(is_number(max) || (max.is_empty() && inside.contains(','))) {
            return Ok(None);
        }
        let before = self.rest;
        self.rest = after;
        let value = |t: &str| t.parse::<u32>().ok().filter(|n| *n <= REPEAT_MAX);
        let min = value(min);
        let max = if max.is_empty() { Some(None) } else { value(max).map(Some) };
        match (min, max) {
            (Some(min), Some(max)) if max.is_none_or(|max| min <= max) => Ok(Some((min, max))),
            _ => Err(PatternError::new("invalid repeat count", self.read_since(before))),
        }
    }

    fn repeat(
        &self,
        nodes: &mut Vec<Node>,
        (min, max, greedy): (u32, Option<u32>, bool),
        before: &'a str,
        repeated: Option<&'a str>,
    ) -> Parsed<()> {
        if let Some(first) = repeated {
            return Err(PatternError::new("invalid nested repetition operator", self.read_since(first)));
        }
        let Some(node) = nodes.pop() else {
            let operator = self.read_since(before);
            return Err(PatternError::new("missing argument to repetition operator", operator));
        };
        let repeat = Node::Repeat { node: Box::new(node), min, max, greedy };
        if copies(&repeat).is_none() {
            return Err(PatternError::new("invalid repeat count", self.read_since(before)));
        }
        nodes.push(repeat);
        Ok(())
    }

    fn item(&mut self, c: char, flags: &mut Flags, nodes: &mut Vec<Node>) -> Parsed<()> {
        let node = match c {
            '(' => match self.group(flags)? {
                Some(node) => node,
                None => return Ok(()),
            },
            '[' => {
                let (class, rest) = class::parse_class(self.rest, flags.fold)?;
                self.rest = rest;
                Node::Class(class)
            }
            '\\' => return self.escape(*flags, nodes),
            _ => {
                self.bump();
                match c {
                    '.' => Node::Any { newline: flags.dot_newline },
                    '^' if flags.multi_line => Node::Assertion(Assertion::LineStart),
                    '^' => Node::Assertion(Assertion::TextStart),
                    '$' if flags.multi_line => Node::Assertion(Assertion::LineEnd),
                    '$' => Node::Assertion(Assertion::TextEnd),
                    c => Node::Char { c, fold: flags.fold },
                }
            }
        };
        nodes.push(node);
        Ok(())
    }

    fn escape(&mut self, flags: Flags, nodes: &mut Vec<Node>) -> Parsed<()> {
        if self.eat("\\Q") {
            let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            nodes.extend(literal.chars().map(|c| Node::Char { c, fold: flags.fold }));
            return Ok(());
        }
        let assertions = [
            ("\\A", Assertion::TextStart),
            ("\\z", Assertion::TextEnd),
            ("\\b", Assertion::WordBoundary),
            ("\\B", Assertion::NoWordBoundary),
        ];
        if let Some((_, assertion)) = assertions.into_iter().find(|(text, _)| self.eat(text)) {
            nodes.push(Node::Assertion(assertion));
            return Ok(());
        }
        let (escape, rest) = class::parse_escape(self.rest)?;
        self.rest = rest;
        nodes.push(match escape {
            Escape::Char(c) => Node::Char { c, fold: flags.fold },
            Escape::Class(items) => Node::Class(Class { negated: false, fold: flags.fold, items }),
        });
        Ok(())
    }

    /// A group, or `None` for flags that hold for the rest of the group around them.
    fn group(&mut self, flags: &mut Flags) -> Parsed<Option<Node>> {
        let before = self.rest;
        self.bump();
        let mut within = *flags;
        let mut name = None;
        let mut captures = true;
        if ["?P<", "?<"].into_iter().any(|open| self.eat(open)) {
            name = Some(self.group_name(before)?);
        } else if self.eat("?") {
            captures = false;
            if !self.group_flags(&mut within, before)? {
                *flags = within;
                return Ok(None);
            }
        }
        self.nesting += 1;
        if self.nesting > NESTING_MAX {
            return Err(PatternError::new("expression nests too deeply", self.whole));
        }
        let node = self.alternation(&mut within)?;
        self.nesting -= 1;
        if !self.eat(")") {
            return Err(PatternError::new("missing closing )", self.whole));
        }
        Ok(Some(if captures { Node::Capture { name, node: Box::new(node) } } else { group_of(node) }))
    }

    fn group_name(&mut self, before: &'a str) -> Parsed<Box<str>> {
        let invalid = |text| PatternError::new("invalid named capture", text);
        let (name, rest) = self.rest.split_once('>').ok_or_else(|| invalid(before))?;
        self.rest = rest;
        let valid = name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
        if name.is_empty() || !valid {
            return Err(invalid(self.read_since(before)));
        }
        Ok(name.into())
    }

    /// The letters after `(?`; true when a group follows, false when they hold for what is around.
    fn group_flags(&mut self, flags: &mut Flags, before: &'a str) -> Parsed<bool> {
        let (mut on, mut any) = (true, false);
        while let Some(c) = self.bump() {
            let flag = match c {
                'i' => &mut flags.fold,
                'm' => &mut flags.multi_line,
                's' => &mut flags.dot_newline,
                'U' => &mut flags.swap_greed,
                '-' if on => {
                    (on, any) = (false, false);
                    continue;
                }
                ':' | ')' if on || any => return Ok(c == ':'),
                _ => break,
            };
            *flag = on;
            any = true;
        }
        Err(PatternError::new("invalid or unsupported Perl syntax", self.read_since(before)))
    }
}

/// A group that captures nothing is the node itself, but a concatenation stays together.
fn group_of(node: Node) -> Node {
    match node {
        Node::Concat(nodes) => Node::Alternate(vec![Node::Concat(nodes)]),
        node => node,
    }
}

/// How many copies nested repetitions make of what is innermost; `None` above [`REPEAT_MAX`].
fn copies(node: &Node) -> Option<u32> {
    match node {
        Node::Repeat { node, min, max, .. } => {
            let times = max.unwrap_or(*min).max(1);
            times.checked_mul(copies(node)?).filter(|n| *n <= REPEAT_MAX)
        }
        Node::Capture { node, .. } => copies(node),
        Node::Concat(nodes) | Node::Alternate(nodes) => {
            nodes.iter().try_fold(1, |most: u32, node| copies(node).map(|n| most.max(n)))
        }
        _ => Some(1),
    }
}
