//! States over time: how long each lasted, or each sample as a box of its own; one row for each field.

use std::{collections::HashMap, rc::Rc};

use model::sort;

use super::Scene;
use crate::{
    chart::{AXIS_TEXT, Entry, Legend, Plot, TIME_AXIS_HEIGHT, axis_width, draw_time_axis},
    drawing::{Anchor, Drawing, Rect, Text, font},
    field::{Display, Shown, limits},
    frame::{Field, FieldKind, Frame, Value},
    json::Json,
    theme::Color,
};

/// Rows of one panel; more would not be told apart.
const ROWS_MAX: usize = 120;
/// Widest name beside a row, as a share of the panel.
const NAME_SHARE: f32 = 0.3;
const TEXT_SIZE: f32 = 12.0;
/// States that the legend lists.
const ENTRIES_MAX: usize = 40;

struct Span {
    /// Milliseconds since the Unix epoch.
    from: f64,
    to: f64,
    text: String,
    color: Color,
}

struct Row {
    name: String,
    spans: Vec<Span>,
    fill: f32,
}

pub(super) fn draw_states(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let merge = scene.panel.options.at("mergeValues").flag().unwrap_or(true);
    draw(drawing, area, scene, merge, 1.0);
}

pub(super) fn draw_history(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let width = scene.panel.options.at("colWidth").number().unwrap_or(0.9);
    draw(drawing, area, scene, false, width.clamp(0.1, 1.0) as f32);
}

fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>, merge: bool, width_share: f32) {
    let samples: usize = scene.frames.iter().map(|frame| frame.rows() * frame.fields.len()).sum();
    // A span and its text for each sample, where no two are alike.
    if !drawing.reserve(samples * (size_of::<Span>() + 16)) {
        return;
    }
    let rows = rows(scene, merge);
    if rows.is_empty() {
        return;
    }
    let area = legend(&rows, scene).draw(drawing, area, scene.theme);
    let names: Vec<String> = rows
        .iter()
        .map(|row| font::fitted(&row.name, AXIS_TEXT, area.width * NAME_SHARE).into_owned())
        .collect();
    let plot =
        Plot { area: area.without(0.0, 8.0, TIME_AXIS_HEIGHT, axis_width(&names)), range: scene.range };
    draw_time_axis(drawing, &plot, scene.theme, scene.zone);
    let step = plot.area.height / rows.len() as f32;
    let height = step * scene.panel.options.at("rowHeight").number().unwrap_or(0.9).clamp(0.1, 1.0) as f32;
    // Names are left out where rows are thinner than letters.
    let every = (AXIS_TEXT * 1.2 / step).ceil().max(1.0) as usize;
    for (at, (row, name)) in rows.iter().zip(names).enumerate() {
        let middle = plot.area.y + step * (at as f32 + 0.5);
        if at % every == 0 {
            let text = Text::new(name, plot.area.x - 6.0, 0.0, AXIS_TEXT, scene.theme.ink_faint());
            drawing.text(text.anchored(Anchor::End).centred_on(middle));
        }
        let strip = Rect::new(plot.area.x, middle - height / 2.0, plot.area.width, height);
        draw_row(drawing, &plot, strip, row, scene, width_share);
    }
}

fn draw_row(drawing: &mut Drawing, plot: &Plot, strip: Rect, row: &Row, scene: &Scene<'_>, width_share: f32) {
    let wanted = scene.panel.options.at("showValue").text().unwrap_or_else(|| "auto".to_owned());
    for span in &row.spans {
        let place = |time: f64| plot.x(time).clamp(strip.x, strip.right());
        let (left, right) = (place(span.from), place(span.to));
        let width = ((right - left) * width_share).max(1.0);
        let cell = Rect::new(left + (right - left - width).max(0.0) / 2.0, strip.y, width, strip.height);
        drawing.rect(cell, span.color.with_alpha(row.fill));
        let room = font::width(&span.text, TEXT_SIZE) + 8.0 <= width && strip.height >= TEXT_SIZE + 2.0;
        if wanted == "always" || (wanted == "auto" && room) {
            let ink = if row.fill > 0.5 { span.color.text_on() } else { span.color };
            let (x, anchor) = match scene.panel.options.at("alignValue").as_str() {
                Some("center") => (cell.x + width / 2.0, Anchor::Middle),
                Some("right") => (cell.right() - 4.0, Anchor::End),
                _ => (cell.x + 4.0, Anchor::Start),
            };
            let text = Text::new(span.text.as_str(), x, 0.0, TEXT_SIZE, ink).anchored(anchor);
            drawing.text(text.centred_on(strip.y + strip.height / 2.0));
        }
    }
}

