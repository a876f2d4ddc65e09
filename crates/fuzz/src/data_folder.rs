//! A store's files, after what disks do to them.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc, sync::OnceLock};

use model::{
    Appendable, Budget, Exemplar, ExemplarQueryable, FamilyMetadata, FloatHistogram, LabelSet, Metadata,
    MetricType, Part, Queryable, SampleBlock, SampleGroup, SelectHints, clock::SystemClock,
    histogram::Buckets, metadata::MetadataQueryable,
};
use tsdb::{Options, Store};

const BUDGET_BYTES: usize = 8 << 20;

/// Takes the bytes as the payloads of a log segment, each behind its length in two bytes.
pub fn log_records(bytes: &[u8]) {
    let mut header = [&b"GNOMONWL\x01"[..], &1u64.to_le_bytes(), &[0; 8]].concat();
    header.extend(crc32fast::hash(&header).to_le_bytes());
    let (mut segment, mut rest) = (header, bytes);
    while let Some((len, tail)) = rest.split_first_chunk() {
        let (payload, tail) = tail.split_at(usize::from(u16::from_le_bytes(*len)).min(tail.len()));
        push_record(payload, &mut segment);
        rest = tail;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("0000000001.wal"), segment).unwrap();
    read_all(folder.path());
}

fn push_record(payload: &[u8], segment: &mut Vec<u8>) {
    let mut len = Vec::new();
    let mut rest = payload.len();
    while rest >= 0x80 {
        len.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    len.push(rest as u8);
    let crc = crc32fast::hash(&[&len, payload].concat());
    segment.push(0xd7);
    segment.extend(len);
    segment.extend(crc.to_le_bytes());
    segment.extend(payload);
}

/// Changes a sound folder as the bytes say and reads what is left: three bytes each for the file, the place and what
/// is written there. With an odd first byte checksums are made right again, so that decoders see the change.
pub fn data_folder(bytes: &[u8]) {
    let (&head, edits) = bytes.split_first().unwrap_or((&0, &[]));
    let mut files = sound_files().clone();
    for edit in edits.chunks_exact(4).take(64) {
        let [file, low, high, value] = edit.try_into().unwrap();
        let at = usize::from(file) % files.len();
        let content = &mut files[at].bytes;
        let place = usize::from(u16::from_le_bytes([low, high])) % (content.len() + 1);
        match content.get_mut(place) {
            Some(byte) => *byte = value,
            None => content.truncate(usize::from(value)),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for file in &mut files {
        if head & 1 == 1 {
            file.mend_checksums();
        }
        fs::write(folder.path().join(&file.name), &file.bytes).unwrap();
    }
    read_all(folder.path());
}

/// A file and where it has checksums of its own bytes: from, to, in the order in which they are made.
#[derive(Clone)]
struct StoredFile {
    name: String,
    bytes: Vec<u8>,
    checked: Vec<(usize, usize)>,
}

impl StoredFile {
    /// Finds the checksums by trying: whatever run of bytes is followed by its own.
    fn new(name: String, bytes: Vec<u8>) -> Self {
        let mut checked = Vec::new();
        for from in 0..bytes.len() {
            let mut hasher = crc32fast::Hasher::new();
            for to in from + 1..bytes.len().saturating_sub(3) {
                hasher.update(&bytes[to - 1..to]);
                if bytes[to..to + 4] == hasher.clone().finalize().to_le_bytes() {
                    checked.push((from, to));
                }
            }
        }
        checked.sort_unstable_by_key(|&(_, to)| to);
        Self { name, bytes, checked }
    }

    fn mend_checksums(&mut self) {
        for &(from, to) in &self.checked {
            if let Some(crc) = self.bytes.get(from..to).map(crc32fast::hash)
                && let Some(place) = self.bytes.get_mut(to..to + 4)
            {
                place.copy_from_slice(&crc.to_le_bytes());
            }
        }
    }
}

/// A folder with a part, a log and journals, as small as they get.
fn sound_files() -> &'static Vec<StoredFile> {
    static FILES: OnceLock<Vec<StoredFile>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        fill(&store, 0);
        store.flush().unwrap();
        fill(&store, 100);
        store.close().unwrap();
        let again = open(folder.path());
        assert_eq!(
            (again.metadata().len(), again.status(0).exemplars.held),
            (2, 2),
            "journals are read back"
        );
        again.close().unwrap();
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> = files
            .filter(|entry| entry.metadata().unwrap().len() > 0)
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        assert!(files.len() >= 4, "a part, a log and two journals");
        files.into_iter().map(|(name, bytes)| StoredFile::new(name, bytes)).collect()
    })
}

