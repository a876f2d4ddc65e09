//! A clock that is not set yet, and one that jumps.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use model::{Appendable, Appender, Budget, Clock, LabelSet, Origin, SampleGroup, appender::AppendError};
use tsdb::{Options, Store};

use crate::{reading::contents, simulation::MemoryDisk};

/// Wall clock, monotonic clock, and whether the wall clock is set.
struct Hands(Mutex<(i64, i64, bool)>);

impl Hands {
    fn pass(&self, ms: i64) {
        let mut hands = self.0.lock().unwrap();
        *hands = (hands.0 + ms, hands.1 + ms, hands.2);
    }

    fn set(&self, now_ms: i64, is_set: bool) {
        let mut hands = self.0.lock().unwrap();
        *hands = (now_ms, hands.1, is_set);
    }
}

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.lock().unwrap().0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.lock().unwrap().1 as u64)
    }

    fn is_set(&self) -> bool {
        self.0.lock().unwrap().2
    }
}

const REAL_MS: i64 = 1_800_000_000_000;

struct Rig {
    disk: MemoryDisk,
    clock: Arc<Hands>,
    store: Store,
    appender: Box<dyn Appender>,
}

impl Rig {
    fn new(now_ms: i64, is_set: bool) -> Self {
        let (disk, clock) = (MemoryDisk::default(), Arc::new(Hands(Mutex::new((now_ms, 50, is_set)))));
        let store = open(&disk, &clock);
        let appender = store.appender();
        Self { disk, clock, store, appender }
    }

    fn reopen(&mut self) {
        self.store.close().unwrap();
        self.store = open(&self.disk, &self.clock);
        self.appender = self.store.appender();
    }

    /// A sample of a series, taken now.
    fn scrape(&mut self) -> usize {
        append(&mut *self.appender, self.clock.now_ms())
    }

    /// The times of all samples.
    fn times(&self) -> Vec<i64> {
        contents(&self.store).into_values().flatten().map(|(time, _)| time).collect()
    }
}

fn open(disk: &MemoryDisk, clock: &Arc<Hands>) -> Store {
    let options = Options { retention_ms: 0, ..Options::new("/data") };
    Store::open_on(Arc::new(disk.clone()), options, Arc::clone(clock) as _, Budget::new(1 << 20)).unwrap()
}

fn append(appender: &mut dyn Appender, timestamp_ms: i64) -> usize {
    let series = [appender.resolve(&LabelSet::from_pairs([("__name__", "up")])).unwrap()];
    let group = SampleGroup {
        timestamp_ms,
        series: &series,
        values: &[timestamp_ms as f64],
        ..SampleGroup::default()
    };
    appender.append(&group).unwrap().accepted
}

#[test]
fn samples_wait_for_the_clock_and_get_the_time_that_it_was() {
    let mut rig = Rig::new(1000, false);
    for _ in 0..3 {
        rig.clock.pass(10_000);
        assert_eq!(rig.scrape(), 1);
        rig.store.maintain().unwrap();
    }
    let sender = Origin::Sender { address: "10.0.0.1".into() };
    append(&mut *rig.store.appender_of(&sender), REAL_MS - 3_600_000);
    assert_eq!((rig.times(), rig.store.status(0).samples_held), (vec![REAL_MS - 3_600_000], 3));
    rig.clock.pass(5000);
    rig.clock.set(REAL_MS, true);
    // One that comes before the others have their time waits behind them.
    rig.scrape();
    rig.store.maintain().unwrap();
    rig.clock.pass(5000);
    rig.scrape();
    let expected = [-3_600_000, -25_000, -15_000, -5000, 0, 5000].map(|ms| REAL_MS + ms);
    assert_eq!(rig.times(), expected);
    let status = rig.store.status(0);
    assert_eq!((status.samples_held, status.samples_stamped), (0, 4));
    rig.reopen();
    assert_eq!(rig.times(), expected);
}

#[test]
fn series_whose_samples_wait_are_not_taken_for_stopped() {
    let mut rig = Rig::new(REAL_MS, true);
    rig.scrape();
    rig.clock.set(REAL_MS, false);
    for _ in 0..3 {
        rig.clock.pass(20 * 60_000);
        assert_eq!(rig.scrape(), 1);
        rig.store.flush().unwrap();
    }
    rig.clock.set(REAL_MS + 3_600_000, true);
    rig.store.maintain().unwrap();
    assert_eq!(rig.times(), [0, 1_200_000, 2_400_000, 3_600_000].map(|ms| REAL_MS + ms));
}

#[test]
fn a_clock_that_is_never_set_costs_no_sample() {
    let mut rig = Rig::new(1000, false);
    let mut expected = Vec::new();
    for minute in 1..100 {
        rig.clock.pass(60_000);
        assert_eq!(rig.scrape(), 1);
        rig.store.maintain().unwrap();
        expected.push(1000 + minute * 60_000);
    }
    assert_eq!((rig.times(), rig.store.status(0).samples_held), (expected.clone(), 0));
    let mut rig = Rig::new(1000, false);
    rig.scrape();
    rig.reopen();
    assert_eq!(rig.times(), [1000], "what waits at the end is kept");
}

#[test]
fn samples_that_wait_are_bounded_however_long_nobody_releases_them() {
    let mut rig = Rig::new(1000, false);
    let series = [rig.appender.resolve(&LabelSet::from_pairs([("__name__", "up")])).unwrap()];
    let mut times = Vec::new();
    let error = loop {
        rig.clock.pass(1);
        let timestamp_ms = rig.clock.now_ms();
        let group = SampleGroup { timestamp_ms, series: &series, values: &[1.0], ..SampleGroup::default() };
        match rig.appender.append(&group) {
            Ok(_) => times.push(timestamp_ms),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, AppendError::ClockWaitLimit { used_bytes } if used_bytes < 1 << 20), "{error}");
    rig.store.maintain().unwrap();
    let status = rig.store.status(0);
    assert_eq!((rig.times(), status.samples_held, status.samples_shed), (times, 0, 1));
    rig.clock.pass(1);
    assert_eq!(rig.scrape(), 1, "and none waits from then on");
}

#[test]
fn a_clock_that_was_ahead_does_not_hold_up_its_series() {
    let mut rig = Rig::new(REAL_MS, true);
    let year_ms = 365 * 86_400_000;
    for now_ms in [REAL_MS, REAL_MS + year_ms, REAL_MS + year_ms + 1000] {
        rig.clock.set(now_ms, true);
        assert_eq!(rig.scrape(), 1);
    }
    for second in 1..4 {
        rig.clock.set(REAL_MS + second * 1000, true);
        assert_eq!(rig.scrape(), 1, "{second}");
    }
    rig.clock.set(REAL_MS + 2500, true);
    assert_eq!(rig.scrape(), 0, "out of order as ever");
    rig.store.set_out_of_order_window(3_600_000);
    assert_eq!(rig.scrape(), 1, "the window reaches back from the clock");
    let expected = [0, 1000, 2000, 2500, 3000, year_ms, year_ms + 1000].map(|ms| REAL_MS + ms);
    assert_eq!(rig.times(), expected);
    rig.reopen();
    assert_eq!(rig.times(), expected);
    rig.clock.pass(1000);
    assert_eq!(rig.scrape(), 1);
    rig.store.flush().unwrap();
    assert_eq!(rig.times().len(), 8);
}
