//! Values as bars between their limits, side by side or one below the other.

use super::{
    Scene,
    value::{PanelValue, panel_values},
};
use crate::{
    drawing::{Anchor, Drawing, Paint, Rect, Text, font},
    field::Limits,
    json::Json,
};

const SIZE: f32 = 12.5;
const GAP: f32 = 8.0;
const RADIUS: f32 = 3.0;
/// Heights of a bar, and of an upright one's texts.
const BAR_MIN: f32 = 16.0;
const BAR_MAX: f32 = 44.0;
const LINE: f32 = 18.0;
const NAME_SHARE: f32 = 0.4;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let mut values = panel_values(scene);
    set_common_limits(&mut values);
    let options = &scene.panel.options;
    let bars = Bars {
        values: &values,
        scene,
        gradient: options.at("displayMode").text().is_none_or(|mode| mode == "gradient"),
    };
    match options.at("orientation").as_str() {
        Some("vertical") => bars.draw_upright(drawing, area),
        _ => bars.draw_across(drawing, area),
    }
}

/// Without limits of their own bars go from zero to the largest of them, or to 1 for shares.
fn set_common_limits(values: &mut [PanelValue]) {
    let amounts = || values.iter().filter_map(PanelValue::amount);
    let least = amounts().fold(0.0, f64::min);
    let most = amounts().fold(least, f64::max);
    for value in values {
        let most = if value.config.unit.as_deref() == Some("percentunit") { 1.0 } else { most };
        let (min, max) = (value.config.min.unwrap_or(least), value.config.max.unwrap_or(most));
        value.limits = Limits { min, max };
    }
}

struct Bars<'a> {
    values: &'a [PanelValue],
    scene: &'a Scene<'a>,
    gradient: bool,
}

impl Bars<'_> {
    fn draw_across(&self, drawing: &mut Drawing, area: Rect) {
        let widest = |texts: &mut dyn Iterator<Item = String>| {
            texts.map(|text| font::width(&text, SIZE)).fold(0.0, f32::max).ceil()
        };
        let names = widest(&mut self.values.iter().map(|value| value.name.clone()));
        let names = names.min(area.width * NAME_SHARE);
        let figures = widest(&mut self.values.iter().map(|value| value.shown.text.joined())) * 1.05;
        let fitting = ((area.height + GAP / 2.0) / (BAR_MIN + GAP / 2.0)).floor().max(1.0) as usize;
        let count = self.values.len().min(fitting);
        let step = area.height / count.max(1) as f32;
        let height = (step - GAP / 2.0).min(BAR_MAX);
        for (at, value) in self.values.iter().take(count).enumerate() {
            let middle = area.y + step * (at as f32 + 0.5);
            let name = font::fitted(&value.name, SIZE, names);
            let soft = self.scene.theme.ink_soft();
            drawing.text(Text::new(name, area.x, 0.0, SIZE, soft).centred_on(middle));
            let row = Rect::new(area.x, middle - height / 2.0, area.width, height);
            let track = row.without(0.0, figures + GAP, 0.0, names + GAP);
            self.draw_bar(drawing, track, value, false);
            let text = Text::new(value.shown.text.joined(), area.right(), 0.0, SIZE, value.shown.color);
            drawing.text(text.anchored(Anchor::End).bold().centred_on(middle));
        }
    }

    fn draw_upright(&self, drawing: &mut Drawing, area: Rect) {
        let count = self.values.len().max(1);
        let step = (area.width + GAP) / count as f32;
        let width = (step - GAP).max(1.0);
        for (at, value) in self.values.iter().enumerate() {
            let column = Rect::new(area.x + step * at as f32, area.y, width, area.height);
            let middle = column.x + width / 2.0;
            let text = font::fitted(&value.shown.text.joined(), SIZE, step).into_owned();
            let figure =
                Text::new(text, middle, 0.0, SIZE, value.shown.color).anchored(Anchor::Middle).bold();
            drawing.text(figure.centred_on(column.y + LINE / 2.0));
            let name = font::fitted(&value.name, SIZE, step - 2.0);
            let name =
                Text::new(name, middle, 0.0, SIZE, self.scene.theme.ink_soft()).anchored(Anchor::Middle);
            drawing.text(name.centred_on(column.bottom() - LINE / 2.0));
            self.draw_bar(drawing, column.without(LINE, 0.0, LINE, 0.0), value, true);
        }
    }

    fn draw_bar(&self, drawing: &mut Drawing, track: Rect, value: &PanelValue, upright: bool) {
        drawing.rounded(track, RADIUS, self.scene.theme.line());
        let share = value.amount().map_or(0.0, |amount| value.limits.share(amount)) as f32;
        let bar = match upright {
            true => track.without(track.height * (1.0 - share), 0.0, 0.0, 0.0),
            false => track.without(0.0, track.width * (1.0 - share), 0.0, 0.0),
        };
        let color = value.shown.color;
        let faded = color.with_alpha(0.35);
        let paint = match (self.gradient, upright) {
            (false, _) => Paint::Solid(color),
            (true, true) => Paint::Gradient {
                from: (bar.x, bar.bottom()),
                to: (bar.x, bar.y - 0.01),
                colors: (faded, color),
            },
            (true, false) => Paint::Gradient {
                from: (bar.x, bar.y),
                to: (bar.right() + 0.01, bar.y),
                colors: (faded, color),
            },
        };
        drawing.rounded(bar, RADIUS, paint);
    }
}
