//! The columns of a table: how each is shown, in which order rows stand, and what stands at the foot.

use model::sort;
use serde_json::Value as JsonValue;

use crate::{
    dashboard::FieldConfig,
    field::{Calculation, Display, Limits, limits},
    frame::{Field, FieldKind, Frame},
    json::Json,
    panel::Scene,
    transform::compare,
};

/// Columns that one table shows.
const COLUMNS_MAX: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filling {
    None,
    Basic,
    Gradient,
}

pub(super) struct Column<'a> {
    pub(super) name: String,
    pub(super) field: &'a Field,
    pub(super) display: Display<'a>,
    pub(super) limits: Limits,
    pub(super) align: Align,
    /// As it is asked for.
    pub(super) width: Option<f32>,
    pub(super) filling: Filling,
    pub(super) colors_text: bool,
    pub(super) is_bar: bool,
    /// Whether the colour of this column's value is that of the whole row.
    pub(super) whole_row: bool,
    /// What stands below the column.
    pub(super) foot: String,
}

/// The columns that are not hidden.
pub(super) fn columns<'a>(frame: &'a Frame, scene: &'a Scene<'_>) -> Vec<Column<'a>> {
    let names = scene.names();
    let shown = frame.fields.iter().enumerate().filter(|(_, field)| {
        let custom = &field.config.custom;
        !custom.at("hidden").is_true() && !custom.at("hideFrom").at("viz").is_true()
    });
    shown
        .take(COLUMNS_MAX)
        .map(|(index, field)| column(field, names.shown(field, frame), index, scene))
        .collect()
}

fn column<'a>(field: &'a Field, name: String, index: usize, scene: &'a Scene<'_>) -> Column<'a> {
    let limits = limits(&field.config, &field.values);
    let custom = &field.config.custom;
    let options = custom.at("cellOptions");
    let cell =
        [options.at("type"), custom.at("displayMode")].into_iter().find_map(Json::text).unwrap_or_default();
    let gradient = options.at("mode").as_str() == Some("gradient") || cell == "color-background-gradient";
    Column {
        align: match custom.at("align").as_str() {
            Some("left") => Align::Left,
            Some("center") => Align::Center,
            Some("right") => Align::Right,
            _ if field.kind == FieldKind::Number => Align::Right,
            _ => Align::Left,
        },
        width: custom.at("width").number().filter(|width| *width > 0.0).map(|width| width.min(3000.0) as f32),
        filling: match (cell.starts_with("color-background"), gradient) {
            (false, _) => Filling::None,
            (true, false) => Filling::Basic,
            (true, true) => Filling::Gradient,
        },
        colors_text: cell.starts_with("color-text"),
        is_bar: cell.contains("gauge") || cell.contains("lcd"),
        whole_row: options.at("applyToRow").is_true(),
        foot: foot(field, &name, scene.panel.options.at("footer"), index, scene),
        name,
        field,
        // The place among the frame's fields decides the palette's colour.
        display: Display::new(&field.config, index, limits, scene.theme, scene.zone),
        limits,
    }
}

/// Older panels keep the foot in the panel's options, newer ones in each field's.
fn foot(field: &Field, name: &str, footer: &JsonValue, index: usize, scene: &Scene<'_>) -> String {
    let calculated = |calcs: &[String]| {
        let texts = calcs.iter().map(|calc| figure(field, calc, scene));
        texts.collect::<Vec<_>>().join(" ")
    };
    let own = field.config.custom.at("footer").at("reducers").texts();
    if !own.is_empty() {
        return calculated(&own);
    }
    if !footer.at("show").is_true() {
        return String::new();
    }
    let mut reducers = footer.at("reducer").texts();
    if reducers.is_empty() {
        reducers.push("sum".to_owned());
    }
    let chosen = footer.at("fields").texts();
    let is_chosen = chosen.is_empty() || chosen.iter().any(|one| one == name || **one == *field.name);
    if footer.at("countRows").is_true() && reducers.iter().any(|calc| calc == "count") {
        return if index == 0 { format!("Count {}", field.values.len()) } else { String::new() };
    }
    match (field.kind == FieldKind::Number && is_chosen, index) {
        (true, _) => calculated(&reducers),
        (false, 0) => {
            reducers.iter().map(|calc| Calculation::new(calc).name()).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn figure(field: &Field, calc: &str, scene: &Scene<'_>) -> String {
    let calc = Calculation::new(calc);
    let plain = FieldConfig::default();
    let config = if calc.keeps_unit() { &*field.config } else { &plain };
    let limits = Limits { min: 0.0, max: 1.0 };
    Display::new(config, 0, limits, scene.theme, scene.zone).text(&calc.of(&field.values))
}

/// The rows in the order that the panel asks for.
pub(super) fn row_order(frame: &Frame, columns: &[Column<'_>], options: &JsonValue) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..frame.rows()).collect();
    let Some(sort) = options.at("sortBy").objects().next() else { return rows };
    let name = sort.at("displayName").text_or_empty();
    let Some(column) = columns.iter().find(|column| column.name == name) else { return rows };
    sort::by(&mut rows, |a, b| compare(&column.field.values.get(*a), &column.field.values.get(*b)));
    if sort.at("desc").is_true() {
        rows.reverse();
    }
    rows
}
