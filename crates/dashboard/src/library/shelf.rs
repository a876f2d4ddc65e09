//! Saved dashboards on disk: a folder for each, in it a file for each version. `docs/format/dashboards.md` has the bytes.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use model::sort;

use serde::{Deserialize, Serialize};

use super::{FileProblem, Summary, file::DASHBOARD_BYTES_MAX, folder::Stamp, summary};
use crate::{
    sealed_file::{self, invalid},
    stored_file,
};

/// Versions kept of a dashboard, as in Grafana.
const VERSIONS_MAX: usize = 20;
/// Bytes of all versions of a dashboard: two of the largest, or twenty of 400 kB.
const HISTORY_BYTES_MAX: u64 = 8 << 20;
/// Dashboards that are looked for on disk; each takes some 700 bytes of memory.
pub(super) const DASHBOARDS_MAX: usize = 1_000;
/// Bytes of all saved dashboards with all their versions.
pub(super) const SHELF_BYTES_MAX: u64 = 64 << 20;

const FORMAT: u32 = 1;
/// No uid begins so.
const DELETED: &str = ".deleted-";

/// The folder of the saved dashboards.
pub(super) struct Shelf(PathBuf);

/// A saved dashboard: what its newest version says, and which others there are.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    pub(super) summary: Arc<Summary>,
    pub(super) newest: Header,
    /// In ascending order; the last is the newest.
    kept: Vec<Kept>,
    /// The highest number that a version had, a damaged one included.
    highest: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    version: u32,
    size_bytes: u64,
}

/// The header of a version's file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u32,
    pub(super) id: i64,
    pub(super) version: u32,
    /// The version that it was made from; 0 for the first.
    pub(super) parent_version: u32,
    /// The version that it is a copy of; 0 for none.
    pub(super) restored_from: u32,
    pub(super) message: String,
    /// Empty at the top.
    pub(super) folder_uid: String,
    /// The dashboard's, not the version's.
    pub(super) created: Stamp,
    pub(super) updated: Stamp,
    /// What the file was that the dashboard stands for; empty for none.
    pub(super) base_sha256: String,
}

impl Saved {
    /// Messages are read when somebody asks for them.
    fn new(summary: Arc<Summary>, header: Header, kept: Vec<Kept>, highest: u32) -> Self {
        Self { summary, newest: Header { message: String::new(), ..header }, kept, highest }
    }

    pub(super) fn version(&self) -> u32 {
        self.newest.version
    }

    /// What a further version is called at least.
    pub(super) fn next_version(&self) -> u32 {
        self.highest.saturating_add(1)
    }

    /// The versions that are kept, the newest first.
    pub(super) fn versions(&self) -> impl Iterator<Item = u32> + '_ {
        self.kept.iter().rev().map(|kept| kept.version)
    }

    /// Bytes of the newest version.
    pub(super) fn newest_bytes(&self) -> u64 {
        self.kept.last().map_or(0, |kept| kept.size_bytes)
    }

    /// Bytes of all versions.
    pub(super) fn size_bytes(&self) -> u64 {
        self.kept.iter().map(|kept| kept.size_bytes).sum()
    }
}

impl Shelf {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// Reads what is there; damaged files are set aside and named.
    pub(super) fn load(&self) -> (HashMap<String, Arc<Saved>>, Vec<FileProblem>) {
        let (mut saved, mut problems) = (HashMap::new(), Vec::new());
        let names = match names(&self.0, 2 * DASHBOARDS_MAX) {
            Ok(names) => names,
            Err(error) => {
                problems
                    .push(problem(&self.0, format!("cannot read the folder of saved dashboards: {error}")));
                return (saved, problems);
            }
        };
        for name in names {
            if name.starts_with(DELETED) {
                // A crash came before the last of its files was gone.
                _ = fs::remove_dir_all(self.0.join(&name));
            } else if summary::is_uid(&name) && saved.len() < DASHBOARDS_MAX {
                saved.extend(self.load_one(&name, &mut problems).map(|one| (name, Arc::new(one))));
            }
        }
        (saved, problems)
    }

    fn load_one(&self, uid: &str, problems: &mut Vec<FileProblem>) -> Option<Saved> {
        let folder = self.0.join(uid);
        let (mut kept, mut highest) = (Vec::new(), 0);
        // As many damaged ones may stand beside them.
        for name in names(&folder, 4 * VERSIONS_MAX).ok()? {
            let path = folder.join(&name);
            if name.ends_with(stored_file::NEW) {
                _ = fs::remove_file(&path);
            } else if let Some(version) = name.strip_suffix(stored_file::DAMAGED).and_then(version_of) {
                highest = highest.max(version);
                problems
                    .push(problem(&path, "damaged and set aside; delete it when it is of no use".to_owned()));
            } else if let Some(version) = version_of(&name) {
                kept.push(Kept { version, size_bytes: fs::metadata(&path).map_or(0, |m| m.len()) });
            }
        }
        sort::by_key(&mut kept, |kept| kept.version);
        while let Some(&Kept { version, .. }) = kept.last() {
            highest = highest.max(version);
            match self.read(uid, version).and_then(|(newest, text)| Ok((newest, parse(&text, uid)?))) {
                Ok((newest, summary)) => return Some(Saved::new(summary, newest, kept, highest)),
                Err(error) => problems.push(self.set_aside(uid, version, &error)),
            }
            kept.pop();
        }
        None
    }

