use super::super::ast::{At, Duration};
use super::*;

fn refusal(text: &str) -> String {
    parse(text, &Features::NONE).unwrap_err().to_string()
}

#[test]
fn errors_read_as_those_of_prometheus() {
    for (text, error) in [
        ("", "unknown position: parse error: no expression found in input"),
        ("# nothing\n", "1:1: parse error: no expression found in input"),
        ("1 +", "1:4: parse error: unexpected end of input"),
        ("a +\n  b c", "2:5: parse error: unexpected identifier \"c\""),
        ("((1)", "1:5: parse error: unclosed left parenthesis"),
        ("sum(a b)", "1:7: parse error: unexpected identifier \"b\" in aggregation"),
        ("sum by a (b)", "1:8: parse error: unexpected identifier \"a\" in grouping opts, expected \"(\""),
        (
            "sum by (a b) (c)",
            "1:11: parse error: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\"",
        ),
        ("a{b}", "1:4: parse error: unexpected \"}\" in label matching, expected label matching operator"),
        ("a{b=1}", "1:5: parse error: unexpected character inside braces: '1'"),
        ("a[5m", "1:5: parse error: unclosed left bracket"),
        (
            "a[]",
            "1:3: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()",
        ),
        ("a[5m:1m 2m]", "1:9: parse error: unexpected duration \"2m\" in subquery selector, expected \"]\""),
        (
            "a offset",
            "1:9: parse error: unexpected end of input in offset, expected number, duration, step(), or range()",
        ),
        ("a @ b", "1:5: parse error: unexpected identifier \"b\" in @, expected timestamp"),
        ("a[-1m]", "1:3: parse error: duration must be greater than 0"),
        ("a[1m + 1m]", "1:3: parse error: experimental duration expression is not enabled"),
        ("a anchored", "1:1: parse error: anchored modifier is experimental and not enabled"),
        ("a + fill(1) b", "1:1: parse error: binop fill modifiers are experimental and not enabled"),
        (
            "limitk(1, a)",
            "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions",
        ),
        ("mad_over_time(a[1m])", "1:1: parse error: function \"mad_over_time\" is not enabled"),
        ("nothing(a)", "1:1: parse error: unknown function with name \"nothing\""),
        (
            "rate(a)",
            "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector",
        ),
        ("{a=~\".*\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ("a{__name__=\"b\"}", "1:1: parse error: metric name must not be set twice: \"a\" or \"b\""),
        ("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
        (
            "\"s\" + 1",
            "1:1: parse error: binary expression must contain only scalar and instant vector types",
        ),
    ] {
        assert_eq!(refusal(text), error, "{text}");
    }
}

#[test]
fn columns_count_bytes() {
    assert_eq!(refusal("{ö=\"ä\"}"), "1:2: parse error: unexpected character inside braces: 'ö'");
    assert_eq!(refusal("{\"ö\"=\"ä\"} x"), "1:13: parse error: unexpected identifier \"x\"");
}

#[test]
fn offset_takes_one_term_and_at_comes_before_or_after() {
    let parsed = |text: &str| parse(text, &Features::ALL).unwrap();
    let ExprKind::Binary(power) = parsed("a offset -1m ^ 2").kind else { panic!("no power") };
    assert!(matches!(power.rhs.kind, ExprKind::Number { value: 2.0, .. }));
    for text in ["a offset 1m @ 2.5", "a @ 2.5 offset 1m"] {
        let ExprKind::Vector(a) = parsed(text).kind else { panic!("no selector") };
        assert_eq!((a.offset, a.at), (Duration::Fixed(60_000), Some(At::Timestamp(2_500))));
    }
}

#[test]
fn words_are_names_where_no_keyword_can_be() {
    for text in ["offset + by", "sum{on=\"x\"}", "fill - end", "sum by (by, on, start) (start)", "step[5m]"] {
        assert!(parse(text, &Features::NONE).is_ok(), "{text}");
    }
}

#[test]
fn spans_point_at_the_text() {
    let text = " sum by (x) (rate(a{b=\"c\"}[5m] offset 1m)) / on () 2 ";
    let ExprKind::Binary(binary) = parse("1 + 2", &Features::NONE).unwrap().kind else { panic!("no sum") };
    assert_eq!(binary.op_span, Span { start: 2, end: 3 });
    let expr = parse(text, &Features::NONE).unwrap();
    let of = |span: Span| &text[span.start..span.end];
    assert_eq!(of(expr.span), text.trim());
    let ExprKind::Binary(binary) = expr.kind else { panic!("no quotient") };
    assert_eq!(of(binary.op_span), "/ on ()");
    assert_eq!(of(binary.lhs.span), "sum by (x) (rate(a{b=\"c\"}[5m] offset 1m))");
}

#[test]
fn depth_and_length_are_bounded() {
    for text in ["(".repeat(90_000), "-".repeat(90_000), "a+".repeat(60_000), "abs(".repeat(30_000)] {
        assert!(refusal(&text).contains("nested too deeply"), "{}", &text[..4]);
    }
    let chain = format!("a{}", "[1m:]".repeat(1_000));
    assert!(refusal(&chain).contains("nested too deeply"));
    let durations = format!("a[1m{}]", "+1m".repeat(1_000));
    assert!(parse(&durations, &Features::ALL).unwrap_err().message.contains("nested too deeply"));
    assert!(refusal(&" ".repeat(LENGTH_MAX + 1)).contains("too long"));
    let wide = format!("{}a{}", "(".repeat(99), ")".repeat(99));
    assert!(parse(&wide, &Features::NONE).is_ok());
}

/// Alert expressions that machines write have hundreds of `or`.
#[test]
fn chains_of_set_operators_may_be_long() {
    fn height(expr: &Expr) -> usize {
        match &expr.kind {
            ExprKind::Binary(binary) => 1 + height(&binary.lhs).max(height(&binary.rhs)),
            _ => 1,
        }
    }
    for op in [" or ", " and on (x) "] {
        let operands: Vec<String> = (0..3_000).map(|n| format!("m{n}")).collect();
        let text = operands.join(op);
        let expr = parse(&text, &Features::NONE).unwrap();
        assert!(height(&expr) <= DEPTH_MAX, "{}", height(&expr));
        assert_eq!(expr.to_string(), text);
        assert_eq!(expr.span, Span { start: 0, end: text.len() });
    }
    let leaning = parse(&vec!["a"; 50].join(" or "), &Features::NONE).unwrap();
    assert_eq!(height(&leaning), 50);
    assert!(refusal(&vec!["a"; 250].join(" unless ")).contains("nested too deeply"));
}

#[test]
fn selectors_by_themselves() {
    let matchers = parse_selector("up{job=\"a\",\"x y\"!~\"b.*\"}").unwrap();
    let texts: Vec<_> = matchers.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["job=\"a\"", "\"x y\"!~\"b.*\"", "__name__=\"up\""]);
    assert!(parse_selector("{}").unwrap().is_empty());
    let error = parse_selector("up[5m]").unwrap_err().to_string();
    assert_eq!(error, "1:3: parse error: unexpected \"[\"");
}
