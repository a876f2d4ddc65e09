//! The metrics about the stack itself. What Prometheus measures too bears its name, so that dashboards made for
//! Prometheus show it; the rest begins with `gnomon_`.

mod family;
mod store;

use std::{collections::BTreeMap, fmt, sync::Arc};

use api::Receiver;
use family::Families;
use model::{Budget, Clock, Part, clock::SteadyClock};
use net::server::{LATENCY_BOUNDS_SECONDS, Traffic};
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};
use scrape::Scraper;
use sensor::ProcessCollector;
use tsdb::Store;

use crate::instance::Reloads;

/// What the metrics are read from.
#[derive(Clone)]
pub(crate) struct Sources {
    pub budget: Arc<Budget>,
    pub clock: Arc<SteadyClock>,
    pub store: Store,
    pub scraper: Arc<Scraper>,
    pub traffic: Arc<Traffic>,
    pub receiver: Option<Arc<Receiver>>,
    pub reloads: Arc<Reloads>,
}

/// A registry that reads the figures anew each time it is rendered.
pub(crate) fn registry(sources: Sources) -> Registry {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(StackCollector(sources)));
    registry.register_collector(Box::new(ProcessCollector::default().with_proportional_memory()));
    registry
}

struct StackCollector(Sources);

impl fmt::Debug for StackCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackCollector").finish_non_exhaustive()
    }
}

impl Collector for StackCollector {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut out = Families::new(encoder);
        let labels = [("version", env!("CARGO_PKG_VERSION"))];
        out.gauges("gnomon_build_info", "A constant 1 with the version of Gnomon.", [(labels, 1.0)])?;
        self.memory(&mut out)?;
        self.clock(&mut out)?;
        store::encode(&self.0.store.status(0), &mut out)?;
        self.targets(&mut out)?;
        self.requests(&mut out)?;
        self.remote_write(&mut out)?;
        self.configuration(&mut out)
    }
}

impl StackCollector {
    fn memory(&self, out: &mut Families<'_>) -> fmt::Result {
        let budget = &self.0.budget;
        let help = "Bytes that a part of the process has taken from the memory budget.";
        let parts = Part::ALL.map(|part| ([("part", part.as_str())], budget.part_bytes(part) as f64));
        out.gauges("gnomon_memory_used_bytes", help, parts)?;
        out.gauge("gnomon_memory_budget_bytes", "The memory budget in bytes.", budget.limit_bytes() as f64)
    }

    fn clock(&self, out: &mut Families<'_>) -> fmt::Result {
        let (figures, is_set) = (self.0.clock.figures(), self.0.clock.is_set());
        let help = "Whether the clock shows a time that can be right.";
        out.gauge("gnomon_clock_set", help, f64::from(u8::from(is_set)))?;
        let help = "How far the wall clock is ahead of the time that samples get.";
        out.gauge("gnomon_clock_wall_ahead_seconds", help, figures.wall_ahead_ms as f64 / 1e3)?;
        let help = "Jumps of the wall clock by more than ten minutes that were followed.";
        let jumps = [("ahead", figures.jumps_ahead), ("back", figures.jumps_back)];
        out.counters(
            "gnomon_clock_jumps",
            help,
            jumps.map(|(way, count)| ([("direction", way)], count as f64)),
        )
    }

    fn configuration(&self, out: &mut Families<'_>) -> fmt::Result {
        let (success, at_ms) = self.0.reloads.last();
        let name = "prometheus_config_last_reload_successful";
        out.gauge(
            name,
            "Whether the last configuration reload attempt was successful.",
            f64::from(u8::from(success)),
        )?;
        let name = "prometheus_config_last_reload_success_timestamp_seconds";
        out.gauge(name, "Timestamp of the last successful configuration reload.", at_ms as f64 / 1e3)
    }

