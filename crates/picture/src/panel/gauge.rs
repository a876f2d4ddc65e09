//! Values on dials between their limits.

use std::f32::consts::PI;

use super::{
    Scene,
    big_number::BigNumber,
    stat::cells,
    value::{PanelValue, panel_values},
};
use crate::{
    drawing::{Anchor, Drawing, Path, Rect, Stroke, Text, font},
    field::{Limits, steps},
    json::Json,
    unit::Formatted,
};

/// The dial opens downwards: radians that it goes around.
const OPENING: f32 = 240.0 / 180.0 * PI;
const START: f32 = PI / 2.0 + (2.0 * PI - OPENING) / 2.0;
/// Height of a dial as a share of its width: what lies below its ends is left out.
const HEIGHT_SHARE: f32 = 0.78;
/// Widths of the dial and of the markers around it, and the gap between, as shares of the radius.
const WIDTH: f32 = 0.2;
const MARKER: f32 = 0.045;
const MARKER_GAP: f32 = 0.04;
const NAME_SIZE: f32 = 12.0;
const GAP: f32 = 8.0;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let mut values = panel_values(scene);
    values.iter_mut().for_each(set_limits);
    let columns = columns(values.len(), area);
    for (value, place) in values.iter().zip(cells(area, values.len(), columns, GAP)) {
        draw_dial(drawing, place, value, values.len() > 1, scene);
    }
}

/// As many side by side as make the dials largest.
fn columns(count: usize, area: Rect) -> usize {
    let size = |columns: usize| {
        let rows = count.div_ceil(columns) as f32;
        (area.width / columns as f32).min(area.height / rows / HEIGHT_SHARE)
    };
    (1..=count.max(1)).max_by(|a, b| size(*a).total_cmp(&size(*b))).unwrap_or(1)
}

/// Without limits of its own a dial goes from 0 to 100, or 0 to 1 for a share.
fn set_limits(value: &mut PanelValue) {
    let most = if value.config.unit.as_deref() == Some("percentunit") { 1.0 } else { 100.0 };
    let (min, max) = (value.config.min.unwrap_or(0.0), value.config.max.unwrap_or(most));
    value.limits = Limits { min, max };
}

fn draw_dial(drawing: &mut Drawing, place: Rect, value: &PanelValue, named: bool, scene: &Scene<'_>) {
    let theme = scene.theme;
    let mut area = place;
    if named && place.height > 60.0 {
        let name = font::fitted(&value.name, NAME_SIZE, place.width);
        let line = NAME_SIZE * 1.5;
        let text = Text::new(name, place.x + place.width / 2.0, 0.0, NAME_SIZE, theme.ink_soft());
        drawing.text(text.anchored(Anchor::Middle).centred_on(place.bottom() - line / 2.0));
        area = place.without(0.0, 0.0, line, 0.0);
    }
    let size = area.width.min(area.height / HEIGHT_SHARE);
    let radius = size / 2.0;
    let x = area.x + area.width / 2.0;
    let y = area.y + (area.height - size * HEIGHT_SHARE) / 2.0 + radius;
    let shows_markers = scene.panel.options.at("showThresholdMarkers").flag().unwrap_or(true);
    let dial = if shows_markers { radius * (1.0 - MARKER - MARKER_GAP) } else { radius };
    let width = radius * WIDTH;
    let mut ring = |radius: f32, width: f32, from: f64, to: f64, color| {
        if to > from {
            drawing.line(arc(x, y, radius - width / 2.0, from, to), color, Stroke::new(width));
        }
    };
    ring(dial, width, 0.0, 1.0, theme.line());
    ring(
        dial,
        width,
        0.0,
        value.amount().map_or(0.0, |amount| value.limits.share(amount)),
        value.shown.color,
    );
    if shows_markers {
        let steps = steps(&value.config, value.limits);
        for (at, step) in steps.iter().enumerate() {
            let end = steps.get(at + 1).map_or(value.limits.max, |next| next.value);
            let share = |end: f64| value.limits.share(end.clamp(value.limits.min, value.limits.max));
            ring(radius, radius * MARKER, share(step.value), share(end), theme.named(&step.color));
        }
    }
    let plain = scene.panel.options.at("colorMode").as_str() == Some("none");
    let color = if plain { theme.ink() } else { value.shown.color };
    let inner = dial - width;
    let number = BigNumber { size_min: 9.0, size_max: inner * 0.62, align: 0.5 };
    let half = inner * 0.86;
    // On a dial the unit is as large as the number.
    let text = Formatted::plain(value.shown.text.joined());
    number.draw(drawing, Rect::new(x - half, y - inner * 0.45, 2.0 * half, inner), &text, color);
}

/// An arc of the dial between two shares of its opening.
fn arc(x: f32, y: f32, radius: f32, from: f64, to: f64) -> Path {
    let angle = |share: f64| START + share as f32 * OPENING;
    let (start, end) = (angle(from), angle(to));
    let mut path = Path::default();
    path.move_to(x + radius * start.cos(), y + radius * start.sin()).arc(x, y, radius, start, end);
    path
}
