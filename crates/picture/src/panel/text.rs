//! Text as it is read: the signs of Markdown and HTML are taken out, headings and lists keep their shape.

use super::Scene;
use crate::{
    drawing::{Drawing, Rect, Text, font},
    json::Json,
};

const SIZE: f32 = 13.0;
const LINE_HEIGHT: f32 = 1.45;
/// Characters that are looked at: more would not fit any picture.
const LENGTH_MAX: usize = 20_000;

/// A line before it is broken.
struct Line {
    text: String,
    size: f32,
    bold: bool,
    indent: f32,
}

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let mode = scene.panel.options.at("mode").text_or_empty();
    let end = scene.content.char_indices().nth(LENGTH_MAX).map_or(scene.content.len(), |(at, _)| at);
    let source = scene.content.get(..end).unwrap_or_default();
    let source = if mode == "code" { source.to_owned() } else { without_tags(source) };
    let mut y = area.y;
    for line in source.lines() {
        let line = read_line(line, mode != "code");
        let height = line.size * LINE_HEIGHT;
        for text in broken(&line.text, line.size, area.width - line.indent) {
            if y + height > area.bottom() + 1.0 {
                return;
            }
            let mut text = Text::new(text, area.x + line.indent, 0.0, line.size, scene.theme.ink());
            text.bold = line.bold;
            drawing.text(text.centred_on(y + height / 2.0));
            y += height;
        }
        if line.text.is_empty() {
            y += SIZE * 0.6;
        }
    }
}

fn read_line(source: &str, markdown: bool) -> Line {
    let plain = |text: &str, indent| Line { text: text.to_owned(), size: SIZE, bold: false, indent };
    if !markdown {
        return plain(source, 0.0);
    }
    let text = source.trim();
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) && text.as_bytes().get(level) == Some(&b' ') {
        let size = [24.0, 20.0, 17.0, 15.0, 14.0, 13.0].get(level - 1).copied().unwrap_or(SIZE);
        let text = unmarked(text.get(level..).unwrap_or_default().trim());
        return Line { text, size, bold: true, indent: 0.0 };
    }
    match text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
        Some(item) => plain(&format!("• {}", unmarked(item)), 8.0),
        None => plain(&unmarked(text), 0.0),
    }
}

/// Takes the signs of emphasis and the addresses of links out.
fn unmarked(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(['*', '`', '[', '!']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let link = from.trim_start_matches('!').strip_prefix('[').and_then(|inner| inner.split_once("]("));
        match link.and_then(|(name, after)| Some((name, after.split_once(')')?.1))) {
            Some((name, after)) => {
                out.push_str(name);
                rest = after;
            }
            None => {
                let sign = from.chars().next().unwrap_or('*');
                if matches!(sign, '[' | '!') {
                    out.push(sign);
                }
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out + rest
}

/// Takes tags out; those that end a line in a page end one here.
fn without_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, inner)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag =
            inner.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/' || letter == '!');
        match inner.split_once('>').filter(|_| is_tag) {
            Some((tag, after)) => {
                let ends_line = ["br", "/p", "/div", "/h", "/li", "/tr"];
                if ends_line.iter().any(|name| tag.to_ascii_lowercase().starts_with(name)) {
                    out.push('\n');
                }
                rest = after;
            }
            None => {
                out.push('<');
                rest = inner;
            }
        }
    }
    out += rest;
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
    signs.into_iter().fold(out, |text, (name, sign)| text.replace(name, sign))
}

/// The text in lines that fit.
fn broken(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || font::width(&longer, size) <= width {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines.into_iter().map(|line| font::fitted(&line, size, width).into_owned()).collect()
}
