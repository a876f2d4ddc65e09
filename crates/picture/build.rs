//! Takes from Noto Sans the glyphs that dashboards use, and writes their outlines in a compact form: the program
//! carries no font file and no font reader.
//!
//! Each glyph is a run of pen moves in font units: a byte says which, and coordinates follow as differences from
//! the point before, each a zigzag number of seven bits a byte.

use std::{collections::BTreeMap, env, fs, io, path::PathBuf};

use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// What is kept: Latin, Greek, Cyrillic, and the signs of units, money and punctuation.
const KEPT: [(u32, u32); 12] = [
    (0x20, 0x7e),
    (0xa0, 0x17f),
    (0x391, 0x3c9),
    (0x401, 0x45f),
    (0x490, 0x491),
    (0x2010, 0x2026),
    (0x2030, 0x2033),
    (0x2070, 0x208e),
    (0x20a0, 0x20bf),
    (0x2116, 0x2126),
    (0x2190, 0x2193),
    (0x2202, 0x2265),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let face = Face::parse(notosans::REGULAR_TTF, 0).map_err(io::Error::other)?;
    let mut outlines = Vec::new();
    let mut table = String::from("&[\n");
    for (code, glyph) in kept(&face) {
        let start = outlines.len();
        let mut pen = Pen { out: &mut outlines, x: 0, y: 0 };
        face.outline_glyph(glyph, &mut pen);
        let advance = face.glyph_hor_advance(glyph).unwrap_or_default();
        table += &format!("    ({code}, {advance}, {start}),\n");
    }
    table += "]\n";
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("glyphs.rs"), table)?;
    fs::write(out.join("outlines.bin"), outlines)?;
    let metrics = format!("({}.0, {}.0)", face.units_per_em(), face.capital_height().unwrap_or(714));
    fs::write(out.join("metrics.rs"), metrics)
}

/// Glyphs by code point; the one of code point 0 stands for all that are missing.
fn kept(face: &Face<'_>) -> BTreeMap<u32, GlyphId> {
    let listed = KEPT.iter().flat_map(|&(first, last)| first..=last);
    let glyphs = listed.filter_map(|code| Some((code, face.glyph_index(char::from_u32(code)?)?)));
    [(0, GlyphId(0))].into_iter().chain(glyphs).collect()
}

struct Pen<'a> {
    out: &'a mut Vec<u8>,
    x: i32,
    y: i32,
}

impl Pen<'_> {
    fn point(&mut self, x: f32, y: f32) {
        let (x, y) = (x.round() as i32, y.round() as i32);
        self.number(x - self.x);
        self.number(y - self.y);
        (self.x, self.y) = (x, y);
    }

    fn number(&mut self, value: i32) {
        let mut rest = ((value << 1) ^ (value >> 31)) as u32;
        while rest >= 0x80 {
            self.out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.out.push(rest as u8);
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.out.push(0);
        self.point(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.out.push(1);
        self.point(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.out.push(2);
        self.point(x1, y1);
        self.point(x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.out.push(3);
        self.point(x1, y1);
        self.point(x2, y2);
        self.point(x, y);
    }

    fn close(&mut self) {
        self.out.push(4);
    }
}
