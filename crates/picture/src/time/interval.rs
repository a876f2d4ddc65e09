//! Steps and rate windows, computed as Grafana's Prometheus data source does.

use super::{format_duration, parse_duration};

/// Points that a series may have in one answer; Prometheus refuses more.
const POINTS_MAX: f64 = 11_000.0;

/// Exclusive limit and rounded value, ms: an interval below the limit becomes the value.
const ROUNDED: [(f64, f64); 29] = [
    (10.0, 1.0),
    (15.0, 10.0),
    (35.0, 20.0),
    (75.0, 50.0),
    (150.0, 100.0),
    (350.0, 200.0),
    (750.0, 500.0),
    (1_500.0, 1_000.0),
    (3_500.0, 2_000.0),
    (7_500.0, 5_000.0),
    (12_500.0, 10_000.0),
    (17_500.0, 15_000.0),
    (25_000.0, 20_000.0),
    (45_000.0, 30_000.0),
    (90_000.0, 60_000.0),
    (210_000.0, 120_000.0),
    (450_000.0, 300_000.0),
    (750_000.0, 600_000.0),
    (1_050_000.0, 900_000.0),
    (1_500_000.0, 1_200_000.0),
    (2_700_000.0, 1_800_000.0),
    (5_400_000.0, 3_600_000.0),
    (9_000_000.0, 7_200_000.0),
    (16_200_000.0, 10_800_000.0),
    (32_400_000.0, 21_600_000.0),
    (86_400_000.0, 43_200_000.0),
    (604_800_000.0, 86_400_000.0),
    (1_814_400_000.0, 604_800_000.0),
    (3_628_800_000.0, 2_592_000_000.0),
];

const YEAR_MS: f64 = 31_536_000_000.0;

/// The round interval (ms) that stands for `ms`.
pub(crate) fn round_interval(ms: f64) -> f64 {
    ROUNDED.into_iter().find(|(limit, _)| ms < *limit).map_or(YEAR_MS, |(_, rounded)| rounded)
}

/// What decides the step of a target.
#[derive(Clone, Debug, Default)]
pub(crate) struct StepRequest {
    pub(crate) range_ms: f64,
    pub(crate) points_max: f64,
    /// The panel's own lower limit.
    pub(crate) panel_min_ms: Option<f64>,
    /// The target's lower limit (its "Min step") as written, variables already put in.
    pub(crate) target_min: String,
    pub(crate) scrape_interval_ms: f64,
    /// The target's resolution as a factor of the step.
    pub(crate) factor: f64,
}

/// The step and the rate window of one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    /// Step of the range query, ms; the value of `$__interval`.
    pub(crate) step_ms: f64,
    /// The value of `$__rate_interval`, ms.
    pub(crate) rate_ms: f64,
}

/// The step of a target.
pub(crate) fn target_step(request: &StepRequest) -> Step {
    let scrape_ms = request.scrape_interval_ms;
    let written = request.target_min.trim();
    let of_rate = matches!(written, "$__rate_interval" | "${__rate_interval}");
    let is_macro = of_rate || matches!(written, "$__interval" | "${__interval}");
    let target_ms = if is_macro { None } else { parse_duration(written) };
    let min_ms = target_ms.or(request.panel_min_ms).unwrap_or(scrape_ms);
    let calculated = request.range_ms / request.points_max.max(1.0);
    let rounded = if calculated < min_ms { min_ms } else { round_interval(calculated) };
    let adjusted = rounded.max(round_interval(request.range_ms / POINTS_MAX));
    let window = |step_ms: f64, base_ms: f64| (step_ms + base_ms).max(4.0 * base_ms);
    if of_rate {
        let rate_ms = window(adjusted, scrape_ms);
        return Step { step_ms: rate_ms, rate_ms };
    }
    let step_ms = adjusted * if request.factor > 0.0 { request.factor } else { 1.0 };
    let base_ms = if is_macro { step_ms } else { target_ms.unwrap_or(scrape_ms) };
    Step { step_ms, rate_ms: window(step_ms, base_ms) }
}

/// A time moved down to a whole step, so that points stand still from one picture to the next; `offset_ms` is
/// that of the zone in which steps begin.
pub(crate) fn align(time_ms: i64, step_ms: i64, offset_ms: i64) -> i64 {
    (time_ms + offset_ms).div_euclid(step_ms) * step_ms - offset_ms
}

impl Step {
    /// The value of a built-in variable of a query over a range.
    pub(crate) fn variable(&self, name: &str, range_ms: f64) -> Option<String> {
        Some(match name {
            "__interval" => format_duration(self.step_ms),
            "__interval_ms" => self.step_ms.round().to_string(),
            "__rate_interval" => format_duration(self.rate_ms),
            "__rate_interval_ms" => self.rate_ms.round().to_string(),
            _ => return range_variable(name, range_ms),
        })
    }
}

/// The value of a built-in variable that says how long a range is.
pub(crate) fn range_variable(name: &str, range_ms: f64) -> Option<String> {
    let seconds = (range_ms / 1e3).round();
    match name {
        "__range" => Some(format!("{seconds}s")),
        "__range_s" => Some(seconds.to_string()),
        "__range_ms" => Some(range_ms.round().to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(range_ms: f64, points_max: f64, target_min: &str) -> (f64, f64) {
        let request = StepRequest {
            range_ms,
            points_max,
            target_min: target_min.into(),
            scrape_interval_ms: 15_000.0,
            factor: 1.0,
            panel_min_ms: None,
        };
        let Step { step_ms, rate_ms } = target_step(&request);
        (step_ms, rate_ms)
    }

    #[test]
    fn steps_are_those_of_grafana() {
        let hour = 3_600_000.0;
        for (range, points, min, expected) in [
            (hour, 600.0, "", (15_000.0, 60_000.0)),
            (24.0 * hour, 600.0, "", (120_000.0, 135_000.0)),
            (hour, 600.0, "1m", (60_000.0, 240_000.0)),
            (hour, 600.0, "$__rate_interval", (60_000.0, 60_000.0)),
            (hour, 600.0, "$__interval", (15_000.0, 60_000.0)),
            (24.0 * hour, 1e6, "1s", (10_000.0, 11_000.0)),
        ] {
            assert_eq!(step(range, points, min), expected, "{range} {points} {min}");
        }
        assert_eq!(align(123_456, 15_000, 0), 120_000);
    }
}