fn fill(store: &Store, first: i64) {
    let mut appender = store.appender();
    let labels = |n: usize| LabelSet::from_pairs([("__name__", "m"), ("n", &n.to_string())]);
    let series: Vec<_> = (0..3).map(|n| appender.resolve(&labels(n)).unwrap()).collect();
    for i in first..first + 8 {
        let histogram = FloatHistogram {
            schema: 1,
            count: i as f64,
            sum: i as f64,
            positive: Buckets::from_sorted(vec![(i as i32 % 3, i as f64)]).unwrap(),
            ..FloatHistogram::default()
        };
        let values = [1.0, (i as f64).sqrt(), histogram.sum];
        let group = SampleGroup {
            timestamp_ms: i * i,
            series: &series,
            values: &values,
            histograms: &[(2, Arc::new(histogram))],
            start_timestamps_ms: &[(1, first)],
        };
        appender.append(&group).unwrap();
    }
    let trace = LabelSet::from_pairs([("trace_id", "abc")]);
    let exemplar = Exemplar { labels: trace, value: 1.0, timestamp_ms: first, timed: true };
    assert_eq!(appender.append_exemplars(&[(series[0], exemplar)]), []);
    let metadata = Metadata { kind: MetricType::Gauge, help: "Help.".into(), unit: "".into() };
    appender.append_metadata(&[Arc::new(FamilyMetadata { metric: format!("m{first}").into(), metadata })]);
    appender.sync().unwrap();
}

fn open(folder: &Path) -> Store {
    let options = Options { retention_ms: 0, ..Options::new(folder) };
    Store::open(options, Arc::new(SystemClock::default()), Budget::new(BUDGET_BYTES)).unwrap()
}

/// Opens a folder and reads all of it, before and after a flush: what is in memory is the same on disk.
fn read_all(folder: &Path) {
    let store = open(folder);
    let before = samples(&store);
    store.metadata();
    let mut account = Budget::new(BUDGET_BYTES).open(Part::Query);
    store.exemplars(i64::MIN, i64::MAX, &[&[]], &mut account).unwrap();
    store.status(10);
    store.flush().unwrap();
    let after = samples(&store);
    if let (Some(before), Some(after)) = (before, after) {
        assert_eq!(before, after);
    }
    store.close().unwrap();
}

/// The bits of all samples; `None` when some cannot be read.
fn samples(store: &Store) -> Option<BTreeMap<LabelSet, Vec<(i64, u64)>>> {
    let querier = store.querier(i64::MIN, i64::MAX).ok()?;
    querier.label_names(&[], 0).ok()?;
    querier.label_values("n", &[], 0).ok()?;
    let mut set = querier.select(&[], &SelectHints::default()).ok()?;
    let mut all = BTreeMap::new();
    while let Some(mut series) = set.next().ok()? {
        let mut block = SampleBlock::default();
        while series.read(&mut block).ok()? {}
        if !block.is_empty() {
            let bits = block.iter().map(|sample| (sample.timestamp_ms, sample.value.to_bits()));
            all.insert(series.labels().clone(), bits.collect());
        }
    }
    Some(all)
}
