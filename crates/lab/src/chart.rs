//! Curves as SVG, to stand in a page.

use std::{fmt::Write as _, time::Duration};

use crate::markup::escape;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 170.0;
const LEFT: f64 = 36.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 22.0;
/// More points than a curve is wide, drawn, are not seen.
const POINTS_MAX: usize = 240;
const TICKS_MAX: f64 = 4.0;

/// A curve.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// What it shows.
    pub name: &'static str,
    /// The class that gives it its colour.
    pub class: &'static str,
    /// Time since the run began, and the value.
    pub points: Vec<(Duration, f64)>,
}

impl Curve {
    /// The highest value.
    pub(crate) fn max(&self) -> f64 {
        self.points.iter().map(|(_, value)| *value).fold(0.0, f64::max)
    }
}

/// Curves over the time of a run, from 0 to `max`. Curves of two charts can be compared when `max` is the same.
pub(crate) fn chart(title: &str, unit: &str, curves: &[Curve], max: f64, duration: Duration) -> String {
    let (step, top) = scale(max);
    let told = curves.iter().map(|curve| format!("{} up to {:.1} {unit}", curve.name, curve.max()));
    let label = format!("{title}: {}", told.collect::<Vec<_>>().join(", "));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{0}\"><title>{0}</title>",
        escape(&label)
    );
    grid(&mut svg, step, top, duration);
    let place = |(at, value): &(Duration, f64)| {
        let share = at.as_secs_f64() / duration.as_secs_f64().max(f64::MIN_POSITIVE);
        (LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT), height(*value, top))
    };
    for curve in curves {
        let points: Vec<_> = thinned(&curve.points).iter().map(place).collect();
        draw(&mut svg, curve.class, &points);
    }
    svg + "</svg>"
}

/// Lines at round values, and the times at which the run begins, is half over and ends.
fn grid(svg: &mut String, step: f64, top: f64, duration: Duration) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let count = (top / step).round() as u32;
    for number in 0..=count {
        let value = f64::from(number) * step;
        let (y, x) = (height(value, top), LEFT - 6.0);
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/><text x=\"{x}\" y=\"{:.1}\" class=\"y\">{}</text>",
            y + 3.5,
            short(value)
        );
    }
    let seconds = duration.as_secs_f64();
    for (share, class) in [(0.0, "start"), (0.5, "middle"), (1.0, "end")] {
        let x = LEFT + share * (right - LEFT);
        let text = short(seconds * share);
        let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{}\" class=\"{class}\">{text} s</text>", bottom + 16.0);
    }
}

fn draw(svg: &mut String, class: &str, points: &[(f64, f64)]) {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return };
    let line: String = points.iter().map(|(x, y)| format!(" {x:.1} {y:.1}")).collect();
    let line = line.trim_start();
    let bottom = HEIGHT - BOTTOM;
    let _ = write!(
        svg,
        "<path class=\"area {class}\" d=\"M{first:.1} {bottom} L{line} L{last:.1} {bottom}Z\"/>\
         <path class=\"line {class}\" d=\"M{line}\"/>"
    );
}

fn height(value: f64, top: f64) -> f64 {
    let share = (value / top).clamp(0.0, 1.0);
    HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
}

/// The distance of the grid's lines, and the highest of them.
fn scale(max: f64) -> (f64, f64) {
    let max = if max.is_finite() && max > 0.0 { max } else { 1.0 };
    let power = 10f64.powf((max / TICKS_MAX).log10().floor());
    let fits = |step: &f64| max / step <= TICKS_MAX;
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(fits).unwrap_or(max);
    (step, (max / step).ceil() * step)
}

/// A number without the zeros that say nothing.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Neighbours made one: the highest of them, which is what a peak is for.
fn thinned(points: &[(Duration, f64)]) -> Vec<(Duration, f64)> {
    let size = points.len().div_ceil(POINTS_MAX).max(1);
    let highest = |chunk: &[(Duration, f64)]| chunk.iter().copied().max_by(|(_, a), (_, b)| a.total_cmp(b));
    points.chunks(size).filter_map(highest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_a_round_value_above_all() {
        assert_eq!(scale(17.3), (5.0, 20.0));
        assert_eq!(scale(0.9), (0.5, 1.0));
        assert_eq!(scale(100.0), (50.0, 100.0));
        assert_eq!(scale(0.0).1, 1.0);
        assert_eq!(scale(f64::NAN).1, 1.0);
    }

    #[test]
    fn a_peak_among_many_points_is_drawn() {
        let point = |second| (Duration::from_secs(second), if second == 777 { 9.0 } else { 1.0 });
        let thin = thinned(&(0..1_000).map(point).collect::<Vec<_>>());
        assert!(thin.len() <= POINTS_MAX && thin.contains(&(Duration::from_secs(777), 9.0)));
    }

    #[test]
    fn a_chart_tells_its_content_to_those_who_do_not_see_it() {
        let points = vec![(Duration::ZERO, 1.0), (Duration::from_secs(10), 2.5)];
        let curve = Curve { name: "a <b>", class: "sensor", points };
        let svg = chart("Memory", "MiB", &[curve], 4.0, Duration::from_secs(10));
        assert!(svg.contains("aria-label=\"Memory: a &lt;b&gt; up to 2.5 MiB\""), "{svg}");
        assert!(svg.contains("d=\"M36.0 113.5 412.0 61.8\""), "{svg}");
    }

    #[test]
    fn a_chart_without_points_is_an_empty_grid() {
        let curve = Curve { name: "none", class: "sensor", points: Vec::new() };
        assert!(!chart("CPU", "%", &[curve], 0.0, Duration::ZERO).contains("NaN"));
    }
}
