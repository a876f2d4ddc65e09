//! Snapshots: dashboards with the data that they showed, for others to look at.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use model::{Clock, Reservation, sort};
use serde::{Deserialize, Serialize};

use crate::{library::DASHBOARD_BYTES_MAX, sealed_file, stored_file};

/// Snapshots kept at once.
const SNAPSHOTS_MAX: usize = 100;
/// Bytes of all of them.
const BYTES_MAX: u64 = 64 << 20;
/// Characters of a name.
const NAME_MAX: usize = 300;
const FORMAT: u32 = 1;

/// What a list says about a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Snapshot {
    format: u32,
    /// A number for clients that ask for one.
    pub id: u64,
    /// Who has it may look.
    pub key: String,
    /// Who has it may delete.
    pub delete_key: String,
    /// Its name.
    pub name: String,
    /// The login of who made it.
    pub login: String,
    /// The number of the user or service account that made it, which outlives another login; 0 where it is not known.
    pub user_id: u64,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
    /// When it goes, likewise; `None` for never.
    pub expires_ms: Option<i64>,
}

/// A snapshot to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewSnapshot<'a> {
    /// The dashboard's JSON text, with its data.
    pub json: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Seconds until it goes; 0 for never.
    pub expires_seconds: u64,
    /// Who makes it.
    pub login: &'a str,
    /// The number of who makes it.
    pub user_id: u64,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// There is none of that key.
    #[error("Dashboard snapshot not found")]
    NotFound,
    /// There is no room until some are deleted.
    #[error("Quota reached: {count} snapshots have {size_bytes} bytes; delete some")]
    Full {
        /// How many there are.
        count: usize,
        /// Bytes that they have.
        size_bytes: u64,
    },
    /// The memory budget has no room for it now.
    #[error("no memory for a snapshot of {0} bytes")]
    Memory(usize),
    /// The disk failed, or the file is damaged.
    #[error("cannot keep snapshots in {}", path.display())]
    Storage {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
}

/// Keeps snapshots, a file each; nothing of them is held in memory. All calls block on the disk.
pub struct Snapshots {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    writing: Mutex<()>,
}

impl Snapshots {
    /// Takes the folder of the snapshots, which is made when the first one is.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { folder, clock, writing: Mutex::default() }
    }

    /// Makes a snapshot.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub fn add(&self, new: &NewSnapshot<'_>) -> Result<Snapshot, SnapshotError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.list();
        let size_bytes = all.iter().map(|one| fs::metadata(self.path(&one.key)).map_or(0, |m| m.len())).sum();
        let count = all.len();
        if count >= SNAPSHOTS_MAX || size_bytes + new.json.len() as u64 > BYTES_MAX {
            return Err(SnapshotError::Full { count, size_bytes });
        }
        let now_ms = self.clock.now_ms();
        let lasts_ms = i64::try_from(new.expires_seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let snapshot = Snapshot {
            format: FORMAT,
            id: all.iter().map(|one| one.id).max().unwrap_or(0) + 1,
            key: new_key()?,
            delete_key: new_key()?,
            name: new.name.chars().take(NAME_MAX).collect(),
            login: new.login.to_owned(),
            user_id: new.user_id,
            created_ms: now_ms,
            expires_ms: (lasts_ms > 0).then(|| now_ms.saturating_add(lasts_ms)),
        };
        let path = self.path(&snapshot.key);
        let written = sealed_file::write(&path, &snapshot, new.json);
        written.map_err(|source| SnapshotError::Storage { path, source })?;
        Ok(snapshot)
    }

    /// A snapshot and its dashboard's JSON text, whose bytes are added to the account.
    ///
    /// # Errors
    /// [`SnapshotError::NotFound`] when there is none of that key or its time is over, [`SnapshotError::Memory`].
    pub fn get(&self, key: &str, account: &mut Reservation) -> Result<(Snapshot, String), SnapshotError> {
        let path = self.known(key)?;
        let bytes = fs::metadata(&path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX));
        if !account.grow(bytes) {
            return Err(SnapshotError::Memory(bytes));
        }
        let read = sealed_file::read::<Snapshot>(&path, 2 * DASHBOARD_BYTES_MAX as u64);
        match read {
            Ok((snapshot, json)) if !self.is_over(&snapshot) => Ok((snapshot, json)),
            Ok(_) => Err(SnapshotError::NotFound),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SnapshotError::NotFound),
            Err(source) => Err(SnapshotError::Storage { path, source }),
        }
    }

    /// All snapshots, the latest first; those whose time is over are removed.
    pub fn list(&self) -> Vec<Snapshot> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let paths = entries.take(2 * SNAPSHOTS_MAX).filter_map(|entry| Some(entry.ok()?.path()));
        let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        let headers =
            paths.filter_map(|path| Some((sealed_file::read_header::<Snapshot>(&path).ok()?, path)));
        let mut all = Vec::new();
        for (snapshot, path) in headers.filter(|(snapshot, _)| snapshot.format == FORMAT) {
            if self.is_over(&snapshot) {
                // What cannot be removed now is not shown either, and tried again.
                _ = fs::remove_file(path);
            } else {
                all.push(snapshot);
            }
        }
        sort::by_key(&mut all, |one| std::cmp::Reverse((one.created_ms, one.id)));
        all
    }

    /// Deletes a snapshot by its key.
    ///
    /// # Errors
    /// [`SnapshotError::NotFound`], [`SnapshotError::Storage`].
    pub fn delete(&self, key: &str) -> Result<Snapshot, SnapshotError> {
        self.delete_if(|snapshot| snapshot.key == key)
    }

    /// Deletes a snapshot by the key for that.
    ///
    /// # Errors
    /// As [`Snapshots::delete`].
    pub fn delete_by(&self, delete_key: &str) -> Result<Snapshot, SnapshotError> {
        self.delete_if(|snapshot| snapshot.delete_key == delete_key)
    }

    fn delete_if(&self, chosen: impl Fn(&Snapshot) -> bool) -> Result<Snapshot, SnapshotError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.list().into_iter().find(chosen).ok_or(SnapshotError::NotFound)?;
        let path = self.path(&snapshot.key);
        let removed = fs::remove_file(&path).and_then(|()| stored_file::sync_folder(&path));
        removed.map_err(|source| SnapshotError::Storage { path, source })?;
        Ok(snapshot)
    }

    fn is_over(&self, snapshot: &Snapshot) -> bool {
        snapshot.expires_ms.is_some_and(|expires_ms| self.clock.now_ms() >= expires_ms)
    }

    /// The file of a key; what is no key leads nowhere.
    fn known(&self, key: &str) -> Result<PathBuf, SnapshotError> {
        let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_key { Ok(self.path(key)) } else { Err(SnapshotError::NotFound) }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(Path::new(key).with_extension("json"))
    }
}

