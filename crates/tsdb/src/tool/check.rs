//! Looking through a data folder without changing it.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use model::Budget;

use crate::{
    disk::{Disk, ReadOnly},
    error::Error,
    exemplar, metadata,
    part::{Part, PartId, TombstoneSet},
    wal::{self, SegmentReader, record::Record},
};

/// Tells whether a payload is a record.
type IsRecord = fn(&[u8]) -> bool;

/// The journals by their names.
const JOURNALS: [(&str, IsRecord); 2] =
    [(exemplar::JOURNAL, exemplar::is_record), (metadata::JOURNAL, metadata::is_record)];

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: PathBuf,
    /// Where in it the damaged thing begins, in bytes.
    pub offset: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: byte {}: {}", self.file.display(), self.offset, self.what)
    }
}

impl Fault {
    /// The fault that an error tells of; other errors come back.
    pub(super) fn of(error: Error) -> Result<Self, Error> {
        match error {
            Error::Corrupt { path, offset, what } => Ok(Self { file: path, offset, what: what.to_owned() }),
            error => Err(error),
        }
    }
}

/// What a folder has.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Parts.
    pub parts: usize,
    /// Series in them that can be read, once for each part.
    pub series: u64,
    /// Samples in them that can be read.
    pub samples: u64,
    /// Segments of the log.
    pub segments: usize,
    /// Records in them that can be read.
    pub records: u64,
    /// Journals of exemplars and metadata.
    pub journals: usize,
    /// Records in these that can be read.
    pub journal_records: u64,
    /// Deletions.
    pub tombstones: usize,
    /// All that is wrong.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// Checks every file of a data folder. Takes no lock: a server that runs may change files meanwhile.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub fn folder(dir: &Path) -> Result<Self, Error> {
        let mut files = ReadOnly.list(dir).map_err(Error::io("list", dir))?;
        files.sort_unstable();
        let mut checked = Self::default();
        for (name, _) in files {
            if let Some(id) = PartId::parse(&name) {
                checked.part(dir, id)?;
            } else if wal::segment_number(&name).is_some() {
                checked.segments += 1;
                checked.records +=
                    checked.records(&dir.join(&name), |payload| Record::decode(payload).is_ok())?;
            } else if let Some((_, is_record)) = JOURNALS.iter().find(|(journal, _)| *journal == name) {
                checked.journals += 1;
                checked.journal_records += checked.records(&dir.join(&name), is_record)?;
            }
        }
        match TombstoneSet::read(&ReadOnly, dir) {
            Ok(set) => checked.tombstones = set.len(),
            Err(error) => checked.faults.push(Fault::of(error)?),
        }
        Ok(checked)
    }

    fn part(&mut self, dir: &Path, id: PartId) -> Result<(), Error> {
        self.parts += 1;
        let part = match Part::open(&ReadOnly, dir, id, &Budget::new(usize::MAX)) {
            Ok(part) => Arc::new(part),
            Err(error) => {
                self.faults.push(Fault::of(error)?);
                return Ok(());
            }
        };
        let check = part.check()?;
        self.series += check.series;
        self.samples += check.samples;
        for error in check.faults {
            self.faults.push(Fault::of(error)?);
        }
        Ok(())
    }

    /// Checks a file of records and gives how many can be read.
    fn records(&mut self, path: &Path, is_record: impl Fn(&[u8]) -> bool) -> Result<u64, Error> {
        let fault = |offset, what: String| Fault { file: path.to_owned(), offset, what };
        let file = ReadOnly.open(path).map_err(Error::io("open", path))?;
        let (mut reader, header) = SegmentReader::open(&*file).map_err(Error::io("read", path))?;
        if header.is_none() {
            self.faults.push(fault(0, "the header is damaged".to_owned()));
            return Ok(0);
        }
        let (mut damage, mut records) = (reader.damage, 0);
        loop {
            let start = reader.position();
            let Some(payload) = reader.next().map_err(Error::io("read", path))? else { break };
            let sound = is_record(payload);
            let lost = reader.damage.gap_bytes - damage.gap_bytes;
            if lost > 0 {
                self.faults.push(fault(start, format!("{lost} bytes are no records")));
            } else if !sound || reader.damage.unusable > damage.unusable {
                self.faults.push(fault(start, "a record is malformed".to_owned()));
            }
            damage = reader.damage;
            records += u64::from(sound);
        }
        Ok(records)
    }
}
