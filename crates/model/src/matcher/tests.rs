use proptest::prelude::*;

use super::*;

fn matcher(pattern: &str) -> Matcher {
    Matcher::new(MatchOp::Regex, "a", pattern).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn patterns_are_anchored_and_see_line_breaks() {
    let m = matcher("x.*|y");
    assert!(m.matches("x\n") && m.matches("y") && !m.matches("ay") && !m.matches("yb"));
    let not = Matcher::new(MatchOp::NotRegex, "a", ".+").unwrap();
    assert!(not.matches("") && !not.matches("z"));
}

#[test]
fn finite_patterns_are_sets() {
    for (pattern, values) in [
        ("b|a|b", &["a", "b"][..]),
        ("(?:x|yz?)[0-2]", &["x0", "x1", "x2", "y0", "y1", "y2", "yz0", "yz1", "yz2"]),
        ("^foo$|bar", &["bar", "foo"]),
        ("^(a|)$", &["", "a"]),
        ("a{2}\\.\\x41\\Q.*\\E", &["aa.A.*"]),
        ("", &[""]),
    ] {
        let m = matcher(pattern);
        let found: Vec<_> = m.set_matches().unwrap_or_default().iter().map(|v| &**v).collect();
        assert_eq!(found, values, "{pattern}");
        assert!(values.iter().all(|v| m.matches(v)) && !m.matches("no"), "{pattern}");
    }
    for pattern in ["a.*", "[a-z]{3}", "(?i)a", "a|.", "\\d+", "[^a]"] {
        assert!(matcher(pattern).set_matches().is_none(), "{pattern}");
    }
}

#[test]
fn what_all_values_start_with() {
    for (pattern, prefix) in
        [("abc", "abc"), ("ab.*|ac", "a"), ("ab(c(d|e).)", "abc"), ("^ab+", "a"), ("x|y", ""), ("(?i)a", "")]
    {
        assert_eq!(matcher(pattern).prefix(), prefix, "{pattern}");
    }
}

#[test]
fn texts_with_gaps_match_without_automaton() {
    for (pattern, yes, no) in [
        (".*b.+d", &["bcd", "abbd", "bdd"][..], &["bd", "bcde", ""][..]),
        ("a.*|.*(b|c).*", &["a", "xbx", "c"], &["x", ""]),
        (".+", &["ö", "\n"], &[""]),
        ("ab.*ba", &["abba", "abxba"], &["aba", "ab"]),
        (".{2,}é", &["éé\né"], &["éé"]),
    ] {
        let m = matcher(pattern);
        assert!(matches!(m.pattern.as_deref().map(|p| &p.method), Some(Method::Globs(_))), "{pattern}");
        assert!(yes.iter().all(|v| m.matches(v)) && !no.iter().any(|v| m.matches(v)), "{pattern}");
    }
}

#[test]
fn what_go_accepts_means_what_it_means_there() {
    for (pattern, yes, no) in [
        ("\\d+", "42", "٤"),
        ("\\w\\s\\W", "a\t-", "ä\t-"),
        ("x\\s", "x ", "x\u{b}"),
        ("[a[b]", "[", "]"),
        ("a{,3}", "a{,3}", "aaa"),
        ("a{bc}{01}", "a{bc}{01}", "abc"),
        ("[\\d-z]", "-", "a"),
        ("[]a]", "]", "b"),
        ("[^\\D1]", "2", "1"),
        ("[[:^alpha:][:digit:]]", "5", "a"),
        ("\\pL\\p{Greek}\\P{^Lu}", "aαB", "aab"),
        ("(?i)straSSe", "STRASSe", "straße"),
        ("(?-s:.)(?s).", "a\n", "\na"),
        ("(?m)a$\\n^b", "a\nb", "ab"),
        ("\\bab\\b.\\B.", "ab--", "abab"),
        ("(?P<x>a)(?<y>b)??(?U:c+)", "acc", "b"),
        ("a#b (?:c)", "a#b c", "a"),
        ("[&&a]~~", "&~~", "b~~"),
        ("\\101\\x{263a}\\.", "A☺.", "A☺x"),
        ("\\Aa\\z", "a", "b"),
    ] {
        let m = matcher(pattern);
        assert!(m.matches(yes) && !m.matches(no), "{pattern}");
    }
}

#[test]
fn what_go_refuses_is_refused_in_its_words() {
    for (pattern, what) in [
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("[b-a]", "invalid character class range: `b-a`"),
        ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
        ("\\p{Nope}", "invalid character class range: `\\p{Nope}`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a|*", "missing argument to repetition operator: `*`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("(a{100}){100}", "invalid repeat count: `{100}`"),
        ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("\\8", "invalid escape sequence: `\\8`"),
        ("\\1", "invalid escape sequence: `\\1`"),
        ("a\\", "trailing backslash at end of expression: ``"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
        ("(?P<>a)", "invalid named capture: `(?P<>`"),
    ] {
        let error = Matcher::new(MatchOp::Regex, "a", pattern).unwrap_err().to_string();
        assert_eq!(error, format!("error parsing regexp: {what}"));
    }
}

#[test]
fn size_and_nesting_are_bounded() {
    let wide = format!("[^a]{{{}}}", 1000).repeat(100);
    assert!(compile(&wide).unwrap_err().to_string().contains("expression too large"));
    assert!(compile(&"(".repeat(100_000)).unwrap_err().to_string().contains("nests too deeply"));
    let m = matcher("(a|b|c|d){9}");
    assert!(m.set_matches().is_none() && m.matches("abcdabcda"));
}

#[test]
fn groups_keep_their_numbers() {
    let regex = compile("(a)(?:b)(?P<n>c.*?)(d*)").unwrap();
    let groups = regex.captures("abccdd").unwrap();
    assert_eq!((&groups[1], &groups["n"], &groups[3]), ("a", "cc", "dd"));
}

/// Patterns that mean the same to the `regex` crate.
fn pattern() -> impl Strategy<Value = String> {
    let leaf = "[abc]|\\.|\\.\\*|\\.\\+|\\[ab\\]|\\[\\^b\\]|a\\{2\\}|\\\\n|\\^|\\$|\\(\\?i:b\\)";
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join("|"))),
            (inner, "\\*|\\+|\\?|\\{0,2\\}|\\{1,\\}").prop_map(|(p, times)| format!("(?:{p}){times}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn patterns_match_as_the_plain_regex(
        pattern in pattern(),
        values in proptest::collection::vec("[abcB\\n]{0,7}", 20)
    ) {
        let m = matcher(&pattern);
        let plain = Regex::new(&format!("^(?s:{pattern})$")).unwrap();
        for value in &values {
            prop_assert_eq!(m.matches(value), plain.is_match(value), "{} on {:?}", pattern, value);
            if plain.is_match(value) {
                prop_assert!(value.starts_with(m.prefix()));
            }
        }
    }

    #[test]
    fn no_pattern_is_too_strange(pattern in "([a-c]|[-+*?.|(){}^$,0-9]|\\[|\\]|\\[:alpha:\\]|\\\\.|\\(\\?[imsU-]{0,3}[:)]|\\PC){0,20}") {
        if let Ok(m) = Matcher::new(MatchOp::Regex, "a", &pattern) {
            m.matches("abc");
        }
    }
}
