//! Single values, large, with a sparkline below where there is a history.

use super::{
    Scene,
    big_number::BigNumber,
    timeseries::{self, Spark},
    value::{PanelValue, panel_values},
};
use crate::{
    drawing::{Anchor, Drawing, Rect, Text, font},
    frame::FieldKind,
    json::Json,
    theme::Color,
};

const GAP: f32 = 6.0;
const NAME_SIZE: f32 = 12.5;
/// Narrowest place of a value.
const WIDTH_MIN: f32 = 96.0;
/// Share of the height that a sparkline takes.
const SPARK_SHARE: f32 = 0.34;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let values = panel_values(scene);
    let rows = values.len() > 1 && scene.panel.options.at("orientation").as_str() == Some("horizontal");
    let columns = if rows { 1 } else { columns(values.len(), area) };
    for (value, place) in values.iter().zip(cells(area, values.len(), columns, GAP)) {
        Stat { scene, value, alone: values.len() == 1, row: rows }.draw(drawing, place);
    }
}

/// How many values stand side by side: those of a wide panel in one row.
fn columns(count: usize, area: Rect) -> usize {
    let fitting = ((area.width + GAP) / (WIDTH_MIN + GAP)).floor().max(1.0) as usize;
    let shape = (count as f32 * area.width / area.height.max(1.0) / 1.6).sqrt().ceil() as usize;
    shape.clamp(1, fitting.min(count.max(1)))
}

/// Places of equal size, row by row.
pub(super) fn cells(area: Rect, count: usize, columns: usize, gap: f32) -> impl Iterator<Item = Rect> {
    let (columns, rows) = (columns.max(1), count.div_ceil(columns.max(1)).max(1));
    let width = (area.width - gap * (columns as f32 - 1.0)) / columns as f32;
    let height = (area.height - gap * (rows as f32 - 1.0)) / rows as f32;
    (0..count).map(move |at| {
        let (row, column) = ((at / columns) as f32, (at % columns) as f32);
        let (x, y) = (area.x + column * (width + gap), area.y + row * (height + gap));
        Rect::new(x, y, width.max(0.0), height.max(0.0))
    })
}

struct Stat<'a> {
    scene: &'a Scene<'a>,
    value: &'a PanelValue,
    alone: bool,
    row: bool,
}

impl Stat<'_> {
    fn option(&self, name: &str, otherwise: &str) -> String {
        self.scene.panel.options.at(name).text().unwrap_or_else(|| otherwise.to_owned())
    }

    fn draw(&self, drawing: &mut Drawing, place: Rect) {
        let color = self.value.shown.color;
        let mode = self.option("colorMode", "value");
        let filled = mode.starts_with("background");
        let ink = match (filled, mode.as_str()) {
            (true, _) => color.text_on(),
            (_, "none") => self.scene.theme.ink(),
            _ => color,
        };
        if filled {
            drawing.rounded(place, 4.0, color);
        }
        let text_mode = self.option("textMode", "auto");
        let named =
            matches!(text_mode.as_str(), "name" | "value_and_name") || (text_mode == "auto" && !self.alone);
        let soft = if filled { ink } else { self.scene.theme.ink_soft() };
        let valued = text_mode != "name" && text_mode != "none";
        if self.row {
            return self.draw_row(drawing, place, named, soft, ink);
        }
        let mut rest = place;
        if let Some(spark) = self.spark(if filled { ink } else { color }) {
            let height = place.height * SPARK_SHARE;
            spark.draw(drawing, Rect::new(place.x, place.bottom() - height, place.width, height));
            rest = place.without(0.0, 0.0, height, 0.0);
        }
        if named && (rest.height > 3.0 * NAME_SIZE || !valued) {
            let line = if valued { NAME_SIZE * 1.5 } else { rest.height };
            let size = if valued { NAME_SIZE } else { (line * 0.4).clamp(NAME_SIZE, 32.0) };
            let name = font::fitted(&self.value.name, size, rest.width - 8.0);
            let text = Text::new(name, rest.x + rest.width / 2.0, 0.0, size, soft).anchored(Anchor::Middle);
            drawing.text(text.centred_on(rest.y + line / 2.0));
            rest = rest.without(line, 0.0, 0.0, 0.0);
        }
        if valued {
            let number = BigNumber { size_min: 11.0, size_max: 96.0, align: 0.5 };
            number.draw(drawing, rest, &self.value.shown.text, ink);
        }
    }

    fn draw_row(&self, drawing: &mut Drawing, place: Rect, named: bool, soft: Color, ink: Color) {
        let mut rest = place.without(0.0, 8.0, 0.0, 8.0);
        if named {
            let name = font::fitted(&self.value.name, NAME_SIZE, rest.width * 0.65);
            let width = font::width(&name, NAME_SIZE);
            let text = Text::new(name, rest.x, 0.0, NAME_SIZE, soft);
            drawing.text(text.centred_on(rest.y + rest.height / 2.0));
            rest = rest.without(0.0, 0.0, 0.0, width + 8.0);
        }
        let number = BigNumber { size_min: 11.0, size_max: 28.0, align: 1.0 };
        number.draw(drawing, rest, &self.value.shown.text, ink);
    }

    /// The value's history; `None` without one.
    fn spark(&self, color: Color) -> Option<Spark<'_>> {
        let (at, place) = self.value.origin;
        let frame = self.scene.frames.get(at)?;
        let field = frame.fields.get(place).filter(|field| field.kind == FieldKind::Number)?;
        let time = frame.time().filter(|_| self.option("graphMode", "area") != "none")?;
        (field.values.len() > 1).then(|| timeseries::Spark {
            times: time.values.numbers(),
            values: field.values.numbers(),
            step_ms: frame.step_ms,
            range: self.scene.range,
            limits: (self.value.config.min, self.value.config.max),
            color,
        })
    }
}
