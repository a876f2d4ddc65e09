//! Regular expressions of matchers, which are taken apart before they are compiled.

use model::{MatchOp, Matcher};

/// Takes a pattern and, behind a line break, texts: it matches the same whether it can be taken apart or not.
pub fn matcher(bytes: &[u8]) {
    let mut lines = super::text(bytes).split('\n');
    let pattern = lines.next().unwrap_or_default();
    let Ok(plain) = Matcher::new(MatchOp::Regex, "name", pattern) else { return };
    let negated = Matcher::new(MatchOp::NotRegex, "name", pattern).unwrap();
    // Around what is doubled no literal, prefix or list of words is found.
    let whole = Matcher::new(MatchOp::Regex, "name", &format!("(?:(?:{pattern})){{1}}")).ok();
    for text in lines.chain(["", "a", pattern, "foo", "FOO", "ſ", "a\nb"]) {
        let matches = plain.matches(text);
        assert_eq!(negated.matches(text), !matches, "{pattern:?} on {text:?}");
        if let Some(whole) = &whole {
            assert_eq!(whole.matches(text), matches, "{pattern:?} on {text:?}");
        }
    }
}