    fn targets(&self, out: &mut Families<'_>) -> fmt::Result {
        let mut pools = BTreeMap::<_, f64>::new();
        for target in self.0.scraper.targets() {
            *pools.entry(target.scrape_pool).or_default() += 1.0;
        }
        let pools = pools.iter().map(|(pool, count)| ([("scrape_job", &**pool)], *count));
        out.gauges(
            "prometheus_target_scrape_pool_targets",
            "Current number of targets in this scrape pool.",
            pools,
        )?;
        let figures = self.0.scraper.figures();
        for (name, help, value) in [
            ("gnomon_scrapes", "Scrapes, failed ones included.", figures.scrapes),
            ("gnomon_scrapes_failed", "Scrapes that failed.", figures.failed),
            (
                "gnomon_scrape_refused_series",
                "New series refused for want of memory, in each scrape.",
                figures.refused_series,
            ),
            (
                "prometheus_target_scrapes_sample_duplicate_timestamp",
                "Total number of samples rejected due to duplicate timestamps but different values.",
                figures.duplicate_samples,
            ),
            (
                "prometheus_target_scrapes_sample_out_of_order",
                "Total number of samples rejected due to not being out of the expected order.",
                figures.out_of_order_samples,
            ),
            (
                "prometheus_target_scrapes_sample_out_of_bounds",
                "Samples dropped because they were too old or too far in the future.",
                figures.out_of_bounds_samples,
            ),
            (
                "prometheus_target_scrapes_exemplar_out_of_order",
                "Total number of exemplar rejected due to not being out of the expected order.",
                figures.out_of_order_exemplars,
            ),
            (
                "prometheus_target_scrapes_exceeded_sample_limit",
                "Total number of scrapes that hit the sample limit and were rejected.",
                figures.above_sample_limit,
            ),
            (
                "prometheus_target_scrapes_exceeded_body_size_limit",
                "Total number of scrapes that hit the body size limit.",
                figures.above_body_limit,
            ),
        ] {
            out.counter(name, help, value as f64)?;
        }
        Ok(())
    }

    fn remote_write(&self, out: &mut Families<'_>) -> fmt::Result {
        let Some(receiver) = &self.0.receiver else { return Ok(()) };
        let figures = receiver.figures();
        for (name, help, value) in [
            ("gnomon_remote_write_received_samples", "Floats written by remote write.", figures.samples),
            (
                "gnomon_remote_write_received_histograms",
                "Native histograms written by remote write.",
                figures.histograms,
            ),
            (
                "gnomon_remote_write_received_exemplars",
                "Exemplars written by remote write.",
                figures.exemplars,
            ),
            (
                "gnomon_remote_write_received_metadata",
                "How often remote write said something about a metric family.",
                figures.metadata,
            ),
            (
                "gnomon_remote_write_rejected_samples",
                "Floats and native histograms of remote write that were rejected.",
                figures.samples_rejected,
            ),
            (
                "prometheus_api_remote_write_invalid_labels_samples",
                "The total number of received remote write samples and histogram samples which were rejected \
                 due to invalid labels.",
                figures.invalid_labels,
            ),
        ] {
            out.counter(name, help, value as f64)?;
        }
        let help = "What came by remote write and is not stored, by kind.";
        let kinds = [("exemplar", figures.exemplars_rejected)];
        let kinds = kinds.map(|(kind, count)| ([("kind", kind)], count as f64));
        out.counters("gnomon_remote_write_not_stored", help, kinds)
    }

    fn requests(&self, out: &mut Families<'_>) -> fmt::Result {
        let routes = self.0.traffic.snapshot();
        let codes: Vec<_> = routes
            .iter()
            .flat_map(|(handler, figures)| {
                figures.requests.iter().map(move |(code, count)| (handler, code.to_string(), *count))
            })
            .collect();
        let requests = codes.iter().map(|(handler, code, count)| {
            ([("handler", &***handler), ("code", code.as_str())], *count as f64)
        });
        out.counters("prometheus_http_requests", "Counter of HTTP requests.", requests)?;
        let help = "Histogram of latencies for HTTP requests.";
        let latencies = routes.iter().map(|(handler, figures)| {
            // The encoder takes the largest float for the bucket without a bound.
            let bounds = LATENCY_BOUNDS_SECONDS.into_iter().chain([f64::MAX]);
            let buckets = bounds.zip(figures.latency_buckets).collect();
            ([("handler", &**handler)], figures.latency_sum_seconds, buckets)
        });
        out.histograms("prometheus_http_request_duration_seconds", help, latencies)
    }
}
