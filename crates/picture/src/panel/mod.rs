//! Panels by their types: each draws its frames into a rectangle.

mod barchart;
mod bargauge;
mod bars;
mod big_number;
mod gauge;
mod heatmap;
mod histogram;
mod piechart;
mod stat;
mod table;
mod text;
mod timeline;
mod timeseries;
mod value;
mod xychart;

use crate::{
    annotation::Annotation,
    chart::{Entry, Legend},
    dashboard::Panel,
    drawing::{Anchor, Drawing, Rect, Text, font},
    frame::{Frame, Names},
    json::Json,
    source::Exemplar,
    theme::{Color, Theme},
    time::{TimeRange, Zone},
};

/// Room between a panel's edge and what is in it.
const PADDING: f32 = 10.0;
const TITLE_SIZE: f32 = 13.0;
/// Pixels of the line with the title.
const TITLE_HEIGHT: f32 = 30.0;
const NOTE_SIZE: f32 = 12.0;
/// Lines of notes below a title.
const NOTES_MAX: usize = 3;

/// A panel with its data, ready to be drawn.
pub(crate) struct Scene<'a> {
    pub(crate) panel: &'a Panel,
    /// Its title and text, variables put in.
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) frames: Vec<Frame>,
    pub(crate) exemplars: Vec<Exemplar>,
    /// Of all panels of the dashboard.
    pub(crate) annotations: &'a [Annotation],
    /// Why targets failed.
    pub(crate) errors: Vec<String>,
    /// What is not shown.
    pub(crate) notices: Vec<String>,
    pub(crate) range: TimeRange,
    pub(crate) theme: Theme,
    pub(crate) zone: &'a Zone,
}

impl Scene<'_> {
    pub(crate) fn names(&self) -> Names {
        Names::of(&self.frames)
    }
}

/// What draws the panels of a type.
type Painter = fn(&mut Drawing, Rect, &Scene<'_>);

fn painter(kind: &str) -> Option<Painter> {
    Some(match kind {
        "timeseries" => timeseries::draw,
        "stat" => stat::draw,
        "gauge" => gauge::draw,
        "barchart" => barchart::draw,
        "bargauge" => bargauge::draw,
        "histogram" => histogram::draw,
        "xychart" => xychart::draw,
        "heatmap" => heatmap::draw,
        "piechart" => piechart::draw,
        "state-timeline" => timeline::draw_states,
        "status-history" => timeline::draw_history,
        "table" => table::draw,
        "text" => text::draw,
        _ => return None,
    })
}

/// Whether panels of a type ask nothing.
pub(crate) fn needs_no_data(kind: &str) -> bool {
    kind == "text" || painter(kind).is_none()
}

/// Draws a panel into a rectangle.
pub(crate) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let mut inside = area.inset(PADDING);
    if !scene.title.is_empty() {
        let title = font::fitted(&scene.title, TITLE_SIZE * 1.04, inside.width);
        let text = Text::new(title, inside.x, 0.0, TITLE_SIZE, scene.theme.ink()).bold();
        drawing.text(text.centred_on(area.y + TITLE_HEIGHT / 2.0 + 1.0));
        inside = area.without(TITLE_HEIGHT, PADDING, PADDING, PADDING);
    }
    let Some(painter) = painter(&scene.panel.kind) else {
        let kind = if scene.panel.kind.is_empty() { "without a type" } else { &scene.panel.kind };
        return draw_message(
            drawing,
            inside,
            &format!("Panels of the type \"{kind}\" are not drawn"),
            scene.theme.ink_faint(),
        );
    };
    inside = draw_notes(drawing, inside, &scene.errors, scene.theme.alarm());
    inside = draw_notes(drawing, inside, &scene.notices, scene.theme.ink_faint());
    let empty = scene.frames.iter().all(|frame| frame.rows() == 0);
    if empty && !needs_no_data(&scene.panel.kind) {
        if scene.errors.is_empty() {
            let foreign = scene.panel.targets.iter().find_map(|target| target.foreign.as_ref());
            let message = foreign.map_or_else(
                || scene.panel.fields.defaults.no_value.clone().unwrap_or_else(|| "No data".to_owned()),
                |kind| format!("The data source \"{kind}\" is not Prometheus"),
            );
            draw_message(drawing, inside, &message, scene.theme.ink_faint());
        }
        return;
    }
    painter(drawing, inside, scene);
}

/// A legend of names and colours below the plot, where the panel has one.
fn plain_legend(entries: impl Iterator<Item = Entry>, scene: &Scene<'_>) -> Legend {
    let options = scene.panel.options.at("legend");
    let hidden = options.at("showLegend").flag() == Some(false)
        || options.at("displayMode").as_str() == Some("hidden");
    let entries = if hidden { Vec::new() } else { entries.collect() };
    Legend { entries, columns: Vec::new(), table: false, right: false }
}

/// Lines of text one below the other; what is left is the room below them.
fn draw_notes(drawing: &mut Drawing, area: Rect, notes: &[String], color: Color) -> Rect {
    let line = NOTE_SIZE * 1.4;
    let mut left = area;
    for note in notes.iter().take(NOTES_MAX) {
        if left.height < 2.0 * line {
            break;
        }
        let text = font::fitted(note, NOTE_SIZE, left.width);
        drawing.text(Text::new(text, left.x, 0.0, NOTE_SIZE, color).centred_on(left.y + line / 2.0));
        left = left.without(line, 0.0, 0.0, 0.0);
    }
    left
}

/// A text in the middle.
fn draw_message(drawing: &mut Drawing, area: Rect, message: &str, color: Color) {
    let text = font::fitted(message, TITLE_SIZE, area.width);
    let text = Text::new(text, area.x + area.width / 2.0, 0.0, TITLE_SIZE, color).anchored(Anchor::Middle);
    drawing.text(text.centred_on(area.y + area.height / 2.0));
}
