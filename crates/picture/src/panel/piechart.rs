//! Shares of a whole.

use std::f32::consts::{FRAC_PI_2, TAU};

use model::sort;

use super::{
    Scene,
    value::{PanelValue, panel_values},
};
use crate::{
    chart::{Entry, Legend},
    drawing::{Anchor, Drawing, Path, Rect, Stroke, Text, font},
    json::Json,
    theme::Color,
    time::Zone,
    unit,
};

/// Shares of the radius: the hole of a donut, and where labels stand.
const HOLE: f32 = 0.6;
const LABEL_AT: f32 = 0.66;
const LABEL_SIZE: f32 = 12.0;
/// Shares below this have no room for a label.
const LABEL_SHARE_MIN: f64 = 0.04;

struct Slice {
    name: String,
    value: String,
    color: Color,
    /// Ends on the circle, 0 to 1.
    from: f64,
    to: f64,
}

impl Slice {
    fn percent(&self) -> String {
        unit::format("percent", 100.0 * (self.to - self.from), Some(0), &Zone::Utc).joined()
    }

    /// What is said about it, by Grafana's name for that.
    fn text(&self, kind: &str) -> String {
        match kind {
            "percent" => self.percent(),
            "name" => self.name.clone(),
            _ => self.value.clone(),
        }
    }
}

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let slices = slices(panel_values(scene), scene);
    let area = legend(&slices, scene).draw(drawing, area, scene.theme);
    let radius = area.width.min(area.height) / 2.0 - 2.0;
    if radius < 4.0 {
        return;
    }
    let (x, y) = (area.x + area.width / 2.0, area.y + area.height / 2.0);
    let donut = scene.panel.options.at("pieType").as_str() == Some("donut");
    for slice in &slices {
        let path = sector(x, y, radius, if donut { radius * HOLE } else { 0.0 }, slice);
        drawing.fill(path.clone(), slice.color);
        // A line of the ground parts neighbours of like colours.
        if slices.len() > 1 {
            drawing.line(path, scene.theme.surface(), Stroke::new(1.0));
        }
    }
    let kinds = scene.panel.options.at("displayLabels").texts();
    let reach = radius * if donut { (1.0 + HOLE) / 2.0 } else { LABEL_AT };
    for slice in slices.iter().filter(|slice| slice.to - slice.from >= LABEL_SHARE_MIN) {
        let angle = angle((slice.from + slice.to) / 2.0);
        let text = kinds.iter().map(|kind| slice.text(kind)).collect::<Vec<_>>().join(" ");
        let text = font::fitted(&text, LABEL_SIZE, radius).into_owned();
        let (x, y) = (x + reach * angle.cos(), y + reach * angle.sin());
        let label = Text::new(text, x, 0.0, LABEL_SIZE, slice.color.text_on());
        drawing.text(label.anchored(Anchor::Middle).bold().centred_on(y));
    }
}

/// Slices in falling order; what is not above zero has no share.
fn slices(values: Vec<PanelValue>, scene: &Scene<'_>) -> Vec<Slice> {
    let sized = values.into_iter().enumerate();
    let sized =
        sized.filter_map(|(index, value)| Some((index, value.amount().filter(|size| *size > 0.0)?, value)));
    let mut sized: Vec<_> = sized.collect();
    sort::by(&mut sized, |(_, a, _), (_, b, _)| b.total_cmp(a));
    let total: f64 = sized.iter().map(|(_, size, _)| size).sum();
    let mut reached = 0.0;
    let slice = |(index, size, value): (usize, f64, PanelValue)| {
        let by_value = value.shown.mapped || value.by_value;
        let from = reached;
        reached += size / total;
        Slice {
            color: if by_value { value.shown.color } else { scene.theme.series(index) },
            value: value.shown.text.joined(),
            name: value.name,
            from,
            to: reached,
        }
    };
    sized.into_iter().map(slice).collect()
}

fn legend(slices: &[Slice], scene: &Scene<'_>) -> Legend {
    let options = scene.panel.options.at("legend");
    let hidden = options.at("showLegend").flag() == Some(false)
        || options.at("displayMode").as_str() == Some("hidden");
    let kinds = options.at("values").texts();
    let entry = |slice: &Slice| Entry {
        name: slice.name.clone(),
        color: slice.color,
        figures: kinds.iter().map(|kind| slice.text(kind)).collect(),
    };
    let table = options.at("displayMode").as_str() == Some("table");
    let column = |kind: &String| match (table, kind.as_str()) {
        (false, _) => String::new(),
        (true, "percent") => "Percent".to_owned(),
        (true, _) => "Value".to_owned(),
    };
    Legend {
        entries: if hidden { Vec::new() } else { slices.iter().map(entry).collect() },
        columns: kinds.iter().map(column).collect(),
        table,
        right: options.at("placement").as_str() == Some("right"),
    }
}

/// From the top, clockwise.
fn angle(share: f64) -> f32 {
    share as f32 * TAU - FRAC_PI_2
}

fn sector(x: f32, y: f32, radius: f32, hole: f32, slice: &Slice) -> Path {
    let (from, to) = (angle(slice.from), angle(slice.to));
    let point = |angle: f32, radius: f32| (x + radius * angle.cos(), y + radius * angle.sin());
    let mut path = Path::default();
    let start = point(from, radius);
    path.move_to(start.0, start.1).arc(x, y, radius, from, to);
    let inner = point(to, hole);
    path.line_to(inner.0, inner.1);
    if hole > 0.0 {
        path.arc(x, y, hole, to, from);
    }
    path.close();
    path
}
