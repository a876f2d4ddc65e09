//! What a store says about itself: figures for `/api/v1/status/tsdb` and for metrics.

use std::time::Duration;

use model::Origin;

pub use crate::exemplar::ExemplarFigures;
pub use crate::head::{Cardinality, HeadStatistics};

/// Figures of a store; counters count since it was opened.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Series and samples in memory.
    pub head: HeadStatistics,
    /// Samples taken.
    pub samples_appended: u64,
    /// Of these the native histograms.
    pub histograms_appended: u64,
    /// Samples refused because their series has another value at the same time.
    pub samples_duplicate: u64,
    /// Of the samples taken, those out of order.
    pub samples_appended_out_of_order: u64,
    /// Samples refused because their series has a newer one, where none is taken out of order.
    pub samples_out_of_order: u64,
    /// Samples refused because they are older than the retention.
    pub samples_out_of_bounds: u64,
    /// Samples out of order refused because they are too far behind.
    pub samples_too_old: u64,
    /// Samples whose series was not known any more.
    pub samples_unknown_series: u64,
    /// Series made.
    pub series_created: u64,
    /// Series dropped from memory.
    pub series_removed: u64,
    /// Series refused for want of memory.
    pub series_refused: u64,
    /// The same by origin, most first; the first origins that were refused something are named, 64 at most.
    pub series_refused_by_origin: Vec<(Origin, u64)>,
    /// Those refused to further origins.
    pub series_refused_to_others: u64,
    /// Samples dropped because memory was used up while the disk failed or the clock was not set.
    pub samples_shed: u64,
    /// Samples that wait for the clock to be set.
    pub samples_held: u64,
    /// Samples that waited and have their time now.
    pub samples_stamped: u64,
    /// Segments of the log on disk.
    pub wal_segments: u64,
    /// Bytes of the log on disk.
    pub wal_bytes: u64,
    /// Bytes written to the log.
    pub wal_bytes_written: u64,
    /// Syncs of the log.
    pub wal_syncs: u64,
    /// Failed writes and syncs of the log.
    pub wal_failures: u64,
    /// Whether samples are in memory only because the log failed.
    pub wal_failing: bool,
    /// Parts on disk.
    pub parts: usize,
    /// Samples in them.
    pub part_samples: u64,
    /// Their bytes on disk.
    pub part_bytes: u64,
    /// Their bytes in memory.
    pub part_memory_bytes: usize,
    /// Bytes written to parts, by flushes and merges.
    pub part_bytes_written: u64,
    /// The oldest sample in parts in milliseconds, if there is one.
    pub part_min_time_ms: Option<i64>,
    /// The newest sample in parts in milliseconds, if there is one.
    pub part_max_time_ms: Option<i64>,
    /// Merges done.
    pub parts_merged: u64,
    /// Parts dropped by retention.
    pub parts_removed: u64,
    /// Pages and blocks found damaged while they were read.
    pub parts_damaged: u64,
    /// Files set aside because they are damaged.
    pub set_aside: Vec<String>,
    /// Their bytes on disk.
    pub set_aside_bytes: u64,
    /// Deletions whose samples are still on disk.
    pub tombstones: usize,
    /// Bytes of their file.
    pub tombstone_bytes: u64,
    /// Places in the log that could not be read at the start.
    pub wal_damaged: u64,
    /// Bytes in these places.
    pub wal_damaged_bytes: u64,
    /// Sound records that could not be used because one before them is missing.
    pub wal_unusable_records: u64,
    /// Bytes of unfinished records at the ends of segments at the start: what a kill leaves.
    pub wal_torn_bytes: u64,
    /// Records read back from the log at the start.
    pub wal_replayed_records: u64,
    /// Samples read back from the log at the start.
    pub wal_replayed_samples: u64,
    /// How long reading the log back took.
    pub replay_duration: Duration,
    /// Exemplars in memory.
    pub exemplars: ExemplarFigures,
    /// Bytes of the journal of metric families on disk.
    pub metadata_journal_bytes: usize,
    /// The longest that one append took.
    pub longest_append: Duration,
}

/// A part of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartInfo {
    /// Its number; of two parts the one with the larger number is newer.
    pub number: u64,
    /// How often its samples were merged.
    pub level: u32,
    /// The oldest sample in milliseconds since the Unix epoch.
    pub min_time_ms: i64,
    /// The newest sample likewise.
    pub max_time_ms: i64,
    /// Series in it.
    pub series: u64,
    /// Samples in it, deleted ones included.
    pub samples: u64,
    /// Its bytes on disk.
    pub bytes: u64,
    /// Deletions that it is under.
    pub tombstones: usize,
}

impl Status {
    /// Bytes on disk.
    pub fn disk_bytes(&self) -> u64 {
        let journal_bytes = self.exemplars.journal_bytes + self.metadata_journal_bytes;
        self.wal_bytes + self.part_bytes + self.set_aside_bytes + self.tombstone_bytes + journal_bytes as u64
    }

    /// Bytes written to disk since the store was opened.
    pub fn bytes_written(&self) -> u64 {
        self.wal_bytes_written + self.part_bytes_written
    }
}
