//! Texts that are taken, and how they are printed: as Prometheus 3.5 printed the same files.

use config::{Config, OwnTarget};

/// The variables that were set when Prometheus read the files.
fn environment(name: &str) -> Option<String> {
    (name == "SITE").then(|| "attic".to_owned())
}

fn check(text: &str, printed: &str) {
    let config = Config::parse_with(text, "prometheus.yml", &environment).expect("a file that is taken");
    assert_eq!(config.to_yaml(), printed);
    // What is printed can be read again and means the same; `$` in external labels aside.
    let again = Config::parse_with(printed, "printed.yml", &|_| None).expect("the printed text is taken");
    assert_eq!(again.scrape_configs, config.scrape_configs);
}

#[test]
fn every_key() {
    check(
        include_str!("../../../../conformance/config/every-key.yml"),
        include_str!("../../../../conformance/config/every-key.printed.yml"),
    );
}

#[test]
fn texts_that_need_quotes() {
    check(
        include_str!("../../../../conformance/config/quotes.yml"),
        include_str!("../../../../conformance/config/quotes.printed.yml"),
    );
}

#[test]
fn the_sample_file_is_the_embedded_configuration() {
    let text = include_str!("../../../../deploy/prometheus.yml");
    let sample = Config::parse(text, "deploy/prometheus.yml").unwrap();
    let own = OwnTarget {
        address: "localhost:9090".to_owned(),
        instance: "localhost:9090".to_owned(),
        metrics_path: "/metrics".to_owned(),
    };
    let embedded = Config::embedded("localhost:8000", &own, 15_000);
    assert_eq!(sample.scrape_configs, embedded.scrape_configs);
    assert_eq!(sample.global, embedded.global);
}

#[test]
fn an_empty_file_is_prometheus_by_default() {
    for text in ["", "# nothing\n", "global:\nscrape_configs:\n", "---\n"] {
        assert_eq!(Config::parse(text, "x").unwrap(), Config::default(), "{text:?}");
    }
}

#[test]
fn aliases_and_merges_are_followed() {
    let text = "\
scrape_configs:
- &base
  job_name: a
  scrape_interval: 30s
  static_configs: &targets [{targets: [localhost:1]}]
- <<: *base
  job_name: b
- {job_name: c, static_configs: *targets}
";
    let config = Config::parse(text, "x").unwrap();
    let seen: Vec<_> = config
        .scrape_configs
        .iter()
        .map(|c| (c.job_name.as_str(), c.scrape_interval_ms, c.target_groups.len()))
        .collect();
    assert_eq!(seen, [("a", 30_000, 1), ("b", 30_000, 1), ("c", 60_000, 1)]);
}

#[test]
fn byte_order_marks_and_windows_line_ends_do_not_move_anything() {
    let text = "\u{feff}scrape_configs:\r\n- job_name: é\r\n  metrics_path: 1.10\r\n";
    let config = Config::parse(text, "x").unwrap();
    assert_eq!(config.scrape_configs[0].metrics_path, "1.10");
    let error = Config::parse(&text.replace("1.10", "[1.10]"), "x").unwrap_err();
    assert!(error.to_string().contains("line 3, column 17"), "{error}");
}

#[test]
fn what_is_kept_is_limited_by_time_or_size() {
    let text = |retention: &str| format!("storage:\n  tsdb:\n    retention: {retention}\n");
    for (given, printed) in [
        ("{time: 1w, size: 512MB}", "\n      time: 1w\n      size: 512MiB\n"),
        ("{size: 1GB}", "\n      size: 1GiB\n"),
        ("{percentage: 2.5}", "\n      percentage: 2.5\n"),
    ] {
        let config = Config::parse(&text(given), "x").unwrap();
        assert!(config.to_yaml().ends_with(&format!("storage:\n  tsdb:\n    retention:{printed}")));
        assert_eq!(Config::parse(&config.to_yaml(), "x").unwrap().storage, config.storage);
    }
    for wrong in ["{}", "{time: 0s}", "{percentage: 0}", "{percentage: 101}", "{percentage: -1}"] {
        assert!(Config::parse(&text(wrong), "x").is_err(), "{wrong}");
    }
}
