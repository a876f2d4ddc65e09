//! Groups of bars, beside one another or stacked, standing or lying.

use std::rc::Rc;

use super::Scene;
use crate::{
    chart::{
        AXIS_TEXT, Axis, Entry, Legend, Plot, Scale, TIME_AXIS_HEIGHT, axis_width, draw_names, draw_values,
    },
    dashboard::FieldConfig,
    drawing::{Anchor, Drawing, Path, Rect, Stroke, Text, font},
    field::{Display, Limits},
    frame::Value,
    json::Json,
    theme::Color,
};

/// Groups and bars of one chart.
pub(super) const GROUPS_MAX: usize = 500;
pub(super) const BARS_MAX: usize = 50;
/// Room above the plot, and on its right.
const TOP: f32 = 6.0;
const SIDE: f32 = 8.0;
/// Share of the values' span that is left beyond them for what is written there.
const PAD: f64 = 0.12;
/// Widest names beside lying bars, as a share of the panel.
const NAMES_SHARE: f32 = 0.4;

/// One value for each group; NaN for none.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) color: Color,
    pub(super) config: Rc<FieldConfig>,
    pub(super) values: Vec<f64>,
    /// The colour of each value where values decide.
    pub(super) colors: Option<Vec<Color>>,
}

#[derive(Default)]
pub(super) struct Groups {
    pub(super) names: Vec<String>,
    pub(super) bars: Vec<Bar>,
    /// Whether groups touch, and names stand at their edges.
    pub(super) touching: bool,
}

/// How bars of a group stand to one another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stacking {
    None,
    Normal,
    Percent,
}

/// From and to, on the axis of the values.
type Ends = (f64, f64);

pub(super) fn draw(drawing: &mut Drawing, area: Rect, groups: &Groups, lying: bool, scene: &Scene<'_>) {
    if groups.names.is_empty() || groups.bars.is_empty() {
        return;
    }
    let area = legend(groups, scene).draw(drawing, area, scene.theme);
    let stacking = match scene.panel.options.at("stacking").as_str() {
        Some("normal") => Stacking::Normal,
        Some("percent") => Stacking::Percent,
        _ => Stacking::None,
    };
    let ends = ends(groups, stacking);
    let scale = scale(groups, &ends, stacking);
    let of_shares = FieldConfig { unit: Some("percentunit".to_owned()), ..FieldConfig::default() };
    let first = groups.bars.first().map(|bar| &*bar.config);
    let config = first.filter(|_| stacking != Stacking::Percent).unwrap_or(&of_shares);
    let area = match lying {
        true => names_beside(drawing, area, groups, scene),
        false => axis_beside(drawing, area, scale, config, scene),
    };
    if lying {
        draw_values(drawing, area, &scale, config, scene.theme, scene.zone);
    } else {
        let step = 1.0 / groups.names.len() as f64;
        let place = |at: usize| if groups.touching { at as f64 * step } else { (at as f64 + 0.5) * step };
        let names = groups.names.iter().enumerate().map(|(at, name)| (place(at), name.as_str()));
        draw_names(drawing, area, names, scene.theme);
    }
    Painter { area, scale, groups, stacking, lying, scene }.draw(drawing, &ends);
}

/// The names of the groups on the left of lying bars; what is left is the plot.
fn names_beside(drawing: &mut Drawing, area: Rect, groups: &Groups, scene: &Scene<'_>) -> Rect {
    let left = axis_width(&groups.names).min(area.width * NAMES_SHARE);
    let plot = area.without(TOP, 2.0 * SIDE, TIME_AXIS_HEIGHT, left);
    let height = plot.height / groups.names.len() as f32;
    let every = (AXIS_TEXT * 1.3 / height.max(0.1)).ceil().max(1.0) as usize;
    for (at, name) in groups.names.iter().enumerate().step_by(every) {
        let name = font::fitted(name, AXIS_TEXT, left - SIDE);
        let text = Text::new(name, plot.x - 6.0, 0.0, AXIS_TEXT, scene.theme.ink_faint());
        drawing.text(text.anchored(Anchor::End).centred_on(plot.y + (at as f32 + 0.5) * height));
    }
    plot
}

/// The axis of the values on the left of standing bars; what is left is the plot.
fn axis_beside(
    drawing: &mut Drawing,
    area: Rect,
    scale: Scale,
    config: &FieldConfig,
    scene: &Scene<'_>,
) -> Rect {
    let label = config.custom.at("axisLabel").text_or_empty();
    let height = area.height - TOP - TIME_AXIS_HEIGHT;
    let axis = Axis::new(scale, config, height, label, false, scene.zone);
    let plot = area.without(TOP, SIDE, TIME_AXIS_HEIGHT, axis.width());
    axis.draw(drawing, &Plot { area: plot, range: scene.range }, plot.x, true, scene.theme);
    plot
}

/// Where each value of each bar begins and ends.
fn ends(groups: &Groups, stacking: Stacking) -> Vec<Vec<Ends>> {
    let rows = 0..groups.names.len();
    let value = |bar: &Bar, row: usize| bar.values.get(row).copied().filter(|v| v.is_finite()).unwrap_or(0.0);
    let totals: Vec<f64> =
        rows.clone().map(|row| groups.bars.iter().map(|bar| value(bar, row).abs()).sum()).collect();
    let mut tops = vec![(0.0, 0.0); totals.len()];
    let mut of_bar = |bar: &Bar| {
        let rows = rows.clone().zip(&totals).zip(&mut tops);
        let ends = rows.map(|((row, total), (up, down))| {
            let value = value(bar, row);
            let share = match stacking {
                Stacking::Percent if *total > 0.0 => value / total,
                Stacking::Percent => 0.0,
                _ => value,
            };
            if stacking == Stacking::None {
                return (0.0, share);
            }
            let side = if share < 0.0 { down } else { up };
            let low = *side;
            *side += share;
            (low, *side)
        });
        ends.collect()
    };
    groups.bars.iter().map(&mut of_bar).collect()
}

