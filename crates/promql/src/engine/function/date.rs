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

/// The time of so many seconds since the Unix epoch, fractions cut off.
pub(super) fn of_seconds(seconds: f64) -> Civil {
    Civil::from_ms((seconds as i64).saturating_mul(1000))
}