    fn set_aside(&self, uid: &str, version: u32, error: &io::Error) -> FileProblem {
        let (path, done) = stored_file::set_aside(&self.path(uid, version));
        problem(&path, format!("{error}; {done}, and the version before is shown"))
    }

    /// Writes the next version and removes the oldest where there are too many; `before` are the others.
    pub(super) fn write(
        &self,
        before: Option<&Saved>,
        summary: Arc<Summary>,
        mut header: Header,
        text: &str,
    ) -> io::Result<Saved> {
        header.format = FORMAT;
        let path = self.path(&summary.uid, header.version);
        let size_bytes = sealed_file::write(&path, &header, text)?;
        if before.is_none() {
            stored_file::sync_folder(&self.0.join(&summary.uid))?;
            stored_file::sync_folder(&self.0)?;
        }
        let mut kept = before.map_or_else(Vec::new, |saved| saved.kept.clone());
        let version = header.version;
        kept.push(Kept { version, size_bytes });
        let mut saved = Saved::new(summary, header, kept, version);
        self.prune(&mut saved);
        Ok(saved)
    }

    fn prune(&self, saved: &mut Saved) {
        while saved.kept.len() > 1
            && (saved.kept.len() > VERSIONS_MAX || saved.size_bytes() > HISTORY_BYTES_MAX)
        {
            self.remove_oldest(saved);
        }
    }

    /// Removes the oldest version of a dashboard that has more than one.
    pub(super) fn remove_oldest(&self, saved: &mut Saved) {
        let oldest = saved.kept.remove(0);
        if let Err(error) = stored_file::remove_if_there(&self.path(&saved.summary.uid, oldest.version)) {
            tracing::warn!(uid = saved.summary.uid, oldest.version, %error, "old version is not removed");
        }
    }

    /// Reads a version; its text is as it was saved.
    pub(super) fn read(&self, uid: &str, version: u32) -> io::Result<(Header, String)> {
        // What is set in a dashboard makes it longer than what was sent.
        let (header, text) = sealed_file::read(&self.path(uid, version), 2 * DASHBOARD_BYTES_MAX as u64)?;
        let header = Header::checked(header)?;
        if header.version != version {
            return Err(invalid(format!("the file has the version {}", header.version)));
        }
        Ok((header, text))
    }

    /// Reads what stands before the text of a version.
    pub(super) fn header(&self, uid: &str, version: u32) -> io::Result<Header> {
        sealed_file::read_header(&self.path(uid, version)).and_then(Header::checked)
    }

    /// Removes a dashboard with all its versions: after a crash all of it is there or nothing.
    pub(super) fn remove(&self, uid: &str) -> io::Result<()> {
        let deleted = self.0.join(format!("{DELETED}{uid}"));
        match fs::remove_dir_all(&deleted) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(self.0.join(uid), &deleted)?;
        stored_file::sync_folder(&deleted)?;
        fs::remove_dir_all(&deleted)
    }

    fn path(&self, uid: &str, version: u32) -> PathBuf {
        self.0.join(uid).join(format!("{version:010}.json"))
    }
}

impl Header {
    fn checked(self) -> io::Result<Self> {
        match self.format {
            FORMAT => Ok(self),
            other => Err(invalid(format!("the file has format {other}, this program reads {FORMAT}"))),
        }
    }
}

fn parse(text: &str, uid: &str) -> io::Result<Arc<Summary>> {
    let summary = Summary::parse(text, uid).map_err(invalid)?;
    if summary.uid != uid {
        return Err(invalid(format!("the file has the uid {:?}", summary.uid)));
    }
    Ok(Arc::new(summary))
}

/// `0000000012.json` is 12.
fn version_of(name: &str) -> Option<u32> {
    name.strip_suffix(".json")?.parse().ok()
}

/// The names in a folder; none when there is no such folder.
fn names(folder: &Path, names_max: usize) -> io::Result<Vec<String>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => {
            let names = entries?.take(names_max).map(|entry| entry.map(|e| e.file_name().into_string().ok()));
            Ok(names.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
        }
    }
}

fn problem(path: &Path, message: String) -> FileProblem {
    FileProblem { path: path.to_owned(), message }
}
