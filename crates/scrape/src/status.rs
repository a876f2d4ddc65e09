//! What is known about targets and their metrics, as plain values for pages and the API.

use std::{sync::Arc, time::Duration};

use model::{FamilyMetadata, LabelSet};

use crate::finding::Finding;

/// Whether the last scrape of a target worked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Not scraped yet.
    #[default]
    Unknown,
    /// It worked.
    Up,
    /// It failed.
    Down,
}

impl Health {
    /// The word in the API: `unknown`, `up` or `down`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// A target as it stands.
#[derive(Clone, Debug)]
pub struct TargetStatus {
    /// Name of its scrape pool: the job's name in the configuration.
    pub scrape_pool: Arc<str>,
    /// Its labels as configured, those that begin with `__` included.
    pub discovered_labels: LabelSet,
    /// The labels that its series get.
    pub labels: LabelSet,
    /// Where it is scraped.
    pub scrape_url: Arc<str>,
    /// What went wrong last time, as Prometheus words it; empty when it worked.
    pub last_error: Arc<str>,
    /// What that means, in a sentence; empty when it worked.
    pub cause: Arc<str>,
    /// What to do about it, in a sentence; empty when it worked.
    pub cure: Arc<str>,
    /// What is to be known about it, that included; the worst first, and at most one of each kind.
    pub findings: Vec<Finding>,
    /// Start of the last scrape, in milliseconds since the Unix epoch.
    pub last_scrape_ms: Option<i64>,
    /// How long the last scrape took.
    pub last_scrape_duration: Duration,
    /// Whether the last scrape worked.
    pub health: Health,
    /// Time from one scrape to the next.
    pub scrape_interval_ms: i64,
    /// Time that a scrape may take.
    pub scrape_timeout_ms: i64,
    /// Bytes of the last body, decompressed.
    pub last_body_bytes: usize,
    /// Samples in the last body.
    pub last_samples: usize,
}

/// What a target says about its metric families.
#[derive(Clone, Debug)]
pub struct TargetMetadata {
    /// Name of its scrape pool.
    pub scrape_pool: Arc<str>,
    /// The labels that its series get.
    pub labels: LabelSet,
    /// The families, in the order of the last exposition; equal ones are shared among targets.
    pub families: Arc<[Arc<FamilyMetadata>]>,
}

/// What scraping did since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScrapeFigures {
    /// Scrapes, failed ones included.
    pub scrapes: u64,
    /// Scrapes that failed.
    pub failed: u64,
    /// Samples in the bodies.
    pub samples: u64,
    /// Samples dropped because their series had one of the same time.
    pub duplicate_samples: u64,
    /// Samples dropped because their series had a newer one.
    pub out_of_order_samples: u64,
    /// Samples dropped because they were older than what the store takes, or too far in the future.
    pub out_of_bounds_samples: u64,
    /// Exemplars dropped because their series had a newer one.
    pub out_of_order_exemplars: u64,
    /// New series for which the store had no room, counted in each scrape.
    pub refused_series: u64,
    /// Scrapes that failed by `sample_limit`.
    pub above_sample_limit: u64,
    /// Scrapes that failed by `body_size_limit`.
    pub above_body_limit: u64,
}
