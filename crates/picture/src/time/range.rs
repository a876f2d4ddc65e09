//! Time ranges as Grafana writes them: `now-6h`, `now/d`, epoch milliseconds, ISO dates.

use model::civil::{Civil, parse_rfc3339_ms};

use super::Zone;

/// Moves that one expression may hold; more is not a time anybody writes.
const MOVES_MAX: usize = 8;
/// Units that one move may go: no range that is drawn is longer.
const COUNT_MAX: i64 = 1_000_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Both ends as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawRange {
    pub(crate) from: String,
    pub(crate) to: String,
}

/// Both ends in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
}

impl TimeRange {
    pub(crate) fn length_ms(&self) -> f64 {
        (self.to_ms - self.from_ms) as f64
    }
}

impl RawRange {
    /// Both ends as moments; an end that is no time falls back to the last hour.
    pub(crate) fn resolve(&self, now_ms: i64, zone: &Zone) -> TimeRange {
        let to_ms = moment(&self.to, now_ms, true, zone).unwrap_or(now_ms);
        let from_ms = moment(&self.from, now_ms, false, zone).unwrap_or(to_ms - HOUR_MS);
        match from_ms.cmp(&to_ms) {
            std::cmp::Ordering::Less => TimeRange { from_ms, to_ms },
            std::cmp::Ordering::Equal => TimeRange { from_ms, to_ms: to_ms + 1000 },
            std::cmp::Ordering::Greater => TimeRange { from_ms: to_ms, to_ms: from_ms },
        }
    }
}

/// One end of a time range as Grafana writes it (`now-6h`, `now/d`, milliseconds, a date), in milliseconds since the
/// Unix epoch; `None` when it is no time. `round_up` decides whether `/d` means the start or the end of the day.
pub fn moment(source: &str, now_ms: i64, round_up: bool, zone: &Zone) -> Option<i64> {
    let source = source.trim();
    if source.len() >= 9 && source.bytes().all(|byte| byte.is_ascii_digit()) {
        return source.parse().ok().filter(|ms| *ms < 253_402_300_800_000);
    }
    let Some(mut rest) = source.strip_prefix("now") else { return date(source, zone) };
    let mut local_ms = now_ms + zone.offset_ms(now_ms);
    for _ in 0..MOVES_MAX {
        let Some(sign) = rest.bytes().next() else { return Some(zone.moment(local_ms)) };
        let tail = rest.get(1..)?;
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let (count, tail) = tail.split_at(digits);
        let unit = tail.bytes().next()?;
        let count = if count.is_empty() { 1 } else { count.parse().ok().filter(|n| *n <= COUNT_MAX)? };
        local_ms = match sign {
            b'/' if !round_up => floor(local_ms, unit)?,
            b'/' => moved(floor(local_ms, unit)?, 1, unit)? - 1,
            b'-' => moved(local_ms, -count, unit)?,
            b'+' => moved(local_ms, count, unit)?,
            _ => return None,
        };
        rest = tail.get(1..)?;
    }
    None
}

/// `2026-11-22`, `2026-11-22 05:48`, with seconds, or RFC 3339.
fn date(source: &str, zone: &Zone) -> Option<i64> {
    let iso = source.replacen(' ', "T", 1);
    if let Some(moment) = parse_rfc3339_ms(&iso) {
        return Some(moment);
    }
    let rest = "T00:00:00";
    let whole = format!("{iso}{}Z", rest.get(iso.len().checked_sub(10)?..)?);
    parse_rfc3339_ms(&whole).map(|local_ms| zone.moment(local_ms))
}

fn moved(local_ms: i64, count: i64, unit: u8) -> Option<i64> {
    let fixed = match unit {
        b's' => 1_000,
        b'm' => 60_000,
        b'h' => HOUR_MS,
        b'd' => DAY_MS,
        b'w' => 7 * DAY_MS,
        b'M' => return Some(by_months(local_ms, count)),
        b'Q' => return Some(by_months(local_ms, 3 * count)),
        b'y' => return Some(by_months(local_ms, 12 * count)),
        _ => return None,
    };
    Some(local_ms + count * fixed)
}

/// Moves by months and stays on the month's last day where the other month is shorter.
fn by_months(local_ms: i64, count: i64) -> i64 {
    let civil = Civil::from_ms(local_ms);
    let months = civil.year * 12 + i64::from(civil.month) - 1 + count;
    let month = (months.rem_euclid(12) + 1) as u8;
    let moved = Civil { year: months.div_euclid(12), month, ..civil };
    Civil { day: moved.day.min(moved.days_in_month()), ..moved }.to_ms()
}

fn floor(local_ms: i64, unit: u8) -> Option<i64> {
    let civil = Civil { hour: 0, minute: 0, second: 0, millisecond: 0, ..Civil::from_ms(local_ms) };
    let floored = match unit {
        b's' => return Some(local_ms.div_euclid(1_000) * 1_000),
        b'm' => return Some(local_ms.div_euclid(60_000) * 60_000),
        b'h' => return Some(local_ms.div_euclid(HOUR_MS) * HOUR_MS),
        b'd' => civil,
        b'w' => return Some(civil.to_ms() - (i64::from(civil.weekday) + 6) % 7 * DAY_MS),
        b'M' => Civil { day: 1, ..civil },
        b'Q' => Civil { day: 1, month: civil.month - (civil.month - 1) % 3, ..civil },
        b'y' => Civil { day: 1, month: 1, ..civil },
        _ => return None,
    };
    Some(floored.to_ms())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_found() {
        let now_ms = 1_795_326_530_123; // 2026-11-22T05:48:50.123Z, a Sunday
        for (source, up, expected) in [
            ("now", false, "2026-11-22T05:48:50.123Z"),
            ("now-6h", false, "2026-11-21T23:48:50.123Z"),
            ("now/d", false, "2026-11-22T00:00:00.000Z"),
            ("now/d", true, "2026-11-22T23:59:59.999Z"),
            ("now-1w/w", false, "2026-11-09T00:00:00.000Z"),
            ("now-9M", false, "2026-02-22T05:48:50.123Z"),
            ("now/Q", false, "2026-10-01T00:00:00.000Z"),
            ("now-1y/y", true, "2025-12-31T23:59:59.999Z"),
            ("2026-11-01", false, "2026-11-01T00:00:00.000Z"),
            ("2026-11-01 12:30", false, "2026-11-01T12:30:00.000Z"),
            ("1795326530123", false, "2026-11-22T05:48:50.123Z"),
        ] {
            let found = moment(source, now_ms, up, &Zone::Utc).map(|ms| Civil::from_ms(ms).to_string());
            assert_eq!(found.as_deref(), Some(expected), "{source}");
        }
        for source in ["", "now-", "now-1x", "yesterday", "now+99999999999999d", "9".repeat(30).as_str()] {
            assert_eq!(moment(source, now_ms, false, &Zone::Utc), None, "{source}");
        }
    }

    #[test]
    fn ends_are_put_in_order() {
        let range =
            |from: &str, to: &str| RawRange { from: from.into(), to: to.into() }.resolve(0, &Zone::Utc);
        assert_eq!(range("now", "now-1s"), TimeRange { from_ms: -1000, to_ms: 0 });
        assert_eq!(range("x", "y"), TimeRange { from_ms: -3_600_000, to_ms: 0 });
        assert_eq!(range("now", "now").length_ms(), 1000.0);
    }
}
