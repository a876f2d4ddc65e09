//! The legend of a chart: a list that wraps, or a table with one row for each entry.

use crate::{
    drawing::{Anchor, Drawing, Rect, Text, font},
    theme::{Color, Theme},
};

/// Size of its texts.
const SIZE: f32 = 11.5;
/// From one line to the next.
const LINE: f32 = 17.0;
/// The sign of an entry's colour, and the room beside it.
const SWATCH: (f32, f32) = (12.0, 4.0);
const SWATCH_GAP: f32 = 6.0;
/// Between entries, and between columns.
const GAP: f32 = 14.0;
/// Shares of the panel that a legend below and one beside the plot may take.
const HEIGHT_SHARE: f32 = 0.35;
const WIDTH_SHARE: f32 = 0.5;
/// Widest name in a list, and the room that is left to its beginning.
const NAME_WIDTH: f32 = 320.0;
const NAME_MIN: f32 = 48.0;

/// One curve, slice or state.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) color: Color,
    /// One for each column of the legend.
    pub(crate) figures: Vec<String>,
}

/// What a legend says.
pub(crate) struct Legend {
    pub(crate) entries: Vec<Entry>,
    /// The names of the figures.
    pub(crate) columns: Vec<String>,
    pub(crate) table: bool,
    pub(crate) right: bool,
}

impl Legend {
    /// Draws the legend below or beside; what is left is the room of the plot.
    pub(crate) fn draw(&self, drawing: &mut Drawing, area: Rect, theme: Theme) -> Rect {
        if self.entries.is_empty() {
            return area;
        }
        if self.right {
            let width = self.width().min(area.width * WIDTH_SHARE);
            let place = Rect::new(area.right() - width, area.y, width, area.height);
            self.draw_in(drawing, place, theme);
            return area.without(0.0, width + GAP, 0.0, 0.0);
        }
        let lines_max = (area.height * HEIGHT_SHARE / LINE).floor().max(1.0);
        let height = (self.lines(area.width) as f32).min(lines_max) * LINE;
        let place = Rect::new(area.x, area.bottom() - height, area.width, height);
        self.draw_in(drawing, place, theme);
        area.without(0.0, 0.0, height + 4.0, 0.0)
    }

    fn draw_in(&self, drawing: &mut Drawing, area: Rect, theme: Theme) {
        if self.table {
            self.draw_table(drawing, area, theme);
        } else {
            self.draw_list(drawing, area, theme);
        }
    }

    /// Pixels of its longest line.
    fn width(&self) -> f32 {
        if self.table {
            let columns: f32 = self.column_widths().iter().map(|width| width + GAP).sum();
            let names = self.entries.iter().map(|entry| font::width(&entry.name, SIZE)).fold(0.0, f32::max);
            return names + columns + SWATCH.0 + SWATCH_GAP + 4.0;
        }
        self.entries.iter().map(|entry| self.entry_width(entry)).fold(0.0, f32::max) + 2.0
    }

