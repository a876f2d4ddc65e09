//! The values that stat, gauge, bar gauge and pie show: fields reduced, or rows as they are.

use std::rc::Rc;

use super::Scene;
use crate::{
    dashboard::{ColorConfig, FieldConfig},
    field::{Calculation, Display, Limits, Shown, limits},
    frame::{Field, FieldKind, Frame, Names, Value},
    json::Json,
    pattern::Pattern,
};

/// Values that one panel shows.
const VALUES_MAX: usize = 200;

/// One of them.
pub(super) struct PanelValue {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) shown: Shown,
    pub(super) config: Rc<FieldConfig>,
    /// Whether its colour is one that was chosen for it or follows from its value.
    pub(super) by_value: bool,
    pub(super) limits: Limits,
    /// Places of its frame, and of its field there.
    pub(super) origin: (usize, usize),
}

impl PanelValue {
    /// The value, if it is a number that can be drawn.
    pub(super) fn amount(&self) -> Option<f64> {
        self.value.finite()
    }
}

/// The values of a panel.
pub(super) fn panel_values(scene: &Scene<'_>) -> Vec<PanelValue> {
    let reducing = scene.panel.options.at("reduceOptions");
    let mut calcs = reducing.at("calcs").texts();
    if calcs.is_empty() {
        calcs.push("lastNotNull".to_owned());
    }
    let limit = reducing.at("limit").number().map_or(VALUES_MAX, |limit| (limit as usize).min(VALUES_MAX));
    let names = scene.names();
    let choice = Choice::new(&reducing.at("fields").text_or_empty());
    let mut found = Vec::new();
    for (at, frame) in scene.frames.iter().enumerate() {
        for (place, field) in frame.fields.iter().enumerate() {
            if !choice.accepts(field, frame, &names) {
                continue;
            }
            let one = One { scene, field, name: names.shown(field, frame), origin: (at, place) };
            if reducing.at("values").is_true() {
                one.rows(frame, limit, &mut found);
            } else {
                one.reduced(&calcs, &mut found);
            }
            if found.len() >= limit {
                found.truncate(limit);
                return found;
            }
        }
    }
    found
}

/// Which fields are shown: by default numbers; `/…/` chooses fields by name, whatever their type.
enum Choice {
    Numbers,
    Named(Option<Pattern>),
}

impl Choice {
    fn new(fields: &str) -> Self {
        if fields.is_empty() { Self::Numbers } else { Self::Named(Pattern::new(fields)) }
    }

    fn accepts(&self, field: &Field, frame: &Frame, names: &Names) -> bool {
        match self {
            Self::Numbers => field.kind == FieldKind::Number,
            Self::Named(pattern) => {
                pattern.as_ref().is_some_and(|pattern| pattern.is_match(&names.shown(field, frame)))
            }
        }
    }
}

/// A field whose values are shown.
struct One<'a> {
    scene: &'a Scene<'a>,
    field: &'a Field,
    name: String,
    origin: (usize, usize),
}

impl One<'_> {
    fn reduced(&self, calcs: &[String], found: &mut Vec<PanelValue>) {
        for calc in calcs {
            let calc = Calculation::new(calc);
            let mut config = Rc::clone(&self.field.config);
            if !calc.keeps_unit() {
                Rc::make_mut(&mut config).unit = None;
            }
            found.push(self.value(self.name.clone(), calc.of(&self.field.values), config, found.len()));
        }
    }

    /// Each row under the text that stands in it.
    fn rows(&self, frame: &Frame, limit: usize, found: &mut Vec<PanelValue>) {
        let texts = frame.fields.iter().enumerate();
        let names = texts.filter(|(at, other)| other.kind == FieldKind::Text && *at != self.origin.1);
        let names = names.map(|(_, other)| other).next();
        for (row, value) in self.field.values.iter().enumerate().take(limit - found.len().min(limit)) {
            let own = names.map(|names| names.values.get(row).to_text().to_string());
            let name = own.filter(|name| !name.is_empty()).unwrap_or_else(|| self.name.clone());
            found.push(self.value(name, value, Rc::clone(&self.field.config), found.len()));
        }
    }

    fn value(&self, name: String, value: Value, mut config: Rc<FieldConfig>, index: usize) -> PanelValue {
        let by_value = config.color.as_ref().is_some_and(|color| !color.mode.starts_with("palette"));
        if config.color.is_none() {
            let by_thresholds = ColorConfig { mode: "thresholds".to_owned(), ..ColorConfig::default() };
            Rc::make_mut(&mut config).color = Some(by_thresholds);
        }
        let limits = limits(&config, &self.field.values);
        let display = Display::new(&config, index, limits, self.scene.theme, self.scene.zone);
        let shown = display.show(&value);
        PanelValue { name, value, shown, config, by_value, limits, origin: self.origin }
    }
}
