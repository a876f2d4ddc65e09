//! The frame around a plot: axes, grid and where things stand in it.

use super::{Scale, texts, time_marks, value_marks};
use crate::{
    dashboard::FieldConfig,
    drawing::{Anchor, Drawing, Path, Rect, Stroke, Text, font},
    theme::Theme,
    time::{TimeRange, Zone},
};

/// Size of the texts at marks.
pub(crate) const AXIS_TEXT: f32 = 11.0;
/// Pixels below the plot for the times.
pub(crate) const TIME_AXIS_HEIGHT: f32 = 22.0;
/// Pixels from the plot to the texts beside it.
const GAP: f32 = 6.0;
/// Pixels from one mark to the next, at least.
const VALUE_SPACE: f32 = 30.0;
/// And of a plot that is not higher than this.
const VALUE_SPACE_LOW: f32 = 18.0;
const LOW_PLOT: f32 = 150.0;
const TIME_SPACE: f32 = 68.0;

/// Where curves are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot {
    pub(crate) area: Rect,
    pub(crate) range: TimeRange,
}

impl Plot {
    /// Pixels from the left for a moment.
    pub(crate) fn x(&self, time_ms: f64) -> f32 {
        let share = (time_ms - self.range.from_ms as f64) / self.range.length_ms().max(1.0);
        // What lies far outside would have no place among pixels.
        self.area.x + self.area.width * share.clamp(-1.0, 2.0) as f32
    }

    /// Pixels from the top for a value.
    pub(crate) fn y(&self, value: f64, scale: &Scale) -> f32 {
        self.area.bottom() - self.area.height * scale.share(value).clamp(-2.0, 3.0) as f32
    }
}

/// An axis of values with its marks.
pub(crate) struct Axis {
    pub(crate) scale: Scale,
    marks: Vec<f64>,
    texts: Vec<String>,
    label: String,
    pub(crate) right: bool,
}

impl Axis {
    /// An axis for a plot of a height; `config` decides how its marks are written.
    pub(crate) fn new(
        scale: Scale,
        config: &FieldConfig,
        height: f32,
        label: String,
        right: bool,
        zone: &Zone,
    ) -> Self {
        let space = if height <= LOW_PLOT { VALUE_SPACE_LOW } else { VALUE_SPACE };
        let room = (height / space).floor().max(1.0) as usize;
        let marks = value_marks(&scale, room, config.unit.as_deref().unwrap_or_default());
        let texts = texts(&marks, config, zone);
        Self { scale, marks, texts, label, right }
    }

    /// Pixels that it takes beside the plot.
    pub(crate) fn width(&self) -> f32 {
        let label = if self.label.is_empty() { 0.0 } else { AXIS_TEXT + GAP };
        axis_width(&self.texts) + label
    }

    /// Draws it at `x`, the side of the plot or of the axis before it, and lines across the plot if wanted.
    pub(crate) fn draw(&self, drawing: &mut Drawing, plot: &Plot, x: f32, grid: bool, theme: Theme) {
        let area = plot.area;
        let (side, anchor) = if self.right { (GAP, Anchor::Start) } else { (-GAP, Anchor::End) };
        for (mark, text) in self.marks.iter().zip(&self.texts) {
            let y = plot.y(*mark, &self.scale);
            if y < area.y - 0.5 || y > area.bottom() + 0.5 {
                continue;
            }
            if grid {
                let line = Path::between((area.x, y), (area.right(), y));
                drawing.line(line, theme.grid(), Stroke::new(1.0));
            }
            let text = Text::new(text, x + side, 0.0, AXIS_TEXT, theme.ink_faint()).anchored(anchor);
            drawing.text(text.centred_on(y));
        }
        if !self.label.is_empty() {
            let outside = axis_width(&self.texts) + AXIS_TEXT * 0.8;
            let x = if self.right { x + outside } else { x - outside + AXIS_TEXT * 0.6 };
            let fitting = font::fitted(&self.label, AXIS_TEXT, area.height).into_owned();
            let label = Text::new(fitting, x, area.y + area.height / 2.0, AXIS_TEXT, theme.ink_faint());
            drawing.text(Text { upright: true, ..label.anchored(Anchor::Middle) });
        }
    }
}

/// Pixels that texts take beside a plot.
pub(crate) fn axis_width(texts: &[String]) -> f32 {
    texts.iter().map(|text| font::width(text, AXIS_TEXT)).fold(0.0, f32::max).ceil() + GAP + 2.0
}

/// Draws the times below a plot, and a line across it at each.
pub(crate) fn draw_time_axis(drawing: &mut Drawing, plot: &Plot, theme: Theme, zone: &Zone) {
    let area = plot.area;
    let room = (area.width / TIME_SPACE).floor().max(1.0) as usize;
    for (moment_ms, text) in time_marks(plot.range, room, zone) {
        let x = plot.x(moment_ms as f64);
        let line = Path::between((x, area.y), (x, area.bottom()));
        drawing.line(line, theme.grid(), Stroke::new(1.0));
        // Of a text beside the edge half would be cut off.
        let half = font::width(&text, AXIS_TEXT) / 2.0;
        if x + half <= drawing.width && x >= half {
            let y = area.bottom() + AXIS_TEXT + 4.0;
            drawing.text(Text::new(text, x, y, AXIS_TEXT, theme.ink_faint()).anchored(Anchor::Middle));
        }
    }
}
