use super::*;

fn lines(body: &str) -> Vec<String> {
    let problems = lint(body.as_bytes()).unwrap().problems;
    problems.iter().map(|Problem { metric, rule }| format!("{metric} {rule}")).collect()
}

#[test]
fn each_rule_is_told_in_the_words_of_promtool() {
    let camel = "label names should be written in 'snake_case' not 'camelCase'";
    for (body, expected) in [
        ("a_ms 1\n", &["a_ms metric names should not contain abbreviated units", "a_ms no help text"][..]),
        ("# HELP a_total \n# TYPE a_total counter\na_total 1\n", &["a_total no help text"]),
        (
            "# HELP x_count x\n# TYPE x_count gauge\nx_count{le=\"1\",quantile=\"2\",fooBar=\"x\"} 1\n\
             x_count{le=\"1\",fooBar=\"x\"} 2\n",
            &[
                &*format!("x_count {camel}"),
                &*format!("x_count {camel}"),
                "x_count non-histogram and non-summary metrics should not have \"_count\" suffix",
                "x_count non-histogram metrics should not have \"le\" label",
                "x_count non-histogram metrics should not have \"le\" label",
                "x_count non-summary metrics should not have \"quantile\" label",
            ],
        ),
        ("# HELP h x\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n", &[]),
        ("# HELP s x\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n", &[]),
        ("# HELP h x\n# TYPE h counter\nh 1\n", &["h counter metrics should have \"_total\" suffix"]),
        (
            "# HELP g_total x\n# TYPE g_total gauge\ng_total 1\n",
            &["g_total non-counter metrics should not have \"_total\" suffix"],
        ),
        (
            "# HELP t_gauge_x x\n# TYPE t_gauge_x gauge\nt_gauge_x 1\n",
            &["t_gauge_x metric name should not include type 'gauge'"],
        ),
        // The word of another type may be what the metric is about.
        ("# HELP a_histogram_total x\n# TYPE a_histogram_total counter\na_histogram_total 1\n", &[]),
        ("# HELP t_counter_x x\nt_counter_x 1\n", &[]),
        (
            "# HELP a_milliseconds x\na_milliseconds 1\n",
            &["a_milliseconds use base unit \"seconds\" instead of \"milliseconds\""],
        ),
        ("# HELP thermometers x\nthermometers 1\n# HELP none x\n# TYPE none counter\n", &[]),
        ("# HELP u_seconds_days x\nu_seconds_days 1\n", &[]),
        ("# HELP a:b x\na:b 1\n", &["a:b metric names should not contain ':'"]),
        ("# HELP a x\na 1\na 1\n", &["a metric not unique"]),
    ] {
        assert_eq!(lines(body), expected, "{body}");
    }
}

#[test]
fn a_body_that_cannot_be_scraped_is_refused_with_its_line() {
    let error = lint(b"ok 1\na{ 1\n").unwrap_err();
    assert!(error.to_string().starts_with("text format parsing error in line 2: "), "{error}");
    assert_eq!(error.position().map(|error| error.column), Some(4));
}
