//! Reading a part: its index and pages as they are asked for.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use model::{Budget, Matcher, Projection, Reservation, SampleBlock};

use super::{
    CRC_BYTES, HEADER_BYTES, MAGIC, PartId, TRAILER_BYTES, VERSION,
    cursor::{SeriesEntry, decode_series},
    footer::{Footer, Section},
    index::{NameDirectory, ValueBlock, read_values},
    page::{Extent, PageRef},
    read_ahead::ReadAhead,
};
use crate::{
    account::settle,
    codec::{
        attachment,
        page::{self, Values},
        varint::{Decoded, Malformed, Reader},
    },
    disk::{Disk, ReadFile},
    error::Error,
    query::postings::{LabelIndex, Rows, select},
};

/// A block or section longer than this is damage: 128 series with very many pages and labels stay below.
const BLOCK_BYTES_MAX: usize = 64 << 20;

/// A part on disk.
pub(crate) struct Part {
    pub(crate) id: PartId,
    pub(crate) footer: Footer,
    /// Bytes of the file.
    pub(crate) bytes: u64,
    path: PathBuf,
    file: Box<dyn ReadFile>,
    budget: Arc<Budget>,
    directories: OnceLock<Directories>,
    /// Pages and blocks found damaged.
    pub(crate) damaged: AtomicU64,
}

/// What is kept in memory of a part once it was queried.
pub(super) struct Directories {
    /// Offset and length of each series block.
    series: Vec<(u64, u32)>,
    pub(super) names: NameDirectory,
    account: Reservation,
}

impl Part {
    /// Opens a part and checks its header and footer.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when these are damaged, [`Error::Io`] when the disk fails.
    pub(crate) fn open(disk: &dyn Disk, dir: &Path, id: PartId, budget: &Arc<Budget>) -> Result<Self, Error> {
        let path = dir.join(id.file_name());
        let file = disk.open(&path).map_err(Error::io("open", &path))?;
        let bytes = file.size().map_err(Error::io("read", &path))?;
        let (budget, directories) = (Arc::clone(budget), OnceLock::new());
        let footer = Footer::default();
        let damaged = AtomicU64::new(0);
        let mut part = Self { id, footer, bytes, path, file, budget, directories, damaged };
        part.footer = part.read_footer()?;
        Ok(part)
    }

    fn read_footer(&self) -> Result<Footer, Error> {
        let body = self.bytes.checked_sub(TRAILER_BYTES).filter(|&b| b >= HEADER_BYTES);
        let body = body.ok_or_else(|| self.corrupt(0, "the file is too short"))?;
        let header = self.read_at(0, HEADER_BYTES)?;
        if header.get(..8) != Some(&MAGIC) || header.get(8) != Some(&VERSION) {
            return Err(self.corrupt(0, "not a part, or of an unknown version"));
        }
        let trailer = self.read_at(body, TRAILER_BYTES)?;
        let (len, crc) =
            Footer::decode_trailer(&trailer).map_err(|_| self.corrupt(body, "the file has no end"))?;
        let start = body.checked_sub(u64::from(len)).filter(|&s| s >= HEADER_BYTES);
        let start = start.ok_or_else(|| self.corrupt(body, "the footer is too long"))?;
        let footer = self.read_at(start, u64::from(len))?;
        if crc32fast::hash(&footer) != crc {
            return Err(self.corrupt(start, "the footer's checksum is wrong"));
        }
        Footer::decode(&footer, start).map_err(|_| self.corrupt(start, "the footer is malformed"))
    }

