//! Checking and repairing data folders, and what becomes of files that were set aside.

use std::{fs, path::Path, sync::Arc};

use model::{
    Appendable, Budget, Exemplar, FamilyMetadata, LabelSet, MatchOp, Matcher, Metadata, MetricType,
    clock::SystemClock,
};
use tsdb::{Options, Store, tool::Checked};

use crate::store::{ALL, open, scrape, select};

/// A part, a segment of the log, a deletion, exemplars and metadata; gives the part's name.
fn fill(dir: &Path) -> String {
    let store = open(dir);
    let mut appender = store.appender();
    for i in 0..20 {
        scrape(&mut *appender, i * 1000 + i * i, &[("a", i as f64), ("b", (i as f64).sqrt()), ("c", 1.0)]);
    }
    let matcher = Matcher::new(MatchOp::Equal, "__name__", "c").unwrap();
    store.delete(&[matcher], 0, 5000).unwrap();
    scrape(&mut *appender, 30_000, &[("a", 1.0)]);
    let series = appender.resolve(&LabelSet::from_pairs([("__name__", "traced")])).unwrap();
    let exemplar = |at| Exemplar { labels: LabelSet::empty(), value: 1.0, timestamp_ms: at, timed: true };
    assert_eq!(appender.append_exemplars(&[(series, exemplar(1)), (series, exemplar(2))]), []);
    let metadata = Metadata { kind: MetricType::Gauge, help: "Help.".into(), unit: "".into() };
    let family = |metric: &str| FamilyMetadata { metric: metric.into(), metadata: metadata.clone() };
    appender.append_metadata(&[Arc::new(family("a")), Arc::new(family("b"))]);
    store.close().unwrap();
    "0000000001-0.part".to_owned()
}

#[test]
fn no_flipped_byte_of_a_part_or_of_the_tombstones_goes_unseen() {
    let dir = tempfile::tempdir().unwrap();
    let part = fill(dir.path());
    let checked = Checked::folder(dir.path()).unwrap();
    assert_eq!((checked.parts, checked.series, checked.samples, checked.tombstones), (1, 3, 60, 1));
    assert!(checked.segments == 1 && checked.records >= 2 && checked.faults.is_empty(), "{checked:?}");
    for file in [&part, "tombstones"] {
        let path = dir.path().join(file);
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let faults = Checked::folder(dir.path()).unwrap().faults;
            assert!(faults.iter().any(|fault| fault.file == path), "{file} at {at}");
        }
        fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn a_repair_keeps_what_can_be_read_and_what_is_deleted_stays_so() {
    let dir = tempfile::tempdir().unwrap();
    let part = fill(dir.path());
    let before = select(&open(dir.path()), &[], ALL);
    let path = dir.path().join(&part);
    let mut bytes = fs::read(&path).unwrap();
    // Behind the times, which all series share, among the values of one.
    bytes[60] ^= 1;
    fs::write(&path, bytes).unwrap();
    let store = open(dir.path());
    let repaired = store.repair().unwrap();
    assert_eq!((repaired.parts.len(), &repaired.set_aside), (1, &vec![format!("{part}.damaged")]));
    assert!((1..60).contains(&repaired.parts[0].samples_lost), "{repaired:?}");
    let after = select(&store, &[], ALL);
    for (labels, samples) in &after {
        let (_, known) = before.iter().find(|(other, _)| other == labels).unwrap();
        assert!(samples.iter().all(|sample| known.contains(sample)), "{labels}");
    }
    store.close().unwrap();
    assert!(Checked::folder(dir.path()).unwrap().faults.is_empty());
    assert_eq!(select(&open(dir.path()), &[], ALL), after);
}

#[test]
fn damage_of_journals_is_found_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let checked = Checked::folder(dir.path()).unwrap();
    assert_eq!((checked.journals, checked.journal_records, checked.faults.len()), (2, 5, 0));
    let journals = ["exemplars.journal", "metadata.journal"];
    for path in journals.map(|journal| dir.path().join(journal)) {
        let bytes = fs::read(&path).unwrap();
        // The header and the first record: what is wrong at the end may be what a kill leaves.
        for at in (0..40).rev() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let faults = Checked::folder(dir.path()).unwrap().faults;
            assert!(faults.iter().any(|fault| fault.file == path), "{} at {at}", path.display());
        }
    }
    let store = open(dir.path());
    let repaired = store.repair().unwrap();
    assert_eq!(repaired.journals, journals);
    assert_eq!(repaired.set_aside, journals.map(|journal| format!("{journal}.damaged")));
    store.close().unwrap();
    assert!(Checked::folder(dir.path()).unwrap().faults.is_empty());
}

#[test]
fn of_the_files_set_aside_the_newest_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = |number: usize| dir.path().join(format!("{number:010}.wal.damaged"));
    (1..=20).for_each(|number| fs::write(file(number), [0; 1000]).unwrap());
    let store = |retention_bytes| {
        let options = Options { retention_ms: 0, retention_bytes, ..Options::new(dir.path()) };
        Store::open(options, Arc::new(SystemClock::default()), Budget::new(64 << 20)).unwrap()
    };
    let limited = store(0);
    limited.maintain().unwrap();
    assert_eq!((limited.status(0).set_aside.len(), limited.status(0).set_aside_bytes), (16, 16_000));
    assert!(!file(4).exists() && file(5).exists());
    limited.set_retention(0, 40_000, 0.0);
    limited.maintain().unwrap();
    assert_eq!(limited.status(0).set_aside.len(), 5);
    assert!(!file(15).exists() && file(16).exists());
}
