//! A disk that fails, memory that runs short, and many hands at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use model::{
    Appendable, Appender, Budget, LabelSet, MatchOp, Matcher, Origin, SampleGroup, SeriesRef,
    appender::AppendError, clock::SystemClock,
};
use tsdb::{Options, Store};

use crate::{
    reading::contents,
    simulation::{CAPACITY_BYTES, HandClock, MemoryDisk, Random},
};

fn open(disk: &MemoryDisk, clock: &Arc<HandClock>, options: Options) -> Store {
    let clock = Arc::clone(clock);
    Store::open_on(Arc::new(disk.clone()), options, clock, Budget::new(64 << 20)).unwrap()
}

fn options() -> Options {
    Options { retention_ms: 0, ..Options::new("/data") }
}

fn series(appender: &mut dyn Appender, origin: usize, count: usize) -> Vec<SeriesRef> {
    let labels = |n: usize| {
        LabelSet::from_pairs([("__name__", "m".into()), ("n", n.to_string()), ("origin", origin.to_string())])
    };
    (0..count).map(|n| appender.resolve(&labels(n)).unwrap()).collect()
}

fn append(appender: &mut dyn Appender, timestamp_ms: i64, series: &[SeriesRef]) -> usize {
    let values: Vec<f64> = (0..series.len()).map(|n| (timestamp_ms / 1000 * n as i64) as f64).collect();
    appender
        .append(&SampleGroup { timestamp_ms, series, values: &values, ..SampleGroup::default() })
        .unwrap()
        .accepted
}

#[test]
fn a_full_disk_costs_nothing_that_memory_holds() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, options());
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 5);
    append(&mut *appender, 1000, &refs);
    appender.sync().unwrap();
    disk.fail_after(Some(0));
    append(&mut *appender, 2000, &refs);
    assert!(matches!(appender.sync(), Err(AppendError::Storage(_))));
    assert_eq!(append(&mut *appender, 3000, &refs), 5);
    clock.set_ms(60_000);
    assert!(store.status(0).wal_failing && store.maintain().is_err());
    assert_eq!(contents(&store).values().map(|samples| samples.len()).sum::<usize>(), 15);
    // The disk comes back: the next flush makes durable what the log has not.
    disk.fail_after(None);
    clock.set_ms(120_000);
    store.maintain().unwrap();
    append(&mut *appender, 4000, &refs);
    appender.sync().unwrap();
    let before = contents(&store);
    disk.crash(&mut Random::new(1));
    assert_eq!(contents(&open(&disk, &clock, options())), before);
    assert!(!store.status(0).wal_failing);
}

/// Values of full precision, so that memory fills soon.
#[test]
fn a_disk_that_stays_away_costs_the_oldest_samples_that_it_does_not_have() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let options = Options { head_bytes: 128 << 10, ..options() };
    let store = open(&disk, &clock, options.clone());
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 100);
    append(&mut *appender, 1000, &refs);
    appender.sync().unwrap();
    disk.fail_after(Some(0));
    for i in 2..3000 {
        clock.set_ms(i * 1000);
        let values: Vec<f64> = (0..100).map(|n| f64::from(n).mul_add(i as f64, 0.5).sqrt()).collect();
        let group =
            SampleGroup { timestamp_ms: i * 1000, series: &refs, values: &values, ..SampleGroup::default() };
        assert_eq!(appender.append(&group).unwrap().accepted, 100);
        let _ = store.maintain();
        assert!(store.status(0).head.bytes < 448 << 10, "{} at {i}", store.status(0).head.bytes);
    }
    let before = contents(&store);
    let held: usize = before.values().map(|samples| samples.len()).sum();
    assert_eq!(held as u64 + store.status(0).samples_shed, 2999 * 100);
    let kept = |samples: &crate::reading::Samples| [1000, 2_999_000].map(|time| samples.contains_key(&time));
    assert!(before.values().all(|samples| kept(samples) == [true, true]));
    disk.fail_after(None);
    clock.set_ms(3_100_000);
    store.maintain().unwrap();
    disk.crash(&mut Random::new(1));
    assert_eq!(contents(&open(&disk, &clock, options)), before);
}

