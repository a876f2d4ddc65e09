//! Outlines and lines.

use super::{Rect, font::Pen};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment {
    Move(f32, f32),
    Line(f32, f32),
    Cubic([f32; 6]),
    Close,
}

/// Lines and curves, in pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Path(Vec<Segment>);

impl Path {
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn move_to(&mut self, x: f32, y: f32) -> &mut Self {
        self.push(Segment::Move(x, y))
    }

    pub(crate) fn line_to(&mut self, x: f32, y: f32) -> &mut Self {
        self.push(Segment::Line(x, y))
    }

    /// A curve by two control points and its end.
    pub(crate) fn cubic_to(&mut self, points: [f32; 6]) -> &mut Self {
        self.push(Segment::Cubic(points))
    }

    pub(crate) fn close(&mut self) -> &mut Self {
        self.push(Segment::Close)
    }

    /// Appends another path as it is.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    fn push(&mut self, segment: Segment) -> &mut Self {
        self.0.push(segment);
        self
    }

    /// A straight line.
    pub(crate) fn between(from: (f32, f32), to: (f32, f32)) -> Self {
        Self(vec![Segment::Move(from.0, from.1), Segment::Line(to.0, to.1)])
    }

    /// A rectangle.
    pub(crate) fn of_rect(rect: Rect) -> Self {
        let mut path = Self::default();
        path.move_to(rect.x, rect.y).line_to(rect.right(), rect.y);
        path.line_to(rect.right(), rect.bottom()).line_to(rect.x, rect.bottom()).close();
        path
    }

    /// A circle.
    pub(crate) fn circle(x: f32, y: f32, radius: f32) -> Self {
        let mut path = Self::default();
        path.move_to(x + radius, y).arc(x, y, radius, 0.0, std::f32::consts::TAU).close();
        path
    }

    /// Goes along a circle between two angles (radians, clockwise from the right), from the first of which the
    /// path has to be.
    pub(crate) fn arc(&mut self, x: f32, y: f32, radius: f32, from: f32, to: f32) -> &mut Self {
        // A quarter of a circle is what one curve follows within a thousandth of the radius.
        let parts = ((to - from).abs() / std::f32::consts::FRAC_PI_2).ceil().clamp(1.0, 8.0);
        let step = (to - from) / parts;
        let reach = 4.0 / 3.0 * (step / 4.0).tan() * radius;
        for part in 0..parts as usize {
            let start = from + step * part as f32;
            let end = start + step;
            let ((sin0, cos0), (sin1, cos1)) = (start.sin_cos(), end.sin_cos());
            self.cubic_to([
                x + radius * cos0 - reach * sin0,
                y + radius * sin0 + reach * cos0,
                x + radius * cos1 + reach * sin1,
                y + radius * sin1 - reach * cos1,
                x + radius * cos1,
                y + radius * sin1,
            ]);
        }
        self
    }

    /// Goes through the points of another path, from the last to the first, by straight lines and curves.
    pub(crate) fn reversed(&self) -> Self {
        let mut points = Vec::with_capacity(self.0.len());
        for segment in &self.0 {
            points.push(match segment {
                Segment::Move(x, y) | Segment::Line(x, y) => (*x, *y, None),
                Segment::Cubic([x1, y1, x2, y2, x, y]) => (*x, *y, Some([*x2, *y2, *x1, *y1])),
                Segment::Close => continue,
            });
        }
        let mut path = Self::default();
        let mut controls: Option<[f32; 4]> = None;
        for (x, y, before) in points.into_iter().rev() {
            match controls {
                Some([x1, y1, x2, y2]) => path.cubic_to([x1, y1, x2, y2, x, y]),
                None => path.line_to(x, y),
            };
            controls = before;
        }
        path
    }

    /// Appends another path, its first point reached by a line.
    pub(crate) fn join(&mut self, other: &Self) -> &mut Self {
        self.0.extend(other.0.iter().map(|segment| match *segment {
            Segment::Move(x, y) => Segment::Line(x, y),
            segment => segment,
        }));
        self
    }

    pub(crate) fn bounds(&self) -> Rect {
        let points = self.0.iter().flat_map(|segment| match *segment {
            Segment::Move(x, y) | Segment::Line(x, y) => vec![(x, y)],
            Segment::Cubic([x1, y1, x2, y2, x, y]) => vec![(x1, y1), (x2, y2), (x, y)],
            Segment::Close => Vec::new(),
        });
        let rects = points.map(|(x, y)| Rect::new(x, y, 0.0, 0.0));
        rects.reduce(|all, one| all.union(&one)).unwrap_or_default()
    }
}

impl Pen for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push(Segment::Move(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push(Segment::Line(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (x0, y0) = match self.0.last() {
            Some(Segment::Move(x, y) | Segment::Line(x, y) | Segment::Cubic([.., x, y])) => (*x, *y),
            _ => (x1, y1),
        };
        let toward = |end: f32, control: f32| end + (control - end) * 2.0 / 3.0;
        self.push(Segment::Cubic([toward(x0, x1), toward(y0, y1), toward(x, x1), toward(y, y1), x, y]));
    }

    fn cubic_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.push(Segment::Cubic([x1, y1, x2, y2, x, y]));
    }

    fn close(&mut self) {
        self.push(Segment::Close);
    }
}
