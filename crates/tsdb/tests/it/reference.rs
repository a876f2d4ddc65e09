//! The store beside a sorted map, on generated operations, with a disk that crashes and fails.
//!
//! A run is a function of its seed. `TSDB_RUNS` says how many runs, `TSDB_SEED` from which seed on.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
    time::Duration,
};

use model::{
    Appendable, Appender, Budget, CounterReset, FloatHistogram, LabelSet, MatchOp, Matcher, SampleGroup,
    appender::Outcome,
    histogram::{Buckets, CUSTOM_SCHEMA},
    stale_nan,
};
use tsdb::{Options, Store};

use crate::{
    reading::{Contents, Sample, Samples, contents},
    simulation::{HandClock, MemoryDisk, Random},
};

/// The store and what it should hold.
struct Pair {
    disk: MemoryDisk,
    clock: Arc<HandClock>,
    window_ms: i64,
    store: Store,
    appenders: Vec<Box<dyn Appender>>,
    now_ms: i64,
    random: Random,
    /// Everything appended.
    expected: Contents,
    /// What was acknowledged as durable.
    durable: Contents,
    /// Samples of which the deletion failed: a crash may bring it about.
    doubtful: Contents,
    /// Values that came second; a crash may bring about the deletion of the first one alone.
    second: BTreeMap<(LabelSet, i64), Vec<Sample>>,
    /// The newest sample that each series ever had, deleted ones and those that a crash took included.
    newest: BTreeMap<LabelSet, i64>,
}

/// How far out of order samples are taken in every other run.
const WINDOW_MS: i64 = 600_000;

fn options(window_ms: i64) -> Options {
    Options {
        retention_ms: 0,
        out_of_order_window_ms: window_ms,
        wal_segment_bytes: 2048,
        head_window: Duration::from_secs(600),
        wal_sync_interval: Duration::from_secs(20),
        ..Options::new("/data")
    }
}

fn open(disk: &MemoryDisk, clock: &Arc<HandClock>, window_ms: i64) -> Store {
    let clock = Arc::clone(clock);
    Store::open_on(Arc::new(disk.clone()), options(window_ms), clock, Budget::new(64 << 20)).unwrap()
}

/// What a sample is to be.
struct Kind {
    value: f64,
    histogram: Option<Arc<FloatHistogram>>,
    start_ms: Option<i64>,
}

/// A histogram of one of several layouts, whose counts go up for a while.
fn histogram(series: usize, step: i64, random: usize) -> FloatHistogram {
    let count = (step * 3) as f64 / if series.is_multiple_of(5) { 7.0 } else { 1.0 };
    let buckets = |from: i32, len: i32| {
        Buckets::from_sorted((from..from + len).map(|index| (index * 2, count)).collect()).unwrap_or_default()
    };
    let custom = series.is_multiple_of(7);
    FloatHistogram {
        counter_reset: if series == 25 { CounterReset::Gauge } else { CounterReset::Unknown },
        integer: !series.is_multiple_of(5),
        schema: if custom { CUSTOM_SCHEMA } else { (series % 3) as i32 },
        zero_count: if custom { 0.0 } else { count },
        count: count * 9.0,
        // Sums alone do not tell histograms apart.
        sum: (step / 2) as f64,
        positive: buckets(0, if random > 9 { 3 } else { 2 }),
        negative: buckets(-1, if custom { 0 } else { 1 }),
        custom_bounds: if custom { [0.1, 5.0, 7.5, 1e9].into() } else { [].into() },
        ..FloatHistogram::default()
    }
}

fn labels(series: usize) -> LabelSet {
    let job = format!("job{}", series / 10);
    LabelSet::from_pairs([
        ("__name__", format!("metric_{}", series % 7)),
        ("job", job),
        ("n", series.to_string()),
    ])
}

impl Pair {
    fn new(seed: u64) -> Self {
        let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
        let window_ms = if seed.is_multiple_of(2) { WINDOW_MS } else { 0 };
        let store = open(&disk, &clock, window_ms);
        let (expected, durable, doubtful) = (Contents::new(), Contents::new(), Contents::new());
        let random = Random::new(seed);
        Self {
            disk,
            clock,
            window_ms,
            store,
            appenders: Vec::new(),
            now_ms: 1_000_000,
            random,
            expected,
            durable,
            doubtful,
            second: BTreeMap::new(),
            newest: BTreeMap::new(),
        }
    }

