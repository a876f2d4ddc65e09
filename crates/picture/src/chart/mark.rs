//! The marks of axes: where they stand, and their texts.

use model::civil::Civil;

use super::Scale;
use crate::{
    dashboard::FieldConfig,
    time::{ByPattern, TimeRange, Zone},
    unit::{
        self, Formatted,
        number::{nice_step, plain, to_fixed},
    },
};

/// Marks that one axis may have.
const MARKS_MAX: usize = 200;

/// Values at which marks stand; about as many as there is room for.
pub(crate) fn value_marks(scale: &Scale, room: usize, unit: &str) -> Vec<f64> {
    if let Some(base) = scale.log {
        return powers(scale, base, room);
    }
    let wanted = (scale.max - scale.min) / room.max(1) as f64;
    if wanted <= 0.0 || !wanted.is_finite() {
        return vec![scale.min];
    }
    let step = if unit::is_binary(unit) { 2f64.powf(wanted.log2().ceil()) } else { nice_step(wanted) };
    let first = (scale.min / step - 1e-9).ceil();
    let count = ((scale.max / step + 1e-9).floor() - first).max(0.0) as usize;
    (0..=count.min(MARKS_MAX)).map(|at| (first + at as f64) * step).collect()
}

fn powers(scale: &Scale, base: f64, room: usize) -> Vec<f64> {
    let (first, last) = (scale.min.log(base).round() as i32, scale.max.log(base).round() as i32);
    let every = ((last - first + 1) as f32 / room.max(1) as f32).ceil().max(1.0) as usize;
    (first..=last).step_by(every).take(MARKS_MAX).map(|power| base.powi(power)).collect()
}

/// Most decimals that an axis shows.
const DECIMALS_MAX: i32 = 6;

/// Texts of marks: the decimals of the field, or those of the step between marks; more where they would look alike.
pub(crate) fn texts(marks: &[f64], config: &FieldConfig, zone: &Zone) -> Vec<String> {
    let unit = config.unit.as_deref().unwrap_or_default();
    let write = |decimals: i32| -> Vec<String> {
        marks.iter().map(|mark| unit::format(unit, *mark, Some(decimals), zone).joined()).collect()
    };
    let Some(decimals) = config.decimals else {
        let decimals = step_decimals(marks);
        return marks.iter().map(|mark| short_text(unit, *mark, decimals, zone)).collect();
    };
    let are_told_apart = |texts: &Vec<String>| !texts.windows(2).any(|pair| pair.first() == pair.last());
    (decimals..=DECIMALS_MAX).map(write).find(are_told_apart).unwrap_or_else(|| write(decimals))
}

/// `None` for steps of whole numbers, whose marks have the decimals that each deserves.
fn step_decimals(marks: &[f64]) -> Option<i32> {
    let gaps = marks.windows(2).filter_map(|pair| Some((pair.last()? - pair.first()?).abs()));
    let step = gaps.fold(f64::INFINITY, f64::min);
    let step = to_fixed(step, Some(DECIMALS_MAX));
    let (_, fraction) = step.split_once('.')?;
    Some(fraction.trim_end_matches('0').len() as i32).filter(|decimals| *decimals > 0)
}

/// The step's decimals are for numbers as they come: a unit that scales them may leave zeros, which are taken away.
fn short_text(unit: &str, mark: f64, decimals: Option<i32>, zone: &Zone) -> String {
    let formatted = unit::format(unit, mark, decimals, zone);
    let short = formatted.text.parse().ok().filter(|_| decimals.is_some());
    match short {
        Some(short) => Formatted { text: plain(short), ..formatted }.joined(),
        None => formatted.joined(),
    }
}

/// Distances between marks of time that people read easily, in seconds.
const STEPS_S: [i64; 23] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    172_800, 345_600, 604_800, 1_209_600, 2_419_200,
];
const DAY_S: i64 = 86_400;

/// Moments at which marks stand, with their texts; at most so many.
pub(crate) fn time_marks(range: TimeRange, room: usize, zone: &Zone) -> Vec<(i64, String)> {
    let wanted_s = (range.length_ms() / 1e3 / room.max(1) as f64).ceil() as i64;
    match STEPS_S.into_iter().find(|step| *step >= wanted_s) {
        Some(step_s) => even_marks(range, step_s, zone),
        None => month_marks(range, (wanted_s + 28 * DAY_S - 1) / (28 * DAY_S), zone),
    }
}

