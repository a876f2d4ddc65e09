//! Scraping: targets, their loops, and what becomes of what they expose.
//!
//! [`Scraper`] takes plain [`ScrapeConfig`]s, fetches each target in its slots, reads its exposition against
//! the layout of the one before, and hands the samples to a store as one group per scrape. Series that are
//! gone end with staleness markers. Each failure is kept with its cause and its cure.
//!
//! This crate knows neither `prometheus.yml` nor the store behind [`model::Appendable`].

mod alarm;
mod buffer;
mod client_pool;
mod diagnosis;
pub mod doctor;
mod error;
mod family;
mod finding;
mod ingest;
mod labels;
mod layout;
pub mod lint;
mod lock;
mod offline;
mod reading;
mod schedule;
mod scraper;
mod settings;
mod shared;
mod status;
mod survey;
mod symptom;
mod target;
mod target_loop;
#[cfg(test)]
mod test_store;
mod unpacked;
mod vitals;

pub use diagnosis::Diagnosis;
pub use error::ScrapeError;
/// A format of exposition, as `scrape_protocols` and `fallback_scrape_protocol` name it.
pub use expfmt::{Format as ScrapeProtocol, HistogramRules};
pub use finding::{Finding, Severity};
pub use offline::OfflineTarget;
pub use scraper::Scraper;
pub use settings::{Scheme, ScrapeConfig, TargetGroup};
pub use status::{Health, ScrapeFigures, TargetMetadata, TargetStatus};
pub use target::TargetError;
