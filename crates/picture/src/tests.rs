use std::sync::Arc;

use model::{Budget, histogram::Bucket};
use serde_json::{Value, json};

use crate::{Error, Exemplar, Format, HandAnnotation, Request, Theme, draw, testing::Samples};

/// 2026-11-22T06:00:00Z.
const NOW_MS: i64 = 1_795_327_200_000;

fn request() -> Request {
    Request {
        panel: Some(1),
        from: Some("now-1h".into()),
        to: Some("now".into()),
        variables: Vec::new(),
        zone: Some("utc".into()),
        width: 600,
        height: 300,
        scale: 1.0,
        theme: Theme::Dark,
        format: Format::Svg,
        now_ms: NOW_MS,
        scrape_interval_ms: 15_000,
    }
}

fn dashboard(panel: Value) -> String {
    json!({ "title": "Test", "panels": [panel] }).to_string()
}

fn svg(panel: Value, source: &mut Samples, change: impl FnOnce(&mut Request)) -> String {
    let mut request = request();
    change(&mut request);
    let budget = Budget::new(64 << 20);
    let picture = draw(&dashboard(panel), &request, source, &budget).unwrap();
    assert_eq!(budget.used_bytes(), 0, "all memory is given back");
    String::from_utf8(picture).unwrap()
}

/// The texts of a picture in the order in which they are drawn.
fn texts(svg: &str) -> Vec<&str> {
    svg.split("<text")
        .skip(1)
        .filter_map(|part| part.split_once('>')?.1.split_once('<'))
        .map(|(text, _)| text)
        .collect()
}

fn assert_shows(svg: &str, expected: &[&str]) {
    let texts = texts(svg);
    for text in expected {
        assert!(texts.contains(text), "{text:?} is not among {texts:?}");
    }
}

fn cpu() -> Samples {
    let mut source = Samples::default();
    source.series("cpu", &[("mode", "user")], |t| 0.25 + (t % 3600) as f64 / 36_000.0);
    source.series("cpu", &[("mode", "idle")], |_| 0.5);
    source
}

#[test]
fn curves_have_axes_and_a_legend() {
    let panel = json!({
        "id": 1, "type": "timeseries", "title": "CPU of $host", "targets": [{ "expr": "cpu", "legendFormat": "{{mode}}" }],
        "options": { "legend": { "displayMode": "table", "calcs": ["min", "lastNotNull"], "sortBy": "Min", "sortDesc": true } },
        "fieldConfig": { "defaults": { "unit": "percentunit", "min": 0, "custom": { "fillOpacity": 20 } } },
    });
    let picture = svg(panel, &mut cpu(), |_| {});
    assert_shows(&picture, &["CPU of $host", "0%", "20%", "40%", "05:10", "05:20", "05:50"]);
    assert_shows(&picture, &["Name", "Min", "Last *", "user", "idle", "50%", "25%"]);
    let place = |text| texts(&picture).iter().position(|other| *other == text);
    assert!(place("idle") < place("user"), "the legend is sorted");
    assert!(picture.contains("stroke=\"#62c073\"") && picture.contains("stroke=\"#edc84f\""));
    assert!(picture.contains("fill-opacity=\"0.2\""));
}

#[test]
fn queries_are_asked_as_grafana_asks_them() {
    let panel = json!({
        "id": 1, "type": "timeseries", "targets": [
            { "expr": "rate(x{a=\"$host\"}[$__rate_interval]) + $__interval_ms + $__range_s" },
            { "expr": "hidden", "hide": true }, { "expr": "other", "datasource": { "type": "loki" } },
        ],
    });
    let mut source = cpu();
    svg(panel, &mut source, |request| request.variables.push(("host".into(), "b".into())));
    assert_eq!(
        source.asked,
        ["rate(x{a=\"$host\"}[1m]) + 15000 + 3600"],
        "a variable that is not declared stays"
    );
}

