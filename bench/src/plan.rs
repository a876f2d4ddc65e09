//! What is run, for how long, and on which servers.

use std::{io, time::Duration};

use crate::server::Kind;

/// A workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// One target of 40 series.
    Idle,
    /// Six targets of 600 series.
    Small,
    /// A hundred targets of 1,000 series; then queries, and a restart.
    Wide,
    /// Five good targets and one that never stops bringing new series.
    Hostile,
    /// Recorded scrapes.
    Recorded,
    /// Remote write as fast as it goes; the time says how much.
    Write,
    /// A mix of queries; the time is that of each.
    Queries,
}

/// The workloads by name, with their seconds in a full and in a quick run.
const WORKLOADS: [(Workload, &str, u64, u64); 7] = [
    (Workload::Idle, "idle", 120, 15),
    (Workload::Small, "small", 300, 30),
    (Workload::Wide, "wide", 600, 50),
    (Workload::Hostile, "hostile", 300, 30),
    (Workload::Recorded, "recorded", 3_600, 60),
    (Workload::Write, "write", 200, 40),
    (Workload::Queries, "queries", 5, 1),
];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The workloads in order, with the time that each is measured for.
    pub workloads: Vec<(Workload, Duration)>,
    /// The servers, in the order of the table.
    pub servers: Vec<Kind>,
}

impl Plan {
    /// Reads the words of a command line: `quick` or `full` (the default), names of workloads, each with its
    /// seconds if they are to differ (`wide=120`), and names of servers. Naming none is naming all.
    pub(crate) fn parse<'a>(words: impl Iterator<Item = &'a str>) -> io::Result<Self> {
        let (mut quick, mut workloads, mut servers) = (false, Vec::new(), Vec::new());
        for word in words {
            let (name, seconds) = match word.split_once('=') {
                Some((name, seconds)) => (name, Some(seconds.parse().map_err(|_| unknown(word))?)),
                None => (word, None),
            };
            if let Some(kind) = Kind::ALL.iter().find(|kind| kind.program() == name) {
                servers.push(*kind);
            } else if let Some(known) = WORKLOADS.iter().find(|known| known.1 == name) {
                workloads.push((known, seconds));
            } else if name == "quick" || name == "full" {
                quick = name == "quick";
            } else {
                return Err(unknown(word));
            }
        }
        if workloads.is_empty() {
            workloads = WORKLOADS.iter().map(|known| (known, None)).collect();
        }
        let time = |(known, seconds): (&(Workload, &str, u64, u64), Option<u64>)| {
            let preset = if quick { known.3 } else { known.2 };
            (known.0, Duration::from_secs(seconds.unwrap_or(preset)))
        };
        servers.sort_by_key(|kind| *kind as u8);
        let servers = if servers.is_empty() { Kind::ALL.to_vec() } else { servers };
        Ok(Self { workloads: workloads.into_iter().map(time).collect(), servers })
    }
}

fn unknown(word: &str) -> io::Error {
    let names = WORKLOADS.map(|known| known.1).join(", ");
    let servers = Kind::ALL.map(Kind::program).join(", ");
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!(
            "what is {word:?}? write quick, full, a workload ({names}) with =SECONDS or not, or a server ({servers})"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> io::Result<Plan> {
        Plan::parse(words.split_whitespace())
    }

    #[test]
    fn words_choose_workloads_times_and_servers() {
        assert_eq!(parse("").unwrap().workloads.len(), WORKLOADS.len());
        assert_eq!(parse("").unwrap().servers, Kind::ALL);
        let plan = parse("quick small wide=7 prometheus gnomon").unwrap();
        let seconds: Vec<_> = plan.workloads.iter().map(|(_, time)| time.as_secs()).collect();
        assert_eq!(seconds, [30, 7]);
        assert_eq!(plan.servers, [Kind::Gnomon, Kind::Prometheus]);
        assert!(parse("wide=soon").is_err() && parse("slow").is_err());
    }
}
