//! What is marked on curves: annotations, and exemplars.

use super::{PlacedAxis, Scene};
use crate::{
    chart::{Plot, Scale},
    drawing::{Drawing, Path, Rect, Stroke},
};

/// Height of the strip along the time axis that an annotation has.
const STRIP: f32 = 5.0;
/// Half the width of an exemplar.
const MARK: f32 = 4.0;

/// Draws lines at moments, and shades spans between two of them.
pub(super) fn draw_annotations(drawing: &mut Drawing, plot: &Plot, scene: &Scene<'_>) {
    let area = plot.area;
    let own = |panel_id: i64| panel_id == 0 || panel_id == scene.panel.id;
    let seen = |start_ms: i64, end_ms: i64| end_ms >= plot.range.from_ms && start_ms <= plot.range.to_ms;
    for one in scene.annotations.iter().filter(|one| own(one.panel_id) && seen(one.start_ms, one.end_ms)) {
        let inside = |x: f32| x.clamp(area.x, area.right());
        let (left, right) = (inside(plot.x(one.start_ms as f64)), inside(plot.x(one.end_ms as f64)));
        if right - left > 1.0 {
            let span = Rect::new(left, area.y, right - left, area.height);
            drawing.rect(span, one.color.with_alpha(0.12));
        }
        for x in [left, right].into_iter().take(if right > left { 2 } else { 1 }) {
            let stroke = Stroke { width: 1.0, dashes: vec![4.0, 4.0] };
            drawing.line(Path::between((x, area.y), (x, area.bottom())), one.color, stroke);
        }
        let strip = Rect::new(left - STRIP, area.bottom(), right - left + 2.0 * STRIP, STRIP);
        drawing.rect(strip, one.color);
    }
}

/// Draws a diamond for each exemplar, on the scale of the first axis.
pub(super) fn draw_exemplars(
    drawing: &mut Drawing,
    plot: &Plot,
    axes: &[(String, PlacedAxis)],
    scene: &Scene<'_>,
) {
    let Some((_, first)) = axes.first() else { return };
    let scale: &Scale = &first.axis.scale;
    let inside = |time_ms: i64, value: f64| {
        (plot.range.from_ms..=plot.range.to_ms).contains(&time_ms) && (scale.min..=scale.max).contains(&value)
    };
    let mut marks = Path::default();
    for one in scene.exemplars.iter().filter(|one| inside(one.timestamp_ms, one.value)) {
        let (x, y) = (plot.x(one.timestamp_ms as f64), plot.y(one.value, scale));
        marks.move_to(x, y - MARK).line_to(x + MARK, y).line_to(x, y + MARK).line_to(x - MARK, y).close();
    }
    if !marks.is_empty() {
        drawing.fill(marks, scene.theme.ink_soft());
    }
}
