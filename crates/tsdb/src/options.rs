//! How a store is set up.

use std::{path::PathBuf, time::Duration};

/// Settings of a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder; it is made when it is not there.
    pub dir: PathBuf,
    /// How long samples are kept, in milliseconds; 0 keeps them whatever their age.
    pub retention_ms: i64,
    /// How far behind the newest sample of all one may be that comes after a newer one of its series, in
    /// milliseconds; 0 takes none of these.
    pub out_of_order_window_ms: i64,
    /// How many bytes all files may take; 0 is no limit. The oldest parts go first.
    pub retention_bytes: u64,
    /// The same in hundredths of the size of the file system that the folder is on; if not 0 it takes the place of
    /// `retention_bytes`.
    pub retention_percentage: f64,
    /// How often the log is written and synced; zero does so with every append.
    pub wal_sync_interval: Duration,
    /// When a log segment is full. A segment repeats the labels of its series, so small ones cost bytes.
    pub wal_segment_bytes: u64,
    /// After how long the head is flushed to a part, when memory does not ask for it earlier.
    pub head_window: Duration,
    /// How many bytes the head may take before it is flushed early; new series are refused beyond twice that.
    pub head_bytes: usize,
    /// How many exemplars are held at most, as far as their share of the budget goes; 0 keeps none.
    pub exemplars_max: usize,
}

impl Options {
    /// The defaults for a data folder: 15 days, two-hour windows, a sync every 5 s, as in Prometheus where it
    /// has the setting.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            retention_ms: 15 * 86_400_000,
            retention_bytes: 0,
            retention_percentage: 0.0,
            out_of_order_window_ms: 0,
            wal_sync_interval: Duration::from_secs(5),
            // 100,000 series repeat some 3 MB of labels and values in each segment: 5 % of this.
            wal_segment_bytes: 64 << 20,
            head_window: Duration::from_secs(2 * 3600),
            // A quarter of the default memory budget: at twice that the head leaves half of it to the others.
            head_bytes: 16 << 20,
            exemplars_max: 100_000,
        }
    }
}
