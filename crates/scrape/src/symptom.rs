//! Findings that both the scrape loop and the doctor can have, each in one place.

use std::time::Duration;

use expfmt::Format;
use model::{clock::AHEAD_MAX_MS, duration::DurationMs};

use crate::finding::Finding;

/// Waiting longer than this for the first byte is worth a word, whatever the timeout.
const FIRST_BYTE_MAX: Duration = Duration::from_secs(1);

/// Samples older than this are not seen by an instant query: Prometheus's default lookback.
const LOOKBACK_MS: i64 = 5 * 60 * 1000;

/// A scrape that costs so much CPU is heard on a small machine.
const SCRAPE_CPU_MAX: Duration = Duration::from_millis(50);

/// A scrape that took a large part of the time that it may take.
pub(crate) fn slow(total: Duration, first_byte: Duration, timeout: Duration) -> Option<Finding> {
    let cure = "Find out what the exporter does in a scrape: let it do that beforehand, and only print the result; \
                else raise scrape_timeout.";
    if total * 2 > timeout {
        let text = format!("The scrape took {} of the {} that it may take.", ms(total), short(timeout));
        return Some(Finding::warning(text, cure));
    }
    let text = || format!("The target takes {} to begin its answer.", ms(first_byte));
    (first_byte >= FIRST_BYTE_MAX).then(|| Finding::warning(text(), cure))
}

/// A body that is only read because the job says how; it says so on purpose.
pub(crate) fn fallback(header: &str, format: Format) -> Finding {
    let header =
        if header.is_empty() { "no Content-Type".to_owned() } else { format!("Content-Type {header:?}") };
    Finding::info(
        format!(
            "The target sends {header}, which Prometheus 3 refuses; it is read as {} by fallback_scrape_protocol.",
            format.as_str()
        ),
        "Let the exporter send Content-Type: text/plain; version=0.0.4.",
    )
}

/// A figure that is near a limit of the job; a limit of 0 is none.
pub(crate) fn near_limit(what: &str, key: &str, amount: u64, limit: u64) -> Option<Finding> {
    let is_near = limit > 0 && amount <= limit && amount.saturating_mul(5) > limit.saturating_mul(4);
    is_near.then(|| {
        Finding::warning(
            format!("The exposition has {amount} {what}, and {key} allows {limit}: soon scrapes will fail."),
            format!("Raise {key} of the job, or let the exporter expose less."),
        )
    })
}

/// Samples with times of their own, and the lowest and highest age of those, in milliseconds.
pub(crate) fn timed(samples: usize, youngest_ms: i64, oldest_ms: i64) -> Option<Finding> {
    if samples == 0 {
        return None;
    }
    if -youngest_ms > AHEAD_MAX_MS {
        let ahead = DurationMs(-youngest_ms);
        return Some(Finding::warning(
            format!("Samples have times of their own, up to {ahead} in the future: those are dropped."),
            "Set the clock of the machine that stamps them, or honor_timestamps: false in the job.",
        ));
    }
    if oldest_ms > LOOKBACK_MS {
        let age = DurationMs(oldest_ms / 1000 * 1000);
        return Some(Finding::warning(
            format!("Samples have times of their own, up to {age} old: queries look back five minutes only."),
            "Let the exporter leave out timestamps, or set honor_timestamps: false in the job.",
        ));
    }
    Some(Finding::info(
        format!("Samples with times of their own: {samples}. Their series do not end when they are gone."),
        "Let the exporter leave out timestamps, or set track_timestamps_staleness: true in the job.",
    ))
}

/// CPU time that the target burns for a scrape.
pub(crate) fn dear_scrape(cpu: Duration, interval: Duration) -> Option<Finding> {
    let share = cpu.as_secs_f64() * 100.0 / interval.as_secs_f64().max(0.001);
    let interval = short(interval);
    (cpu >= SCRAPE_CPU_MAX).then(|| {
        Finding::warning(
            format!(
                "A scrape costs the target {} of CPU: {share:.1} % of a core at one every {interval}.",
                ms(cpu)
            ),
            "Let the exporter gather its figures beforehand and only print them, or raise scrape_interval.",
        )
    })
}

/// CPU that the target's process uses, as a part of one core.
pub(crate) fn busy(cores: f64) -> Option<Finding> {
    let text = || format!("The target's process uses {:.0} % of a core.", cores * 100.0);
    let cure = "See by a profile of the process whether that is its work, or what scrapes ask of it.";
    match cores {
        0.5.. => Some(Finding::warning(text(), cure)),
        0.05.. => Some(Finding::info(text(), cure)),
        _ => None,
    }
}

/// A time in milliseconds, with a decimal where that says more.
pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 100.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// A time as it is written in configurations.
pub(crate) fn short(time: Duration) -> DurationMs {
    DurationMs(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_begin_at_their_limits() {
        let (ms, sec) = (Duration::from_millis, Duration::from_secs);
        let text = |finding: Option<Finding>| finding.map(|finding| finding.text).unwrap_or_default();
        for (found, expected) in [
            (slow(ms(400), ms(300), sec(1)), ""),
            (slow(ms(600), ms(300), sec(1)), "took 600 ms of the 1s"),
            (slow(ms(1500), ms(1200), sec(10)), "takes 1200 ms to begin"),
            (near_limit("samples", "sample_limit", 800, 1000), ""),
            (near_limit("samples", "sample_limit", 801, 1000), "801 samples, and sample_limit allows 1000"),
            (near_limit("samples", "sample_limit", 801, 0), ""),
            (timed(0, 0, 0), ""),
            (timed(3, 0, 1000), "Samples with times of their own: 3"),
            (timed(3, 0, 301_000), "up to 5m1s old"),
            (timed(3, -900_000, 0), "up to 15m in the future"),
            (dear_scrape(ms(49), sec(5)), ""),
            (dear_scrape(ms(100), sec(5)), "costs the target 100 ms of CPU: 2.0 % of a core at one every 5s"),
            (busy(0.04), ""),
            (busy(0.06), "uses 6 % of a core"),
        ] {
            let found = text(found);
            assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{found}");
        }
    }
}
