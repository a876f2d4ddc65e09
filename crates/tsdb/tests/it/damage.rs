//! A small data folder with one byte wrong or cut: it opens, and serves what is sound.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use model::{
    Appendable, Appender, Budget, Clock, Exemplar, FamilyMetadata, LabelSet, Metadata, MetricType,
    SampleGroup, metadata::MetadataQueryable,
};
use tsdb::{Options, Store};

use crate::{
    reading::{Contents, contents},
    simulation::{HandClock, MemoryDisk, Random},
};

/// Where the first record or batch of a segment begins.
const HEADER_BYTES: usize = 29;

fn open(disk: &MemoryDisk) -> Store {
    open_at(disk, Arc::default())
}

fn open_at(disk: &MemoryDisk, clock: Arc<HandClock>) -> Store {
    let options = Options { retention_ms: 0, ..Options::new("/data") };
    Store::open_on(Arc::new(disk.clone()), options, clock, Budget::new(8 << 20)).unwrap()
}

/// Has the store sync its log as it does with each interval.
fn sync_by_interval(store: &Store, clock: &HandClock) {
    clock.set_ms(clock.now_ms() + 6_000);
    store.maintain().unwrap();
}

/// Two parts, and a log with two groups, in records and in batches by turns.
fn small_folder() -> (MemoryDisk, Contents) {
    let (disk, clock) = (MemoryDisk::default(), Arc::<HandClock>::default());
    let store = open_at(&disk, Arc::clone(&clock));
    for round in 0..3 {
        for target in 0..2 {
            let mut appender = store.appender();
            let labels =
                |n: usize| LabelSet::from_pairs([("n", n.to_string()), ("t", format!("target{target}"))]);
            let series: Vec<_> = (0..4).map(|n| appender.resolve(&labels(n)).unwrap()).collect();
            for i in 0..6 {
                // Irregular, so that parts have pages of times.
                let time = round * 100_000 + i * i * 1000;
                let values = [1.0, i as f64, (i as f64).sqrt(), (i * round) as f64 / 10.0];
                appender
                    .append(&SampleGroup {
                        timestamp_ms: time,
                        series: &series,
                        values: &values,
                        ..SampleGroup::default()
                    })
                    .unwrap();
                match i % 3 {
                    0 => appender.sync().unwrap(),
                    _ => sync_by_interval(&store, &clock),
                }
            }
        }
        if round < 2 {
            store.flush().unwrap();
        }
    }
    append_the_rest(&store);
    let before = contents(&store);
    store.close().unwrap();
    (disk, before)
}

/// Exemplars and metadata, which have files of their own.
fn append_the_rest(store: &Store) {
    let mut appender = store.appender();
    let series = appender.find(&LabelSet::from_pairs([("n", "0"), ("t", "target0")])).unwrap();
    let metadata = Metadata { kind: MetricType::Gauge, help: "Help.".into(), unit: "".into() };
    for n in 0..3 {
        let labels = LabelSet::from_pairs([("trace_id", n.to_string())]);
        let exemplar = Exemplar { labels, value: n as f64, timestamp_ms: n, timed: true };
        assert_eq!(appender.append_exemplars(&[(series, exemplar)]), []);
        let metric = format!("family{n}").into();
        appender.append_metadata(&[Arc::new(FamilyMetadata { metric, metadata: metadata.clone() })]);
    }
}

/// Opens, reads, and finds nothing that was not there; gives how many samples there were.
fn survivors(disk: &MemoryDisk, before: &Contents) -> usize {
    let store = open(disk);
    for exemplar in crate::exemplar::all(&store).iter().flat_map(|series| &series.exemplars) {
        assert_eq!(exemplar.labels.get("trace_id"), exemplar.timestamp_ms.to_string());
    }
    assert!(store.metadata().iter().all(|family| &*family.metadata.help == "Help."));
    let found = contents(&store);
    for (labels, samples) in &found {
        let known = &before[labels];
        assert!(samples.iter().all(|(time, sample)| known.get(time) == Some(sample)), "{labels}");
    }
    found.values().map(BTreeMap::len).sum()
}

fn for_each_byte(each: impl Fn(&MemoryDisk, &PathBuf, usize)) {
    let (disk, _) = small_folder();
    for path in disk.names() {
        let mut len = 0;
        disk.edit(&path, |bytes| len = bytes.len());
        (0..len).for_each(|at| each(&disk.fork(), &path, at));
    }
}

