//! How often which values occur.

use std::rc::Rc;

use super::{
    Scene,
    bars::{self, BARS_MAX, Bar, GROUPS_MAX, Groups},
};
use crate::{
    dashboard::FieldConfig,
    drawing::{Drawing, Rect},
    field::curve_color,
    frame::{Field, Frame},
    json::Json,
    unit::{self, number::nice_step},
};

/// Buckets unless the panel says how many.
const BUCKETS: f64 = 30.0;

pub(super) fn draw(drawing: &mut Drawing, area: Rect, scene: &Scene<'_>) {
    bars::draw(drawing, area, &groups(scene), false, scene);
}

/// Buckets of equal size.
struct Buckets {
    size: f64,
    offset: f64,
    /// Number of the first one from the offset.
    first: f64,
    count: usize,
}

impl Buckets {
    fn new(low: f64, high: f64, scene: &Scene<'_>) -> Self {
        let options = &scene.panel.options;
        let positive = |key: &str| options.at(key).number().filter(|number| *number > 0.0);
        let span = if high > low { high - low } else { 1.0 };
        let count = positive("bucketCount").unwrap_or(BUCKETS);
        let size = positive("bucketSize").unwrap_or_else(|| nice_step(span / count));
        let size = size.max((high - low) / (GROUPS_MAX - 1) as f64);
        let offset = options.at("bucketOffset").number().unwrap_or(0.0);
        let first = ((low - offset) / size).floor();
        let count = (((high - offset) / size).floor() - first) as usize + 1;
        Self { size, offset, first, count: count.min(GROUPS_MAX) }
    }

    fn edge(&self, at: usize) -> f64 {
        (self.first + at as f64) * self.size + self.offset
    }

    fn counts<'a>(&self, values: impl Iterator<Item = &'a f64>) -> Vec<f64> {
        let mut counts = vec![0.0; self.count];
        for value in values.filter(|value| value.is_finite()) {
            let at = (((value - self.offset) / self.size).floor() - self.first).max(0.0) as usize;
            if let Some(count) = counts.get_mut(at) {
                *count += 1.0;
            }
        }
        counts
    }
}

fn groups(scene: &Scene<'_>) -> Groups {
    let names = scene.names();
    let fields = || scene.frames.iter().flat_map(|frame| frame.numbers().map(move |field| (frame, field)));
    let all = || fields().flat_map(|(_, field)| field.values.numbers());
    let finite = || all().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low > high {
        return Groups::default();
    }
    let buckets = Buckets::new(low, high, scene);
    let bar = |index: usize, field: &Field, name: String, values: Vec<f64>| Bar {
        color: curve_color(field, index, &name, scene.theme),
        // Counts have no unit, whatever the values have.
        config: Rc::new(FieldConfig { custom: field.config.custom.clone(), ..FieldConfig::default() }),
        colors: None,
        values,
        name,
    };
    let combined = scene.panel.options.at("combine").is_true();
    let one = |(index, (frame, field)): (usize, (&Frame, &Field))| match combined {
        true => bar(index, field, "Combined".to_owned(), buckets.counts(all())),
        false => bar(index, field, names.shown(field, frame), buckets.counts(field.values.numbers().iter())),
    };
    let bars = fields().take(if combined { 1 } else { BARS_MAX }).enumerate().map(one).collect();
    let defaults = &scene.panel.fields.defaults;
    let unit = defaults.unit.as_deref().unwrap_or_default();
    let edge = |at| unit::format(unit, buckets.edge(at), defaults.decimals, scene.zone).joined();
    Groups { names: (0..buckets.count).map(edge).collect(), bars, touching: true }
}
