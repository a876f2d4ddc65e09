//! Thresholds: which step a value has reached.

use crate::dashboard::{FieldConfig, Threshold};

/// Limits between which percentages and gauges are measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Limits {
    /// Where a value is between them, 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let length = self.max - self.min;
        let share = (value - self.min) / if length == 0.0 { 1.0 } else { length };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The steps of a field on its own scale, percentages worked out; Grafana's own where it has none.
pub(crate) fn steps(config: &FieldConfig, limits: Limits) -> Vec<Threshold> {
    let Some(thresholds) = &config.thresholds else {
        let step = |value, color: &str| Threshold { value, color: color.to_owned() };
        return vec![step(f64::NEG_INFINITY, "green"), step(80.0, "red")];
    };
    let mut steps = thresholds.steps.clone();
    if thresholds.percentage {
        for step in &mut steps {
            step.value = limits.min + step.value / 100.0 * (limits.max - limits.min);
        }
    }
    steps
}

/// The colour of the step that a value is in; of the lowest when it is below all.
pub(super) fn active_color(config: &FieldConfig, value: f64, limits: Limits) -> String {
    let steps = steps(config, limits);
    let reached = steps.iter().rfind(|step| value >= step.value).or(steps.first());
    reached.map_or_else(|| "green".to_owned(), |step| step.color.clone())
}