/// 128 random bits in hexadecimal digits.
fn new_key() -> Result<String, SnapshotError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(SnapshotError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicI64, Ordering},
        time::Duration,
    };

    use model::{Budget, Part};

    use super::*;

    #[derive(Default)]
    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::Relaxed)
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    #[test]
    fn snapshots_last_until_they_expire_or_are_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock::default());
        let snapshots = Snapshots::new(dir.path().join("snapshots"), clock.clone());
        let new = NewSnapshot {
            json: r#"{"title":"X"}"#,
            name: "Mine",
            expires_seconds: 0,
            login: "eva",
            user_id: 2,
        };
        assert_eq!(snapshots.list(), []);
        let stays = snapshots.add(&new).unwrap();
        let short = snapshots.add(&NewSnapshot { expires_seconds: 1, ..new }).unwrap();
        let mut account = Budget::new(1_000).open(Part::Dashboard);
        let mut get = |key: &str| snapshots.get(key, &mut account);
        assert_eq!(get(&short.key).unwrap(), (short.clone(), new.json.to_owned()));
        let none = snapshots.get(&short.key, &mut Budget::new(10).open(Part::Dashboard));
        assert!(matches!(none, Err(SnapshotError::Memory(_))));
        clock.0.store(1_000, Ordering::Relaxed);
        assert!(matches!(get(&short.key), Err(SnapshotError::NotFound)));
        assert_eq!(snapshots.list(), std::slice::from_ref(&stays));
        assert_eq!(fs::read_dir(dir.path().join("snapshots")).unwrap().count(), 1);
        for key in ["", "..", "../users", &stays.delete_key] {
            assert!(matches!(get(key), Err(SnapshotError::NotFound)), "{key}");
        }
        assert!(matches!(snapshots.delete_by(&stays.key), Err(SnapshotError::NotFound)));
        assert_eq!(snapshots.delete_by(&stays.delete_key).unwrap(), stays);
        assert!(matches!(snapshots.delete(&stays.key), Err(SnapshotError::NotFound)));
    }

    #[test]
    fn their_number_is_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::new(dir.path().to_owned(), Arc::new(HandClock::default()));
        let large = "x".repeat(DASHBOARD_BYTES_MAX);
        let new = NewSnapshot { json: &large, name: "", expires_seconds: 0, login: "", user_id: 0 };
        let taken = (0..SNAPSHOTS_MAX).take_while(|_| snapshots.add(&new).is_ok()).count();
        assert_eq!(taken as u64, BYTES_MAX / DASHBOARD_BYTES_MAX as u64 - 1);
        assert!(matches!(snapshots.add(&new), Err(SnapshotError::Full { .. })));
    }
}