    /// The parts that this one takes the place of.
    pub(crate) fn sources(&self) -> impl Iterator<Item = PartId> + '_ {
        let level = self.id.level.checked_sub(1);
        self.footer.sources.iter().filter_map(move |&number| Some(PartId { number, level: level? }))
    }

    /// True when the part may have samples in a range of time.
    pub(crate) fn overlaps(&self, range_ms: (i64, i64)) -> bool {
        self.footer.min_ms <= range_ms.1 && self.footer.max_ms >= range_ms.0
    }

    /// The numbers of the series that all matchers accept, ascending.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails. What is damaged is left out and counted.
    pub(crate) fn select(&self, matchers: &[Matcher]) -> Result<Rows, Error> {
        let index = PartIndex { part: self, names: &self.directories()?.names, failed: Default::default() };
        let rows = select(&index, matchers);
        match index.failed.into_inner() {
            Some(error) => Err(error),
            None => Ok(rows),
        }
    }

    /// Calls `visit` with each label name.
    ///
    /// # Errors
    /// As [`Part::select`].
    pub(crate) fn visit_names(&self, visit: &mut dyn FnMut(&str)) -> Result<(), Error> {
        self.directories()?.names.names.iter().for_each(|(name, _)| visit(name));
        Ok(())
    }

    /// Calls `visit` with each value of a label.
    ///
    /// # Errors
    /// As [`Part::select`].
    pub(crate) fn visit_values(&self, name: &str, visit: &mut dyn FnMut(&str)) -> Result<(), Error> {
        for block in self.directories()?.names.blocks(name) {
            self.read_value_block(block, |bytes| {
                read_values(bytes, |value, _| {
                    visit(value);
                    true
                })
            })?;
        }
        Ok(())
    }

    /// Appends the samples of a page within a range of time. A damaged page gives none and is counted.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(super) fn read_page(
        &self,
        page: &PageRef,
        range_ms: (i64, i64),
        ahead: &mut ReadAhead,
        block: &mut SampleBlock,
    ) -> Result<(), Error> {
        match self.decode_page(page, range_ms, ahead, block) {
            Err(error @ Error::Corrupt { .. }) => {
                self.note_damage(&error);
                Ok(())
            }
            result => result,
        }
    }

    pub(super) fn decode_page(
        &self,
        page: &PageRef,
        range_ms: (i64, i64),
        ahead: &mut ReadAhead,
        block: &mut SampleBlock,
    ) -> Result<(), Error> {
        let times = ahead.times_ms(self, page)?;
        let wanted = times.partition_point(|&t| t < range_ms.0)..times.partition_point(|&t| t <= range_ms.1);
        if wanted.is_empty() {
            return Ok(());
        }
        let start = block.len();
        if let Values::Constant(bits) = page.values {
            block.timestamps_ms.extend_from_slice(times.get(wanted.clone()).unwrap_or_default());
            block.values.extend(std::iter::repeat_n(f64::from_bits(bits), wanted.len()));
        } else {
            let mut values = std::mem::take(&mut ahead.values);
            values.clear();
            let bytes = ahead.page(self, page.values_at)?;
            let decoded = page::decode(page.values, bytes, page.samples as usize, &mut values);
            if decoded.is_ok() {
                let times = ahead.times_ms(self, page)?;
                block.timestamps_ms.extend_from_slice(times.get(wanted.clone()).unwrap_or_default());
                block.values.extend_from_slice(values.get(wanted.clone()).unwrap_or_default());
            }
            ahead.values = values;
            decoded.map_err(|_| self.corrupt(page.values_at.offset, "the values do not decode"))?;
        }
        if page.attachments.len == 0 {
            return Ok(());
        }
        self.decode_attachments(page, wanted, start, ahead, block)
    }

    /// Reads the attachments of a page's samples, which are in the block from `start` on; where they are damaged
    /// the samples are taken out again.
    fn decode_attachments(
        &self,
        page: &PageRef,
        wanted: Range<usize>,
        start: usize,
        ahead: &mut ReadAhead,
        block: &mut SampleBlock,
    ) -> Result<(), Error> {
        let positions = wanted.start as u32..wanted.end as u32;
        let decoded = ahead.page(self, page.attachments).and_then(|bytes| {
            attachment::decode_page(bytes, positions, start, block)
                .map_err(|_| self.corrupt(page.attachments.offset, "the attachments do not decode"))
        });
        if decoded.is_err() {
            block.truncate(start);
        }
        decoded
    }

    /// The series at some places of a block, which ascend.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the block is damaged, [`Error::Io`] when the disk fails.
    pub(super) fn series_block(
        &self,
        block: usize,
        wanted: &[usize],
        projection: Option<&Projection>,
    ) -> Result<Vec<SeriesEntry>, Error> {
        let &(offset, len) = self
            .directories()?
            .series
            .get(block)
            .ok_or_else(|| self.corrupt(0, "a series block is missing"))?;
        let bytes = self.read_checked(offset, u64::from(len))?;
        decode_series(&bytes, self.bytes, wanted, projection)
            .map_err(|_| self.corrupt(offset, "a series block is malformed"))
    }

    pub(super) fn directories(&self) -> Result<&Directories, Error> {
        if let Some(directories) = self.directories.get() {
            return Ok(directories);
        }
        let (series, names) = match self.read_directories() {
            Err(error @ Error::Corrupt { .. }) => {
                self.note_damage(&error);
                (Vec::new(), NameDirectory::default())
            }
            result => result?,
        };
        let mut account = self.budget.open(model::Part::Cache);
        settle(&mut account, size_of::<(u64, u32)>() * series.len() + names.bytes());
        Ok(self.directories.get_or_init(|| Directories { series, names, account }))
    }

    pub(super) fn read_directories(&self) -> Result<(Vec<(u64, u32)>, NameDirectory), Error> {
        let Section { offset, len } = self.footer.series_directory;
        let bytes = self.read_checked(offset, len)?;
        let mut reader = Reader::new(&bytes);
        let mut series = Vec::new();
        let mut end = 0u64;
        while !reader.is_empty() {
            let mut entry = || {
                let start = end.checked_add(reader.u64()?).ok_or(Malformed)?;
                let len = reader.u32()?;
                end = start.checked_add(u64::from(len) + CRC_BYTES as u64).ok_or(Malformed)?;
                if end <= self.bytes { Ok((start, len)) } else { Err(Malformed) }
            };
            series.push(entry().map_err(|_| self.corrupt(offset, "the series directory is malformed"))?);
        }
        let Section { offset, len } = self.footer.name_directory;
        let bytes = self.read_checked(offset, len)?;
        let names = NameDirectory::decode(&bytes, self.bytes)
            .map_err(|_| self.corrupt(offset, "the name directory is malformed"))?;
        Ok((series, names))
    }

    /// Bytes of memory that the part takes.
    pub(crate) fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.directories.get().map_or(0, |directories| directories.account.bytes())
    }

    /// Checks every checksum of the file.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the file is not what was written, [`Error::Io`] when the disk fails.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        let footer = self.read_footer()?;
        let trailer = self.read_at(self.bytes - TRAILER_BYTES, TRAILER_BYTES)?;
        let len = Footer::decode_trailer(&trailer).map_or(0, |(len, _)| u64::from(len));
        let mut hasher = crc32fast::Hasher::new();
        let (mut at, end) = (0, self.bytes - TRAILER_BYTES - len);
        while at < end {
            let step = (end - at).min(256 << 10);
            hasher.update(&self.read_at(at, step)?);
            at += step;
        }
        if hasher.finalize() == footer.file_crc {
            Ok(())
        } else {
            Err(self.corrupt(0, "the file's checksum is wrong"))
        }
    }

    fn read_value_block(
        &self,
        block: &ValueBlock,
        use_it: impl FnOnce(&[u8]) -> Decoded<()>,
    ) -> Result<(), Error> {
        let read = self.read_checked(block.offset, u64::from(block.len)).and_then(|bytes| {
            use_it(&bytes).map_err(|_| self.corrupt(block.offset, "a value block is malformed"))
        });
        match read {
            Err(error @ Error::Corrupt { .. }) => {
                self.note_damage(&error);
                Ok(())
            }
            result => result,
        }
    }

    pub(super) fn read_checked(&self, offset: u64, len: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = self.read_at(offset, len + CRC_BYTES as u64)?;
        let body = self.check_sum(offset, &bytes)?.len();
        bytes.truncate(body);
        Ok(bytes)
    }

    /// The bytes of an extent without the checksum that follows them, once that has been found right.
    pub(super) fn checked<'b>(&self, extent: Extent, bytes: &'b [u8]) -> Result<&'b [u8], Error> {
        self.check_sum(extent.offset, bytes.get(..extent.checked_bytes()).unwrap_or_default())
    }

    fn check_sum<'b>(&self, offset: u64, bytes: &'b [u8]) -> Result<&'b [u8], Error> {
        match bytes.split_last_chunk::<CRC_BYTES>() {
            Some((body, crc)) if u32::from_le_bytes(*crc) == crc32fast::hash(body) => Ok(body),
            _ => Err(self.corrupt(offset, "the checksum is wrong")),
        }
    }

    fn read_at(&self, offset: u64, len: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.read_into(offset, usize::try_from(len).unwrap_or(usize::MAX), &mut bytes)?;
        Ok(bytes)
    }

    /// Reads bytes in place of those that `bytes` has.
    pub(super) fn read_into(&self, offset: u64, len: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let fits = offset.checked_add(len as u64).is_some_and(|end| end <= self.bytes);
        if !fits || len > BLOCK_BYTES_MAX {
            return Err(self.corrupt(offset, "a length is out of bounds"));
        }
        bytes.resize(len, 0);
        match self.file.read_exact_at(bytes, offset) {
            Ok(()) => Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(self.corrupt(offset, "the file is cut short"))
            }
            Err(e) => Err(Error::io("read", &self.path)(e)),
        }
    }

    pub(super) fn corrupt(&self, offset: u64, what: &'static str) -> Error {
        Error::Corrupt { path: self.path.clone(), offset, what }
    }

    /// Counts damage; the first of a part is logged.
    pub(super) fn note_damage(&self, error: &Error) {
        if self.damaged.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!(%error, "part is damaged; the rest of it is served");
        }
    }
}

