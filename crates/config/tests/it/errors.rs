//! Texts that are refused, and with what words.

use config::Config;

const CASES: &str = include_str!("../../../../conformance/config/errors.txt");

#[test]
fn every_refusal_names_place_and_cure() {
    let cases: Vec<_> = CASES.split("\n== ").skip(1).collect();
    assert!(cases.len() > 20, "only {} cases", cases.len());
    let mut failures = String::new();
    for case in cases {
        let (title, rest) = case.split_once('\n').expect("a title");
        let (text, expected) = rest.split_once("-- error\n").expect("an expected error");
        let message = match Config::parse_with(text, "prometheus.yml", &|_| None) {
            Ok(_) => "no error".to_owned(),
            Err(error) => error.to_string(),
        };
        if message.trim() != expected.trim() {
            failures += &format!("== {title}\n{text}-- error\n{message}\n\n");
        }
    }
    assert!(failures.is_empty(), "these differ; they read now:\n\n{failures}");
}

#[test]
fn hostile_texts_end_in_an_error() {
    let unknown: String = (0..20_000).map(|i| format!("k{i}: 1\n")).collect();
    let refused = |text: &str| match Config::parse(text, "x") {
        Ok(config) => panic!("accepted: {config:?}"),
        Err(error) => error.to_string().len(),
    };
    // However much is wrong, what is said about it stays short.
    assert!(refused(&unknown) < 20_000);
    assert!(refused(&"- ".repeat(50_000)) < 1_000);
    assert!(refused(&format!("a: {}", "x".repeat(2 << 20))) < 1_000);
    assert!(refused(&"{".repeat(100_000)) < 1_000);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = config::load(std::path::Path::new("/nowhere/prometheus.yml")).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the configuration file /nowhere/prometheus.yml");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_file_cut_anywhere_is_taken_or_refused() {
    let text = include_str!("../../../../conformance/config/every-key.yml");
    let mut taken = 0;
    for (cut, _) in text.char_indices() {
        let without = [&text[..cut], &text[(cut + 9).min(text.len())..]].concat();
        for text in [&text[..cut], without.as_str()] {
            taken += usize::from(Config::parse(text, "x").is_ok());
        }
    }
    assert!(taken > 20 && taken < 2 * text.len(), "{taken}");
}