    fn value(&mut self, series: usize) -> f64 {
        match (series % 5, self.random.below(20)) {
            (_, 0) => stale_nan(),
            (0, _) => 1.0,
            (1, n) => (self.now_ms / 100 * 7 + n as i64) as f64,
            (2, n) => n as f64 / 10.0,
            (3, n) => (self.now_ms as f64 + n as f64).sqrt(),
            (_, n) => {
                if n < 18 {
                    5.0
                } else {
                    1e9 + n as f64
                }
            }
        }
    }

    /// A float or a native histogram; series of some numbers have both.
    fn kind(&mut self, series: usize, timestamp_ms: i64) -> Kind {
        // A sample that comes again has the same one.
        let known = series.is_multiple_of(4) && timestamp_ms % 9 > 0;
        let start_ms = known.then_some(timestamp_ms / 100_000 * 100_000 - series as i64);
        if series % 3 != 1 || series.is_multiple_of(2) && self.random.one_in(5) {
            return Kind { value: self.value(series), histogram: None, start_ms };
        }
        let histogram = match self.random.below(12) {
            0 => FloatHistogram { sum: stale_nan(), ..FloatHistogram::default() },
            n => histogram(series, self.now_ms / 5_000 % 40, n),
        };
        Kind { value: histogram.sum, histogram: Some(histogram.into()), start_ms }
    }

    /// A group of some target's series, all of them or a few, now or somewhat late.
    fn append(&mut self) {
        while self.appenders.len() < 3 {
            self.appenders.push(self.store.appender());
        }
        let target = self.random.below(3);
        let all = self.random.below(3) > 0;
        let series: Vec<usize> =
            (target * 10..target * 10 + 10).filter(|_| all || self.random.one_in(2)).collect();
        let timestamp_ms = match self.random.below(10) {
            0 => self.now_ms - self.random.below(60_000) as i64,
            // Times that there are samples of already, too.
            2 if self.window_ms > 0 => self.now_ms - 5_000 * self.random.below(150) as i64,
            1 => self.now_ms,
            _ => {
                self.now_ms += 5_000;
                self.now_ms
            }
        };
        self.clock.set_ms(self.now_ms);
        let kinds: Vec<_> = series.iter().map(|&series| self.kind(series, timestamp_ms)).collect();
        let sample = |kind: &Kind| Sample::new(kind.value, kind.histogram.as_deref(), kind.start_ms);
        let values: Vec<f64> = kinds.iter().map(|kind| kind.value).collect();
        let histograms: Vec<_> = (0..)
            .zip(&kinds)
            .filter_map(|(at, kind)| Some((at, Arc::clone(kind.histogram.as_ref()?))))
            .collect();
        let starts: Vec<_> = (0..).zip(&kinds).filter_map(|(at, kind)| Some((at, kind.start_ms?))).collect();
        let appender = &mut self.appenders[target];
        let refs: Vec<_> = series.iter().map(|&s| appender.resolve(&labels(s)).unwrap()).collect();
        let group = SampleGroup {
            timestamp_ms,
            series: &refs,
            values: &values,
            histograms: &histograms,
            start_timestamps_ms: &starts,
        };
        let appended = appender.append(&group).unwrap();
        for (at, (&series, kind)) in series.iter().zip(&kinds).enumerate() {
            let newest = self.newest.entry(labels(series)).or_insert(i64::MIN);
            if let Some((_, why)) = appended.rejected.iter().find(|(position, _)| *position == at) {
                assert!(*newest >= timestamp_ms, "{why:?} at {timestamp_ms} after {newest:?}");
                let within = self.window_ms > 0 && timestamp_ms >= self.now_ms - self.window_ms;
                assert!(!within || *why == Outcome::Duplicate, "{why:?} at {timestamp_ms} within the window");
            } else {
                *newest = timestamp_ms.max(*newest);
                match self.expected.entry(labels(series)).or_default().entry(timestamp_ms) {
                    Entry::Vacant(entry) => drop(entry.insert(sample(kind))),
                    Entry::Occupied(_) => {
                        self.second.entry((labels(series), timestamp_ms)).or_default().push(sample(kind));
                    }
                }
            }
        }
    }

