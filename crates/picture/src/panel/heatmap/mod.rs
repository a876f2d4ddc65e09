//! Counts by time and by bucket, as colours.

mod cells;
mod scheme;

use cells::{Band, Cells};
use scheme::Scheme;

use super::Scene;
use crate::{
    chart::{AXIS_TEXT, Axis, Plot, Scale, TIME_AXIS_HEIGHT, axis_width, draw_time_axis},
    dashboard::FieldConfig,
    drawing::{Anchor, Drawing, Rect, Text},
    json::Json,
    unit,
};

/// Room above the plot, and on its right.
const TOP: f32 = 6.0;
const SIDE: f32 = 8.0;
/// The ramp of colours below the plot.
const RAMP_WIDTH: f32 = 140.0;
const RAMP_HEIGHT: f32 = 8.0;
const RAMP_LINE: f32 = 20.0;
const RAMP_STEPS: usize = 28;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let Some(cells) = Cells::new(scene, drawing) else { return };
    let (Some((least, most)), false) = (cells.limits(), cells.bands.is_empty()) else { return };
    let options = &scene.panel.options;
    let color = options.at("color");
    let scheme = Scheme::new(color, scene.theme);
    let (min, max) = (color.at("min").number().unwrap_or(least), color.at("max").number().unwrap_or(most));
    let share = |count: f64| if max > min { (count - min) / (max - min) } else { 1.0 };
    let mut area = area;
    if options.at("legend").at("show").flag() != Some(false) && area.height > 120.0 {
        draw_ramp(drawing, area, &scheme, (min, max), scene);
        area = area.without(0.0, 0.0, RAMP_LINE, 0.0);
    }
    let left = match cells.ordinal {
        true => axis_width(&cells.bands.iter().map(|band| band_text(band, scene)).collect::<Vec<_>>()),
        false => value_axis(&cells, area.height, scene).width(),
    };
    let plot = Plot { area: area.without(TOP, SIDE, TIME_AXIS_HEIGHT, left), range: scene.range };
    draw_time_axis(drawing, &plot, scene.theme, scene.zone);
    let scale = draw_value_axis(drawing, &plot, &cells, scene);
    let hide_up_to = options.at("filterValues").at("le").number().unwrap_or(1e-9);
    for (band, row) in cells.bands.iter().enumerate().zip(cells.counts.chunks(cells.times.len().max(1))) {
        let (low, high) =
            if cells.ordinal { (band.0 as f64, band.0 as f64 + 1.0) } else { (band.1.low, band.1.high) };
        let (top, bottom) = (plot.y(high, &scale), plot.y(low, &scale));
        for (time, count) in cells.times.iter().zip(row).filter(|(_, count)| **count > hide_up_to) {
            let (left, right) = (plot.x(time - cells.step_ms), plot.x(*time));
            let (left, right) = (left.max(plot.area.x), right.min(plot.area.right()));
            let cell = Rect::new(
                left,
                top.max(plot.area.y),
                right - left,
                bottom.min(plot.area.bottom()) - top.max(plot.area.y),
            );
            // A hair between neighbours, where they are large enough to lose it.
            let gap = |length: f32| if length > 4.0 { 1.0 } else { 0.0 };
            drawing.rect(cell.without(0.0, gap(cell.width), gap(cell.height), 0.0), scheme.at(share(*count)));
        }
    }
}

fn axis_config(scene: &Scene<'_>) -> FieldConfig {
    let axis = scene.panel.options.at("yAxis");
    let unit = axis.at("unit").text().or_else(|| scene.panel.fields.defaults.unit.clone());
    let decimals = axis.at("decimals").number().map(|decimals| decimals as i32);
    FieldConfig { unit, decimals, ..FieldConfig::default() }
}

fn value_axis(cells: &Cells, height: f32, scene: &Scene<'_>) -> Axis {
    let (low, high) =
        cells.bands.first().zip(cells.bands.last()).map_or((0.0, 1.0), |(a, b)| (a.low, b.high));
    Axis::new(Scale::linear(low, high), &axis_config(scene), height, String::new(), false, scene.zone)
}

/// Draws the axis on the left; the answer is where bands stand on it.
fn draw_value_axis(drawing: &mut Drawing, plot: &Plot, cells: &Cells, scene: &Scene<'_>) -> Scale {
    if !cells.ordinal {
        let axis = value_axis(cells, plot.area.height, scene);
        axis.draw(drawing, plot, plot.area.x, true, scene.theme);
        return axis.scale;
    }
    let count = cells.bands.len();
    let scale = Scale::linear(0.0, count as f64);
    let every = (count as f32 * AXIS_TEXT * 1.3 / plot.area.height.max(1.0)).ceil().max(1.0) as usize;
    for (at, band) in cells.bands.iter().enumerate().step_by(every) {
        // Where bands are named by their upper ends, the name stands there.
        let place = at as f64 + if band.high.is_finite() && band.is_bound { 1.0 } else { 0.5 };
        let text =
            Text::new(band_text(band, scene), plot.area.x - 6.0, 0.0, AXIS_TEXT, scene.theme.ink_faint());
        drawing.text(text.anchored(Anchor::End).centred_on(plot.y(place, &scale)));
    }
    scale
}

fn band_text(band: &Band, scene: &Scene<'_>) -> String {
    if !band.is_bound {
        return band.label.clone();
    }
    let config = axis_config(scene);
    unit::format(config.unit.as_deref().unwrap_or_default(), band.high, config.decimals, scene.zone).joined()
}

/// The colours from least to most, with both ends in numbers.
fn draw_ramp(drawing: &mut Drawing, area: Rect, scheme: &Scheme, (min, max): (f64, f64), scene: &Scene<'_>) {
    let middle = area.bottom() - RAMP_LINE / 2.0;
    let text = |value: f64| unit::format("short", value, None, scene.zone).joined();
    let low = Text::new(text(min), area.x, 0.0, AXIS_TEXT, scene.theme.ink_faint()).centred_on(middle);
    let left = area.x + crate::drawing::font::width(&low.text, AXIS_TEXT) + 6.0;
    drawing.text(low);
    let step = RAMP_WIDTH / RAMP_STEPS as f32;
    for at in 0..RAMP_STEPS {
        let share = at as f64 / (RAMP_STEPS - 1) as f64;
        let cell = Rect::new(left + at as f32 * step, middle - RAMP_HEIGHT / 2.0, step + 0.5, RAMP_HEIGHT);
        drawing.rect(cell, scheme.at(share));
    }
    let high = Text::new(text(max), left + RAMP_WIDTH + 6.0, 0.0, AXIS_TEXT, scene.theme.ink_faint());
    drawing.text(high.centred_on(middle));
}
