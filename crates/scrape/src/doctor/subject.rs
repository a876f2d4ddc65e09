//! What is looked at: a URL, or a target of a configuration.

use http::Uri;

use crate::{
    settings::{Scheme, ScrapeConfig, TargetGroup},
    target::{TargetError, TargetSpec, targets},
};

/// A target to look at.
#[derive(Clone, Debug)]
pub struct Subject {
    pub(super) spec: TargetSpec,
    pub(super) job: String,
}

impl Subject {
    /// A target by its URL; the scheme may be missing (`http`), and the path (`/metrics`). It is scraped with
    /// Prometheus's defaults, within so many milliseconds.
    ///
    /// # Errors
    /// When it is no URL that can be scraped.
    pub fn from_url(url: &str, timeout_ms: i64, version: &str) -> Result<Self, TargetError> {
        let no_url = || TargetError::Url(url.to_owned());
        let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let mut uri: Uri = full.parse().map_err(|_| no_url())?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority().cloned()).ok_or_else(no_url)?;
        let scheme = Scheme::from_name(scheme).ok_or_else(|| TargetError::Scheme(scheme.to_owned()))?;
        if full.ends_with(authority.as_str()) {
            uri = format!("{full}/metrics").parse().map_err(|_| no_url())?;
        }
        let defaults = ScrapeConfig::default();
        let config = ScrapeConfig {
            // As any job, it has a label of that name.
            job_name: "doctor".into(),
            scheme,
            scrape_timeout_ms: timeout_ms,
            scrape_interval_ms: defaults.scrape_interval_ms.max(timeout_ms),
            target_groups: vec![TargetGroup {
                targets: vec![authority.to_string()],
                ..TargetGroup::default()
            }],
            ..defaults
        };
        let (mut subjects, mut errors) = Self::of_job(&config, None, version);
        // The path is the user's own, escapes and all.
        let mut subject = subjects.pop().ok_or_else(|| errors.pop().unwrap_or_else(no_url))?;
        subject.spec.url = uri;
        subject.job.clear();
        Ok(subject)
    }

    /// The targets of a job, and what is wrong with the others. A timeout in milliseconds takes the place of the
    /// job's own.
    pub fn of_job(
        config: &ScrapeConfig,
        timeout_ms: Option<i64>,
        version: &str,
    ) -> (Vec<Self>, Vec<TargetError>) {
        let (specs, errors) = targets(config, &format!("Gnomon/{version}"));
        let subjects = specs.into_iter().map(|mut spec| {
            spec.timeout_ms = timeout_ms.unwrap_or(spec.timeout_ms);
            Self { job: config.job_name.clone(), spec }
        });
        (subjects.collect(), errors)
    }

    /// Where it is scraped.
    pub fn url(&self) -> String {
        self.spec.url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_url_lacks_is_what_prometheus_would_take() {
        for (url, expected) in [
            ("localhost:8000", "http://localhost:8000/metrics"),
            ("https://box", "https://box/metrics"),
            ("http://box/", "http://box/"),
            ("http://[::1]:80/a%20b?c=d%26", "http://[::1]:80/a%20b?c=d%26"),
        ] {
            assert_eq!(Subject::from_url(url, 1000, "1").unwrap().url(), expected);
        }
        for (url, error) in [
            ("ftp://box/x", "unsupported scheme \"ftp\""),
            ("http://", "\"http://\" is not a valid URL"),
            ("a b", "\"a b\" is not a valid URL"),
        ] {
            assert_eq!(Subject::from_url(url, 1000, "1").unwrap_err().to_string(), error);
        }
    }
}
