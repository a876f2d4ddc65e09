//! Printing, and that what is printed reads as the same.

use proptest::prelude::*;

use super::{Features, parse, pretty};

fn printed(text: &str) -> String {
    parse(text, &Features::ALL).unwrap_or_else(|e| panic!("{text}: {e}")).to_string()
}

#[test]
fn expressions_print_in_canonical_form() {
    for (text, canonical) in [
        ("sum by()(a)", "sum(a)"),
        ("sum(a)without(x,\"y z\")", "sum without (x, \"y z\") (a)"),
        ("TOPK(5,a)", "topk(5, a)"),
        ("a-on()group_left c", "a - on () group_left () c"),
        ("a and ignoring() c", "a and c"),
        ("a+fill_right(2)fill_left(1e25)b", "a + fill_left (1e+25) fill_right (2) b"),
        ("a{z=\"1\",b=~'2'} @ 1.5 offset -90s", "a{b=~\"2\",z=\"1\"} @ 1.500 offset -1m30s"),
        ("{\"a.b\",\"c d\"!=\"\\n\"}[300] anchored", "{\"c d\"!=\"\\n\",__name__=\"a.b\"}[5m] anchored"),
        ("a[1h : 90s] @ end()", "a[1h:1m30s] @ end()"),
        ("a[+(5m)*-step():]", "a[(5m) * -step():]"),
        ("1e3 + 5m - -Inf ^ .5", "1000 + 5m - -+Inf ^ 0.5"),
        ("label_join(a,\"b\",'\"')", "label_join(a, \"b\", \"\\\"\")"),
        ("count_values('\\xc3\\x28\\u00c5', a)", "count_values(\"\\xc3(Å\", a)"),
        ("info(a, {b=\"c\"})", "info(a, {b=\"c\"})"),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
    }
}

#[test]
fn long_expressions_are_split() {
    let a = format!("{}{{job=\"x\"}}", "a".repeat(60));
    let text = format!("sum by (job) (rate({a}[5m])) / on (job) topk(3, -{a})");
    let wanted = format!("  sum by (job) (rate({a}[5m]))\n/ on (job)\n  topk(3, -{a})");
    assert_eq!(pretty(&parse(&text, &Features::NONE).unwrap()), wanted);
    let wanted = format!(
        "quantile(\n  0.5,\n  (\n    label_replace(\n      {a},\n      \"a\",\n      \"b\",\n      \"c\",\n      \"d\"\n    )\n  )\n)"
    );
    let long = format!("quantile(.5, (label_replace({a}, 'a', 'b', 'c', \"d\")))");
    assert_eq!(pretty(&parse(&long, &Features::NONE).unwrap()), wanted);
}

/// Texts of expressions: operands of every kind, joined and wrapped up to some depth.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::num::f64::NORMAL.prop_map(|v| v.abs().to_string()),
        "[1-9][0-9]{0,2}(ms|s|m|h|d|w|y)",
        "'[a-z\\\\\"]{0,3}'".prop_filter("escapes", |s| !s.contains('\\')),
        "[a-z_:]{2,5}(\\{[a-z]{1,3}(=|!=|=~|!~)\"[a-z.|]{1,4}\"\\})?( @ [0-9]{1,5}\\.5)?( offset -?[1-9]h)?",
        "[a-z_]{2,5}\\[[1-9]m(:|:[1-9]s)?\\]( offset [1-9]s)?( @ (start|end)\\(\\))?",
        "a\\[(1m [-+*/^%] step\\(\\)|min_of\\(range\\(\\), -?5s\\)|\\(2h\\) \\* 3)\\]( smoothed)?",
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let ops = "(\\+|-|\\*|/|%|\\^|==|!=|<=|<|>=|>|</|>/|and|or|unless|atan2)";
        let modifiers = "( bool)?( (on|ignoring) ?\\([a-c]?\\)( group_(left|right) ?(\\([d-e]\\))?)?)?( fill ?\\(-?[0-9]\\))?";
        let aggregations = "(sum|topk|count_values|limitk)( (by|without) ?\\([a-z]{0,2}\\))? ?\\(";
        let functions = "(abs|rate|time|label_join|clamp|info|quantile_over_time)\\(";
        prop_oneof![
            (inner.clone(), ops, modifiers, inner.clone()).prop_map(|(l, op, m, r)| format!("{l} {op}{m} {r}")),
            ("[-+(]", inner.clone()).prop_map(|(p, e)| if p == "(" { format!("({e})") } else { p + &e }),
            (aggregations, prop::collection::vec(inner.clone(), 1..3))
                .prop_map(|(a, args)| format!("{a}{})", args.join(","))),
            (functions, prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(f, args)| format!("{f}{})", args.join(", "))),
            inner.prop_map(|e| format!("({e})[5m:]")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_printed_reads_as_the_same(text in expression()) {
        if let Ok(expr) = parse(&text, &Features::ALL) {
            for again in [expr.to_string(), pretty(&expr)] {
                let reread = parse(&again, &Features::ALL).map_err(|e| e.to_string());
                prop_assert_eq!(reread.map(|e| e.to_string()), Ok(expr.to_string()), "{}", again);
            }
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "([a-z]{1,3}|sum|by|on|offset|step\\(\\)|[0-9.e_x]{1,4}|[smhd]|[-+*/^%=!~<>@,:#(){}\\[\\]\"'`\\\\ \n]|\\PC){0,40}") {
        if let Err(e) = parse(&text, &Features::ALL) {
            prop_assert!(text.get(e.span.start..e.span.end).is_some(), "{:?} {}", e.span, e);
        }
        let _ = super::parse_selector(&text);
    }
}