#[test]
fn variables_of_the_request_are_put_in() {
    let json = json!({
        "title": "D",
        "templating": { "list": [{ "type": "query", "name": "host", "query": "label_values(host)", "multi": true }] },
        "panels": [{ "id": 1, "type": "stat", "title": "on $host", "targets": [{ "expr": "up{host=~\"$host\"}" }] }],
    });
    let mut request = request();
    let mut source = Samples::default();
    let budget = Budget::new(64 << 20);
    let picture = |request: &Request, source: &mut Samples| {
        String::from_utf8(draw(&json.to_string(), request, source, &budget).unwrap()).unwrap()
    };
    source.labels("host", &["a", "b"]);
    assert_shows(&picture(&request, &mut source), &["on a", "No data"]);
    request.variables = vec![("host".into(), "b".into()), ("host".into(), "c.d".into())];
    assert_shows(&picture(&request, &mut source), &["on b + c.d"]);
    assert_eq!(source.asked, ["up{host=~\"a\"}", "up{host=~\"(b|c\\\\.d)\"}"]);
}

#[test]
fn single_values_are_mapped_and_coloured() {
    let panel = |kind: &str| {
        json!({
            "id": 1, "type": kind, "targets": [{ "expr": "cpu", "legendFormat": "{{mode}}" }],
            "options": { "colorMode": "background", "reduceOptions": { "calcs": ["lastNotNull"] } },
            "fieldConfig": {
                "defaults": { "unit": "percentunit", "max": 1, "thresholds": { "steps": [{ "color": "blue" }, { "value": 0.4, "color": "red" }] } },
                "overrides": [{ "matcher": { "id": "byName", "options": "user" }, "properties": [
                    { "id": "displayName", "value": "User ${__field.labels.mode}" },
                    { "id": "mappings", "value": [{ "type": "range", "options": { "from": 0, "to": 1, "result": { "text": "fine", "color": "#123456" } } }] },
                ] }],
            },
        })
    };
    for kind in ["stat", "gauge", "bargauge"] {
        let picture = svg(panel(kind), &mut cpu(), |_| {});
        assert_shows(&picture, &["User user", "fine", "idle"]);
        assert!(picture.contains("#123456") && picture.contains("#f0605d"), "{kind}: {picture}");
    }
}

#[test]
fn what_goes_wrong_is_said_in_the_picture() {
    let panel = |targets: Value| json!({ "id": 1, "type": "timeseries", "title": "T", "targets": targets });
    let failing = svg(panel(json!([{ "expr": "bad(" }, { "expr": "cpu" }])), &mut cpu(), |_| {});
    assert_shows(&failing, &["cannot evaluate bad(", "0.3"]);
    assert_shows(&svg(panel(json!([{ "expr": "none" }])), &mut cpu(), |_| {}), &["No data"]);
    let foreign = json!([{ "expr": "x", "datasource": { "type": "loki" } }]);
    assert_shows(
        &svg(panel(foreign), &mut cpu(), |_| {}),
        &["The data source &quot;loki&quot; is not Prometheus"],
    );
    let plugin = json!({ "id": 1, "type": "polystat", "title": "P" });
    assert_shows(
        &svg(plugin, &mut cpu(), |_| {}),
        &["P", "Panels of the type &quot;polystat&quot; are not drawn"],
    );
}

#[test]
fn a_png_has_the_size_that_was_asked_for() {
    let panel = json!({ "id": 1, "type": "timeseries", "targets": [{ "expr": "cpu" }] });
    let request = Request {
        format: Format::Png,
        width: 400,
        height: 300,
        scale: 1.5,
        theme: Theme::Light,
        ..request()
    };
    let picture = draw(&dashboard(panel), &request, &mut cpu(), &Budget::new(8 << 20)).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((frame.width, frame.height), (600, 450));
    assert_eq!(pixels[..3], [255, 255, 255], "the ground is white");
    assert!(pixels.chunks(3).any(|pixel| pixel == [0x2f, 0x94, 0x49]), "there is a green curve");
}