fn scale(groups: &Groups, ends: &[Vec<Ends>], stacking: Stacking) -> Scale {
    if stacking == Stacking::Percent {
        return Scale::linear(0.0, 1.0);
    }
    let all = || ends.iter().flatten().flat_map(|&(from, to)| [from, to]);
    let config = groups.bars.first().map(|bar| &bar.config);
    let (min, max) = (config.and_then(|config| config.min), config.and_then(|config| config.max));
    let low = min.unwrap_or_else(|| all().fold(0.0, f64::min));
    let high = max.unwrap_or_else(|| all().fold(0.0, f64::max));
    if high <= low {
        return Scale::linear(0.0, 1.0);
    }
    let pad = (high - low) * PAD;
    let bottom = min.unwrap_or(if low < 0.0 { low - pad } else { 0.0 });
    Scale::linear(bottom, max.unwrap_or(if high > 0.0 { high + pad } else { 0.0 }))
}

struct Painter<'a> {
    area: Rect,
    scale: Scale,
    groups: &'a Groups,
    stacking: Stacking,
    lying: bool,
    scene: &'a Scene<'a>,
}

impl Painter<'_> {
    fn draw(&self, drawing: &mut Drawing, ends: &[Vec<Ends>]) {
        let options = &self.scene.panel.options;
        let share = |key: &str, otherwise: f64| options.at(key).number().unwrap_or(otherwise).clamp(0.0, 1.0);
        let (group, bar) = match self.groups.touching {
            true => (1.0, 0.98),
            false => (share("groupWidth", 0.7), share("barWidth", 0.97)),
        };
        let stacked = self.stacking != Stacking::None;
        let beside = if stacked { 1.0 } else { self.groups.bars.len().max(1) as f64 };
        for (index, (one, ends)) in self.groups.bars.iter().zip(ends).enumerate() {
            let place = if stacked { 0.0 } else { index as f64 };
            for (row, along) in ends.iter().enumerate() {
                if !one.values.get(row).is_some_and(|value| value.is_finite()) {
                    continue;
                }
                let start = row as f64 + (1.0 - group) / 2.0 + group * (place + (1.0 - bar) / 2.0) / beside;
                let rect = self.place((start, start + group * bar / beside), *along);
                self.bar(drawing, one, row, rect);
            }
        }
    }

    /// The rectangle of a bar, by groups across and by values along.
    fn place(&self, across: Ends, along: Ends) -> Rect {
        let count = self.groups.names.len() as f64;
        let share = |value: f64| self.scale.share(value).clamp(0.0, 1.0) as f32;
        let (from, to) = ((across.0 / count) as f32, (across.1 / count) as f32);
        let (low, high) = (share(along.0.min(along.1)), share(along.0.max(along.1)));
        let Rect { x, y, width, height } = self.area;
        match self.lying {
            true => Rect::new(x + width * low, y + height * from, width * (high - low), height * (to - from)),
            false => Rect::new(
                x + width * from,
                y + height * (1.0 - high),
                width * (to - from),
                height * (high - low),
            ),
        }
    }

    fn bar(&self, drawing: &mut Drawing, bar: &Bar, row: usize, rect: Rect) {
        let color = bar.colors.as_ref().and_then(|colors| colors.get(row)).copied().unwrap_or(bar.color);
        let custom = &bar.config.custom;
        let fill = custom.at("fillOpacity").number().unwrap_or(80.0) / 100.0;
        drawing.rect(rect, color.with_alpha(fill.clamp(0.0, 1.0) as f32));
        let width = custom.at("lineWidth").number().unwrap_or(1.0).clamp(0.0, 10.0) as f32;
        if width > 0.0 && rect.width > 2.0 {
            drawing.line(Path::of_rect(rect), color, Stroke::new(width));
        }
        let wanted = self.scene.panel.options.at("showValue").text_or_empty();
        if wanted != "never" && !self.groups.touching {
            self.value(drawing, bar, row, rect, wanted == "always");
        }
    }

    /// The value at the end of its bar, where it has room.
    fn value(&self, drawing: &mut Drawing, bar: &Bar, row: usize, rect: Rect, always: bool) {
        let value = Value::of(bar.values.get(row).copied().unwrap_or(f64::NAN));
        let limits = Limits { min: 0.0, max: 1.0 };
        let text = Display::new(&bar.config, 0, limits, self.scene.theme, self.scene.zone).text(&value);
        let fits = match self.lying {
            true => rect.height >= AXIS_TEXT + 1.0,
            false => font::width(&text, AXIS_TEXT) <= rect.width * 1.4,
        };
        if !fits && !always {
            return;
        }
        let ink = self.scene.theme.ink_soft();
        let text = match self.lying {
            true => Text::new(text, rect.right() + 4.0, 0.0, AXIS_TEXT, ink)
                .centred_on(rect.y + rect.height / 2.0),
            false => Text::new(text, rect.x + rect.width / 2.0, rect.y - 3.0, AXIS_TEXT, ink)
                .anchored(Anchor::Middle),
        };
        drawing.text(text);
    }
}

fn legend(groups: &Groups, scene: &Scene<'_>) -> Legend {
    let entry = |bar: &Bar| Entry { name: bar.name.clone(), color: bar.color, figures: Vec::new() };
    super::plain_legend(groups.bars.iter().map(entry), scene)
}
