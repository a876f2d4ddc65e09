//! A drawing painted into pixels and packed as PNG, a strip of rows at a time: a picture of any height takes the
//! memory of one strip.

use std::io::Write;

use model::Reservation;
use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use tiny_skia::{
    FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, PathBuilder, Pixmap, PixmapMut, Point,
    Shader, SpreadMode, StrokeDash, Transform,
};

use super::{Drawing, Paint, Path, Rect, Segment, Shape, Stroke, Text, font};
use crate::{Error, theme::Color};

/// Rows of pixels that are painted at once.
const STRIP_ROWS: u32 = 192;

/// Rows above and below a strip that are painted with it: at the edges of what is painted thin lines break.
const MARGIN_ROWS: u32 = 8;

/// Bytes of a pixel while it is painted (colour and mask) and while its row is packed.
const PIXEL_BYTES: usize = 4 + 1 + 3;

/// Writes the drawing as PNG, `scale` times as large as it is, over `ground`.
///
/// # Errors
/// When there is no memory for a strip.
pub(crate) fn write_png(
    drawing: &Drawing,
    scale: f32,
    ground: Color,
    mut account: Reservation,
) -> Result<Vec<u8>, Error> {
    let width = (drawing.width * scale).round().max(1.0) as u32;
    let height = (drawing.height * scale).round().max(1.0) as u32;
    let rows = height.min(STRIP_ROWS);
    let painted_rows = rows + 2 * MARGIN_ROWS;
    let strip_bytes = width as usize * painted_rows as usize * PIXEL_BYTES;
    if !account.grow(strip_bytes) {
        return Err(Error::budget(strip_bytes, account.budget()));
    }
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder.set_filter(Filter::Up);
    let mut header = encoder.write_header()?;
    let mut stream = header.stream_writer()?;
    let (mut pixmap, mut mask) = Pixmap::new(width, painted_rows)
        .zip(Mask::new(width, painted_rows))
        .ok_or(Error::Size { width, height })?;
    let mut packed = Vec::with_capacity(width as usize * 3);
    for top in (0..height).step_by(rows as usize) {
        pixmap.fill(skia_color(ground));
        let mut strip = Strip {
            pixels: pixmap.as_mut(),
            mask: &mut mask,
            masked: None,
            scale,
            top: top as f32 - MARGIN_ROWS as f32,
        };
        for shape in drawing.shapes() {
            strip.paint(shape);
        }
        let count = (height - top).min(rows) as usize;
        for row in pixmap.data().chunks_exact(width as usize * 4).skip(MARGIN_ROWS as usize).take(count) {
            packed.clear();
            // The ground is opaque, so all that was painted over it is.
            packed
                .extend(row.as_chunks::<4>().0.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]));
            stream.write_all(&packed)?;
        }
    }
    stream.finish()?;
    header.finish()?;
    Ok(out)
}

/// Some rows of the picture.
struct Strip<'a> {
    pixels: PixmapMut<'a>,
    mask: &'a mut Mask,
    /// What the mask lets through.
    masked: Option<Rect>,
    scale: f32,
    /// The first row's number; that of the first strip lies above the picture.
    top: f32,
}

impl Strip<'_> {
    fn paint(&mut self, shape: &Shape) {
        let bounds = shape.bounds();
        let bottom = self.top + self.pixels.height() as f32;
        // Pixels are not sharp at their edges.
        if bounds.bottom() * self.scale < self.top - 2.0 || bounds.y * self.scale > bottom + 2.0 {
            return;
        }
        match shape {
            Shape::Rect { rect, radius, paint } => self.fill(&rounded(*rect, *radius), paint, None),
            Shape::Fill { path, paint, clip } => self.fill(path, paint, *clip),
            Shape::Line { path, paint, stroke, clip } => self.stroke(path, paint, stroke, *clip),
            Shape::Text(text) => self.text(text),
        }
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale).post_translate(0.0, -self.top)
    }

    fn fill(&mut self, path: &Path, paint: &Paint, clip: Option<Rect>) {
        let Some(path) = skia_path(path) else { return };
        let transform = self.transform();
        let masks = clip.map(|clip| self.mask_out(clip)).is_some();
        let mask = masks.then_some(&*self.mask);
        self.pixels.fill_path(&path, &skia_paint(paint), FillRule::Winding, transform, mask);
    }

    fn stroke(&mut self, path: &Path, paint: &Paint, stroke: &Stroke, clip: Option<Rect>) {
        let Some(path) = skia_path(path) else { return };
        let transform = self.transform();
        let masks = clip.map(|clip| self.mask_out(clip)).is_some();
        let mask = masks.then_some(&*self.mask);
        self.pixels.stroke_path(&path, &skia_paint(paint), &skia_stroke(stroke), transform, mask);
    }

    /// Lets through what lies within a rectangle.
    fn mask_out(&mut self, clip: Rect) {
        if self.masked == Some(clip) {
            return;
        }
        self.mask.clear();
        if let Some(path) = skia_path(&Path::of_rect(clip)) {
            self.mask.fill_path(&path, FillRule::Winding, true, self.transform());
        }
        self.masked = Some(clip);
    }

    fn text(&mut self, text: &Text) {
        let mut path = Path::default();
        let mut transform = self.transform();
        if text.upright {
            font::draw(&text.text, text.size, text.left() - text.x, 0.0, &mut path);
            transform = transform.pre_translate(text.x, text.y).pre_rotate(-90.0);
        } else {
            font::draw(&text.text, text.size, text.left(), text.y, &mut path);
        }
        let Some(path) = skia_path(&path) else { return };
        let paint = skia_paint(&text.color.into());
        self.pixels.fill_path(&path, &paint, FillRule::Winding, transform, None);
        if text.bold {
            // A heavier face would be as large again as the one there is.
            let stroke = skia_stroke(&Stroke::new(text.size * 0.036));
            self.pixels.stroke_path(&path, &paint, &stroke, transform, None);
        }
    }
}

