//! Targets, scrape loops, staleness, limits, causes and cures.