#[test]
fn short_memory_flushes_first_and_refuses_new_series_last() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, Options { head_bytes: 256 << 10, ..options() });
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 500);
    for i in 0..400 {
        clock.set_ms(i * 1000);
        assert_eq!(append(&mut *appender, i * 1000, &refs), 500);
        store.maintain().unwrap();
        assert!(store.status(0).head.bytes < 400 << 10);
    }
    assert!(store.status(0).parts > 1);
    let refused = (0..10_000).find_map(|n| {
        appender.resolve(&LabelSet::from_pairs([("__name__", "new"), ("n", &n.to_string())])).err()
    });
    assert!(
        matches!(refused, Some(AppendError::SeriesLimit { series: 500.., limit_bytes, .. }) if limit_bytes == 512 << 10)
    );
    assert_eq!(append(&mut *appender, 400_000, &refs), 500);
    // Who brings little gets in all the same.
    let little = Origin::Sender { address: "10.0.0.1".into() };
    series(&mut *store.appender_of(&little), 2, 50);
    assert_eq!(store.status(0).series_refused_by_origin, [(Origin::Own, 1)]);
    // Series that never got a sample are forgotten by the second flush, and there is room again.
    store.flush().unwrap();
    store.flush().unwrap();
    assert_eq!(store.status(0).head.series, 500);
    series(&mut *appender, 1, 500);
}

#[test]
fn a_log_opens_with_less_memory_than_it_was_written_with() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, Options { wal_segment_bytes: 4096, ..options() });
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 300);
    (0..20_000).for_each(|i| assert_eq!(append(&mut *appender, i * 1000, &refs[..30]), 30));
    append(&mut *appender, 20_000_000, &refs);
    appender.sync().unwrap();
    let before = contents(&store);
    drop((appender, store));
    let store = open(&disk, &clock, Options { head_bytes: 64 << 10, ..options() });
    let status = store.status(0);
    assert!(
        status.parts > 0 && status.head.bytes < 512 << 10,
        "{} parts, {} bytes",
        status.parts,
        status.head.bytes
    );
    assert_eq!(contents(&store), before);
    store.flush().unwrap();
    assert_eq!((contents(&store), store.status(0).wal_bytes), (before, 0));
}

#[test]
fn series_that_come_and_go_do_not_grow_memory() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, options());
    let mut appender = store.appender();
    let mut bytes_max = 0;
    for round in 0..24 {
        let refs = series(&mut *appender, round, 300);
        for i in 0..10 {
            append(&mut *appender, (round as i64 * 10 + i) * 1000, &refs);
        }
        store.flush().unwrap();
        let bytes = store.status(0).head.bytes;
        assert!(round < 3 || bytes <= bytes_max * 5 / 4, "{bytes} after {round}");
        bytes_max = bytes_max.max(bytes);
    }
    assert_eq!(contents(&store).len(), 24 * 300);
}

#[test]
fn appends_flushes_and_queries_go_on_at_once() {
    let disk = MemoryDisk::default();
    let clock = Arc::new(SystemClock::default());
    let store = Store::open_on(Arc::new(disk), options(), clock, Budget::new(64 << 20)).unwrap();
    let done = AtomicBool::new(false);
    let scrapes = 300;
    thread::scope(|scope| {
        let origins: Vec<_> = (0..3)
            .map(|origin| {
                let mut appender = store.appender();
                scope.spawn(move || {
                    let refs = series(&mut *appender, origin, 50);
                    for i in 0..scrapes {
                        assert_eq!(append(&mut *appender, i * 1000, &refs), 50);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                store.flush().unwrap();
                store.maintain().unwrap();
            }
        });
        scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                let now = contents(&store).values().map(|samples| samples.len()).sum();
                assert!(now >= seen, "{now} samples after {seen}");
                seen = now;
            }
        });
        origins.into_iter().for_each(|origin| origin.join().unwrap());
        done.store(true, Ordering::Relaxed);
    });
    let found = contents(&store);
    assert_eq!(found.len(), 150);
    assert!(found.values().all(|samples| samples.len() == scrapes as usize));
}

/// A file that could not be removed came back whole with the next start, as its tombstones were gone.
#[test]
fn what_is_deleted_stays_so_while_its_file_cannot_be_removed() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, options());
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 2);
    append(&mut *appender, 1000, &refs);
    let all = Matcher::new(MatchOp::Equal, "__name__", "m").unwrap();
    store.delete(&[all], i64::MIN, i64::MAX).unwrap();
    disk.fail_removals(true);
    assert!(store.clean_tombstones().is_err());
    let _ = store.maintain();
    assert_eq!(contents(&open(&disk.fork(), &clock, options())).len(), 0);
    disk.fail_removals(false);
    store.maintain().unwrap();
    store.flush().unwrap();
    store.maintain().unwrap();
    assert_eq!(store.status(0).tombstones, 0);
    let parts = disk.names().into_iter().filter(|path| path.extension().is_some_and(|e| e == "part"));
    assert_eq!(parts.count(), 0);
}

