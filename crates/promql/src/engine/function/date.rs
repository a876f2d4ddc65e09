//! Parts of times in UTC.

use model::civil::Civil;

/// The function of a name.
pub(in crate::engine) fn lookup(name: &str) -> Option<fn(&Civil) -> f64> {
    Some(match name {
        "day_of_month" => |time| f64::from(time.day),
        "day_of_week" => |time| f64::from(time.weekday),
        "day_of_year" => |time| f64::from(time.day_of_year),
        "days_in_month" => |time| f64::from(time.days_in_month()),
        "hour" => |time| f64::from(time.hour),
        "minute" => |time| f64::from(time.minute),
        "month" => |time| f64::from(time.month),
        "year" => |time| time.year as f64,
        _ => return None,
    })
}

/// Seconds in 400 years, after which the calendar repeats itself, weekdays included.
const CYCLE_SECONDS: i128 = 146_097 * 86_400;

/// The time of so many seconds since the Unix epoch, fractions cut off.
///
/// What does not fit 64 bits, NaN included, is 2^63 seconds: so it is in Prometheus, by the arithmetic of the
/// machines that it mostly runs on.
pub(super) fn of_seconds(seconds: f64) -> Civil {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let fits = (-LIMIT..LIMIT).contains(&seconds);
    let seconds = if fits { i128::from(seconds as i64) } else { 1 << 63 };
    let (cycles, rest) = (seconds.div_euclid(CYCLE_SECONDS), seconds.rem_euclid(CYCLE_SECONDS));
    let within = Civil::from_ms(rest as i64 * 1000);
    Civil { year: within.year + cycles as i64 * 400, ..within }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_far_away_have_a_date() {
        let date = |seconds| {
            let time = of_seconds(seconds);
            (time.year, time.month, time.day, time.hour, time.weekday)
        };
        assert_eq!(date(1_700_000_000.9), (2023, 11, 14, 22, 2));
        assert_eq!(date(-1.0), (1969, 12, 31, 23, 3));
        assert_eq!(date(253_402_300_800.0), (10_000, 1, 1, 0, 6));
        for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert_eq!(date(seconds), (292_277_026_596, 12, 4, 15, 0));
        }
    }
}
