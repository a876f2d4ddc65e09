//! One curve of a chart: its line, what is filled below it, its points, or its bars.

use super::{
    CurveSet, Stacked,
    curve::{Curve, Draw, Interpolation},
};
use crate::{
    chart::{Plot, Scale},
    drawing::{Drawing, Paint, Path, Rect, Shape, Stroke},
};

/// Share of the room between two times that a bar takes.
const BAR_SHARE: f32 = 0.6;
const BAR_WIDTH_MAX: f32 = 200.0;

/// Points on the picture, without gaps.
type Run = Vec<(f32, f32)>;

pub(super) fn draw(
    drawing: &mut Drawing,
    plot: &Plot,
    scale: &Scale,
    set: &CurveSet,
    stacked: &Stacked,
    at: usize,
) {
    let Some(curve) = set.curves.get(at) else { return };
    let heights = stacked.heights(set, at);
    let painter = Painter { plot, scale, curve, times: &set.times };
    let below = stacked.below(at).map(|below| stacked.heights(set, below));
    match curve.style.draw {
        Draw::Bars => painter.bars(drawing, heights, below),
        Draw::Points => {
            let runs = painter.runs(heights);
            painter.points(drawing, runs.iter().flatten());
        }
        Draw::Line => painter.line(drawing, heights, below),
    }
}

struct Painter<'a> {
    plot: &'a Plot,
    scale: &'a Scale,
    curve: &'a Curve,
    times: &'a [f64],
}

impl Painter<'_> {
    /// The parts of the curve between its gaps.
    fn runs(&self, heights: &[f64]) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut last: Option<f64> = None;
        let mut gap = true;
        for (time, value) in self.times.iter().zip(heights) {
            let drawable = value.is_finite() && (self.scale.log.is_none() || *value > 0.0);
            if !drawable {
                gap = true;
                continue;
            }
            let spanned = last.is_some_and(|last| time - last <= self.curve.style.span_ms);
            if gap && !spanned {
                runs.push(Run::new());
            }
            if let Some(run) = runs.last_mut() {
                run.push((self.plot.x(*time), self.plot.y(*value, self.scale)));
            }
            (gap, last) = (false, Some(*time));
        }
        runs
    }

    fn line(&self, drawing: &mut Drawing, heights: &[f64], below: Option<&[f64]>) {
        let style = &self.curve.style;
        let runs = self.runs(heights);
        let mut lines = Path::default();
        for run in &runs {
            let line = path(run, style.interpolation);
            if style.fill > 0.0 && run.len() > 1 {
                self.fill(drawing, run, &line, below);
            }
            lines.extend(&line);
        }
        if style.width > 0.0 && !lines.is_empty() {
            let stroke = Stroke { width: style.width, dashes: style.dashes.clone() };
            let clip = Some(self.clip());
            drawing.add(Shape::Line { path: lines, paint: self.curve.color.into(), stroke, clip });
        }
        let room = self.plot.area.width / self.times.len().max(1) as f32 > style.point_size * 4.0;
        if style.points.unwrap_or(room) {
            self.points(drawing, runs.iter().flatten());
        } else {
            // A value between two gaps would be invisible as a line.
            self.points(drawing, runs.iter().filter(|run| run.len() == 1).flatten());
        }
    }

    /// Fills from the line down to zero, or to the curve below.
    fn fill(&self, drawing: &mut Drawing, run: &Run, line: &Path, below: Option<&[f64]>) {
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { return };
        let mut path = line.clone();
        let lower = below.map(|below| self.foot(below, *first, *last)).filter(|run| !run.is_empty());
        match lower {
            Some(lower) => _ = path.join(&self::path(&lower, self.curve.style.interpolation).reversed()),
            None => {
                let foot = self.foot_y();
                path.line_to(*last, foot).line_to(*first, foot);
            }
        }
        path.close();
        drawing.add(Shape::Fill { path, paint: self.fill_paint(), clip: Some(self.clip()) });
    }

    /// The part of the curve below between two places; where it has a gap it is at its foot.
    fn foot(&self, below: &[f64], first: f32, last: f32) -> Run {
        let points = self.times.iter().zip(below).map(|(time, value)| {
            let y = if value.is_finite() { self.plot.y(*value, self.scale) } else { self.foot_y() };
            (self.plot.x(*time), y)
        });
        points.filter(|(x, _)| *x >= first && *x <= last).collect()
    }

    /// Where zero is, or the end of the scale that is nearest to it.
    fn foot_y(&self) -> f32 {
        let foot = if self.scale.log.is_some() {
            self.scale.min
        } else {
            0f64.clamp(self.scale.min, self.scale.max)
        };
        self.plot.y(foot, self.scale)
    }

    fn fill_paint(&self) -> Paint {
        let (color, style) = (self.curve.color, &self.curve.style);
        if style.fill_end >= 1.0 {
            return color.with_alpha(style.fill).into();
        }
        let area = self.plot.area;
        let ends = (color.with_alpha(style.fill), color.with_alpha(style.fill * style.fill_end));
        // What hangs down from zero fades upwards.
        let upside_down = self.scale.max <= 0.0 || style.negative;
        let colors = if upside_down { (ends.1, ends.0) } else { ends };
        Paint::Gradient { from: (area.x, area.y), to: (area.x, area.bottom()), colors }
    }

    fn clip(&self) -> Rect {
        // Half of a line along the edge is outside.
        let area = self.plot.area;
        Rect::new(area.x - 1.0, area.y - 1.0, area.width + 2.0, area.height + 2.0)
    }

    fn points<'p>(&self, drawing: &mut Drawing, points: impl Iterator<Item = &'p (f32, f32)>) {
        let radius = (self.curve.style.point_size / 2.0).max(1.0);
        let mut path = Path::default();
        for (x, y) in points.filter(|(x, y)| self.is_inside(*x, *y)) {
            path.extend(&Path::circle(*x, *y, radius));
        }
        if !path.is_empty() {
            drawing.fill(path, self.curve.color);
        }
    }

    fn is_inside(&self, x: f32, y: f32) -> bool {
        let area = self.clip();
        (area.x..=area.right()).contains(&x) && (area.y..=area.bottom()).contains(&y)
    }

    fn bars(&self, drawing: &mut Drawing, heights: &[f64], below: Option<&[f64]>) {
        let steps = self.times.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?));
        let step_ms = steps.fold(f64::INFINITY, f64::min).min(self.plot.range.length_ms());
        let room = (step_ms / self.plot.range.length_ms().max(1.0)) as f32 * self.plot.area.width;
        let width = (room * BAR_SHARE).clamp(1.0, BAR_WIDTH_MAX);
        let mut path = Path::default();
        for (at, (time, value)) in self.times.iter().zip(heights).enumerate() {
            if !value.is_finite() {
                continue;
            }
            let base = below.and_then(|below| below.get(at)).copied().filter(|base| base.is_finite());
            let base = base.map_or_else(|| self.foot_y(), |base| self.plot.y(base, self.scale));
            let (x, y) = (self.plot.x(*time), self.plot.y(*value, self.scale));
            let bar = Rect::new(x - width / 2.0, y.min(base), width, (y - base).abs());
            path.extend(&Path::of_rect(bar));
        }
        if path.is_empty() {
            return;
        }
        let (clip, color) = (Some(self.clip()), self.curve.color);
        drawing.add(Shape::Fill { path: path.clone(), paint: self.fill_paint(), clip });
        if self.curve.style.width > 0.0 && width > 3.0 {
            let stroke = Stroke::new(self.curve.style.width);
            drawing.add(Shape::Line { path, paint: color.into(), stroke, clip });
        }
    }
}

