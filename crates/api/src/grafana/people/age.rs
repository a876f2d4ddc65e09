//! When something happened, and how long ago, in Grafana's words.

use model::civil::Civil;

/// What Grafana shows for who was never seen: ten years ago, when there was no such user.
const NEVER: &str = "2012-01-01T00:00:00Z";
const NEVER_AGO: &str = "10 years";

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A time as JSON has it.
pub(super) fn written(time_ms: i64) -> String {
    Civil::from_ms(time_ms).to_string()
}

/// When somebody was seen last, and how long ago that is.
pub(super) fn last_seen(seen_ms: Option<i64>, now_ms: i64) -> (String, String) {
    match seen_ms {
        None => (NEVER.to_owned(), NEVER_AGO.to_owned()),
        Some(seen_ms) => (written(seen_ms), ago(now_ms.saturating_sub(seen_ms))),
    }
}

fn ago(age_ms: i64) -> String {
    let units = [(365 * DAY_MS, "year"), (30 * DAY_MS, "month"), (DAY_MS, "day"), (HOUR_MS, "hour")];
    let units = units.into_iter().chain([(MINUTE_MS, "minute")]);
    let fitting = units.map(|(unit_ms, name)| (age_ms / unit_ms, name)).find(|(count, _)| *count > 0);
    match fitting {
        None => "< 1 minute".to_owned(),
        Some((1, name)) => format!("1 {name}"),
        Some((count, name)) => format!("{count} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        for (age_ms, text) in [
            (-5, "< 1 minute"),
            (59_999, "< 1 minute"),
            (MINUTE_MS, "1 minute"),
            (3 * HOUR_MS - 1, "2 hours"),
            (45 * DAY_MS, "1 month"),
            (800 * DAY_MS, "2 years"),
        ] {
            assert_eq!(ago(age_ms), text);
        }
        assert_eq!(last_seen(None, 0).1, "10 years");
        assert_eq!(last_seen(Some(0), MINUTE_MS).0, "1970-01-01T00:00:00.000Z");
    }
}