#[test]
fn a_dashboard_is_drawn_whole() {
    let json = json!({ "title": "All", "panels": [
        { "id": 1, "type": "text", "gridPos": { "x": 0, "y": 0, "w": 24, "h": 3 }, "options": { "content": "# Head\n**bold** &lt;x&gt;" } },
        { "id": 2, "type": "row", "title": "Folded", "collapsed": true, "gridPos": { "x": 0, "y": 3, "w": 24, "h": 1 },
          "panels": [{ "id": 3, "type": "stat", "title": "not seen" }] },
    ] });
    let request = Request { panel: None, height: 0, ..request() };
    let picture = draw(&json.to_string(), &request, &mut cpu(), &Budget::new(8 << 20)).unwrap();
    let picture = String::from_utf8(picture).unwrap();
    assert_eq!(texts(&picture), ["All", "Head", "bold &lt;x&gt;", "Folded"]);
    assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"200\""));
}

#[test]
fn limits_are_kept() {
    let panel = json!({ "id": 1, "type": "timeseries", "targets": [{ "expr": "cpu" }] });
    let dashboard = dashboard(panel);
    let drawn = |change: &dyn Fn(&mut Request), budget_bytes: usize| {
        let mut request = request();
        change(&mut request);
        draw(&dashboard, &request, &mut cpu(), &Arc::clone(&Budget::new(budget_bytes)))
    };
    assert!(matches!(drawn(&|r| r.width = 3001, 1 << 20), Err(Error::Size { width: 3001, .. })));
    assert!(matches!(drawn(&|r| (r.scale, r.height) = (10.0, 301), 1 << 20), Err(Error::Size { .. })));
    assert!(matches!(drawn(&|r| r.width = 0, 1 << 20), Err(Error::Size { .. })));
    assert!(matches!(drawn(&|r| r.panel = Some(7), 1 << 20), Err(Error::Panel(7))));
    for budget_bytes in [100, 4_000, 30_000] {
        assert!(matches!(drawn(&|_| {}, budget_bytes), Err(Error::Budget { .. })), "{budget_bytes}");
    }
    assert!(matches!(draw("[]", &request(), &mut cpu(), &Budget::new(1 << 20)), Err(Error::Dashboard(_))));
}

#[test]
fn tables_have_columns_rows_and_a_foot() {
    let panel = json!({
        "id": 1, "type": "table", "targets": [{ "expr": "cpu", "format": "table", "instant": true }],
        "transformations": [
            { "id": "organize", "options": { "excludeByName": { "Time": true }, "renameByName": { "Value": "Share" } } },
            { "id": "made-up" },
        ],
        "options": { "sortBy": [{ "displayName": "Share", "desc": true }], "footer": { "show": true, "reducer": ["sum"] } },
        "fieldConfig": { "defaults": { "unit": "percentunit" }, "overrides": [{
            "matcher": { "id": "byName", "options": "Share" },
            "properties": [{ "id": "custom.cellOptions", "value": { "type": "color-background" } }],
        }] },
    });
    let picture = svg(panel, &mut cpu(), |_| {});
    let expected = [
        "The transformation &quot;made-up&quot; is left out",
        "mode",
        "Share",
        "Total",
        "75%",
        "idle",
        "50%",
        "user",
        "25%",
    ];
    assert_eq!(texts(&picture), expected);
    assert!(picture.contains("fill=\"#62c073\""), "the ground of a cell has its colour");
}

#[test]
fn rows_that_do_not_fit_are_counted() {
    let mut source = Samples::default();
    let hosts: Vec<String> = (0..40).map(|at| format!("host-{at}")).collect();
    for host in &hosts {
        source.series("up", &[("host", host)], |_| 1.0);
    }
    let panel = |kind: &str| json!({ "id": 1, "type": kind, "targets": [{ "expr": "up", "format": if kind == "table" { "table" } else { "" }, "instant": true }] });
    let small = |request: &mut Request| request.height = 120;
    assert_shows(&svg(panel("table"), &mut source, small), &["host-0", "+ 38 more rows"]);
    let curves =
        json!({ "id": 1, "type": "timeseries", "targets": [{ "expr": "up", "legendFormat": "{{host}}" }] });
    let picture = svg(curves, &mut source, small);
    assert!(
        texts(&picture).iter().any(|text| text.starts_with("+ ") && text.ends_with(" more")),
        "{picture}"
    );
}

