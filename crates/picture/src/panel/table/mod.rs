//! One frame as a table, as many rows as there is room for.

mod column;

use column::{Align, Column, Filling, columns, row_order};

use super::Scene;
use crate::{
    drawing::{Anchor, Drawing, Paint, Path, Rect, Stroke, Text, font},
    field::Shown,
    frame::{FieldKind, Value},
    json::Json,
    theme::Color,
    time::ByPattern,
    unit::Formatted,
};

const SIZE: f32 = 12.5;
const HEAD_SIZE: f32 = 12.0;
const PADDING: f32 = 8.0;
/// Rows whose texts decide how wide a column is.
const MEASURED_ROWS: usize = 60;
/// Narrowest column.
const WIDTH_MIN: f32 = 36.0;
/// Pixels of a cell that is a bar, at least.
const BAR_WIDTH: f32 = 90.0;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let filled = scene.frames.iter().find(|frame| frame.rows() > 0);
    let Some(frame) = filled.or(scene.frames.first()) else { return };
    let columns = columns(frame, scene);
    if columns.is_empty() {
        return;
    }
    let order = row_order(frame, &columns, &scene.panel.options);
    let table = Table { scene, columns: &columns, order: &order, row_height: row_height(scene) };
    table.draw(drawing, area);
}

fn row_height(scene: &Scene<'_>) -> f32 {
    match scene.panel.options.at("cellHeight").as_str() {
        Some("md") => 34.0,
        Some("lg") => 42.0,
        _ => 25.0,
    }
}

struct Table<'a> {
    scene: &'a Scene<'a>,
    columns: &'a [Column<'a>],
    /// Rows in the order in which they stand.
    order: &'a [usize],
    row_height: f32,
}

