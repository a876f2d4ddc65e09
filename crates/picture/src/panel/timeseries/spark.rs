//! A curve without axes, below a number or in a cell.

use super::{curve::Interpolation, line};
use crate::{
    chart::{Plot, Reach, Scale},
    drawing::{Drawing, Paint, Rect, Shape, Stroke},
    theme::Color,
    time::TimeRange,
};

const WIDTH: f32 = 1.5;
const FILL: f32 = 0.18;

/// A curve without axes.
pub(crate) struct Spark<'a> {
    /// Milliseconds since the Unix epoch.
    pub(crate) times: &'a [f64],
    pub(crate) values: &'a [f64],
    pub(crate) step_ms: Option<f64>,
    pub(crate) range: TimeRange,
    /// Configured ends of its scale.
    pub(crate) limits: (Option<f64>, Option<f64>),
    pub(crate) color: Color,
}

impl Spark<'_> {
    pub(crate) fn draw(&self, drawing: &mut Drawing, area: Rect) {
        let finite = || self.values.iter().copied().filter(|value| value.is_finite());
        let (low, high) =
            (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        let reach = Reach { min: self.limits.0, max: self.limits.1, ..Reach::default() };
        let scale = Scale::around(low, high, &reach);
        let plot = Plot { area: area.inset(1.0), range: self.range };
        for run in self.runs(&plot, &scale).iter().filter(|run| run.len() > 1) {
            let path = line::path(run, Interpolation::Linear);
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let mut filled = path.clone();
            filled.line_to(last.0, area.bottom()).line_to(first.0, area.bottom()).close();
            let colors = (self.color.with_alpha(FILL), self.color.with_alpha(0.0));
            let paint = Paint::Gradient { from: (area.x, area.y), to: (area.x, area.bottom()), colors };
            let clip = Some(area);
            drawing.add(Shape::Fill { path: filled, paint, clip });
            let (paint, stroke) = (self.color.into(), Stroke::new(WIDTH));
            drawing.add(Shape::Line { path, paint, stroke, clip });
        }
    }

    fn runs(&self, plot: &Plot, scale: &Scale) -> Vec<Vec<(f32, f32)>> {
        let pause_ms = self.step_ms.map_or(f64::INFINITY, |step_ms| step_ms * 1.5);
        let mut runs: Vec<Vec<(f32, f32)>> = Vec::new();
        let mut last = f64::NEG_INFINITY;
        for (time, value) in self.times.iter().zip(self.values).filter(|(_, value)| value.is_finite()) {
            if runs.is_empty() || time - last > pause_ms {
                runs.push(Vec::new());
            }
            if let Some(run) = runs.last_mut() {
                run.push((plot.x(*time), plot.y(value.clamp(scale.min, scale.max), scale)));
            }
            last = *time;
        }
        runs
    }
}
