//! The glyphs of Noto Sans: how wide texts are, and their outlines. See `build.rs` for where they come from.

use std::borrow::Cow;

/// Code point, advance and start of the outline, sorted by code point; the first stands for what is missing.
const GLYPHS: &[(u32, u16, u32)] = include!(concat!(env!("OUT_DIR"), "/glyphs.rs"));
const OUTLINES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/outlines.bin"));
/// Units of an em, and the height of a capital letter in them.
const METRICS: (f32, f32) = include!(concat!(env!("OUT_DIR"), "/metrics.rs"));

/// Height of capitals and digits as a share of the size: what centres a line of text.
pub(crate) const CAPITAL: f32 = METRICS.1 / METRICS.0;

/// Where outlines are drawn, in pixels, y downwards.
pub(crate) trait Pen {
    fn move_to(&mut self, x: f32, y: f32);
    fn line_to(&mut self, x: f32, y: f32);
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32);
    fn cubic_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32);
    fn close(&mut self);
}

struct Glyph {
    /// In font units.
    advance: u16,
    outline: &'static [u8],
}

fn glyph(letter: char) -> Glyph {
    let at = GLYPHS.binary_search_by_key(&u32::from(letter), |(code, ..)| *code).unwrap_or(0);
    let (_, advance, start) = GLYPHS.get(at).copied().unwrap_or_default();
    let end = GLYPHS.get(at + 1).map_or(OUTLINES.len(), |next| next.2 as usize);
    Glyph { advance, outline: OUTLINES.get(start as usize..end).unwrap_or_default() }
}

/// Pixels that a text takes on a line.
pub(crate) fn width(text: &str, size: f32) -> f32 {
    let units: u32 = text.chars().map(|letter| u32::from(glyph(letter).advance)).sum();
    units as f32 * size / METRICS.0
}

/// The text, or as much of its beginning as fits with an ellipsis.
pub(crate) fn fitted(text: &str, size: f32, width_max: f32) -> Cow<'_, str> {
    if width(text, size) <= width_max {
        return Cow::Borrowed(text);
    }
    let mut room = width_max - width("…", size);
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        room -= f32::from(glyph(letter).advance) * size / METRICS.0;
        if room < 0.0 {
            break;
        }
        end = at + letter.len_utf8();
    }
    match text.get(..end).unwrap_or_default().trim_end() {
        "" => Cow::Borrowed(""),
        kept => Cow::Owned(format!("{kept}…")),
    }
}

/// Draws a text whose line begins at `x` with its foot at `y`.
pub(crate) fn draw(text: &str, size: f32, x: f32, y: f32, pen: &mut impl Pen) {
    let scale = size / METRICS.0;
    let mut left = x;
    for letter in text.chars() {
        let Glyph { advance, outline } = glyph(letter);
        let strokes = Strokes { rest: outline, x: 0, y: 0, left, foot: y, scale };
        // An outline ends where its bytes do.
        let _ = strokes.draw(pen);
        left += f32::from(advance) * scale;
    }
}

/// An outline as it is read, and where it goes.
struct Strokes {
    rest: &'static [u8],
    x: i32,
    y: i32,
    left: f32,
    foot: f32,
    scale: f32,
}

impl Strokes {
    fn draw(mut self, pen: &mut impl Pen) -> Option<()> {
        loop {
            match self.byte()? {
                0 => {
                    let (x, y) = self.point()?;
                    pen.move_to(x, y);
                }
                1 => {
                    let (x, y) = self.point()?;
                    pen.line_to(x, y);
                }
                2 => {
                    let ((x1, y1), (x, y)) = (self.point()?, self.point()?);
                    pen.quad_to(x1, y1, x, y);
                }
                3 => {
                    let ((x1, y1), (x2, y2), (x, y)) = (self.point()?, self.point()?, self.point()?);
                    pen.cubic_to(x1, y1, x2, y2, x, y);
                }
                _ => pen.close(),
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn number(&mut self) -> Option<i32> {
        let (mut value, mut shift) = (0u32, 0);
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 || shift >= 21 {
                return Some((value >> 1) as i32 ^ -((value & 1) as i32));
            }
            shift += 7;
        }
    }

    fn point(&mut self) -> Option<(f32, f32)> {
        self.x += self.number()?;
        self.y += self.number()?;
        Some((self.left + self.x as f32 * self.scale, self.foot - self.y as f32 * self.scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_widths() {
        assert!(width("WW", 12.0) > width("ii", 12.0));
        assert_eq!(width("0", 10.0), width("7", 10.0), "digits stand in columns");
        assert_ne!(width("Ω", 10.0), width("\u{ffff}", 10.0));
        for sign in "°µμ²³Ωπ–…∞€£¥₹₩đ№Жёąő".chars() {
            assert!(GLYPHS.iter().any(|(code, ..)| *code == u32::from(sign)), "{sign} is missing");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        assert_eq!(fitted("short", 12.0, 100.0), "short");
        assert_eq!(fitted("a very long name", 12.0, 60.0), "a very lo…");
        assert_eq!(fitted("name", 12.0, 3.0), "");
    }
}
