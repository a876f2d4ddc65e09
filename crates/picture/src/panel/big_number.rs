//! A value as large as its place allows, its unit smaller beside it.

use crate::{
    drawing::{Drawing, Rect, Text, font},
    theme::Color,
    unit::Formatted,
};

const UNIT_SHARE: f32 = 0.55;
/// A heavier face is that much wider.
const BOLD: f32 = 1.04;

/// How a number is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct BigNumber {
    pub(super) size_min: f32,
    pub(super) size_max: f32,
    /// Where it stands from the left to the right: 0, 0.5 or 1.
    pub(super) align: f32,
}

impl BigNumber {
    /// Draws a value in the middle of a place.
    pub(super) fn draw(&self, drawing: &mut Drawing, area: Rect, value: &Formatted, color: Color) {
        let size = self.size(area, value);
        let small = size * UNIT_SHARE;
        let y = area.y + area.height / 2.0 + size * font::CAPITAL / 2.0;
        let mut x = area.x + (area.width - width(value, size)).max(0.0) * self.align;
        for (text, size) in [(&value.prefix, small), (&value.text, size), (&value.suffix, small)] {
            let fitted = font::fitted(text, size * BOLD, (area.right() - x).max(0.0) + 1.0);
            let end = x + font::width(&fitted, size * BOLD);
            // A space before a unit would be lost at the beginning of an SVG text.
            let space = fitted.len() - fitted.trim_start().len();
            let left = x + font::width(&" ".repeat(space), size * BOLD);
            drawing.text(Text::new(fitted.trim_start(), left, y, size, color).bold());
            x = end;
        }
    }

    /// The largest size at which the value fits.
    pub(super) fn size(&self, area: Rect, value: &Formatted) -> f32 {
        let fitting = (area.width * 0.86 / width(value, 1.0).max(0.1)).min(area.height * 0.8);
        fitting.clamp(self.size_min, self.size_max.max(self.size_min))
    }
}

fn width(value: &Formatted, size: f32) -> f32 {
    let small = size * UNIT_SHARE;
    let affixes = font::width(&value.prefix, small) + font::width(&value.suffix, small);
    (font::width(&value.text, size) + affixes) * BOLD
}
