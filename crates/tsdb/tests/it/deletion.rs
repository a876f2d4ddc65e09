//! Deleting, cleaning up after it, and snapshots.

use std::path::Path;

use model::{Appendable, MatchOp, Matcher};
use tsdb::Store;

use crate::store::{ALL, open, scrape, select};

fn delete(store: &Store, metric: &str, mint_ms: i64, maxt_ms: i64) {
    let matcher = Matcher::new(MatchOp::Equal, "__name__", metric).unwrap();
    store.delete(&[matcher], mint_ms, maxt_ms).unwrap();
}

fn times(store: &Store) -> Vec<(String, Vec<i64>)> {
    let series = select(store, &[], ALL).into_iter();
    series.map(|(labels, samples)| (labels, samples.iter().map(|(time, _)| time / 1000).collect())).collect()
}

fn filled(dir: &Path) -> Store {
    let store = open(dir);
    let mut appender = store.appender();
    for i in 0..6 {
        scrape(&mut *appender, i * 1000, &[("a", i as f64), ("b", i as f64 / 7.0)]);
        if i == 2 {
            store.flush().unwrap();
        }
    }
    appender.sync().unwrap();
    store
}

#[test]
fn deleted_samples_are_gone_from_memory_and_disk_and_new_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    delete(&store, "a", 1000, 4000);
    delete(&store, "b", i64::MIN, i64::MAX);
    let a = |times: &[i64]| vec![("a{job=\"test\"}".to_owned(), times.to_vec())];
    assert_eq!(times(&store), a(&[0, 5]));
    scrape(&mut *store.appender(), 6000, &[("a", 1.0)]);
    store.close().unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(times(&store), a(&[0, 5, 6]));
    assert_eq!(store.part_infos().iter().map(|part| part.tombstones).sum::<usize>(), 4);
    let before: u64 = store.part_infos().iter().map(|part| part.samples).sum();
    store.clean_tombstones().unwrap();
    let parts = store.part_infos();
    assert_eq!((before, parts.iter().map(|part| part.samples).sum::<u64>()), (12, 2));
    assert!(parts.iter().all(|part| part.tombstones == 0), "{parts:?}");
    assert_eq!(times(&store), a(&[0, 5, 6]));
}

#[test]
fn a_part_of_which_all_is_deleted_goes() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    delete(&store, "a", ALL.0, ALL.1);
    delete(&store, "b", ALL.0, ALL.1);
    store.clean_tombstones().unwrap();
    assert_eq!((times(&store), store.part_infos()), (vec![], vec![]));
    scrape(&mut *store.appender(), 6000, &[("a", 1.0)]);
    store.flush().unwrap();
    drop(store);
    assert_eq!(times(&open(dir.path())).len(), 1);
}

#[test]
fn a_snapshot_opens_as_a_data_folder() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    delete(&store, "b", 0, 3000);
    scrape(&mut *store.appender(), 6000, &[("a", 1.0)]);
    let folder = |name: String| dir.path().join("snapshots").join(name);
    let without_head = folder(store.snapshot(true).unwrap());
    let whole = folder(store.snapshot(false).unwrap());
    let expected = times(&store);
    delete(&store, "a", ALL.0, ALL.1);
    store.clean_tombstones().unwrap();
    drop(store);
    assert_eq!(times(&open(&whole)), expected);
    assert_eq!(times(&open(&without_head))[0].1, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_snapshot_that_fails_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    store.flush().unwrap();
    let parts = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let newest = parts.filter(|path| path.extension().is_some_and(|e| e == "part")).max().unwrap();
    std::fs::remove_file(newest).unwrap();
    assert!(store.snapshot(true).is_err());
    assert_eq!(std::fs::read_dir(dir.path().join("snapshots")).unwrap().count(), 0);
}

#[test]
fn damaged_tombstones_are_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    delete(&store, "a", ALL.0, ALL.1);
    drop(store);
    let path = dir.path().join("tombstones");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let store = open(dir.path());
    assert_eq!(times(&store).len(), 2);
    assert_eq!(store.status(0).set_aside, ["tombstones.damaged"]);
}
