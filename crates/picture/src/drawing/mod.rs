//! What is drawn, as a list: paths, rectangles and texts in pixels, y downwards. The list is written as SVG text
//! or painted into a raster.

pub(crate) mod font;
mod path;
mod raster;
mod svg;

use model::Reservation;

pub(crate) use path::Path;
use path::Segment;
pub(crate) use raster::write_png;
pub(crate) use svg::write_svg;

use crate::theme::Color;

/// An upright rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Rect {
    pub(crate) const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub(crate) fn right(&self) -> f32 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// The same without a margin on each side.
    pub(crate) fn inset(&self, by: f32) -> Self {
        self.without(by, by, by, by)
    }

    /// The same without margins above, on the right, below and on the left; never less than nothing.
    pub(crate) fn without(&self, top: f32, right: f32, bottom: f32, left: f32) -> Self {
        Self {
            x: self.x + left,
            y: self.y + top,
            width: (self.width - left - right).max(0.0),
            height: (self.height - top - bottom).max(0.0),
        }
    }

    fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self::new(x, y, right - x, bottom - y)
    }
}

/// What a shape is filled or drawn with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paint {
    Solid(Color),
    /// From one colour at a point to another at another.
    Gradient {
        from: (f32, f32),
        to: (f32, f32),
        colors: (Color, Color),
    },
}

impl From<Color> for Paint {
    fn from(color: Color) -> Self {
        Self::Solid(color)
    }
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stroke {
    /// In pixels.
    pub(crate) width: f32,
    /// Lengths drawn and left out in turn; empty for a line without gaps.
    pub(crate) dashes: Vec<f32>,
}

impl Stroke {
    pub(crate) fn new(width: f32) -> Self {
        Self { width, dashes: Vec::new() }
    }
}

/// Which point of a text is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) x: f32,
    /// Where its letters stand.
    pub(crate) y: f32,
    /// In pixels.
    pub(crate) size: f32,
    pub(crate) color: Color,
    pub(crate) anchor: Anchor,
    pub(crate) bold: bool,
    /// Whether it runs upwards.
    pub(crate) upright: bool,
}

impl Text {
    pub(crate) fn new(text: impl Into<String>, x: f32, y: f32, size: f32, color: Color) -> Self {
        let anchor = Anchor::Start;
        Self { text: text.into(), x, y, size, color, anchor, bold: false, upright: false }
    }

    /// The same with its middle at a height.
    pub(crate) fn centred_on(mut self, y: f32) -> Self {
        self.y = y + self.size * font::CAPITAL / 2.0;
        self
    }

    pub(crate) fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    fn width(&self) -> f32 {
        font::width(&self.text, self.size)
    }

    /// Where its first letter begins.
    fn left(&self) -> f32 {
        self.x
            - match self.anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => self.width() / 2.0,
                Anchor::End => self.width(),
            }
    }

    fn bounds(&self) -> Rect {
        let width = self.width();
        if self.upright {
            return Rect::new(self.x - self.size, self.y - width, self.size * 1.4, 2.0 * width);
        }
        Rect::new(self.left() - 1.0, self.y - self.size * 1.1, width + 2.0, self.size * 1.5)
    }
}

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Rect { rect: Rect, radius: f32, paint: Paint },
    Fill { path: Path, paint: Paint, clip: Option<Rect> },
    Line { path: Path, paint: Paint, stroke: Stroke, clip: Option<Rect> },
    Text(Text),
}

impl Shape {
    fn bounds(&self) -> Rect {
        match self {
            Self::Rect { rect, .. } => *rect,
            Self::Fill { path, clip, .. } => clip.unwrap_or_else(|| path.bounds()),
            Self::Line { path, stroke, clip, .. } => {
                clip.unwrap_or_else(|| path.bounds().inset_by(-stroke.width))
            }
            Self::Text(text) => text.bounds(),
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            Self::Rect { .. } => 0,
            Self::Fill { path, .. } | Self::Line { path, .. } => size_of_val(path.segments()),
            Self::Text(text) => text.text.len(),
        }
    }
}

impl Rect {
    /// As [`Rect::inset`], and outwards with a negative margin.
    fn inset_by(&self, by: f32) -> Self {
        Self::new(self.x + by, self.y + by, self.width - 2.0 * by, self.height - 2.0 * by)
    }
}

/// A list of shapes, each over those before it. Its memory is drawn from an account; once that gives no more,
/// nothing is added.
pub(crate) struct Drawing {
    pub(crate) width: f32,
    pub(crate) height: f32,
    shapes: Vec<Shape>,
    account: Reservation,
    wanted_bytes: usize,
}

impl Drawing {
    /// Nothing, so many pixels wide and high.
    pub(crate) fn new(width: f32, height: f32, account: Reservation) -> Self {
        Self { width, height, shapes: Vec::new(), account, wanted_bytes: 0 }
    }

    /// The shapes from the lowest to the topmost.
    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Bytes that were refused; 0 when all shapes are there.
    pub(crate) fn refused_bytes(&self) -> usize {
        self.wanted_bytes
    }

    /// Takes bytes for what is worked out while drawing; false, and noted as refused, when they are not there.
    #[must_use]
    pub(crate) fn reserve(&mut self, bytes: usize) -> bool {
        let taken = self.account.grow(bytes);
        if !taken {
            self.wanted_bytes = bytes;
        }
        taken
    }

    pub(crate) fn add(&mut self, shape: Shape) {
        let bytes = size_of::<Shape>() + shape.heap_bytes();
        if self.wanted_bytes == 0 && self.account.grow(bytes) {
            self.shapes.push(shape);
        } else {
            self.wanted_bytes = bytes;
        }
    }

    pub(crate) fn rect(&mut self, rect: Rect, paint: impl Into<Paint>) {
        self.rounded(rect, 0.0, paint);
    }

    pub(crate) fn rounded(&mut self, rect: Rect, radius: f32, paint: impl Into<Paint>) {
        if rect.width > 0.0 && rect.height > 0.0 {
            self.add(Shape::Rect { rect, radius, paint: paint.into() });
        }
    }

    pub(crate) fn fill(&mut self, path: Path, paint: impl Into<Paint>) {
        self.add(Shape::Fill { path, paint: paint.into(), clip: None });
    }

    pub(crate) fn line(&mut self, path: Path, paint: impl Into<Paint>, stroke: Stroke) {
        self.add(Shape::Line { path, paint: paint.into(), stroke, clip: None });
    }

    pub(crate) fn text(&mut self, text: Text) {
        if !text.text.is_empty() {
            self.add(Shape::Text(text));
        }
    }
}