    /// Deletes what some matcher accepts within some time.
    fn delete(&mut self) {
        let (op, name, value) = match self.random.below(4) {
            0 => (MatchOp::Equal, "job", "job1".to_owned()),
            1 => (MatchOp::Equal, "n", self.random.below(30).to_string()),
            2 => (MatchOp::Regex, "__name__", "metric_[135]".to_owned()),
            _ => (MatchOp::NotEqual, "n", String::new()),
        };
        let matcher = Matcher::new(op, name, &value).unwrap();
        let start = self.now_ms - self.random.below(2_000_000) as i64;
        let end = start + self.random.below(600_000) as i64;
        // A newest sample that comes again is recognised and not stored anew, deleted or not.
        self.now_ms += 5_000;
        let deleted = self.store.delete(std::slice::from_ref(&matcher), start, end).is_ok();
        for (labels, samples) in self.expected.iter_mut().filter(|(l, _)| matcher.matches(l.get(name))) {
            if deleted {
                samples.retain(|time, _| !(start..=end).contains(time));
            } else {
                let doubtful = samples.range(start..=end).map(|(&time, sample)| (time, sample.clone()));
                self.doubtful.entry(labels.clone()).or_default().extend(doubtful);
            }
        }
        if deleted {
            self.second.retain(|(l, t), _| !matcher.matches(l.get(name)) || !(start..=end).contains(t));
        }
        for (labels, samples) in self.durable.iter_mut().filter(|_| deleted) {
            let kept = |time: &i64| self.expected.get(labels).is_some_and(|e| e.contains_key(time));
            samples.retain(|time, _| kept(time));
        }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..77 => self.append(),
            77 => self.delete(),
            78 => drop(self.store.clean_tombstones()),
            79 => drop(self.store.snapshot(self.random.one_in(2))),
            80..88 => {
                let target = self.random.below(self.appenders.len());
                if self.appenders.get_mut(target).is_some_and(|appender| appender.sync().is_ok()) {
                    self.now_durable();
                }
            }
            88..93 => drop(self.store.maintain()),
            93..95 => {
                if self.store.flush().is_ok() {
                    self.now_durable();
                }
            }
            95 => self.check(),
            96 => self.reopen(),
            97 => self.crash(),
            98 => self.disk.fail_after(Some(self.random.below(20))),
            _ => self.disk.fail_after(None),
        }
    }

    fn now_durable(&mut self) {
        self.durable = self.expected.clone();
    }

    fn check(&self) {
        self.expect(&self.expected, &contents(&self.store));
    }

    fn expect(&self, expected: &Contents, found: &Contents) {
        for (labels, samples) in expected.iter().filter(|(_, samples)| !samples.is_empty()) {
            assert_eq!(found.get(labels).unwrap_or(&Samples::new()), samples, "{labels}");
        }
        for (labels, samples) in found {
            assert_eq!(expected.get(labels), Some(samples), "{labels}");
        }
    }

    fn reopen(&mut self) {
        self.disk.fail_after(None);
        // After a failure of the disk the log has a gap that only a flush closes.
        if self.store.close().is_err() {
            return self.crash();
        }
        self.appenders.clear();
        self.store = open(&self.disk, &self.clock, self.window_ms);
        self.check();
        self.now_durable();
    }

    fn crash(&mut self) {
        self.appenders.clear();
        self.disk.crash(&mut self.random);
        self.store = open(&self.disk, &self.clock, self.window_ms);
        let found = contents(&self.store);
        for (labels, samples) in &self.durable {
            for time in samples.keys() {
                let has = |all: &Contents| all.get(labels).is_some_and(|found| found.contains_key(time));
                assert!(has(&found) || has(&self.doubtful), "{labels} at {time} was durable");
            }
        }
        for (labels, samples) in &found {
            for (time, sample) in samples {
                let known = [&self.expected, &self.durable].map(|all| all.get(labels)?.get(time));
                let second = self.second.get(&(labels.clone(), *time));
                let second = second.is_some_and(|values| values.contains(sample));
                assert!(
                    second || known.contains(&Some(sample)),
                    "{labels} at {time} was made up: {sample:?}, not {known:?}"
                );
            }
        }
        self.doubtful.clear();
        self.second.clear();
        self.expected = found.clone();
        self.durable = found;
    }
}

#[test]
fn the_store_holds_what_a_map_holds() {
    let runs = std::env::var("TSDB_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(60);
    let first = std::env::var("TSDB_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    for seed in first..first + runs {
        println!("seed {seed}");
        let mut pair = Pair::new(seed);
        for _ in 0..400 {
            pair.step();
        }
        pair.disk.fail_after(None);
        pair.check();
    }
}
