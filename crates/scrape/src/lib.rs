//! Targets, scrape loops, staleness, limits, causes and cures.

mod settings;
mod status;

/// A format of exposition, as `scrape_protocols` and `fallback_scrape_protocol` name it.
pub use expfmt::Format as ScrapeProtocol;
pub use settings::{Scheme, ScrapeConfig, TargetGroup};
pub use status::{FamilyMetadata, Health, TargetMetadata, TargetStatus};
