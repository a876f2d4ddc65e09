//! The flags of Prometheus that mean nothing here: some are passed over with a word, so that the command line of a
//! Prometheus can stay as it is; the others would promise what is not done, and are refused with what to do.

use std::ffi::OsString;

/// A flag that is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PassedOver {
    /// Its name, without the dashes.
    pub flag: &'static str,
    /// Why it has no effect.
    pub why: &'static str,
}

/// Whether a flag is followed by a value; a switch has a `--no-` form instead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Switch,
    Value,
}
use Kind::{Switch, Value};

const GO: &str = "it tunes the runtime of Go; memory is bounded by --memory-budget";
const CONSOLES: &str = "there are no console templates; dashboards take their place";
const PAGES: &str = "the pages are built in";
const BLOCKS: &str = "the store has a format of its own, which needs no such tuning";
const LOG: &str = "the write-ahead log is always compact";
const ALERTS: &str = "no alerts are sent";
const RULES: &str = "no rules are evaluated";

/// Flags without an effect.
const PASSED_OVER: &[(&str, Kind, &str)] = &[
    ("auto-gomaxprocs", Switch, GO),
    ("auto-gomemlimit", Switch, GO),
    ("auto-gomemlimit.ratio", Value, GO),
    ("auto-gomemlimit.refresh-interval", Value, GO),
    ("web.console.templates", Value, CONSOLES),
    ("web.console.libraries", Value, CONSOLES),
    ("web.local-assets", Value, PAGES),
    ("storage.tsdb.max-block-duration", Value, BLOCKS),
    ("storage.tsdb.max-block-chunk-segment-size", Value, BLOCKS),
    ("storage.tsdb.wal-segment-size", Value, BLOCKS),
    ("storage.tsdb.allow-overlapping-compaction", Switch, BLOCKS),
    ("storage.tsdb.head-chunks-write-queue-size", Value, BLOCKS),
    ("storage.tsdb.samples-per-chunk", Value, BLOCKS),
    ("storage.tsdb.delayed-compaction.max-percent", Value, BLOCKS),
    ("storage.tsdb.block-reload-interval", Value, BLOCKS),
    ("storage.tsdb.wal-compression", Switch, LOG),
    ("storage.tsdb.wal-compression-type", Value, LOG),
    ("storage.tsdb.no-lockfile", Switch, "the lock is the kernel's and leaves no file in the way"),
    ("storage.remote.flush-deadline", Value, "samples are not sent on by remote write"),
    ("rules.alert.for-outage-tolerance", Value, RULES),
    ("rules.alert.for-grace-period", Value, RULES),
    ("rules.alert.resend-delay", Value, RULES),
    ("rules.max-concurrent-evals", Value, RULES),
    ("alertmanager.notification-queue-capacity", Value, ALERTS),
    ("alertmanager.notification-batch-size", Value, ALERTS),
    ("alertmanager.drain-notification-queue-on-shutdown", Switch, ALERTS),
    (
        "scrape.adjust-timestamps",
        Switch,
        "timestamps are always aligned to the interval where they are close",
    ),
    ("scrape.timestamp-tolerance", Value, "timestamps are aligned within a tolerance of its own"),
    ("scrape.discovery-reload-interval", Value, "targets are taken over at once"),
];

const AGENT: &str =
    "there is no agent mode; leave the flag out and set a short --storage.tsdb.retention.time";

/// Flags that are refused.
const REFUSED: &[(&str, &str)] = &[
    ("agent", AGENT),
    ("storage.agent.path", AGENT),
    ("storage.agent.wal-segment-size", AGENT),
    ("storage.agent.wal-compression", AGENT),
    ("storage.agent.wal-compression-type", AGENT),
    ("storage.agent.wal-truncate-frequency", AGENT),
    ("storage.agent.retention.min-time", AGENT),
    ("storage.agent.retention.max-time", AGENT),
    ("storage.agent.checkpoint-from-in-memory-series", AGENT),
    ("storage.agent.checkpoint-batch-size", AGENT),
    ("storage.agent.no-lockfile", AGENT),
    ("storage.tsdb.delay-compact-file.path", "no sidecar uploads blocks from here; leave it out"),
    ("web.user-assets", "no files are served beside the built-in pages; serve them with a web server"),
    (
        "web.remote-write-receiver.accepted-protobuf-messages",
        "both messages are always taken; leave it out, or the receiver off",
    ),
];

/// Switches that are read, for their `--no-` forms.
const SWITCHES: &[&str] = &[
    "config.auto-reload",
    "web.enable-lifecycle",
    "web.enable-admin-api",
    "web.enable-remote-write-receiver",
    "web.enable-otlp-receiver",
];

/// Takes the flags that mean nothing here out of a command line.
///
/// # Errors
/// What to do about a flag that is refused.
pub(crate) fn settle(
    args: impl IntoIterator<Item = OsString>,
) -> Result<(Vec<OsString>, Vec<PassedOver>), String> {
    let (mut kept, mut passed_over) = (Vec::new(), Vec::new());
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let Some((name, has_value)) = arg.to_str().and_then(flag) else {
            kept.push(arg);
            continue;
        };
        if let Some((_, cure)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            return Err(format!("--{name} is a flag of Prometheus that has no place here: {cure}"));
        }
        if let Some((flag, kind, why)) = PASSED_OVER.iter().find(|(flag, ..)| *flag == name) {
            if *kind == Value && !has_value {
                args.next();
            }
            passed_over.push(PassedOver { flag, why });
            continue;
        }
        match name.strip_prefix("no-") {
            Some(switch) if is_switch(switch) => {
                // As in Prometheus the last one counts.
                kept.retain(|kept: &OsString| kept.to_str().and_then(flag) != Some((switch, false)));
            }
            _ => kept.push(arg),
        }
    }
    Ok((kept, passed_over))
}

