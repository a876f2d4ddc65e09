//! Environment variables in text, by the rules of the shell's `$NAME` and `${NAME}` as Go's `os.Expand` has
//! them.

/// Replaces `$NAME` and `${NAME}`; `$$` is a dollar sign. A variable that is not set is empty.
pub(crate) fn expand(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (reference, tail) = split_reference(after);
        match reference {
            Reference::Name("$") => out.push('$'),
            Reference::Name(name) => out.push_str(&environment(name).unwrap_or_default()),
            Reference::Nothing => {}
            Reference::Dollar => out.push('$'),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

enum Reference<'a> {
    Name(&'a str),
    /// Bad syntax, which is dropped.
    Nothing,
    /// A dollar sign that starts no name.
    Dollar,
}

/// What stands behind a dollar sign, and what follows that.
fn split_reference(after: &str) -> (Reference<'_>, &str) {
    if let Some(braced) = after.strip_prefix('{') {
        return match braced.split_once('}') {
            Some(("", tail)) => (Reference::Nothing, tail),
            Some((name, tail)) => (Reference::Name(name), tail),
            None => (Reference::Nothing, braced),
        };
    }
    let special = |c: char| c.is_ascii_digit() || "*#$@!?-".contains(c);
    let len = match after.chars().next() {
        Some(c) if special(c) => 1,
        _ => after.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count(),
    };
    match after.split_at(len) {
        ("", tail) => (Reference::Dollar, tail),
        (name, tail) => (Reference::Name(name), tail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_go_does_it() {
        let environment = |name: &str| (name == "SITE").then(|| "attic".to_owned());
        for (text, expanded) in [
            ("$SITE/${SITE}x", "attic/atticx"),
            ("$$SITE", "$SITE"),
            ("a$NONE", "a"),
            ("${SITE", "SITE"),
            ("${}", ""),
            ("$1$", "$"),
            ("$*x", "x"),
            ("$-", ""),
            ("$ x", "$ x"),
            ("$é", "$é"),
        ] {
            assert_eq!(expand(text, &environment), expanded, "{text}");
        }
    }
}
