//! Threshold lines and areas, where the field asks for them.

use super::{CurveSet, PlacedAxis};
use crate::{
    chart::Plot,
    dashboard::FieldConfig,
    drawing::{Drawing, Path, Rect, Stroke},
    field::{Limits, steps},
    json::Json,
    theme::Theme,
};

pub(super) fn draw(
    drawing: &mut Drawing,
    plot: &Plot,
    axes: &[(String, PlacedAxis)],
    set: &CurveSet,
    theme: Theme,
) {
    for (key, placed) in axes {
        let Some(curve) = set.curves.iter().find(|curve| curve.scale == *key) else { continue };
        let mode = curve.config.custom.at("thresholdsStyle").at("mode").text_or_empty();
        if !matches!(mode.as_str(), "" | "off") && curve.config.thresholds.is_some() {
            draw_steps(drawing, plot, placed, &curve.config, &mode, theme);
        }
    }
}

fn draw_steps(
    drawing: &mut Drawing,
    plot: &Plot,
    placed: &PlacedAxis,
    config: &FieldConfig,
    mode: &str,
    theme: Theme,
) {
    let scale = &placed.axis.scale;
    let steps = steps(config, Limits { min: scale.min, max: scale.max });
    let area = plot.area;
    for (at, step) in steps.iter().enumerate() {
        let color = theme.named(&step.color);
        let next = steps.get(at + 1).map_or(scale.max, |next| next.value);
        let (low, high) = (step.value.max(scale.min), next.min(scale.max));
        if mode.contains("area") && high > low {
            let (top, bottom) = (plot.y(high, scale), plot.y(low, scale));
            drawing.rect(Rect::new(area.x, top, area.width, bottom - top), color.with_alpha(0.12));
        }
        let lined = mode.contains("line") || mode.contains("dashed");
        if lined && (scale.min..=scale.max).contains(&step.value) {
            let y = plot.y(step.value, scale);
            let dashes = if mode.contains("dashed") { vec![8.0, 8.0] } else { Vec::new() };
            let line = Path::between((area.x, y), (area.right(), y));
            drawing.line(line, color.with_alpha(0.8), Stroke { width: 1.0, dashes });
        }
    }
}
