//! Curves over time, with axes and a legend.

mod curve;
mod line;
mod mark;
mod spark;
mod stack;
mod threshold;

use curve::{Curve, CurveSet};
pub(super) use spark::Spark;
use stack::Stacked;

use serde_json::Value as JsonValue;

use super::Scene;
use crate::{
    chart::{Axis, Entry, Legend, Plot, Reach, Scale, TIME_AXIS_HEIGHT, draw_time_axis},
    dashboard::FieldConfig,
    drawing::{Drawing, Rect},
    field::{Calculation, Display, Limits},
    frame::Value,
    json::Json,
};

/// Entries that a legend lists.
const ENTRIES_MAX: usize = 200;
/// Room above the plot for the upper half of the topmost text.
const TOP: f32 = 6.0;
/// Room on the side without an axis.
const SIDE: f32 = 8.0;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let Some(set) = CurveSet::new(scene, drawing) else { return };
    let area = legend(&set, scene).draw(drawing, area, scene.theme);
    let stacked = Stacked::new(&set);
    let axes = axes(&set, &stacked, area.height - TIME_AXIS_HEIGHT - TOP, scene);
    let side = |right: bool| -> f32 {
        axes.iter()
            .filter(|(_, axis)| axis.shown && axis.axis.right == right)
            .map(|(_, axis)| axis.axis.width())
            .sum()
    };
    let (left, right) = (side(false).max(SIDE), side(true).max(SIDE));
    let plot = Plot { area: area.without(TOP, right, TIME_AXIS_HEIGHT, left), range: scene.range };
    threshold::draw(drawing, &plot, &axes, &set, scene.theme);
    draw_axes(drawing, &plot, &axes, scene);
    for (at, curve) in set.curves.iter().enumerate().filter(|(_, curve)| curve.drawn) {
        let Some((_, placed)) = axes.iter().find(|(key, _)| *key == curve.scale) else { continue };
        line::draw(drawing, &plot, &placed.axis.scale, &set, &stacked, at);
    }
    mark::draw_exemplars(drawing, &plot, &axes, scene);
    mark::draw_annotations(drawing, &plot, scene);
}

/// An axis, and whether it is to be seen.
struct PlacedAxis {
    axis: Axis,
    shown: bool,
    grid: bool,
}

/// One axis for each scale, by the scales' keys.
fn axes(set: &CurveSet, stacked: &Stacked, height: f32, scene: &Scene<'_>) -> Vec<(String, PlacedAxis)> {
    let mut keys: Vec<&String> = Vec::new();
    for curve in set.curves.iter().filter(|curve| curve.drawn) {
        if !keys.contains(&&curve.scale) {
            keys.push(&curve.scale);
        }
    }
    let placed = keys
        .into_iter()
        .enumerate()
        .map(|(index, key)| (key.clone(), placed_axis(set, stacked, key, index, height, scene)));
    placed.collect()
}

fn placed_axis(
    set: &CurveSet,
    stacked: &Stacked,
    key: &str,
    index: usize,
    height: f32,
    scene: &Scene<'_>,
) -> PlacedAxis {
    let own = || set.curves.iter().enumerate().filter(|(_, curve)| curve.scale == key && curve.drawn);
    let empty = FieldConfig::default();
    let config = own().next().map_or(&empty, |(_, curve)| &curve.config);
    let custom = &config.custom;
    let percent = own().any(|(_, curve)| curve.style.percent);
    let scale = if percent { Scale::linear(0.0, 1.0) } else { scale(set, stacked, key, config) };
    let of_shares = FieldConfig { unit: Some("percentunit".to_owned()), ..FieldConfig::default() };
    let placement = custom.at("axisPlacement").text().unwrap_or_else(|| "auto".to_owned());
    let right = placement == "right" || (placement == "auto" && index > 0);
    let label = custom.at("axisLabel").text_or_empty();
    let shown = if percent { &of_shares } else { config };
    let axis = Axis::new(scale, shown, height, label, right, scene.zone);
    let grid = index == 0 && custom.at("axisGridShow").flag() != Some(false);
    PlacedAxis { axis, shown: placement != "hidden", grid }
}

