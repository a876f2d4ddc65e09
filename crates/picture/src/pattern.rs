//! Regular expressions that dashboards bring: `/…/flags`, or a bare pattern that may match anywhere.

use model::matcher;
use regex::{Captures, Regex};

/// Patterns longer than this are refused: nobody writes them, and they cost time to match.
const PATTERN_MAX: usize = 1000;

pub(crate) struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern; `None` when it is not valid.
    pub(crate) fn new(source: &str) -> Option<Self> {
        if source.len() > PATTERN_MAX {
            return None;
        }
        let delimited = source.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
        let delimited = delimited.filter(|(_, flags)| flags.bytes().all(|flag| flag.is_ascii_lowercase()));
        let (pattern, flags) = delimited.unwrap_or((source, ""));
        let flags: String = flags.chars().filter(|flag| matches!(flag, 'i' | 'm' | 's')).collect();
        let flags = if flags.is_empty() { flags } else { format!("(?{flags})") };
        // The engine of label matchers is anchored at both ends: what lies around the match is matched too, and
        // the match is the first group.
        matcher::compile(&format!("(?s:.*?)({flags}{pattern})(?s:.*)")).ok().map(Self)
    }

    /// Whether it matches anywhere.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// What a group of the first match caught, by its number, or by its name where it has one.
    pub(crate) fn group<'t>(&self, text: &'t str, name: &str, number: usize) -> Option<&'t str> {
        let caught = self.0.captures(text)?;
        let found = caught.name(name).or_else(|| caught.get(number + 1));
        found.map(|found| found.as_str())
    }

    /// The text with the first match replaced; `$1` and `$&` stand for a group and for the match.
    pub(crate) fn replace(&self, text: &str, replacement: &str) -> Option<String> {
        let caught = self.0.captures(text)?;
        let range = caught.get(1)?.range();
        let mut out = text.get(..range.start)?.to_owned();
        expand(&mut out, replacement, &caught);
        out.push_str(text.get(range.end..)?);
        Some(out)
    }
}

fn expand(out: &mut String, replacement: &str, caught: &Captures<'_>) {
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let group = match after.bytes().next() {
            Some(b'&') => Some(1),
            Some(digit @ b'1'..=b'9') => Some(usize::from(digit - b'0') + 1),
            _ => None,
        };
        match group {
            None => out.push('$'),
            Some(group) => out.push_str(caught.get(group).map_or("", |found| found.as_str())),
        }
        rest = after.get(usize::from(group.is_some())..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_anywhere() {
        for (pattern, text, expected) in [
            ("b+", "abbc", true),
            ("^b", "abbc", false),
            ("/BB/i", "abbc", true),
            ("a|d$", "xd", true),
            ("/x/y", "/x/y", true),
        ] {
            assert_eq!(Pattern::new(pattern).is_some_and(|p| p.is_match(text)), expected, "{pattern}");
        }
        assert!(Pattern::new("(").is_none());
        assert!(Pattern::new(&"a".repeat(1001)).is_none());
    }

    #[test]
    fn groups_are_caught_and_put_in() {
        let pattern = Pattern::new("/instance=\"(?<value>[^:]+):([0-9]+)/").unwrap();
        let text = "up{instance=\"box:9100\"}";
        assert_eq!(pattern.group(text, "value", 1), Some("box"));
        assert_eq!(pattern.group(text, "none", 2), Some("9100"));
        assert_eq!(pattern.replace(text, "$2/$1 $x").unwrap(), "up{9100/box $x\"}");
        assert_eq!(pattern.replace("other", "x"), None);
    }
}
