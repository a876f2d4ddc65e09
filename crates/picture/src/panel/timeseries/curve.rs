//! Frames as curves: joined on one time axis, styled by their field configuration.

use std::rc::Rc;

use model::sort;

use serde_json::Value as JsonValue;

use super::Scene;
use crate::{
    dashboard::FieldConfig,
    drawing::Drawing,
    field::curve_color,
    frame::{Column, Field, Frame},
    json::Json,
    theme::Color,
};

/// Curves that one chart draws.
const CURVES_MAX: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draw {
    Line,
    Bars,
    Points,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interpolation {
    Linear,
    Smooth,
    StepAfter,
    StepBefore,
}

/// How a curve is drawn.
#[derive(Clone, Debug)]
pub(super) struct Style {
    pub(super) draw: Draw,
    pub(super) interpolation: Interpolation,
    pub(super) width: f32,
    /// 0 to 1.
    pub(super) fill: f32,
    /// Share of the fill that is left at the foot.
    pub(super) fill_end: f32,
    /// Whether each value is marked; `None` where there is room.
    pub(super) points: Option<bool>,
    pub(super) point_size: f32,
    pub(super) dashes: Vec<f32>,
    /// Gaps up to this are joined over, ms.
    pub(super) span_ms: f64,
    /// The group that it stacks with.
    pub(super) stack: Option<String>,
    pub(super) percent: bool,
    pub(super) negative: bool,
}

impl Style {
    /// Whether the room between zero and the values means something.
    pub(super) fn needs_zero(&self) -> bool {
        self.draw == Draw::Bars || self.stack.is_some()
    }

    fn read(custom: &JsonValue) -> Self {
        let text = |key: &str| custom.at(key).text_or_empty();
        let draw = match text("drawStyle").as_str() {
            "bars" => Draw::Bars,
            "points" => Draw::Points,
            _ => Draw::Line,
        };
        let stacking = custom.at("stacking");
        let mode = stacking.at("mode").text_or_empty();
        let line = custom.at("lineStyle");
        let dashed = matches!(line.at("fill").as_str(), Some("dash" | "dot"));
        let dashes = line.at("dash").list().iter().filter_map(Json::number).map(|length| length as f32);
        let fill = custom.at("fillOpacity").number().unwrap_or(if draw == Draw::Bars { 80.0 } else { 0.0 });
        Self {
            draw,
            interpolation: match text("lineInterpolation").as_str() {
                "smooth" => Interpolation::Smooth,
                "stepAfter" => Interpolation::StepAfter,
                "stepBefore" => Interpolation::StepBefore,
                _ => Interpolation::Linear,
            },
            width: custom.at("lineWidth").number().unwrap_or(1.0).clamp(0.0, 20.0) as f32,
            fill: (fill / 100.0).clamp(0.0, 1.0) as f32,
            fill_end: match text("gradientMode").as_str() {
                "" | "none" => 1.0,
                "opacity" => 0.0,
                _ => 0.3,
            },
            points: match text("showPoints").as_str() {
                "always" => Some(true),
                "never" => Some(false),
                _ => None,
            },
            point_size: custom.at("pointSize").number().unwrap_or(5.0).clamp(1.0, 40.0) as f32,
            dashes: if dashed { dashes.take(8).collect() } else { Vec::new() },
            span_ms: match custom.at("spanNulls") {
                JsonValue::Bool(true) => f64::INFINITY,
                limit => limit.number().unwrap_or(0.0),
            },
            stack: matches!(mode.as_str(), "normal" | "percent")
                .then(|| stacking.at("group").text().unwrap_or_else(|| "A".to_owned())),
            percent: mode == "percent",
            negative: text("transform") == "negative-Y",
        }
    }
}

/// A curve.
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) color: Color,
    pub(super) config: Rc<FieldConfig>,
    pub(super) style: Style,
    /// Values on the common time axis; NaN where there is none.
    pub(super) values: Vec<f64>,
    /// As they came, for calculations in the legend.
    pub(super) source: Rc<Column>,
    /// Key of its scale.
    pub(super) scale: String,
    pub(super) in_legend: bool,
    pub(super) drawn: bool,
}

