use expfmt::{Format, ParseError, Parser};

fn fault(body: &[u8], format: Format) -> Box<ParseError> {
    let mut parser = Parser::new(body, format);
    loop {
        match parser.next() {
            Ok(entry) => assert!(entry.is_some(), "{} is accepted", body.escape_ascii()),
            Err(error) => {
                assert!(matches!(parser.next(), Ok(None)), "nothing is read after a fault");
                return error;
            }
        }
    }
}

/// Each message is Prometheus's own for that input.
#[test]
fn faults_in_text_are_worded_as_in_prometheus() {
    for (body, message) in [
        ("up", r#"expected value after metric, got "\n" ("INVALID") while parsing: "up\n""#),
        ("up{} {", r#"expected value after metric, got "{\n" ("BOPEN") while parsing: "up{} {\n""#),
        ("up yes\n", r#"strconv.ParseFloat: parsing "yes": invalid syntax while parsing: "up yes""#),
        ("up 1\r\n", r#"strconv.ParseFloat: parsing "1\r": invalid syntax while parsing: "up 1\r""#),
        (
            "up 1e999\n",
            r#"strconv.ParseFloat: parsing "1e999": value out of range while parsing: "up 1e999""#,
        ),
        ("up 1_0\n", r#"unsupported character in float while parsing: "up 1_0""#),
        ("up 1 now\n", r#"expected timestamp or new record, got "n" ("INVALID") while parsing: "up 1 n""#),
        ("up 1 -5\n", r#"expected timestamp or new record, got "-" ("INVALID") while parsing: "up 1 -""#),
        (
            "up 1 5 6\n",
            r#"expected next entry after timestamp, got "6\n" ("TIMESTAMP") while parsing: "up 1 5 6\n""#,
        ),
        (
            "up 1 99999999999999999999\n",
            r#"strconv.ParseInt: parsing "99999999999999999999": value out of range while parsing: "up 1 99999999999999999999""#,
        ),
        ("up{a='b'} 1\n", r#"expected label value, got "'" ("INVALID") while parsing: "up{a='""#),
        ("up{a=\n", r#"expected label value, got "\n" ("INVALID") while parsing: "up{a=\n""#),
        ("up{a=\"", r#"expected label value, got "\"\n" ("INVALID") while parsing: "up{a=\"\n""#),
        ("up{=\"x\"} 1", r#"expected label name, got "=\"" ("EQUAL") while parsing: "up{=\"""#),
        ("up{,} 1", r#"expected label name, got ",}" ("COMMA") while parsing: "up{,}""#),
        ("up{a} 1", r#"expected equal, got "} " ("BCLOSE") while parsing: "up{a} ""#),
        ("up{a b=\"\"} 1", r#"expected equal, got "b=" ("LNAME") while parsing: "up{a b=""#),
        ("{a=\"x\"} 1\n", r#"metric name not set while parsing: "{a=\"x\"} 1""#),
        ("{\"a\",\"b\"} 1\n", r#"metric name already set while parsing: "{\"a\",\"b\"}""#),
        ("1up 1\n", r#"expected a valid start token, got "1" ("INVALID") while parsing: "1""#),
        ("# TYPE up meter\n", r#"invalid metric type "meter""#),
        (
            "# TYPE 1up gauge\n",
            r##"expected metric name after TYPE, got "1" ("INVALID") while parsing: "# TYPE 1""##,
        ),
    ] {
        assert_eq!(fault(body.as_bytes(), Format::PrometheusText004).to_string(), message);
    }
    for (body, message) in [
        (&b"up{\xff=\"x\"} 1"[..], r#"expected label name, got "\xff" ("INVALID") while parsing: "up{\xff""#),
        (b"up{a=\"\xff\"} 1", r#"invalid UTF-8 label value: "\"\xff\"""#),
        (
            b"up\0{a=\"x\"} 1",
            r#"expected value after metric, got "\x00" ("INVALID") while parsing: "up\x00""#,
        ),
        (b"# HELP up \xff\n", r#"help text "\xff" is not a valid utf8 string"#),
    ] {
        assert_eq!(fault(body, Format::PrometheusText004).to_string(), message);
    }
}

#[test]
fn faults_in_openmetrics_are_worded_as_in_prometheus() {
    for (body, message) in [
        ("", "data does not end with # EOF"),
        ("up 1\n", "data does not end with # EOF"),
        ("up 1", "data does not end with # EOF"),
        ("up 1 # {} 1", "data does not end with # EOF"),
        ("# EOF\nup 1\n", "unexpected data after # EOF"),
        ("# EOF\n\n", "unexpected data after # EOF"),
        ("\n# EOF\n", r#"expected a valid start token, got "\n" ("INVALID") while parsing: "\n""#),
        ("up  1\n# EOF\n", r#"expected value after metric, got "  " ("INVALID") while parsing: "up  ""#),
        (
            "up{a=\"x\" } 1\n",
            r#"expected comma or brace close, got " " ("INVALID") while parsing: "up{a=\"x\" ""#,
        ),
        (
            "up{a=\"x\"b=\"y\"} 1\n",
            r#"expected comma or brace close, got "b=" ("LNAME") while parsing: "up{a=\"x\"b=""#,
        ),
        (
            "up 1 5 6\n",
            r#"expected next entry after timestamp, got " 6\n" ("TIMESTAMP") while parsing: "up 1 5 6\n""#,
        ),
        ("up 1 Inf\n", "invalid timestamp +Inf"),
        ("up 1 # {a=\"b\"} 1 NaN\n", "invalid exemplar timestamp NaN"),
        ("# UNIT up seconds\n", r#"unit "seconds" not a suffix of metric "up""#),
        ("# TYPE up untyped\n", r#"invalid metric type "untyped""#),
        ("# HELP up\n", "expected text in HELP"),
    ] {
        assert_eq!(fault(body.as_bytes(), Format::OpenMetricsText100).to_string(), message, "{body}");
    }
}

#[test]
fn a_fault_has_its_place() {
    let error = fault(b"up 1\n# comment\n  up{job=\"a\"} x 5\nup 2\n", Format::PrometheusText004);
    assert_eq!((error.line, error.column, &*error.excerpt), (3, 15, "  up{job=\"a\"} x 5"));
}