/// A line through points.
pub(super) fn path(run: &[(f32, f32)], interpolation: Interpolation) -> Path {
    let mut path = Path::default();
    let Some((x, y)) = run.first() else { return path };
    path.move_to(*x, *y);
    match interpolation {
        Interpolation::Linear => run.iter().skip(1).for_each(|(x, y)| _ = path.line_to(*x, *y)),
        Interpolation::Smooth => smooth(&mut path, run),
        Interpolation::StepAfter => {
            for (before, (x, y)) in run.iter().zip(run.iter().skip(1)) {
                path.line_to(*x, before.1).line_to(*x, *y);
            }
        }
        Interpolation::StepBefore => {
            for (before, (x, y)) in run.iter().zip(run.iter().skip(1)) {
                path.line_to(before.0, *y).line_to(*x, *y);
            }
        }
    }
    path
}

/// Curves that never go beyond the values they join (Fritsch and Carlson's monotone cubics).
fn smooth(path: &mut Path, run: &[(f32, f32)]) {
    let slopes: Vec<f32> = run
        .windows(2)
        .filter_map(|pair| Some((pair.first()?, pair.last()?)))
        .map(|(a, b)| if b.0 > a.0 { (b.1 - a.1) / (b.0 - a.0) } else { 0.0 })
        .collect();
    let slope = |at: usize| slopes.get(at).copied().unwrap_or(0.0);
    let tangent = |at: usize| {
        let (before, after) = (slope(at.wrapping_sub(1)), slope(at));
        match at {
            0 => after,
            at if at == slopes.len() => before,
            _ if before * after <= 0.0 => 0.0,
            // The harmonic mean keeps the curve between its ends.
            _ => 2.0 * before * after / (before + after),
        }
    };
    for (at, (from, to)) in run.iter().zip(run.iter().skip(1)).enumerate() {
        let third = (to.0 - from.0) / 3.0;
        let (start, end) = (tangent(at), tangent(at + 1));
        path.cubic_to([from.0 + third, from.1 + start * third, to.0 - third, to.1 - end * third, to.0, to.1]);
    }
}