/// Curves on one time axis.
pub(super) struct CurveSet {
    /// Milliseconds since the Unix epoch.
    pub(super) times: Vec<f64>,
    pub(super) curves: Vec<Curve>,
}

impl CurveSet {
    /// The curves of a panel; `None` when there is no memory for them, which the drawing then says.
    pub(super) fn new(scene: &Scene<'_>, drawing: &mut Drawing) -> Option<Self> {
        let timed = || scene.frames.iter().filter_map(|frame| Some((frame, frame.time()?)));
        let count: usize = timed().map(|(_, time)| time.values.len()).sum();
        if !drawing.reserve(2 * count * size_of::<f64>()) {
            return None;
        }
        let times = joined_times(&scene.frames);
        let fields = timed().flat_map(|(frame, time)| frame.numbers().map(move |field| (frame, time, field)));
        let fields: Vec<_> = fields.take(CURVES_MAX).collect();
        if !drawing.reserve(fields.len() * times.len() * 2 * size_of::<f64>()) {
            return None;
        }
        let names = scene.names();
        let curve = |(index, (frame, time, field)): (usize, &(&Frame, &Field, &Field))| {
            let name = names.shown(field, frame);
            let color = curve_color(field, index, &name, scene.theme);
            Curve::new(field, time, name, color, &times)
        };
        let curves = fields.iter().enumerate().map(curve).collect();
        Some(Self { times, curves })
    }
}

impl Curve {
    fn new(field: &Field, time: &Field, name: String, color: Color, times: &[f64]) -> Self {
        let style = Style::read(&field.config.custom);
        let hidden = field.config.custom.at("hideFrom");
        let sign = if style.negative { -1.0 } else { 1.0 };
        let mut values = vec![f64::NAN; times.len()];
        for (time, value) in time.values.numbers().iter().zip(field.values.numbers()) {
            let place = times.binary_search_by(|other| other.total_cmp(time)).ok();
            if let Some(place) = place.and_then(|at| values.get_mut(at))
                && value.is_finite()
            {
                *place = sign * value;
            }
        }
        Self {
            name,
            color,
            scale: scale_key(&field.config),
            config: Rc::clone(&field.config),
            style,
            values,
            source: Rc::clone(&field.values),
            in_legend: !hidden.at("legend").is_true(),
            drawn: !hidden.at("viz").is_true(),
        }
    }
}

/// All times in order, with one more in each pause that is longer than the step, so that lines break there.
fn joined_times(frames: &[Frame]) -> Vec<f64> {
    let timed = frames.iter().filter_map(|frame| frame.time());
    let mut times: Vec<f64> = timed.flat_map(|time| time.values.numbers()).copied().collect();
    sort::by(&mut times, f64::total_cmp);
    times.dedup();
    let step_ms = frames.iter().filter_map(|frame| frame.step_ms).fold(0.0, f64::max);
    if step_ms == 0.0 {
        return times;
    }
    let mut joined: Vec<f64> = Vec::with_capacity(times.len());
    for time in times {
        if let Some(before) = joined.last().copied().filter(|before| time - before > step_ms * 1.5) {
            joined.push(before + step_ms);
        }
        joined.push(time);
    }
    joined
}

/// Curves of the same unit, limits, side, distribution and label share an axis.
fn scale_key(config: &FieldConfig) -> String {
    let custom = &config.custom;
    let text = |key: &str| custom.at(key).text_or_empty();
    let placement = custom.at("axisPlacement").as_str();
    let side = placement.filter(|side| matches!(*side, "right" | "hidden")).unwrap_or("left");
    let distribution = custom.at("scaleDistribution");
    let kind = distribution.at("type").text_or_empty();
    let log = distribution.at("log").number().filter(|_| kind == "log");
    let soft = [custom.at("axisSoftMin").number(), custom.at("axisSoftMax").number()];
    let unit = config.unit.as_deref().unwrap_or_default();
    let label = text("axisLabel");
    format!("{unit}|{side}|{kind}|{log:?}|{:?}|{:?}|{soft:?}|{label}", config.min, config.max)
}