impl Table<'_> {
    fn draw(&self, drawing: &mut Drawing, area: Rect) {
        let widths = self.widths(area.width);
        let mut rest = area;
        if self.scene.panel.options.at("showHeader").flag() != Some(false) {
            let head = |at: usize| self.columns.get(at).map(|column| column.name.clone());
            self.draw_line(drawing, rest, &widths, HEAD_SIZE, self.scene.theme.ink_soft(), head);
            rest = self.below(drawing, rest);
        }
        if self.columns.iter().any(|column| !column.foot.is_empty()) && rest.height > 2.0 * self.row_height {
            let foot = Rect::new(rest.x, rest.bottom() - self.row_height, rest.width, self.row_height);
            let text = |at: usize| self.columns.get(at).map(|column| column.foot.clone());
            self.draw_line(drawing, foot, &widths, SIZE, self.scene.theme.ink(), text);
            rest = rest.without(0.0, 0.0, self.row_height, 0.0);
        }
        let fitting = (rest.height / self.row_height).floor() as usize;
        let count = self.order.len();
        let shown = if count > fitting { fitting.saturating_sub(1) } else { count };
        for row in self.order.iter().take(shown) {
            self.draw_row(drawing, rest, &widths, *row);
            rest = self.below(drawing, rest);
        }
        if shown < count {
            let text = format!("+ {} more rows", count - shown);
            let text = Text::new(text, rest.x + PADDING, 0.0, HEAD_SIZE, self.scene.theme.ink_faint());
            drawing.text(text.centred_on(rest.y + self.row_height / 2.0));
        }
    }

    /// A line below a row, and the room that is left.
    fn below(&self, drawing: &mut Drawing, area: Rect) -> Rect {
        let y = area.y + self.row_height;
        let line = Path::between((area.x, y), (area.right(), y));
        drawing.line(line, self.scene.theme.line(), Stroke::new(1.0));
        area.without(self.row_height, 0.0, 0.0, 0.0)
    }

    /// Widths that fill the table: those that columns ask for, and for the others by what is in them.
    fn widths(&self, width: f32) -> Vec<f32> {
        let natural: Vec<f32> = self.columns.iter().map(|column| self.natural_width(column)).collect();
        let fixed: f32 = self.columns.iter().filter_map(|column| column.width).sum();
        let flexible: f32 = self
            .columns
            .iter()
            .zip(&natural)
            .filter(|(column, _)| column.width.is_none())
            .map(|(_, own)| own)
            .sum();
        // Where columns ask for more than there is, all give way.
        let squeeze = if fixed > width * 0.8 || flexible == 0.0 { width / (fixed + flexible) } else { 1.0 };
        let stretch = if squeeze < 1.0 || flexible == 0.0 { squeeze } else { (width - fixed) / flexible };
        let widths = self.columns.iter().zip(natural);
        widths.map(|(column, own)| column.width.map_or(own * stretch, |own| own * squeeze)).collect()
    }

    fn natural_width(&self, column: &Column<'_>) -> f32 {
        let rows = self.order.iter().take(MEASURED_ROWS);
        let texts = rows.map(|row| font::width(&self.shown(column, *row).text.joined(), SIZE));
        let widest = texts.fold(font::width(&column.name, HEAD_SIZE) * 1.04, f32::max);
        let bar = if column.is_bar { BAR_WIDTH } else { 0.0 };
        (widest + bar + 2.0 * PADDING).clamp(WIDTH_MIN, 400.0)
    }

    fn draw_line(
        &self,
        drawing: &mut Drawing,
        area: Rect,
        widths: &[f32],
        size: f32,
        color: Color,
        text: impl Fn(usize) -> Option<String>,
    ) {
        let mut x = area.x;
        for (at, (column, width)) in self.columns.iter().zip(widths).enumerate() {
            let cell = Rect::new(x, area.y, *width, self.row_height);
            self.draw_text(drawing, cell, &text(at).unwrap_or_default(), column.align, size, color, true);
            x += width;
        }
    }

    fn draw_row(&self, drawing: &mut Drawing, area: Rect, widths: &[f32], row: usize) {
        let whole = self.columns.iter().find(|column| column.whole_row && column.filling != Filling::None);
        let row_color = whole.map(|column| self.shown(column, row).color);
        let mut x = area.x;
        for (column, width) in self.columns.iter().zip(widths) {
            let cell = Rect::new(x, area.y, *width, self.row_height);
            self.draw_cell(drawing, cell, column, row, row_color);
            x += width;
        }
    }

    fn draw_cell(
        &self,
        drawing: &mut Drawing,
        cell: Rect,
        column: &Column<'_>,
        row: usize,
        row_color: Option<Color>,
    ) {
        let shown = self.shown(column, row);
        let ground = if column.filling == Filling::None { row_color } else { Some(shown.color) };
        if let Some(color) = ground {
            let paint = match column.filling {
                Filling::Gradient => Paint::Gradient {
                    from: (cell.x, cell.y),
                    to: (cell.right(), cell.y),
                    colors: (color.with_alpha(0.75), color),
                },
                _ => Paint::Solid(color),
            };
            drawing.rect(cell.without(0.0, 0.0, 1.0, 0.0), paint);
        }
        let ink = match ground {
            Some(color) => color.text_on(),
            None if column.colors_text => shown.color,
            None => self.scene.theme.ink(),
        };
        let mut rest = cell;
        if let Some(amount) = column.field.values.get(row).finite().filter(|_| column.is_bar) {
            let text = font::width(&shown.text.joined(), SIZE) + PADDING;
            let track = cell.without(5.0, text + PADDING, 5.0, PADDING);
            drawing.rounded(track, 2.0, self.scene.theme.line());
            let share = column.limits.share(amount) as f32;
            drawing.rounded(track.without(0.0, track.width * (1.0 - share), 0.0, 0.0), 2.0, shown.color);
            rest = cell.without(0.0, 0.0, 0.0, cell.width - text - PADDING);
        }
        let align = if column.is_bar { Align::Right } else { column.align };
        self.draw_text(drawing, rest, &shown.text.joined(), align, SIZE, ink, false);
    }

    #[expect(clippy::too_many_arguments, reason = "a text and how it stands in its cell")]
    fn draw_text(
        &self,
        drawing: &mut Drawing,
        cell: Rect,
        text: &str,
        align: Align,
        size: f32,
        color: Color,
        bold: bool,
    ) {
        let inside = cell.without(0.0, PADDING, 0.0, PADDING);
        let (x, anchor) = match align {
            Align::Left => (inside.x, Anchor::Start),
            Align::Center => (inside.x + inside.width / 2.0, Anchor::Middle),
            Align::Right => (inside.right(), Anchor::End),
        };
        let room = if bold { inside.width / 1.04 } else { inside.width };
        let mut text = Text::new(font::fitted(text, size, room), x, 0.0, size, color).anchored(anchor);
        text.bold = bold;
        drawing.text(text.centred_on(cell.y + cell.height / 2.0));
    }

    fn shown(&self, column: &Column<'_>, row: usize) -> Shown {
        let field = column.field;
        let value = field.values.get(row);
        let mut shown = column.display.show(&value);
        if let (FieldKind::Time, Value::Number(time), None) = (field.kind, &value, &field.config.unit) {
            let civil = self.scene.zone.civil(*time as i64);
            shown.text = Formatted::plain(civil.by_pattern("YYYY-MM-DD HH:mm:ss"));
        }
        if matches!((field.kind, &value), (FieldKind::Text, Value::Null)) {
            shown.text = Formatted::default();
        }
        shown
    }
}
