//! Points by two numbers.

use std::rc::Rc;

use serde_json::Value as JsonValue;

use super::Scene;
use crate::{
    chart::{Axis, Entry, Plot, Scale, TIME_AXIS_HEIGHT, draw_time_axis, draw_values},
    dashboard::FieldConfig,
    drawing::{Drawing, Path, Rect, Stroke},
    field::curve_color,
    frame::{Field, FieldKind, Frame, Names},
    json::Json,
    pattern::Pattern,
    theme::Color,
    time::TimeRange,
};

/// Series of one chart, and points of one series.
const SERIES_MAX: usize = 200;
const POINTS_MAX: usize = 20_000;
/// Room above the plot, and on its right.
const TOP: f32 = 6.0;
const SIDE: f32 = 12.0;
/// Room around the points, as a share of what they span.
const PAD: f64 = 0.05;

struct PointSeries {
    name: String,
    color: Color,
    points: Vec<(f64, f64)>,
    timed: bool,
    x_config: Rc<FieldConfig>,
    config: Rc<FieldConfig>,
}

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let samples: usize = scene.frames.iter().map(|frame| frame.rows() * frame.fields.len()).sum();
    if !drawing.reserve(samples * size_of::<(f64, f64)>()) {
        return;
    }
    let series = all_series(scene);
    let Some(first) = series.first() else { return };
    let entry = |one: &PointSeries| Entry { name: one.name.clone(), color: one.color, figures: Vec::new() };
    let area = super::plain_legend(series.iter().map(entry), scene).draw(drawing, area, scene.theme);
    let points = || series.iter().flat_map(|one| &one.points);
    let x_scale = extent(points().map(|point| point.0), &first.x_config);
    let y_scale = extent(points().map(|point| point.1), &first.config);
    let label = first.config.custom.at("axisLabel").text_or_empty();
    let height = area.height - TOP - TIME_AXIS_HEIGHT;
    let axis = Axis::new(y_scale, &first.config, height, label, false, scene.zone);
    let inside = area.without(TOP, SIDE, TIME_AXIS_HEIGHT, axis.width());
    let range = TimeRange { from_ms: x_scale.min as i64, to_ms: x_scale.max as i64 };
    let plot = Plot { area: inside, range };
    if series.iter().all(|one| one.timed) {
        draw_time_axis(drawing, &plot, scene.theme, scene.zone);
    } else {
        draw_values(drawing, inside, &x_scale, &first.x_config, scene.theme, scene.zone);
    }
    axis.draw(drawing, &plot, inside.x, true, scene.theme);
    for one in &series {
        draw_series(drawing, &plot, (&x_scale, &axis.scale), one);
    }
}

fn all_series(scene: &Scene<'_>) -> Vec<PointSeries> {
    let options = &scene.panel.options;
    let names = scene.names();
    let mode = [options.at("mapping"), options.at("seriesMapping")].into_iter().find(|mode| mode.is_string());
    let mut wanted: Vec<&JsonValue> = options.at("series").objects().collect();
    if wanted.is_empty() || mode.and_then(JsonValue::as_str) != Some("manual") {
        wanted = vec![options.at("dims")];
    }
    let mut found = Vec::new();
    for (frame, one) in scene.frames.iter().flat_map(|frame| wanted.iter().map(move |one| (frame, *one))) {
        let by_x = [one.at("x"), one.at("frame")].into_iter().find(|source| !source.is_null());
        let asked = by_x.and_then(|source| chosen(source, frame, &names));
        let Some(x) = asked.or_else(|| default_x(frame)) else { continue };
        let only = chosen(one.at("y"), frame, &names);
        let others = frame.numbers().filter(|field| only.is_none() && !std::ptr::eq(*field, x));
        for y in only.into_iter().chain(others) {
            let index = found.len();
            found.push(point_series(x, y, names.shown(y, frame), index, scene));
        }
    }
    found.truncate(SERIES_MAX);
    found
}

/// The first number where there are two, else the time.
fn default_x(frame: &Frame) -> Option<&Field> {
    let mut numbers = frame.numbers();
    let first = numbers.next();
    if numbers.next().is_some() { first } else { frame.time() }
}

/// A field by the matcher or the name that stands in the options.
fn chosen<'a>(source: &JsonValue, frame: &'a Frame, names: &Names) -> Option<&'a Field> {
    let matcher = source.at("matcher");
    let wanted = [source, source.at("field"), matcher.at("options")];
    let wanted = wanted.into_iter().map(Json::text_or_empty).find(|name| !name.is_empty())?;
    let by_pattern = matcher.at("id").as_str() == Some("byRegexp");
    let pattern = if by_pattern { Pattern::new(&wanted) } else { None };
    let mut fields = frame.fields.iter().filter(|field| field.kind != FieldKind::Text);
    fields.find(|field| {
        let name = names.shown(field, frame);
        match &pattern {
            Some(pattern) => pattern.is_match(&name),
            None => name == wanted || *field.name == *wanted,
        }
    })
}

fn point_series(x: &Field, y: &Field, name: String, index: usize, scene: &Scene<'_>) -> PointSeries {
    let pairs = x.values.numbers().iter().zip(y.values.numbers()).take(POINTS_MAX);
    let points = pairs.filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| (*x, *y)).collect();
    PointSeries {
        color: curve_color(y, index, &name, scene.theme),
        name,
        points,
        timed: x.kind == FieldKind::Time,
        x_config: Rc::clone(&x.config),
        config: Rc::clone(&y.config),
    }
}

fn extent(values: impl Iterator<Item = f64>, config: &FieldConfig) -> Scale {
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return Scale::linear(config.min.unwrap_or(0.0), config.max.unwrap_or(1.0));
    }
    let span = [high - low, high.abs()].into_iter().find(|span| *span > 0.0).unwrap_or(1.0);
    let (min, max) = (config.min.unwrap_or(low - span * PAD), config.max.unwrap_or(high + span * PAD));
    Scale::linear(min, if max > min { max } else { min + 1.0 })
}

fn draw_series(
    drawing: &mut Drawing,
    plot: &Plot,
    (x_scale, y_scale): (&Scale, &Scale),
    series: &PointSeries,
) {
    let custom = &series.config.custom;
    let show = custom.at("show").text().unwrap_or_else(|| "points".to_owned());
    let area = plot.area;
    let inside = |point: &&(f64, f64)| {
        (x_scale.min..=x_scale.max).contains(&point.0) && (y_scale.min..=y_scale.max).contains(&point.1)
    };
    let place =
        |point: &(f64, f64)| (area.x + area.width * x_scale.share(point.0) as f32, plot.y(point.1, y_scale));
    let places = || series.points.iter().filter(inside).map(place);
    if show.contains("lines") {
        let mut line = Path::default();
        for (x, y) in places() {
            if line.is_empty() {
                line.move_to(x, y)
            } else {
                line.line_to(x, y)
            };
        }
        drawing.line(line, series.color, Stroke::new(1.0));
    }
    if show.contains("points") {
        let radius = custom.at("pointSize").at("fixed").number().unwrap_or(5.0).clamp(1.0, 40.0) as f32 / 2.0;
        let mut circles = Path::default();
        places().for_each(|(x, y)| circles.extend(&Path::circle(x, y, radius)));
        drawing.fill(circles.clone(), series.color.with_alpha(0.6));
        drawing.line(circles, series.color, Stroke::new(1.0));
    }
}