#[test]
fn shares_of_a_whole_are_slices() {
    let panel = json!({
        "id": 1, "type": "piechart", "targets": [{ "expr": "cpu", "legendFormat": "{{mode}}" }],
        "options": { "pieType": "donut", "displayLabels": ["percent"], "legend": { "displayMode": "table", "placement": "right", "values": ["value"] } },
        "fieldConfig": { "defaults": { "unit": "percentunit" } },
    });
    let picture = svg(panel, &mut cpu(), |_| {});
    assert_eq!(texts(&picture), ["Name", "Value", "idle", "50%", "user", "25%", "67%", "33%"]);
}

#[test]
fn states_last_until_they_change() {
    let mut source = Samples::default();
    source.series("door", &[("door", "front")], |t| f64::from(t % 3600 < 1800));
    let mappings = json!([{ "type": "value", "options": { "1": { "text": "open", "color": "orange" }, "0": { "text": "shut" } } }]);
    let panel = |kind: &str| json!({ "id": 1, "type": kind, "targets": [{ "expr": "door", "legendFormat": "{{door}}", "interval": "10m" }], "fieldConfig": { "defaults": { "mappings": mappings } } });
    let picture = svg(panel("state-timeline"), &mut source, |_| {});
    let states: Vec<_> =
        texts(&picture).into_iter().filter(|text| matches!(*text, "open" | "shut")).collect();
    assert_eq!(states, ["open", "shut", "open", "shut"], "the legend, and one span for each state");
    assert_shows(&picture, &["front", "05:30"]);
    let boxes = svg(panel("status-history"), &mut source, |_| {});
    assert!(boxes.matches("<rect").count() > picture.matches("<rect").count());
}

#[test]
fn buckets_become_cells() {
    let mut source = Samples::default();
    for (le, count) in [("+Inf", 9.0), ("0.5", 4.0), ("1", 4.0)] {
        source.series("hist", &[("le", le)], move |_| count);
    }
    let panel = json!({
        "id": 1, "type": "heatmap", "targets": [{ "expr": "hist", "format": "heatmap", "interval": "10m" }],
        "options": { "yAxis": { "unit": "s" } },
    });
    let picture = svg(panel, &mut source, |_| {});
    assert_shows(&picture, &["500 ms", "1 s", "∞", "0", "5"]);
    // Six columns; of the three bands the middle one is empty.
    assert_eq!(picture.matches("fill=\"#fff5eb\"").count(), 6 + 1, "{picture}");
    let calculated = json!({ "id": 1, "type": "heatmap", "targets": [{ "expr": "hist" }], "options": { "calculate": true } });
    assert_shows(&svg(calculated, &mut source, |_| {}), &["4", "6", "8"]);
}

#[test]
fn bars_stand_for_the_rows_of_a_table() {
    let panel = json!({
        "id": 1, "type": "barchart", "targets": [{ "expr": "cpu", "format": "table", "instant": true }],
        "options": { "xField": "mode", "showValue": "always" }, "fieldConfig": { "defaults": { "unit": "percentunit" } },
    });
    let picture = svg(panel.clone(), &mut cpu(), |_| {});
    assert_shows(&picture, &["user", "idle", "25%", "50%", "Value"]);
    let mut lying = panel;
    lying["options"]["orientation"] = json!("horizontal");
    assert_shows(&svg(lying, &mut cpu(), |_| {}), &["user", "idle", "0%", "20%"]);
}

#[test]
fn histograms_count_values() {
    let panel = json!({
        "id": 1, "type": "histogram", "targets": [{ "expr": "cpu", "legendFormat": "{{mode}}" }],
        "options": { "bucketSize": 0.1 },
    });
    assert_shows(&svg(panel, &mut cpu(), |_| {}), &["0.200", "0.500", "user", "idle"]);
}