fn even_marks(range: TimeRange, step_s: i64, zone: &Zone) -> Vec<(i64, String)> {
    let step_ms = step_s * 1000;
    // Steps begin with the day of the zone, weeks with the Monday of the first one.
    let origin_ms = if step_s % (7 * DAY_S) == 0 { 4 * DAY_S * 1000 } else { 0 };
    let start_ms = range.from_ms + zone.offset_ms(range.from_ms) - origin_ms;
    let mut local_ms = start_ms.div_euclid(step_ms) * step_ms + origin_ms;
    let mut marks = Vec::new();
    while marks.len() < MARKS_MAX {
        let moment_ms = zone.moment(local_ms);
        if moment_ms > range.to_ms {
            break;
        }
        if moment_ms >= range.from_ms {
            marks.push((moment_ms, time_text(&Civil::from_ms(local_ms), step_s)));
        }
        local_ms += step_ms;
    }
    marks
}

/// The clock, with the date where a new day begins.
fn time_text(time: &Civil, step_s: i64) -> String {
    let midnight = time.hour == 0 && time.minute == 0 && time.second == 0;
    time.by_pattern(match step_s {
        DAY_S.. => "MM-DD",
        60.. if midnight => "MM-DD",
        60.. => "HH:mm",
        _ => "HH:mm:ss",
    })
}

fn month_marks(range: TimeRange, every: i64, zone: &Zone) -> Vec<(i64, String)> {
    let first = zone.civil(range.from_ms);
    let every = if every > 6 { 12 * every.div_euclid(12).max(1) } else { every.max(1) };
    let mut months = (first.year * 12 + i64::from(first.month) - 1).div_euclid(every) * every;
    let mut marks = Vec::new();
    while marks.len() < MARKS_MAX {
        let (year, month) = (months.div_euclid(12), (months.rem_euclid(12) + 1) as u8);
        let time = Civil { year, month, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0, ..first };
        let moment_ms = zone.moment(time.to_ms());
        if moment_ms > range.to_ms {
            break;
        }
        if moment_ms >= range.from_ms {
            marks.push((moment_ms, time.by_pattern("YYYY-MM")));
        }
        months += every;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(scale: Scale, room: usize, unit: &str) -> Vec<String> {
        let config = FieldConfig { unit: Some(unit.to_owned()), ..FieldConfig::default() };
        texts(&value_marks(&scale, room, unit), &config, &Zone::Utc)
    }

    #[test]
    fn marks_are_round_numbers() {
        assert_eq!(marked(Scale::linear(0.0, 110.0), 5, "percent"), ["0%", "25%", "50%", "75%", "100%"]);
        assert_eq!(marked(Scale::linear(0.0, 1.2), 4, ""), ["0", "0.5", "1"]);
        assert_eq!(marked(Scale::linear(0.0, 3.3e9), 4, "bytes"), ["0 B", "1 GiB", "2 GiB", "3 GiB"]);
        assert_eq!(marked(Scale { min: 1.0, max: 1e4, log: Some(10.0) }, 3, "short"), ["1", "100", "10 K"]);
        assert_eq!(marked(Scale::linear(5.0, 5.0), 4, ""), ["5"]);
        assert_eq!(marked(Scale::linear(998.9, 1001.1), 4, "short"), ["999", "1 K", "1.00 K"]);
    }

    #[test]
    fn marks_of_time_are_round_moments() {
        let texts = |from_ms, length_ms, room| -> Vec<String> {
            let range = TimeRange { from_ms, to_ms: from_ms + length_ms };
            time_marks(range, room, &Zone::Utc).into_iter().map(|(_, text)| text).collect()
        };
        let hour = 3_600_000;
        let start = 1_795_323_600_000; // 2026-11-22T05:00:00Z
        assert_eq!(texts(start, hour, 4), ["05:00", "05:15", "05:30", "05:45", "06:00"]);
        assert_eq!(texts(start, 24 * hour, 5), ["06:00", "12:00", "18:00", "11-23"]);
        assert_eq!(texts(start, 60_000, 3), ["05:00:00", "05:00:30", "05:01:00"]);
        assert_eq!(texts(start, 30 * 24 * hour, 5), ["11-23", "11-30", "12-07", "12-14", "12-21"]);
        assert_eq!(texts(start, 500 * 24 * hour, 3), ["2027-01", "2027-07", "2028-01"]);
    }
}
