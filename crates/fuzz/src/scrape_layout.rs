//! A scrape that is read against the layout of the one before, and the same scrape read afresh.

use model::{Budget, LabelSet, STALE_NAN_BITS};
use scrape::{OfflineTarget, ScrapeConfig, ScrapeProtocol};

use crate::recorder::{Recorded, Recorder};

/// Takes the bytes as bodies, with a zero byte between them: each stores the same samples as it would as the first
/// scrape of a new target.
pub fn scrape_layout(bytes: &[u8]) {
    let (&head, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let format =
        if head & 1 == 0 { ScrapeProtocol::PrometheusText004 } else { ScrapeProtocol::OpenMetricsText100 };
    let config = ScrapeConfig { honor_timestamps: head & 2 == 0, ..ScrapeConfig::default() };
    let budget = Budget::new(16 << 20);
    let target = |store: &Recorder| {
        let labels = LabelSet::from_pairs([("job", "j")]);
        OfflineTarget::new(Box::new(store.clone()), &config, labels, &budget)
    };
    let lasting = Recorder::default();
    let mut lasting_target = target(&lasting);
    for (at, body) in bytes.split(|&byte| byte == 0).take(8).enumerate() {
        let scraped_ms = 1_000_000 * (at as i64 + 1);
        let known = lasting_target.scrape(body, format, scraped_ms).map_err(|error| error.to_string());
        let known_samples = exposed(lasting.take());
        let fresh = Recorder::default();
        let afresh = target(&fresh).scrape(body, format, scraped_ms).map_err(|error| error.to_string());
        assert_eq!(known, afresh, "body {at}");
        assert_eq!(known_samples, exposed(fresh.take()), "body {at}");
    }
    drop(lasting_target);
    assert_eq!(budget.used_bytes(), 0);
}

/// The samples without markers and without what the scrape itself makes.
fn exposed(mut recorded: Recorded) -> Recorded {
    recorded.retain(|(_, labels), bits| {
        let own = labels.metric_name().starts_with("scrape_") || labels.metric_name() == "up";
        !own && *bits != STALE_NAN_BITS
    });
    recorded
}