    fn column_widths(&self) -> Vec<f32> {
        let width = |(at, name): (usize, &String)| {
            let figures = self.entries.iter().filter_map(|entry| entry.figures.get(at));
            figures.chain([name]).map(|text| font::width(text, SIZE)).fold(0.0, f32::max)
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    /// The figures of an entry in a list: `Mean: 3 s  Max: 5 s`; without names where the legend has none.
    fn figures(&self, entry: &Entry) -> String {
        let named = entry.figures.iter().enumerate().map(|(at, figure)| match self.columns.get(at) {
            Some(name) if !name.is_empty() => format!("{name}: {figure}"),
            _ => figure.clone(),
        });
        named.collect::<Vec<_>>().join("  ")
    }

    fn entry_width(&self, entry: &Entry) -> f32 {
        let figures = self.figures(entry);
        let gap = if figures.is_empty() { 0.0 } else { SWATCH_GAP };
        let name = font::width(&entry.name, SIZE).min(NAME_WIDTH);
        SWATCH.0 + SWATCH_GAP + name + gap + font::width(&figures, SIZE)
    }

    fn lines(&self, width: f32) -> usize {
        if self.table {
            return self.entries.len() + 1;
        }
        self.places(width).last().map_or(0, |(_, line)| line + 1)
    }

    /// Where the entries of a list stand: pixels from the left, and the line.
    fn places(&self, width: f32) -> Vec<(f32, usize)> {
        let (mut x, mut line) = (0.0, 0);
        let mut place = |entry: &Entry| {
            let own = self.entry_width(entry);
            if x > 0.0 && (x + own > width || self.right) {
                (x, line) = (0.0, line + 1);
            }
            let place = (x, line);
            x += own + GAP;
            place
        };
        self.entries.iter().map(&mut place).collect()
    }

    fn draw_list(&self, drawing: &mut Drawing, area: Rect, theme: Theme) {
        let lines = (area.height / LINE).floor().max(1.0) as usize;
        let places = self.places(area.width);
        let mut shown = places.iter().take_while(|(_, line)| *line < lines).count();
        if shown < places.len() && shown > 1 {
            // The last place is for saying how many there are besides.
            shown -= 1;
        }
        for (entry, (x, line)) in self.entries.iter().zip(&places).take(shown) {
            let middle = area.y + (*line as f32 + 0.5) * LINE;
            let x = area.x + x;
            let room = area.right() - x;
            let figures = self.figures(entry);
            // Names give way to figures.
            let taken = if figures.is_empty() { 0.0 } else { font::width(&figures, SIZE) + SWATCH_GAP };
            let room = (room - taken).clamp(room.min(NAME_MIN), NAME_WIDTH + SWATCH.0 + SWATCH_GAP);
            let end = draw_name(drawing, entry, x, middle, room, theme);
            let figures = font::fitted(&figures, SIZE, area.right() - end - SWATCH_GAP);
            let text = Text::new(figures, end + SWATCH_GAP, 0.0, SIZE, theme.ink_faint());
            drawing.text(text.centred_on(middle));
        }
        if let Some((x, line)) = places.get(shown) {
            draw_more(drawing, area.x + x, area.y + (*line as f32 + 0.5) * LINE, places.len() - shown, theme);
        }
    }

    fn draw_table(&self, drawing: &mut Drawing, area: Rect, theme: Theme) {
        let widths = self.column_widths();
        let columns: f32 = widths.iter().map(|width| width + GAP).sum();
        let room = (area.width - columns).max(40.0);
        let middle = |line: usize| area.y + (line as f32 + 0.5) * LINE;
        let figures = |drawing: &mut Drawing, line: usize, texts: &[String], color: Color| {
            let mut right = area.x + room;
            for (text, width) in texts.iter().zip(&widths) {
                right += width + GAP;
                let text = Text::new(text, right.min(area.right()), 0.0, SIZE, color);
                drawing.text(text.anchored(Anchor::End).centred_on(middle(line)));
            }
        };
        drawing.text(Text::new("Name", area.x, 0.0, SIZE, theme.ink_faint()).centred_on(middle(0)));
        figures(drawing, 0, &self.columns, theme.ink_faint());
        let lines = ((area.height / LINE).floor().max(2.0) as usize) - 1;
        let count = self.entries.len();
        let shown = if count > lines { lines.saturating_sub(1).max(1) } else { count };
        for (at, entry) in self.entries.iter().take(shown).enumerate() {
            draw_name(drawing, entry, area.x, middle(at + 1), room, theme);
            figures(drawing, at + 1, &entry.figures, theme.ink());
        }
        if shown < count {
            draw_more(drawing, area.x, middle(shown + 1), count - shown, theme);
        }
    }
}

/// Draws the sign and name of an entry in the room that there is; the answer is where the name ends.
fn draw_name(drawing: &mut Drawing, entry: &Entry, x: f32, middle: f32, room: f32, theme: Theme) -> f32 {
    let (width, height) = SWATCH;
    drawing.rounded(Rect::new(x, middle - height / 2.0, width, height), height / 2.0, entry.color);
    let left = x + width + SWATCH_GAP;
    let name = font::fitted(&entry.name, SIZE, room - width - SWATCH_GAP);
    let end = left + font::width(&name, SIZE);
    drawing.text(Text::new(name, left, 0.0, SIZE, theme.ink_soft()).centred_on(middle));
    end
}

fn draw_more(drawing: &mut Drawing, x: f32, middle: f32, count: usize, theme: Theme) {
    let text = Text::new(format!("+ {count} more"), x, 0.0, SIZE, theme.ink_faint());
    drawing.text(text.centred_on(middle));
}