#[test]
fn any_flipped_bit_costs_only_what_it_hits() {
    let (_, before) = small_folder();
    let all: usize = before.values().map(BTreeMap::len).sum();
    for_each_byte(|disk, path, at| {
        disk.edit(path, |bytes| bytes[at] ^= 1 << (at % 8));
        let left = survivors(disk, &before);
        // A part or the log holds a third of the samples.
        assert!(left >= all * 2 / 3, "{} at {at}: {left} of {all}", path.display());
    });
}

#[test]
fn any_cut_leaves_the_rest() {
    let (_, before) = small_folder();
    let all: usize = before.values().map(BTreeMap::len).sum();
    for_each_byte(|disk, path, at| {
        disk.edit(path, |bytes| bytes.truncate(at));
        let left = survivors(disk, &before);
        assert!(left >= all * 2 / 3, "{} at {at}: {left} of {all}", path.display());
    });
}

/// A damaged journal was renamed before there was another one, and a power cut left none.
#[test]
fn a_power_cut_costs_nothing_of_a_damaged_journal() {
    let (disk, _) = small_folder();
    let journal = disk.names().into_iter().find(|path| path.ends_with("metadata.journal")).unwrap();
    disk.edit(&journal, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    let left = open(&disk.fork()).metadata();
    assert_eq!(left.len(), 2);
    for seed in 0..20 {
        let disk = disk.fork();
        drop(open(&disk));
        disk.crash(&mut Random::new(seed));
        assert_eq!(open(&disk).metadata(), left, "{seed}");
    }
}

#[test]
fn whatever_the_files_hold_the_store_opens() {
    let (disk, before) = small_folder();
    for seed in 0..300 {
        let (disk, mut random) = (disk.fork(), Random::new(seed));
        for path in disk.names() {
            for _ in 0..random.below(6) {
                disk.edit(&path, |bytes| garble(bytes, &mut random));
            }
        }
        survivors(&disk, &before);
    }
}

fn garble(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len().max(1)).min(bytes.len());
    let end = (at + random.below(60)).min(bytes.len());
    match random.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at..end].fill(0),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        _ => bytes[at..end].iter_mut().for_each(|byte| *byte = random.below(256) as u8),
    }
}

#[test]
fn a_damaged_segment_is_set_aside_once_it_is_flushed() {
    let (disk, _) = small_folder();
    let log = disk.names().into_iter().find(|path| path.extension().is_some_and(|e| e == "wal")).unwrap();
    disk.edit(&log, |bytes| {
        // Among the records of the first group.
        let middle = bytes.len() / 3;
        bytes[middle] ^= 1;
    });
    let store = open(&disk);
    let status = store.status(0);
    assert!(status.wal_damaged == 1 && status.wal_damaged_bytes > 0 && status.wal_unusable_records > 0);
    store.flush().unwrap();
    assert_eq!(store.status(0).wal_bytes, 0);
    assert!(disk.names().iter().any(|path| path.to_string_lossy().ends_with(".wal.damaged")));
}

/// The story: each request of a remote write was compressed before its sync, which took half as much CPU again.
#[test]
fn only_what_the_interval_syncs_is_compressed() {
    let first_marker = |sync: &dyn Fn(&Store, &mut dyn Appender, &HandClock)| {
        let (disk, clock) = (MemoryDisk::default(), Arc::<HandClock>::default());
        let store = open_at(&disk, Arc::clone(&clock));
        let mut appender = store.appender();
        let series = [appender.resolve(&LabelSet::from_pairs([("n", "0")])).unwrap()];
        appender.append(&SampleGroup { series: &series, values: &[1.0], ..SampleGroup::default() }).unwrap();
        sync(&store, &mut *appender, &clock);
        let log = disk.names().into_iter().find(|path| path.extension().is_some_and(|e| e == "wal")).unwrap();
        let mut marker = 0;
        disk.edit(&log, |bytes| marker = bytes[HEADER_BYTES]);
        marker
    };
    assert_eq!(first_marker(&|_, appender, _| appender.sync().unwrap()), 0xd7);
    assert_eq!(first_marker(&|store, _, clock| sync_by_interval(store, clock)), 0xd8);
}
