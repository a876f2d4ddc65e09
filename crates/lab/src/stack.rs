//! The stacks that are put through the runs: how each is told what to scrape.

use std::{fmt::Write as _, net::SocketAddr, path::Path};

use model::duration::DurationMs;
use serde::Serialize;

/// The job with which a stack scrapes itself.
pub(crate) const OWN_JOB: &str = "stack";

/// A stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// This program.
    Gnomon,
    /// The field's reference.
    Prometheus,
}

impl Kind {
    /// Its name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gnomon => "Gnomon",
            Self::Prometheus => "Prometheus",
        }
    }

    /// Its command line. Retention is the story's; all else is on its defaults, dashboards included where it has them.
    pub(crate) fn arguments(self, folder: &Path, api: SocketAddr, dashboard: SocketAddr) -> Vec<String> {
        let flags = [
            format!("--config.file={}", folder.join("prometheus.yml").display()),
            format!("--storage.tsdb.path={}", folder.join("data").display()),
            "--storage.tsdb.retention.time=12h".to_owned(),
            format!("--web.listen-address={api}"),
        ];
        match self {
            Self::Gnomon => ["run".to_owned(), format!("--dashboard.listen-address={dashboard}")]
                .into_iter()
                .chain(flags)
                .collect(),
            Self::Prometheus => flags.to_vec(),
        }
    }
}

/// The `prometheus.yml` that both read.
pub(crate) fn configuration(interval_ms: i64, targets: &[(&str, SocketAddr)]) -> String {
    let mut text = format!("global:\n  scrape_interval: {}\nscrape_configs:\n", DurationMs(interval_ms));
    for (job, address) in targets {
        // Writing to a string cannot fail.
        let _ = write!(text, "  - job_name: {job}\n    static_configs:\n      - targets: [\"{address}\"]\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_names_each_target_by_its_job() {
        let address = "127.0.0.1:8000".parse().unwrap();
        let text = configuration(500, &[("cpu-loop", address)]);
        let expected = "global:\n  scrape_interval: 500ms\nscrape_configs:\n  - job_name: cpu-loop\n    \
                        static_configs:\n      - targets: [\"127.0.0.1:8000\"]\n";
        assert_eq!(text, expected);
    }
}