/// A part's label index, with the first failure of the disk.
struct PartIndex<'a> {
    part: &'a Part,
    names: &'a NameDirectory,
    failed: std::cell::RefCell<Option<Error>>,
}

impl PartIndex<'_> {
    fn read(&self, block: &ValueBlock, use_it: impl FnOnce(&[u8]) -> Decoded<()>) {
        if let Err(error) = self.part.read_value_block(block, use_it) {
            self.failed.borrow_mut().get_or_insert(error);
        }
    }
}

impl LabelIndex for PartIndex<'_> {
    fn all(&self) -> Rows {
        (0..self.part.footer.series as u32).collect()
    }

    fn value(&self, name: &str, value: &str) -> Rows {
        let blocks = self.names.blocks(name);
        let mut rows = Rows::new();
        let at = blocks.partition_point(|block| *block.first <= *value);
        if let Some(block) = at.checked_sub(1).and_then(|at| blocks.get(at)) {
            self.read(block, |bytes| {
                let mut result = Ok(());
                read_values(bytes, |found, list| {
                    if found == value {
                        result = list.collect(self.part.footer.series, &mut rows);
                    }
                    found < value
                })?;
                result
            });
        }
        rows
    }

    fn values(&self, name: &str, accept: &mut dyn FnMut(&str) -> bool) -> Rows {
        let mut rows = Rows::new();
        for block in self.names.blocks(name) {
            self.read(block, |bytes| {
                let mut result = Ok(());
                read_values(bytes, |value, list| {
                    if accept(value) {
                        result = list.collect(self.part.footer.series, &mut rows);
                    }
                    result.is_ok()
                })?;
                result
            });
        }
        rows
    }
}