/// Name of a flag, and whether its value stands in the same word.
fn flag(arg: &str) -> Option<(&str, bool)> {
    let name = arg.strip_prefix("--")?;
    Some(name.split_once('=').map_or((name, false), |(name, _)| (name, true)))
}

fn is_switch(name: &str) -> bool {
    SWITCHES.contains(&name) || PASSED_OVER.iter().any(|(flag, kind, _)| *flag == name && *kind == Switch)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    fn settled(line: &str) -> Result<(String, Vec<&'static str>), String> {
        let (kept, passed_over) = settle(line.split(' ').map(OsString::from))?;
        let kept: Vec<_> = kept.iter().map(|arg| arg.to_str().unwrap()).collect();
        Ok((kept.join(" "), passed_over.iter().map(|flag| flag.flag).collect()))
    }

    /// What `prometheus --help-long` of 3.14 lists.
    const OF_PROMETHEUS: &str = "config.file config.auto-reload config.auto-reload-interval web.listen-address \
        auto-gomaxprocs auto-gomemlimit auto-gomemlimit.ratio auto-gomemlimit.refresh-interval \
        web.config.file web.read-timeout web.max-connections web.max-notifications-subscribers \
        web.external-url web.route-prefix web.user-assets web.local-assets web.enable-lifecycle \
        web.enable-admin-api web.enable-remote-write-receiver \
        web.remote-write-receiver.accepted-protobuf-messages web.enable-otlp-receiver \
        web.console.templates web.console.libraries web.page-title web.cors.origin \
        web.search.max-limit storage.tsdb.path storage.tsdb.min-block-duration \
        storage.tsdb.max-block-duration storage.tsdb.max-block-chunk-segment-size \
        storage.tsdb.wal-segment-size storage.tsdb.retention.time storage.tsdb.retention.size \
        storage.tsdb.no-lockfile storage.tsdb.allow-overlapping-compaction \
        storage.tsdb.wal-compression storage.tsdb.wal-compression-type \
        storage.tsdb.head-chunks-write-queue-size storage.tsdb.samples-per-chunk \
        storage.tsdb.delayed-compaction.max-percent storage.tsdb.delay-compact-file.path \
        storage.tsdb.block-reload-interval storage.agent.path storage.agent.wal-segment-size \
        storage.agent.wal-compression storage.agent.wal-compression-type \
        storage.agent.wal-truncate-frequency storage.agent.retention.min-time \
        storage.agent.retention.max-time storage.agent.checkpoint-from-in-memory-series \
        storage.agent.checkpoint-batch-size storage.agent.no-lockfile storage.remote.flush-deadline \
        storage.remote.read-sample-limit storage.remote.read-concurrent-limit \
        storage.remote.read-max-bytes-in-frame rules.alert.for-outage-tolerance \
        rules.alert.for-grace-period rules.alert.resend-delay rules.max-concurrent-evals \
        scrape.adjust-timestamps scrape.timestamp-tolerance scrape.discovery-reload-interval \
        alertmanager.notification-queue-capacity alertmanager.notification-batch-size \
        alertmanager.drain-notification-queue-on-shutdown query.lookback-delta query.timeout \
        query.max-concurrency query.max-samples enable-feature agent log.level log.format";

    #[test]
    fn every_flag_of_prometheus_has_a_place() {
        let command = Cli::command();
        let run = command.find_subcommand("run").unwrap();
        let read: Vec<_> = run.get_arguments().filter_map(clap::Arg::get_long).collect();
        for flag in OF_PROMETHEUS.split_ascii_whitespace() {
            let places = [
                read.contains(&flag),
                PASSED_OVER.iter().any(|(name, ..)| *name == flag),
                REFUSED.iter().any(|(name, _)| *name == flag),
            ];
            assert_eq!(places.iter().filter(|place| **place).count(), 1, "{flag}: {places:?}");
        }
    }

    #[test]
    fn flags_without_meaning_are_taken_out_with_their_values() {
        let line = "gnomon run --web.console.templates=/etc/c --web.console.libraries /etc/l \
                    --web.enable-lifecycle --storage.tsdb.wal-compression --config.file a --no-auto-gomaxprocs";
        let (kept, passed_over) = settled(line).unwrap();
        assert_eq!(kept, "gnomon run --web.enable-lifecycle --config.file a");
        assert_eq!(passed_over.len(), 3);
    }

    #[test]
    fn the_last_form_of_a_switch_counts() {
        let lifecycle = |line: &str| settled(line).unwrap().0;
        assert_eq!(lifecycle("--web.enable-lifecycle --no-web.enable-lifecycle"), "");
        assert_eq!(lifecycle("--no-web.enable-lifecycle --web.enable-lifecycle"), "--web.enable-lifecycle");
        assert_eq!(lifecycle("--no-such.flag"), "--no-such.flag");
    }

    #[test]
    fn a_promise_that_is_not_kept_is_refused() {
        let error = settled("gnomon run --agent").unwrap_err();
        assert!(error.starts_with("--agent is a flag of Prometheus") && error.contains("retention.time"));
        assert!(settled("--web.user-assets=/x").is_err());
    }
}
