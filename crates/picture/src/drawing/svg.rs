//! A drawing as SVG text. Letters are left to the fonts of whoever looks at it; each text is told how long it is, and
//! so takes the room that it has in the raster.

use std::fmt::{self, Write};

use super::{Anchor, Drawing, Paint, Path, Rect, Segment, Shape, Stroke, Text};
use crate::theme::Color;

/// Noto Sans is what texts are measured in; others are made as wide.
const FACES: &str =
    "'Noto Sans','Open Sans','Segoe UI',system-ui,-apple-system,Roboto,'Liberation Sans',Arial,sans-serif";

/// How much wider than the regular face a heavier one is.
const BOLD_WIDTH: f32 = 1.04;

/// The drawing as an SVG document, `scale` times as large as it is in pixels.
pub(crate) fn write_svg(drawing: &Drawing, scale: f32, title: &str) -> String {
    let mut svg = Svg { out: String::new(), gradients: 0, clips: Vec::new() };
    // Writing to a string does not fail.
    let _ = svg.document(drawing, scale, title);
    svg.out
}

struct Svg {
    out: String,
    gradients: usize,
    clips: Vec<Rect>,
}

impl Svg {
    fn document(&mut self, drawing: &Drawing, scale: f32, title: &str) -> fmt::Result {
        let (width, height) = (drawing.width, drawing.height);
        write!(
            self.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"{FACES}\" role=\"img\"><title>{}</title>",
            width * scale,
            height * scale,
            Escaped(title)
        )?;
        for shape in drawing.shapes() {
            match shape {
                Shape::Rect { rect, radius, paint } => self.rect(rect, *radius, paint)?,
                Shape::Fill { path, paint, clip } => self.path(path, paint, None, *clip)?,
                Shape::Line { path, paint, stroke, clip } => self.path(path, paint, Some(stroke), *clip)?,
                Shape::Text(text) => self.text(text)?,
            }
        }
        self.out.write_str("</svg>\n")
    }

    fn rect(&mut self, rect: &Rect, radius: f32, paint: &Paint) -> fmt::Result {
        let fill = self.paint("fill", paint)?;
        let Rect { x, y, width, height } = rect;
        write!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            Pixels(*x),
            Pixels(*y),
            Pixels(*width),
            Pixels(*height)
        )?;
        if radius > 0.0 {
            write!(self.out, " rx=\"{}\"", Pixels(radius))?;
        }
        write!(self.out, "{fill}/>")
    }

    fn path(
        &mut self,
        path: &Path,
        paint: &Paint,
        stroke: Option<&Stroke>,
        clip: Option<Rect>,
    ) -> fmt::Result {
        if path.is_empty() {
            return Ok(());
        }
        let clip = clip.map(|clip| self.clip(clip)).transpose()?;
        let color = self.paint(if stroke.is_some() { "stroke" } else { "fill" }, paint)?;
        self.out.write_str("<path d=\"")?;
        for segment in path.segments() {
            self.segment(segment)?;
        }
        write!(self.out, "\"{color}")?;
        if let Some(Stroke { width, dashes }) = stroke {
            write!(self.out, " fill=\"none\" stroke-width=\"{}\" stroke-linejoin=\"round\"", Pixels(*width))?;
            if !dashes.is_empty() {
                let lengths: Vec<_> = dashes.iter().map(|length| Pixels(*length).to_string()).collect();
                write!(self.out, " stroke-dasharray=\"{}\"", lengths.join(" "))?;
                if dashes.first() == Some(&0.0) {
                    self.out.write_str(" stroke-linecap=\"round\"")?;
                }
            }
        }
        if let Some(clip) = clip {
            write!(self.out, " clip-path=\"url(#c{clip})\"")?;
        }
        self.out.write_str("/>")
    }

    fn segment(&mut self, segment: &Segment) -> fmt::Result {
        match segment {
            Segment::Move(x, y) => write!(self.out, "M{} {}", Pixels(*x), Pixels(*y)),
            Segment::Line(x, y) => write!(self.out, "L{} {}", Pixels(*x), Pixels(*y)),
            Segment::Cubic([x1, y1, x2, y2, x, y]) => write!(
                self.out,
                "C{} {} {} {} {} {}",
                Pixels(*x1),
                Pixels(*y1),
                Pixels(*x2),
                Pixels(*y2),
                Pixels(*x),
                Pixels(*y)
            ),
            Segment::Close => self.out.write_str("Z"),
        }
    }

    fn text(&mut self, text: &Text) -> fmt::Result {
        let (x, y) = (Pixels(text.x), Pixels(text.y));
        write!(self.out, "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"", Pixels(text.size))?;
        match text.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.out.write_str(" text-anchor=\"middle\"")?,
            Anchor::End => self.out.write_str(" text-anchor=\"end\"")?,
        }
        if text.bold {
            self.out.write_str(" font-weight=\"600\"")?;
        }
        // A single letter would be stretched or squeezed to no use.
        if text.text.chars().nth(1).is_some() {
            let length = text.width() * if text.bold { BOLD_WIDTH } else { 1.0 };
            write!(self.out, " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", Pixels(length))?;
        }
        if text.upright {
            write!(self.out, " transform=\"rotate(-90 {x} {y})\"")?;
        }
        write!(self.out, "{}>{}</text>", color("fill", text.color), Escaped(&text.text))
    }

    /// The attribute for a paint; a gradient is written out before it is used.
    fn paint(&mut self, name: &str, paint: &Paint) -> Result<String, fmt::Error> {
        let (from, to, colors) = match paint {
            Paint::Solid(solid) => return Ok(color(name, *solid)),
            Paint::Gradient { from, to, colors } => (from, to, colors),
        };
        self.gradients += 1;
        let id = self.gradients;
        write!(
            self.out,
            "<linearGradient id=\"g{id}\" gradientUnits=\"userSpaceOnUse\" x1=\"{}\" y1=\"{}\" x2=\"{}\" \
             y2=\"{}\"><stop offset=\"0\"{}/><stop offset=\"1\"{}/></linearGradient>",
            Pixels(from.0),
            Pixels(from.1),
            Pixels(to.0),
            Pixels(to.1),
            color("stop-color", colors.0),
            color("stop-color", colors.1)
        )?;
        Ok(format!(" {name}=\"url(#g{id})\""))
    }

    /// The number of a clip, which is written out when it is a new one.
    fn clip(&mut self, clip: Rect) -> Result<usize, fmt::Error> {
        if let Some(known) = self.clips.iter().position(|other| *other == clip) {
            return Ok(known);
        }
        let id = self.clips.len();
        self.clips.push(clip);
        let Rect { x, y, width, height } = clip;
        write!(
            self.out,
            "<clipPath id=\"c{id}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>",
            Pixels(x),
            Pixels(y),
            Pixels(width),
            Pixels(height)
        )?;
        Ok(id)
    }
}

fn color(name: &str, color: Color) -> String {
    let opacity = match name {
        "stop-color" => "stop-opacity",
        "stroke" => "stroke-opacity",
        _ => "fill-opacity",
    };
    if color.alpha >= 1.0 {
        return format!(" {name}=\"{color}\"");
    }
    format!(" {name}=\"{color}\" {opacity}=\"{}\"", Pixels(color.alpha))
}

/// A length with at most two decimals.
struct Pixels(f32);

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (f64::from(self.0) * 100.0).round();
        // Zero has no sign here.
        write!(f, "{}", hundredths / 100.0 + 0.0)
    }
}

/// Text within an element or an attribute; characters that XML has no place for are left out.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}
