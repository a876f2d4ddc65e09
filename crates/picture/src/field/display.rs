//! From a value to what is shown: mapped or formatted text, and its colour.

use super::{Limits, Mapped, Mappings, threshold};
use crate::{
    dashboard::FieldConfig,
    field::Calculation,
    frame::{Column, Field, Value},
    theme::{Color, Theme},
    time::Zone,
    unit::{self, Formatted},
};

/// A value as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) text: Formatted,
    pub(crate) color: Color,
    /// Whether a mapping gave it.
    pub(crate) mapped: bool,
}

/// How the values of one field are shown.
pub(crate) struct Display<'a> {
    config: &'a FieldConfig,
    mappings: Mappings<'a>,
    theme: Theme,
    zone: &'a Zone,
    /// The place of the field among its panel's fields, which decides its palette colour.
    index: usize,
    limits: Limits,
}

impl<'a> Display<'a> {
    pub(crate) fn new(
        config: &'a FieldConfig,
        index: usize,
        limits: Limits,
        theme: Theme,
        zone: &'a Zone,
    ) -> Self {
        Self { config, mappings: Mappings::new(&config.mappings), theme, zone, index, limits }
    }

    /// The text and colour of one value.
    pub(crate) fn show(&self, value: &Value) -> Shown {
        let Mapped { text, color } = self.mappings.find(value).unwrap_or_default();
        let mapped = text.is_some() || color.is_some();
        let amount = if let Value::Number(amount) = value { *amount } else { f64::NAN };
        let color = color.map_or_else(|| self.color(amount), |name| self.theme.named(&name));
        let text = text.filter(|text| !text.is_empty()).map(Formatted::plain);
        Shown { text: text.unwrap_or_else(|| self.format(value)), color, mapped }
    }

    /// The whole text of a value with its mappings.
    pub(crate) fn text(&self, value: &Value) -> String {
        let mapped = self.mappings.find(value).and_then(|mapped| mapped.text);
        mapped.filter(|text| !text.is_empty()).unwrap_or_else(|| self.format(value).joined())
    }

    fn format(&self, value: &Value) -> Formatted {
        match value {
            Value::Null => Formatted::plain(self.config.no_value.as_deref().unwrap_or("–")),
            Value::Text(text) => Formatted::plain(&**text),
            Value::Number(amount) if amount.is_nan() => Formatted::plain("NaN"),
            Value::Number(amount) => {
                let unit = self.config.unit.as_deref().unwrap_or_default();
                unit::format(unit, *amount, self.config.decimals, self.zone)
            }
        }
    }

    fn color(&self, value: f64) -> Color {
        let mode = self.config.color.as_ref().map_or("thresholds", |color| color.mode.as_str());
        let continuous = mode.starts_with("continuous-");
        if mode == "thresholds" || (continuous && !value.is_finite()) {
            return self.theme.named(&threshold::active_color(self.config, value, self.limits));
        }
        if continuous {
            let stops = self.theme.continuous(mode);
            return self.theme.printed(Color::along(&stops, self.limits.share(value)));
        }
        field_color(self.config, self.theme, self.index, "")
    }
}

/// The colour of a whole field, where no single value decides.
fn field_color(config: &FieldConfig, theme: Theme, index: usize, name: &str) -> Color {
    let Some(color) = &config.color else { return theme.series(index) };
    match color.mode.as_str() {
        "fixed" => theme.named(color.fixed.as_deref().unwrap_or("text")),
        "shades" => shade(theme.named(color.fixed.as_deref().unwrap_or("text")), index),
        "palette-classic-by-name" => {
            let hash = |sum: usize, letter: char| (sum * 31 + letter as usize) % 1_000_003;
            theme.series(name.chars().fold(7, hash))
        }
        _ => theme.series(index),
    }
}

/// Shades of one colour on each side of it, and how far the last ones go towards white and black.
const SHADES: usize = 6;
const SHADE_MOST: f32 = 0.5;

/// The colour itself, then lighter and darker ones in turn.
fn shade(color: Color, index: usize) -> Color {
    let place = index % (2 * SHADES - 1);
    let end = Color::rgb(if place.is_multiple_of(2) { 0 } else { 0xff_ffff });
    color.mixed(end, place.div_ceil(2) as f32 / SHADES as f32 * SHADE_MOST)
}

/// The colour of a curve. Colours by value take that of the last one for the whole curve, or of the one that the
/// field names.
pub(crate) fn curve_color(field: &Field, index: usize, name: &str, theme: Theme) -> Color {
    let color = field.config.color.as_ref();
    let by_value = color.filter(|color| color.mode == "thresholds" || color.mode.starts_with("continuous-"));
    let Some(color) = by_value else { return field_color(&field.config, theme, index, name) };
    let deciding = Calculation::new(color.series_by.as_deref().unwrap_or("lastNotNull")).of(&field.values);
    let amount = if let Value::Number(amount) = deciding { amount } else { f64::NAN };
    Display::new(&field.config, index, limits(&field.config, &field.values), theme, &Zone::Utc).color(amount)
}

/// A field's limits: configured ones, else those of its values.
pub(crate) fn limits(config: &FieldConfig, values: &Column) -> Limits {
    let finite = || values.numbers().iter().copied().filter(|value| value.is_finite());
    let min = config.min.unwrap_or_else(|| finite().fold(f64::INFINITY, f64::min));
    let max = config.max.unwrap_or_else(|| finite().fold(f64::NEG_INFINITY, f64::max));
    if min > max {
        return Limits { min: config.min.unwrap_or(0.0), max: config.max.unwrap_or(100.0) };
    }
    Limits { min, max: if max == min { min + 1.0 } else { max } }
}
