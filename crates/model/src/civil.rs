//! The proleptic Gregorian calendar in UTC: what a timestamp reads as, and RFC 3339 in and out.

use std::fmt;

const DAY_MS: i64 = 86_400_000;

/// A moment in UTC, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Astronomical year: 0 is 1 BC.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59; leap seconds do not exist in Unix time.
    pub second: u8,
    /// 0 to 999.
    pub millisecond: u16,
    /// 0 is Sunday.
    pub weekday: u8,
    /// 1 to 366.
    pub day_of_year: u16,
}

impl Civil {
    /// Takes milliseconds since the Unix epoch apart.
    pub fn from_ms(timestamp_ms: i64) -> Self {
        let (days, in_day) = (timestamp_ms.div_euclid(DAY_MS), timestamp_ms.rem_euclid(DAY_MS));
        let (year, month, day) = civil_from_days(days);
        Self {
            year,
            month,
            day,
            hour: (in_day / 3_600_000) as u8,
            minute: (in_day / 60_000 % 60) as u8,
            second: (in_day / 1_000 % 60) as u8,
            millisecond: (in_day % 1_000) as u16,
            weekday: (days + 4).rem_euclid(7) as u8,
            day_of_year: (days - days_from_civil(year, 1, 1) + 1) as u16,
        }
    }

    /// Milliseconds since the Unix epoch, from the year down to the millisecond.
    pub fn to_ms(&self) -> i64 {
        let hours = days_from_civil(self.year, self.month, self.day) * 24 + i64::from(self.hour);
        let seconds = (hours * 60 + i64::from(self.minute)) * 60 + i64::from(self.second);
        seconds * 1_000 + i64::from(self.millisecond)
    }

    /// Number of days of its month.
    pub fn days_in_month(&self) -> u8 {
        days_in_month(self.year, self.month)
    }
}

/// RFC 3339 with milliseconds and `Z`, as `2026-11-22T05:48:50.123Z`.
impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, millisecond, .. } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

/// Reads an RFC 3339 moment such as `2026-11-22T05:48:50.123+01:00`; the result is in milliseconds since the
/// Unix epoch, finer digits cut off. `None` when it is none.
pub fn parse_rfc3339_ms(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let mut fields = date.splitn(3, '-');
    let year = digits(fields.next()?, 4)?;
    let month = digits(fields.next()?, 2).filter(|m| (1..=12).contains(m))? as u8;
    let day =
        digits(fields.next()?, 2).filter(|&d| d >= 1 && d <= i64::from(days_in_month(year, month)))? as u8;
    let zone_at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once(['.', ',']).map_or((clock, None), |(c, f)| (c, Some(f)));
    let mut fields = clock.splitn(3, ':');
    let hour = digits(fields.next()?, 2).filter(|&h| h < 24)?;
    let minute = digits(fields.next()?, 2).filter(|&m| m < 60)?;
    let second = digits(fields.next()?, 2).filter(|&s| s < 60)?;
    let ms = fraction.map_or(Some(0), fraction_ms)?;
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((seconds - zone_offset_seconds(zone)?) * 1_000 + ms)
}

fn zone_offset_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first()? {
        b'Z' | b'z' if zone.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let hours = digits(hours, 2).filter(|&h| h < 24)?;
    let minutes = digits(minutes, 2).filter(|&m| m < 60)?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    if text.len() != count || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn fraction_ms(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let places = text.bytes().chain(std::iter::repeat(b'0')).take(3);
    Some(places.fold(0, |ms, b| ms * 10 + i64::from(b - b'0')))
}

fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the Unix epoch. Years begin in March here, so that the leap day is the last one, and come in
/// eras of 400 years, which all have 146 097 days.
fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u8;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        for (ms, text, weekday, day_of_year) in [
            (0, "1970-01-01T00:00:00.000Z", 4, 1),
            (-1, "1969-12-31T23:59:59.999Z", 3, 365),
            (951_782_400_000, "2000-02-29T00:00:00.000Z", 2, 60),
            (1_795_326_530_123, "2026-11-22T05:48:50.123Z", 0, 326),
        ] {
            let civil = Civil::from_ms(ms);
            assert_eq!(
                (civil.to_string().as_str(), civil.weekday, civil.day_of_year),
                (text, weekday, day_of_year)
            );
            assert_eq!((parse_rfc3339_ms(text), civil.to_ms()), (Some(ms), ms));
        }
        assert_eq!(parse_rfc3339_ms("2015-07-01T20:10:51.781+02:00"), Some(1_435_774_251_781));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "2026-11-22", "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T00:00:00", "x"]
        {
            assert_eq!(parse_rfc3339_ms(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn moments_survive_the_text(ms in -62_135_596_800_000i64..253_402_300_799_999) {
            prop_assert_eq!(parse_rfc3339_ms(&Civil::from_ms(ms).to_string()), Some(ms));
        }
    }
}