#[test]
fn points_have_two_numbers() {
    let panel = json!({
        "id": 1, "type": "xychart", "targets": [{ "expr": "cpu", "format": "table" }, { "expr": "load", "format": "table" }],
        "transformations": [{ "id": "joinByField", "options": {} }],
    });
    let mut source = Samples::default();
    source.series("cpu", &[], |t| (t % 100) as f64).series("load", &[], |t| (t % 100) as f64 * 3.0);
    let picture = svg(panel, &mut source, |_| {});
    assert_shows(&picture, &["0", "80", "250"]);
    assert!(picture.contains("fill-opacity=\"0.6\""), "{picture}");
}

#[test]
fn native_histograms_are_drawn_by_their_buckets() {
    let bucket = |lower: f64, upper: f64, count: f64| Bucket {
        lower,
        upper,
        lower_inclusive: false,
        upper_inclusive: true,
        count,
    };
    let mut source = Samples::default();
    let histograms = vec![(NOW_MS - 60_000, vec![bucket(1.0, 2.0, 5.0), bucket(2.0, 4.0, 9.0)])];
    source.histograms = vec![("took".to_owned(), histograms)];
    let panel = json!({ "id": 1, "type": "heatmap", "targets": [{ "expr": "took" }],
        "options": { "yAxis": { "unit": "s" } } });
    assert_shows(&svg(panel, &mut source, |_| {}), &["2 s", "4 s", "9"]);
    let panel = json!({ "id": 1, "type": "stat", "targets": [{ "expr": "took" }] });
    assert_shows(&svg(panel, &mut source, |_| {}), &["14"]);
}

#[test]
fn curves_are_marked() {
    let mut source = cpu();
    source.annotations =
        vec![HandAnnotation { panel_id: 1, start_ms: NOW_MS - 1_800_000, end_ms: NOW_MS - 900_000 }];
    source.exemplars = vec![Exemplar { timestamp_ms: NOW_MS - 60_000, value: 0.4, ..Exemplar::default() }];
    source.series("restart", &[], |t| if t % 3600 == 0 { 1.0 } else { 0.0 });
    let dashboard = json!({
        "uid": "test", "panels": [{ "id": 1, "type": "timeseries", "targets": [{ "expr": "cpu", "exemplar": true }] }],
        "annotations": { "list": [{ "expr": "restart", "iconColor": "#123456", "datasource": "Fleet" }] },
    });
    let picture = draw(&dashboard.to_string(), &request(), &mut source, &Budget::new(64 << 20)).unwrap();
    let picture = String::from_utf8(picture).unwrap();
    assert_eq!(source.sources, ["Fleet", ""], "annotations are asked first");
    assert!(picture.contains("#123456") && picture.contains("stroke-dasharray=\"4 4\""), "{picture}");
    let none = json!({ "uid": "test", "panels": [{ "id": 1, "type": "timeseries", "targets": [{ "expr": "cpu" }] }],
        "annotations": { "list": [{ "builtIn": 1, "enable": false }] } });
    let plain = draw(&none.to_string(), &request(), &mut source, &Budget::new(64 << 20)).unwrap();
    assert!(!String::from_utf8(plain).unwrap().contains("stroke-dasharray"));
}

#[test]
fn panels_ask_the_data_source_that_they_name() {
    let dashboard = json!({
        "templating": { "list": [{ "type": "datasource", "name": "ds", "query": "prometheus", "regex": "/Fleet/" }] },
        "panels": [
            { "id": 1, "type": "stat", "datasource": { "uid": "${ds}" }, "targets": [{ "expr": "cpu" }] },
            { "id": 2, "type": "stat", "datasource": "-- Mixed --",
              "targets": [{ "expr": "cpu", "datasource": { "uid": "vm" } }, { "expr": "cpu" }] },
        ],
    });
    let mut source = cpu();
    let request = Request { panel: None, height: 0, ..request() };
    draw(&dashboard.to_string(), &request, &mut source, &Budget::new(64 << 20)).unwrap();
    assert_eq!(source.sources, ["Fleet", "vm", ""]);
}
