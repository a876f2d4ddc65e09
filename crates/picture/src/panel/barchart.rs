//! Bars by name: one group for each row of a table.

use std::rc::Rc;

use super::{
    Scene,
    bars::{self, BARS_MAX, Bar, GROUPS_MAX, Groups},
};
use crate::{
    dashboard::Transformation,
    drawing::{Drawing, Rect},
    field::{Display, curve_color, limits},
    frame::{Field, FieldKind, Frame, Names, Value},
    json::Json,
    transform::transform,
    unit,
};

/// Letters of a name that are shown.
const NAME_CHARS: usize = 24;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    let lying = scene.panel.options.at("orientation").as_str() == Some("horizontal");
    let joined = joined(&scene.frames);
    let frames = joined.as_deref().unwrap_or(&scene.frames);
    let Some(frame) = frames.first() else { return };
    bars::draw(drawing, area, &groups(frame, &Names::of(frames), scene), lying, scene);
}

/// Several series side by side, by their times.
fn joined(frames: &[Frame]) -> Option<Vec<Frame>> {
    let joins = frames.len() > 1 && frames.iter().all(|frame| frame.time().is_some());
    let step = Transformation { id: "joinByField".to_owned(), ..Transformation::default() };
    joins.then(|| transform(frames.to_vec(), &[step]).0)
}

fn groups(frame: &Frame, names: &Names, scene: &Scene<'_>) -> Groups {
    let named = name_field(frame, names, &scene.panel.options.at("xField").text_or_empty());
    let rows = frame.rows().min(GROUPS_MAX);
    let is_name = |field: &&Field| named.is_some_and(|named| std::ptr::eq(named, *field));
    let is_hidden = |field: &&Field| field.config.custom.at("hideFrom").at("viz").is_true();
    let fields = frame.numbers().filter(|field| !is_name(field) && !is_hidden(field));
    let bar = |(index, field): (usize, &Field)| bar(field, index, names.shown(field, frame), rows, scene);
    Groups {
        names: (0..rows).map(|row| name_of(named, row, scene)).collect(),
        bars: fields.take(BARS_MAX).enumerate().map(bar).collect(),
        touching: false,
    }
}

/// The field that is asked for, else the first text, else the time.
fn name_field<'a>(frame: &'a Frame, names: &Names, wanted: &str) -> Option<&'a Field> {
    let is_wanted = |field: &&Field| *field.name == *wanted || names.shown(field, frame) == wanted;
    let asked = frame.fields.iter().find(is_wanted).filter(|_| !wanted.is_empty());
    let text = || frame.fields.iter().find(|field| field.kind == FieldKind::Text);
    asked.or_else(text).or_else(|| frame.time()).or_else(|| frame.fields.first())
}

fn name_of(field: Option<&Field>, row: usize, scene: &Scene<'_>) -> String {
    let Some(field) = field else { return String::new() };
    let name = match field.values.get(row) {
        Value::Number(time) if field.kind == FieldKind::Time => {
            unit::format("dateTimeAsIso", time, None, scene.zone).joined()
        }
        value => display(field, 0, scene).text(&value),
    };
    if name.chars().count() <= NAME_CHARS {
        return name;
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
}

fn display<'a>(field: &'a Field, index: usize, scene: &'a Scene<'_>) -> Display<'a> {
    Display::new(&field.config, index, limits(&field.config, &field.values), scene.theme, scene.zone)
}

fn bar(field: &Field, index: usize, name: String, rows: usize, scene: &Scene<'_>) -> Bar {
    let values: Vec<f64> = (0..rows).map(|row| field.values.get(row).finite().unwrap_or(f64::NAN)).collect();
    let mode = field.config.color.as_ref().map_or("palette-classic", |color| color.mode.as_str());
    let by_value = mode == "thresholds" || mode.starts_with("continuous-");
    let plain = curve_color(field, index, &name, scene.theme);
    let display = display(field, index, scene);
    let shown = |value: &f64| {
        let shown = display.show(&Value::of(*value));
        if by_value || shown.mapped { shown.color } else { plain }
    };
    let decides = by_value || !field.config.mappings.is_empty();
    let colors: Option<Vec<_>> = decides.then(|| values.iter().map(shown).collect());
    let first = colors.as_ref().and_then(|colors| colors.first().copied()).filter(|_| by_value);
    Bar { name, color: first.unwrap_or(plain), config: Rc::clone(&field.config), values, colors }
}