/// A flush seals groups one after the other. A series that went from a group sealed already to one not sealed
/// yet, and stopped there, was taken for gone, and its samples in the first group were lost.
#[test]
fn series_that_change_groups_during_flushes_lose_nothing() {
    let disk = MemoryDisk::default();
    let clock = Arc::new(SystemClock::default());
    let store = Store::open_on(Arc::new(disk), options(), clock, Budget::new(64 << 20)).unwrap();
    let done = AtomicBool::new(false);
    let mut appended = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                store.flush().unwrap();
            }
        });
        let mut appender = store.appender();
        for round in 0..80 {
            // Each round has its own series, so that those of the last one stop.
            for i in 1..20 {
                let refs = series(&mut *appender, round, 40);
                let now = (round as i64 * 100 + i) * 1000;
                // Every third time half of the series are late; the scrape after that has none of these.
                let late = i % 3 == 0;
                let scraped = if late || i % 3 == 1 { &refs[..20] } else { &refs[..] };
                appended += append(&mut *appender, now, scraped);
                if late {
                    appended += append(&mut *appender, now - 500, &refs[20..]);
                    appended += append(&mut *appender, now - 300, &refs[20..30]);
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(contents(&store).values().map(|samples| samples.len()).sum::<usize>(), appended);
}

/// The story: a merge whose last sync failed left a whole part behind. The next start took it in place of its sources,
/// and what had been deleted of these was there again.
#[test]
fn a_part_that_a_failed_merge_left_does_not_come_back() {
    let (mut merged, mut writes) = (false, 0);
    while !merged {
        let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
        let store = open(&disk, &clock, options());
        let mut appender = store.appender();
        let refs = series(&mut *appender, 0, 2);
        for i in 0..8 {
            append(&mut *appender, i * 1000, &refs);
            store.flush().unwrap();
        }
        // Wherever it fails, and nothing can be removed.
        disk.fail_after(Some(writes));
        disk.fail_removals(true);
        assert!(store.maintain().is_err());
        merged = store.status(0).parts == 1;
        disk.fail_after(None);
        let all = Matcher::new(MatchOp::Equal, "__name__", "m").unwrap();
        store.delete(&[all], i64::MIN, i64::MAX).unwrap();
        assert_eq!(contents(&open(&disk.fork(), &clock, options())).len(), 0, "after {writes} writes");
        disk.fail_removals(false);
        store.flush().unwrap();
        store.maintain().unwrap();
        let parts = disk.names().into_iter().filter(|path| path.extension().is_some_and(|e| e == "part"));
        assert_eq!(parts.count(), store.status(0).parts, "after {writes} writes");
        disk.crash(&mut Random::new(writes as u64));
        assert_eq!(contents(&open(&disk, &clock, options())).len(), 0, "after {writes} writes");
        writes += 1;
    }
    assert!(writes > 5, "{writes} writes");
}

#[test]
fn a_percentage_of_the_disk_limits_what_is_kept() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, options());
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 20);
    for i in 0..7 {
        append(&mut *appender, i * 1000, &refs);
        store.flush().unwrap();
    }
    let part_bytes = store.status(0).part_bytes / 7;
    // Room for three parts; the bytes that are given do not count then.
    store.set_retention(0, 1, 350.0 * part_bytes as f64 / CAPACITY_BYTES as f64);
    store.maintain().unwrap();
    assert_eq!((store.status(0).parts, store.status(0).parts_removed), (3, 4));
}

/// The story: while one file could not be removed nothing was merged or dropped, and the disk filled up.
#[test]
fn a_file_that_cannot_be_removed_holds_up_nothing_else() {
    let (disk, clock) = (MemoryDisk::default(), Arc::new(HandClock::default()));
    let store = open(&disk, &clock, options());
    let mut appender = store.appender();
    let refs = series(&mut *appender, 0, 20);
    let mut scrape_and_flush = |i: i64| {
        append(&mut *appender, i * 1000, &refs);
        store.flush().unwrap();
    };
    (0..8).for_each(&mut scrape_and_flush);
    disk.fail_removals(true);
    assert!(store.maintain().is_err());
    assert_eq!((store.status(0).parts, store.status(0).parts_merged), (1, 1));
    disk.fail_removals(false);
    (8..16).for_each(&mut scrape_and_flush);
    disk.fail_removals(true);
    assert!(store.maintain().is_err());
    assert_eq!((store.status(0).parts, store.status(0).parts_merged), (2, 2));
    store.set_retention(0, 1, 0.0);
    assert!(store.maintain().is_err());
    assert_eq!(store.status(0).parts, 0);
    disk.fail_removals(false);
    store.set_retention(0, 0, 0.0);
    store.maintain().unwrap();
    assert!(!disk.names().iter().any(|path| path.extension().is_some_and(|e| e == "part")));
}
