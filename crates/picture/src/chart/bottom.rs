//! Axes below a plot that are no axes of time: values, and names.

use super::{AXIS_TEXT, Scale, texts, value_marks};
use crate::{
    dashboard::FieldConfig,
    drawing::{Anchor, Drawing, Path, Rect, Stroke, Text, font},
    theme::Theme,
    time::Zone,
};

/// Pixels from one mark to the next, at least.
const SPACE: f32 = 60.0;
/// Pixels between the texts of neighbours.
const GAP: f32 = 8.0;

/// Draws texts below a plot, each at its share of the width; those without room are left out.
pub(crate) fn draw_names<'a>(
    drawing: &mut Drawing,
    area: Rect,
    names: impl Iterator<Item = (f64, &'a str)>,
    theme: Theme,
) {
    let mut taken = f32::NEG_INFINITY;
    for (share, name) in names {
        let width = font::width(name, AXIS_TEXT);
        let x = area.x + area.width * share as f32;
        let left = x - width / 2.0;
        if left < taken || left < 0.0 || x + width / 2.0 > drawing.width {
            continue;
        }
        taken = x + width / 2.0 + GAP;
        let text = Text::new(name, x, area.bottom() + AXIS_TEXT + 4.0, AXIS_TEXT, theme.ink_faint());
        drawing.text(text.anchored(Anchor::Middle));
    }
}

/// Draws the values of a scale below a plot, and a line across it at each.
pub(crate) fn draw_values(
    drawing: &mut Drawing,
    area: Rect,
    scale: &Scale,
    config: &FieldConfig,
    theme: Theme,
    zone: &Zone,
) {
    let room = (area.width / SPACE).floor().max(1.0) as usize;
    let marks = value_marks(scale, room, config.unit.as_deref().unwrap_or_default());
    let texts = texts(&marks, config, zone);
    let shares: Vec<f64> = marks.iter().map(|mark| scale.share(*mark)).collect();
    for share in shares.iter().filter(|share| (0.0..=1.0).contains(*share)) {
        let x = area.x + area.width * *share as f32;
        drawing.line(Path::between((x, area.y), (x, area.bottom())), theme.grid(), Stroke::new(1.0));
    }
    draw_names(drawing, area, shares.into_iter().zip(texts.iter().map(String::as_str)), theme);
}
