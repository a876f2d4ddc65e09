//! Stacking: each curve on top of those before it.

use super::{CurveSet, curve::Draw};

/// Heights of stacked curves.
pub(super) struct Stacked {
    /// For each curve: its heights, and the curve below it. `None` for curves that do not stack.
    layers: Vec<Option<Layer>>,
}

struct Layer {
    heights: Vec<f64>,
    below: Option<usize>,
}

/// What curves that stack together share: group, kind of stacking, scale, way of drawing, sign.
type Key<'a> = (&'a str, bool, &'a str, Draw, bool);

impl Stacked {
    pub(super) fn new(set: &CurveSet) -> Self {
        let mut layers: Vec<Option<Layer>> = set.curves.iter().map(|_| None).collect();
        for (key, members) in groups(set) {
            let totals = key.1.then(|| totals(set, &members));
            let mut sums = vec![0.0; set.times.len()];
            let mut below = None;
            for at in members {
                let Some(curve) = set.curves.get(at) else { continue };
                let mut heights = Vec::with_capacity(sums.len());
                for (place, (value, sum)) in curve.values.iter().zip(&mut sums).enumerate() {
                    let total = totals.as_ref().and_then(|totals| totals.get(place)).copied();
                    let share = total.map_or(*value, |total| value / if total == 0.0 { 1.0 } else { total });
                    if !share.is_nan() {
                        *sum += share;
                    }
                    heights.push(if share.is_nan() { f64::NAN } else { *sum });
                }
                if let Some(layer) = layers.get_mut(at) {
                    *layer = Some(Layer { heights, below });
                }
                below = Some(at);
            }
        }
        Self { layers }
    }

    /// What is drawn of a curve.
    pub(super) fn heights<'a>(&'a self, set: &'a CurveSet, at: usize) -> &'a [f64] {
        match self.layers.get(at).and_then(Option::as_ref) {
            Some(layer) => &layer.heights,
            None => set.curves.get(at).map_or(&[], |curve| &curve.values),
        }
    }

    /// The curve that it stands on.
    pub(super) fn below(&self, at: usize) -> Option<usize> {
        self.layers.get(at)?.as_ref()?.below
    }
}

fn groups(set: &CurveSet) -> Vec<(Key<'_>, Vec<usize>)> {
    let mut found: Vec<(Key<'_>, Vec<usize>)> = Vec::new();
    for (at, curve) in set.curves.iter().enumerate().filter(|(_, curve)| curve.drawn) {
        let Some(group) = &curve.style.stack else { continue };
        let key = (
            group.as_str(),
            curve.style.percent,
            curve.scale.as_str(),
            curve.style.draw,
            curve.style.negative,
        );
        match found.iter_mut().find(|(other, _)| *other == key) {
            Some((_, members)) => members.push(at),
            None => found.push((key, vec![at])),
        }
    }
    found
}

fn totals(set: &CurveSet, members: &[usize]) -> Vec<f64> {
    let mut totals = vec![0.0; set.times.len()];
    for curve in members.iter().filter_map(|at| set.curves.get(*at)) {
        for (total, value) in totals.iter_mut().zip(&curve.values).filter(|(_, value)| !value.is_nan()) {
            *total += value.abs();
        }
    }
    totals
}
