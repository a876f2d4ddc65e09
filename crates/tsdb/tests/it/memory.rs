//! The memory account against what the allocator gave, and memory over a long time.

use std::{sync::Arc, time::Duration};

use model::{
    Appendable, Appender, Budget, LabelSet, Matcher, Queryable, SampleGroup, SelectHints, SeriesRef,
    budget::Part, clock::SystemClock,
};
use tsdb::{Options, Store};

use crate::{allocator::live_bytes, simulation::HandClock};

/// One target's series: three labels that it shares with others and one of its own in eight.
struct Target {
    appender: Box<dyn Appender>,
    series: Vec<SeriesRef>,
}

impl Target {
    fn new(store: &Store, name: &str, series: usize) -> Self {
        let mut appender = store.appender();
        let labels = |at: usize| {
            LabelSet::from_pairs([
                ("__name__", format!("metric_{}", at % 40)),
                ("instance", name.to_owned()),
                ("job", "test".to_owned()),
                ("part", if at.is_multiple_of(8) { format!("{name}/{at}") } else { (at / 40).to_string() }),
            ])
        };
        let series = (0..series).map(|at| appender.resolve(&labels(at)).unwrap()).collect();
        Self { appender, series }
    }

    /// Half of the series stand still.
    fn scrape(&mut self, timestamp_ms: i64) {
        let value = |at: usize| if at.is_multiple_of(2) { at as f64 } else { timestamp_ms as f64 / 10.0 };
        let values: Vec<f64> = (0..self.series.len()).map(value).collect();
        let group =
            SampleGroup { timestamp_ms, series: &self.series, values: &values, ..SampleGroup::default() };
        assert_eq!(self.appender.append(&group).unwrap().rejected, []);
    }
}

#[track_caller]
fn assert_account(what: &str, account_bytes: usize, real_bytes: usize) {
    let close = account_bytes.abs_diff(real_bytes) * 10 <= real_bytes;
    assert!(close, "{what}: the account has {account_bytes} bytes, the allocator {real_bytes}");
}

/// Symbols, series, postings, groups and layouts; then open chunks; then the indexes of parts.
#[test]
fn the_account_is_what_the_allocator_gave() {
    let dir = tempfile::tempdir().unwrap();
    let budget = Budget::new(256 << 20);
    let options = Options { retention_ms: 0, ..Options::new(dir.path()) };
    let store = Store::open(options, Arc::new(SystemClock::default()), Arc::clone(&budget)).unwrap();
    let before = live_bytes();
    let mut targets: Vec<_> = (0..20).map(|at| Target::new(&store, &format!("host-{at}"), 1_000)).collect();
    // What the targets themselves take is not the store's.
    let own: usize = targets.iter().map(|target| 8 * target.series.capacity()).sum();
    let mut tick = 0;
    let mut scrape = |times: usize, targets: &mut [Target]| {
        for _ in 0..times {
            tick += 1;
            targets.iter_mut().for_each(|target| target.scrape(tick * 15_000));
        }
        targets[0].appender.sync().unwrap();
        live_bytes() - before - own
    };
    for (what, scrapes) in [("series", 1), ("chunks", 200)] {
        let real_bytes = scrape(scrapes, &mut targets);
        assert_account(what, budget.part_bytes(Part::Head), real_bytes);
    }
    drop(targets);
    store.flush().unwrap();
    let querier = store.querier(i64::MIN, i64::MAX).unwrap();
    let part = [Matcher::new(model::MatchOp::Equal, "part", "3").unwrap()];
    let mut set = querier.select(&part, &SelectHints::default()).unwrap();
    while set.next().unwrap().is_some() {}
    drop((set, querier));
    assert_account("parts", budget.used_bytes(), live_bytes() - before);
}

/// Every series replaced each hour, for a day.
#[test]
fn churn_does_not_grow_memory() {
    const HOUR_MS: i64 = 3_600_000;
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(HandClock::default());
    let options =
        Options { retention_ms: 0, head_window: Duration::from_secs(3_600), ..Options::new(dir.path()) };
    let store = Store::open(options, Arc::clone(&clock) as Arc<_>, Budget::new(64 << 20)).unwrap();
    let mut after_hour = Vec::new();
    for hour in 0..24 {
        let mut target = Target::new(&store, &format!("pod-{hour}"), 1_000);
        for minute in (0..60).step_by(10) {
            let now_ms = hour * HOUR_MS + minute * 60_000;
            clock.set_ms(now_ms);
            target.scrape(now_ms);
            store.maintain().unwrap();
        }
        drop(target);
        after_hour.push((live_bytes(), store.status(0).head.series));
    }
    let most = |hours: &[(usize, usize)]| hours.iter().copied().max().unwrap();
    let (early, late) = (most(&after_hour[2..8]), most(&after_hour[18..]));
    assert!(late.0 <= early.0 + early.0 / 10, "{after_hour:?}");
    assert!(late.1 <= 3_000, "{after_hour:?}");
}
