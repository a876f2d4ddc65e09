//! Before the grid (schema version 16) a dashboard was rows of panels with a span of 12 columns.

use serde_json::{Value, json};

use crate::json::Json;

/// Pixels of a row of the grid.
const ROW_PIXELS: f64 = 38.0;
const COLUMNS: f64 = 24.0;
const SPANS: f64 = 12.0;
/// Rows, and panels of a row, that are laid out.
const COUNT_MAX: usize = 1000;

/// The panels of `rows` with places on the grid; titled or folded rows become row panels.
pub(super) fn lay(rows: &Value) -> Vec<Value> {
    let heads = rows.objects().any(|row| {
        row.at("collapse").is_true()
            || row.at("showTitle").is_true()
            || !row.at("repeat").text_or_empty().is_empty()
    });
    let mut laid = Vec::new();
    let mut y = 0.0;
    for row in rows.objects().take(COUNT_MAX) {
        let collapsed = row.at("collapse").is_true();
        let head = if heads { 1.0 } else { 0.0 };
        let (panels, height) = flow(row, y + head);
        if heads {
            laid.push(json!({
                "type": "row",
                "title": row.at("title"),
                "collapsed": collapsed,
                "repeat": row.at("repeat"),
                "gridPos": { "x": 0, "y": y, "w": COLUMNS, "h": 1 },
                "panels": if collapsed { panels.clone() } else { Vec::new() },
            }));
        }
        y += head;
        if !collapsed {
            laid.extend(panels);
            y += height;
        }
    }
    laid
}

/// Panels side by side until a row is full, and the height of them all.
fn flow(row: &Value, top: f64) -> (Vec<Value>, f64) {
    let row_height = grid_height(row.at("height"), 7.0);
    let (mut x, mut y, mut tallest) = (0.0, top, 0.0f64);
    let mut laid = Vec::new();
    for panel in row.at("panels").objects().take(COUNT_MAX) {
        let span = panel.at("span").number().unwrap_or(4.0);
        let w = (span * COLUMNS / SPANS).round().clamp(2.0, COLUMNS);
        let h = grid_height(panel.at("height"), row_height);
        if x + w > COLUMNS {
            (x, y, tallest) = (0.0, y + tallest, 0.0);
        }
        let mut panel = panel.clone();
        if let Some(fields) = panel.as_object_mut() {
            fields.insert("gridPos".to_owned(), json!({ "x": x, "y": y, "w": w, "h": h }));
        }
        laid.push(panel);
        (x, tallest) = (x + w, tallest.max(h));
    }
    (laid, y + tallest - top)
}

/// Height in rows of the grid of `250px`, `250` or nothing.
fn grid_height(height: &Value, otherwise: f64) -> f64 {
    let text = height.text_or_empty();
    let pixels = text.trim_end_matches("px").parse::<f64>().ok().filter(|pixels| *pixels > 0.0);
    pixels.map_or(otherwise, |pixels| (pixels / ROW_PIXELS).ceil().max(2.0))
}
