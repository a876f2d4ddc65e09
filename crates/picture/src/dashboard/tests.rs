use serde_json::json;

use super::*;
use crate::json::Json;

fn read(json: Value) -> Dashboard {
    Dashboard::read(&json.to_string()).unwrap()
}

#[test]
fn what_is_no_dashboard_is_refused() {
    for text in ["", "[]", "{"] {
        assert!(Dashboard::read(text).is_err(), "{text}");
    }
    assert_eq!(read(json!({})).title, "Dashboard");
}

#[test]
fn rows_become_places_on_the_grid() {
    let dashboard = read(json!({ "rows": [
        { "title": "one", "showTitle": true, "height": "190px", "panels": [
            { "id": 1, "type": "graph", "span": 6 }, { "id": 2, "type": "graph", "span": 6 }, { "id": 3, "span": 12 },
        ] },
        { "title": "two", "collapse": true, "panels": [{ "id": 4 }] },
    ] }));
    let places: Vec<_> =
        dashboard.panels.iter().map(|p| (p.kind.as_str(), p.grid.x, p.grid.y, p.grid.w)).collect();
    assert_eq!(
        places,
        [
            ("row", 0, 0, 24),
            ("timeseries", 0, 1, 12),
            ("timeseries", 12, 1, 12),
            ("", 0, 6, 24),
            ("row", 0, 11, 24)
        ]
    );
    assert_eq!(dashboard.panel(4).map(|panel| panel.id), Some(4), "panels are found in folded rows");
    assert!(dashboard.panel(9).is_none());
}

#[test]
fn a_graph_becomes_curves() {
    let dashboard = read(json!({ "panels": [{
        "id": 1, "type": "graph", "fill": 3, "stack": true,
        "yaxes": [{ "format": "bytes", "min": 0 }, { "format": "percent" }],
        "legend": { "values": true, "avg": true, "max": true, "alignAsTable": true },
        "aliasColors": { "used": "#ff0000" },
        "seriesOverrides": [{ "alias": "/ratio/", "yaxis": 2, "transform": "negative-Y" }],
    }] }));
    let panel = dashboard.panel(1).unwrap();
    let FieldConfigSource { defaults, overrides } = &panel.fields;
    assert_eq!((defaults.unit.as_deref(), defaults.min), (Some("bytes"), Some(0.0)));
    assert_eq!(*defaults.custom.at("fillOpacity"), json!(30.0));
    assert_eq!(*panel.options.at("legend").at("calcs"), json!(["max", "mean"]));
    assert_eq!(overrides[0].matcher, "byName");
    let ids: Vec<_> = overrides[1].properties.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["custom.transform", "custom.axisPlacement", "unit"]);
}

#[test]
fn a_singlestat_becomes_a_stat_or_a_gauge() {
    let panel = |gauge: bool| {
        let dashboard = read(json!({ "panels": [{
            "id": 1, "type": "singlestat", "format": "none", "postfix": "cans", "valueName": "current",
            "thresholds": "50,80", "colors": ["green", "orange", "red"], "colorValue": true,
            "valueMaps": [{ "op": "=", "value": "null", "text": "N/A" }], "gauge": { "show": gauge },
        }] }));
        dashboard.panels[0].clone()
    };
    let stat = panel(false);
    assert_eq!((stat.kind.as_str(), stat.options.at("colorMode").as_str()), ("stat", Some("value")));
    assert_eq!(stat.fields.defaults.unit.as_deref(), Some("suffix:cans"));
    let steps = stat.fields.defaults.thresholds.unwrap().steps;
    assert_eq!(steps.iter().map(|step| step.value).collect::<Vec<_>>(), [f64::NEG_INFINITY, 50.0, 80.0]);
    assert!(matches!(&stat.fields.defaults.mappings[0], Mapping::Special { what, .. } if what == "null"));
    assert_eq!((panel(true).kind.as_str(), panel(true).fields.defaults.max), ("gauge", Some(100.0)));
}

#[test]
fn the_newest_resource_is_read() {
    let dashboard = read(json!({ "kind": "Dashboard", "spec": {
        "title": "new",
        "elements": { "a": { "spec": {
            "id": 7, "title": "A", "vizConfig": { "kind": "stat", "spec": { "fieldConfig": { "defaults": { "unit": "s" } } } },
            "data": { "spec": { "queries": [{ "spec": { "refId": "Q", "query": { "kind": "prometheus", "spec": { "expr": "up" } } } }] } },
        } } },
        "layout": { "kind": "GridLayout", "spec": { "items": [
            { "kind": "GridLayoutItem", "spec": { "x": 2, "y": 0, "width": 5, "height": 4, "element": { "name": "a" } } },
        ] } },
        "variables": [{ "kind": "QueryVariable", "spec": { "name": "v", "query": { "spec": { "query": "label_values(job)" } } } }],
    } }));
    let panel = dashboard.panel(7).unwrap();
    assert_eq!((panel.kind.as_str(), panel.grid.w, panel.targets[0].expr.as_str()), ("stat", 5, "up"));
    assert_eq!(panel.targets[0].foreign, None);
    assert_eq!(
        (dashboard.variables[0].kind, dashboard.variables[0].query.as_str()),
        (VariableKind::Query, "label_values(job)")
    );
}

#[test]
fn hostile_json_is_harmless() {
    let deep = "[".repeat(100_000);
    assert!(Dashboard::read(&deep).is_err());
    let odd = json!({
        "title": 5, "time": [], "templating": { "list": [1, { "query": [] }] },
        "panels": [null, 3, { "type": {}, "gridPos": { "x": -5, "w": 1e300 }, "targets": { "a": 1 }, "fieldConfig": { "defaults": { "thresholds": 4 } } }],
    });
    assert_eq!(read(odd).panels[0].grid, GridPos { x: 0, y: 0, w: 24, h: 3 });
}