fn rounded(rect: Rect, radius: f32) -> Path {
    let radius = radius.min(rect.width / 2.0).min(rect.height / 2.0);
    if radius <= 0.0 {
        return Path::of_rect(rect);
    }
    use std::f32::consts::{FRAC_PI_2 as QUARTER, PI, TAU};
    let (left, right) = (rect.x + radius, rect.right() - radius);
    let (top, bottom) = (rect.y + radius, rect.bottom() - radius);
    let mut path = Path::default();
    path.move_to(left, rect.y).line_to(right, rect.y).arc(right, top, radius, -QUARTER, 0.0);
    path.line_to(rect.right(), bottom).arc(right, bottom, radius, 0.0, QUARTER);
    path.line_to(left, rect.bottom()).arc(left, bottom, radius, QUARTER, PI);
    path.line_to(rect.x, top).arc(left, top, radius, PI, TAU - QUARTER).close();
    path
}

fn skia_path(path: &Path) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    for segment in path.segments() {
        match *segment {
            Segment::Move(x, y) => builder.move_to(x, y),
            Segment::Line(x, y) => builder.line_to(x, y),
            Segment::Cubic([x1, y1, x2, y2, x, y]) => builder.cubic_to(x1, y1, x2, y2, x, y),
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}

fn skia_color(color: Color) -> tiny_skia::Color {
    let alpha = (color.alpha.clamp(0.0, 1.0) * 255.0).round() as u8;
    tiny_skia::Color::from_rgba8(color.red, color.green, color.blue, alpha)
}

fn skia_paint(paint: &Paint) -> tiny_skia::Paint<'static> {
    let shader = match *paint {
        Paint::Solid(color) => Shader::SolidColor(skia_color(color)),
        Paint::Gradient { from, to, colors } => {
            let stops = vec![
                GradientStop::new(0.0, skia_color(colors.0)),
                GradientStop::new(1.0, skia_color(colors.1)),
            ];
            let ends = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
            LinearGradient::new(ends.0, ends.1, stops, SpreadMode::Pad, Transform::identity())
                .unwrap_or(Shader::SolidColor(skia_color(colors.0)))
        }
    };
    tiny_skia::Paint { shader, anti_alias: true, ..tiny_skia::Paint::default() }
}

fn skia_stroke(stroke: &Stroke) -> tiny_skia::Stroke {
    // A dot is a dash of no length with round ends.
    let dotted = stroke.dashes.first() == Some(&0.0);
    tiny_skia::Stroke {
        width: stroke.width,
        line_join: LineJoin::Round,
        line_cap: if dotted { LineCap::Round } else { LineCap::Butt },
        dash: StrokeDash::new(stroke.dashes.clone(), 0.0),
        ..tiny_skia::Stroke::default()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use model::{Budget, Part};

    use super::*;

    /// Strips were once painted edge to edge, and thin slanted lines had holes where two of them met.
    #[test]
    fn lines_go_through_from_strip_to_strip() {
        let budget = Budget::new(1 << 20);
        let mut drawing = Drawing::new(400.0, 300.0, budget.open(Part::Query));
        let (seam, white) = (STRIP_ROWS as f32, Color::rgb(0xff_ffff));
        drawing.line(Path::between((0.0, seam - 60.0), (400.0, seam + 60.0)), white, Stroke::new(1.0));
        drawing.line(Path::between((0.0, seam + 7.0), (400.0, seam - 7.0)), white, Stroke::new(1.0));
        let png = write_png(&drawing, 1.0, Color::rgb(0), budget.open(Part::Query)).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        for x in (5..180).chain(220..395) {
            let column = pixels.chunks(3).skip(x).step_by(400);
            let light: f32 = column.map(|pixel| f32::from(pixel[0]) / 255.0).sum();
            assert!((1.8..2.4).contains(&light), "{light} at {x}");
        }
    }
}