fn rows(scene: &Scene<'_>, merge: bool) -> Vec<Row> {
    let names = scene.names();
    let mut states = States { colors: HashMap::new(), scene };
    let fields = scene.frames.iter().flat_map(|frame| frame.fields.iter().map(move |field| (frame, field)));
    let shown = fields.filter(|(_, field)| {
        field.kind != FieldKind::Time && !field.config.custom.at("hideFrom").at("viz").is_true()
    });
    let row = |(index, (frame, field)): (usize, (&Frame, &Field))| {
        Some(Row {
            name: names.shown(field, frame),
            spans: spans(frame, field, index, merge, &mut states)?,
            fill: field.config.custom.at("fillOpacity").number().unwrap_or(70.0).clamp(0.0, 100.0) as f32
                / 100.0,
        })
    };
    shown.take(ROWS_MAX).enumerate().filter_map(row).collect()
}

fn spans(
    frame: &Frame,
    field: &Field,
    index: usize,
    merge: bool,
    states: &mut States<'_>,
) -> Option<Vec<Span>> {
    let scene = states.scene;
    let times = frame.time()?.values.numbers();
    let limits = limits(&field.config, &field.values);
    let display = Display::new(&field.config, index, limits, scene.theme, scene.zone);
    let joins = field.config.custom.at("spanNulls").is_true();
    let pause_ms = frame.step_ms.unwrap_or_else(|| typical_step(times)) * 1.5;
    let mut spans: Vec<Span> = Vec::new();
    for (at, from) in times.iter().copied().enumerate() {
        let value = field.values.get(at);
        let next = times.get(at + 1).copied().unwrap_or(scene.range.to_ms as f64);
        // A pause that is longer than the step is a time of which nothing is known.
        let to = if joins { next } else { next.min(from + pause_ms) };
        let shown = display.show(&value);
        if value == Value::Null && !shown.mapped {
            continue;
        }
        let (text, color) = (shown.text.joined(), states.color(field, &value, &shown));
        match spans.last_mut() {
            Some(last) if merge && last.to >= from && last.text == text && last.color == color => {
                last.to = to
            }
            _ => spans.push(Span { from, to, text, color }),
        }
    }
    Some(spans)
}

fn typical_step(times: &[f64]) -> f64 {
    let mut steps: Vec<f64> =
        times.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    sort::by(&mut steps, f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(60_000.0)
}

/// Colours of states: mapped and threshold colours as configured; texts without a colour of their own get one each.
struct States<'a> {
    colors: HashMap<Rc<str>, Color>,
    scene: &'a Scene<'a>,
}

impl States<'_> {
    fn color(&mut self, field: &Field, value: &Value, shown: &Shown) -> Color {
        let configured = field.config.color.as_ref().is_some_and(|color| !color.mode.starts_with("palette"));
        let Value::Text(text) = value else { return shown.color };
        if shown.mapped || configured {
            return shown.color;
        }
        let next = self.scene.theme.series(self.colors.len());
        *self.colors.entry(Rc::clone(text)).or_insert(next)
    }
}

fn legend(rows: &[Row], scene: &Scene<'_>) -> Legend {
    let options = scene.panel.options.at("legend");
    let hidden = options.at("showLegend").flag() == Some(false)
        || options.at("displayMode").as_str() == Some("hidden");
    let mut entries: Vec<Entry> = Vec::new();
    for span in rows.iter().flat_map(|row| &row.spans).filter(|_| !hidden) {
        let known = entries.iter().any(|entry| entry.name == span.text && entry.color == span.color);
        if !known && entries.len() < ENTRIES_MAX {
            entries.push(Entry { name: span.text.clone(), color: span.color, figures: Vec::new() });
        }
    }
    let right = options.at("placement").as_str() == Some("right");
    Legend { entries, columns: Vec::new(), table: false, right }
}