/// The scale on which all curves of a key fit.
fn scale(set: &CurveSet, stacked: &Stacked, key: &str, config: &FieldConfig) -> Scale {
    let custom = &config.custom;
    let curves = || set.curves.iter().enumerate().filter(|(_, curve)| curve.scale == key && curve.drawn);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in curves().flat_map(|(at, _)| stacked.heights(set, at)).filter(|value| value.is_finite()) {
        (low, high) = (low.min(*value), high.max(*value));
    }
    let distribution = custom.at("scaleDistribution");
    let log = (distribution.at("type").as_str() == Some("log"))
        .then(|| if distribution.at("log").number() == Some(2.0) { 2.0 } else { 10.0 });
    let reach = Reach {
        min: config.min,
        max: config.max,
        soft_min: custom.at("axisSoftMin").number(),
        soft_max: custom.at("axisSoftMax").number(),
        zero: curves().any(|(_, curve)| curve.style.needs_zero()),
        log,
    };
    let scale = Scale::around(low, high, &reach);
    if custom.at("axisCenteredZero").is_true() && log.is_none() {
        let most = scale.min.abs().max(scale.max.abs());
        return Scale::linear(-most, most);
    }
    scale
}

fn draw_axes(drawing: &mut Drawing, plot: &Plot, axes: &[(String, PlacedAxis)], scene: &Scene<'_>) {
    draw_time_axis(drawing, plot, scene.theme, scene.zone);
    let (mut left, mut right) = (plot.area.x, plot.area.right());
    for (_, PlacedAxis { axis, shown, grid }) in axes {
        if !shown {
            continue;
        }
        if axis.right {
            axis.draw(drawing, plot, right, *grid, scene.theme);
            right += axis.width();
        } else {
            axis.draw(drawing, plot, left, *grid, scene.theme);
            left -= axis.width();
        }
    }
}

fn legend(set: &CurveSet, scene: &Scene<'_>) -> Legend {
    let options = scene.panel.options.at("legend");
    let hidden = options.at("showLegend").flag() == Some(false)
        || options.at("displayMode").as_str() == Some("hidden");
    let calcs = options.at("calcs").texts();
    let calcs: Vec<_> = calcs.iter().map(|calc| Calculation::new(calc)).collect();
    let listed = set.curves.iter().filter(|curve| curve.in_legend && curve.drawn && !hidden);
    let mut listed: Vec<&Curve> = listed.collect();
    let table = options.at("displayMode").as_str() == Some("table");
    if table {
        sort(&mut listed, &calcs, options);
    }
    let entry = |curve: &Curve| Entry {
        name: curve.name.clone(),
        color: curve.color,
        figures: calcs.iter().map(|calc| figure(curve, *calc, scene)).collect(),
    };
    Legend {
        entries: listed.into_iter().take(ENTRIES_MAX).map(entry).collect(),
        columns: calcs.iter().map(Calculation::name).collect(),
        table,
        right: options.at("placement").as_str() == Some("right"),
    }
}

/// Puts curves into the order that a table asks for: by one of its figures, or by name.
fn sort(curves: &mut [&Curve], calcs: &[Calculation<'_>], options: &JsonValue) {
    let wanted = options.at("sortBy").text_or_empty();
    let amount = |curve: &Curve, calc: &Calculation<'_>| match calc.of(&curve.source) {
        Value::Number(number) => number,
        _ => f64::NEG_INFINITY,
    };
    match calcs.iter().find(|calc| calc.name() == wanted) {
        Some(calc) => curves.sort_by(|a, b| amount(a, calc).total_cmp(&amount(b, calc))),
        None if wanted == "Name" => curves.sort_by(|a, b| a.name.cmp(&b.name)),
        None => return,
    }
    if options.at("sortDesc").is_true() {
        curves.reverse();
    }
}

fn figure(curve: &Curve, calc: Calculation<'_>, scene: &Scene<'_>) -> String {
    let plain = FieldConfig::default();
    let config = if calc.keeps_unit() { &*curve.config } else { &plain };
    let limits = Limits { min: 0.0, max: 1.0 };
    Display::new(config, 0, limits, scene.theme, scene.zone).text(&calc.of(&curve.source))
}
