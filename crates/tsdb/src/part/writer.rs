//! Writing a part: series by series in label order, in bounded memory, published in one step.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use model::{FloatHistogram, LabelSet, SampleBlock, sample::within};

use super::{
    BLOCK_SERIES, CRC_BYTES, MAGIC, PartId, VERSION,
    footer::{Footer, Section},
    index::IndexBuilder,
    page::{Extent, PageContext, PageRef, is_regular},
    put_checked,
};
use crate::{
    codec::{
        attachment::{self, READ_HISTOGRAM_BYTES},
        labels,
        page::{self, PAGE_SAMPLES_MAX, Values},
        time,
        varint::{put_len, put_u64},
    },
    disk::{Disk, WriteFile},
    error::Error,
};

/// Written to the disk at once.
const BUFFER_BYTES: usize = 128 << 10;
/// Pages that are remembered in order to be shared, some 48 bytes each; past it all are forgotten.
const SHARED_PAGES_MAX: usize = 8192;

/// A part that is being written.
pub(crate) struct PartWriter {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    id: PartId,
    file: Box<dyn WriteFile>,
    buffer: Vec<u8>,
    /// Bytes of the part up to the end of the buffer.
    offset: u64,
    crc: crc32fast::Hasher,
    index: IndexBuilder,
    /// Series of the block that is being filled.
    block: Vec<(LabelSet, Vec<PageRef>)>,
    blocks: Vec<u8>,
    block_ends: Vec<u64>,
    /// Pages by a hash of 128 bits, keyed anew for each part: two that differ never meet in practice.
    shared: HashMap<(u64, u64), Extent>,
    hashers: (RandomState, RandomState),
    /// Samples of the series that do not fill a page yet.
    pending: SampleBlock,
    pages: Vec<PageRef>,
    footer: Footer,
    scratch: Vec<u8>,
    finished: bool,
}

/// Where a part comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) wal_floor: u64,
    pub(crate) sources: Vec<u64>,
}

/// A part that was written and published.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) id: PartId,
    pub(crate) bytes: u64,
}

fn temporary(dir: &Path, id: PartId) -> PathBuf {
    dir.join(format!("{}.tmp", id.file_name()))
}

impl PartWriter {
    /// Begins a part.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn create(disk: &Arc<dyn Disk>, dir: &Path, id: PartId) -> Result<Self, Error> {
        let path = temporary(dir, id);
        let file = disk.create(&path).map_err(Error::io("create", path))?;
        let mut writer = Self {
            disk: Arc::clone(disk),
            dir: dir.to_owned(),
            id,
            file,
            buffer: Vec::with_capacity(BUFFER_BYTES),
            offset: 0,
            crc: crc32fast::Hasher::new(),
            index: IndexBuilder::default(),
            block: Vec::new(),
            blocks: Vec::new(),
            block_ends: Vec::new(),
            shared: HashMap::new(),
            hashers: Default::default(),
            pending: SampleBlock::default(),
            pages: Vec::new(),
            footer: Footer { min_ms: i64::MAX, max_ms: i64::MIN, ..Footer::default() },
            scratch: Vec::new(),
            finished: false,
        };
        writer.write(&MAGIC)?;
        writer.write(&[VERSION])?;
        Ok(writer)
    }

    /// What the part will be named by.
    pub(crate) fn id(&self) -> PartId {
        self.id
    }

    /// Adds samples to the current series, later than those it has.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn push(&mut self, block: &SampleBlock) -> Result<(), Error> {
        let mut at = 0;
        while let Some((&next_ms, times)) = block.timestamps_ms.get(at..).and_then(<[i64]>::split_first) {
            // The times of a page are written by their distances, which must not overflow.
            let first_ms = self.pending.timestamps_ms.first().copied().unwrap_or(next_ms);
            let near = 1 + times.partition_point(|time| time.checked_sub(first_ms).is_some());
            let room = PAGE_SAMPLES_MAX - self.pending.len();
            let end = self.end_by_histograms(block, at..at + near.min(room));
            self.pending.extend_from(block, at..end);
            at = end;
            // Either the page is full or what is left is too far away.
            if at < block.len() || self.pending.len() == PAGE_SAMPLES_MAX {
                self.write_page()?;
            }
        }
        Ok(())
    }

    /// Where the page at hand ends lest its histograms take too much memory when they are read: at the end of
    /// `positions`, or before.
    fn end_by_histograms(&self, block: &SampleBlock, positions: Range<usize>) -> usize {
        let bytes = |histograms: &[(usize, Arc<FloatHistogram>)]| {
            histograms.iter().map(|(_, histogram)| histogram.size_bytes()).sum::<usize>()
        };
        let mut left = READ_HISTOGRAM_BYTES.saturating_sub(bytes(&self.pending.histograms));
        for (at, histogram) in within(&block.histograms, &positions) {
            // The first sample of a page is taken whatever its size.
            if histogram.size_bytes() > left && (*at > positions.start || !self.pending.is_empty()) {
                return *at;
            }
            left = left.saturating_sub(histogram.size_bytes());
        }
        positions.end
    }

    /// Ends the current series; one without samples is left out. Series come in label order.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn end_series(&mut self, labels: &LabelSet) -> Result<(), Error> {
        if !self.pending.is_empty() {
            self.write_page()?;
        }
        if self.pages.is_empty() {
            return Ok(());
        }
        self.index.add(labels, self.footer.series as u32);
        self.footer.series += 1;
        self.block.push((labels.clone(), std::mem::take(&mut self.pages)));
        if self.block.len() == BLOCK_SERIES {
            self.end_block();
        }
        Ok(())
    }

    /// Writes the index, makes the part durable and gives it its name. `None` when there was no sample.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the part may be there or come, and is to be removed.
    pub(crate) fn finish(mut self, origin: Origin) -> Result<Option<Written>, Error> {
        if self.footer.series == 0 {
            return Ok(None);
        }
        let path = temporary(&self.dir, self.id);
        self.write_index()?;
        let Origin { wal_floor, sources } = origin;
        let level = self.id.level;
        self.footer = Footer { level, wal_floor, sources, ..std::mem::take(&mut self.footer) };
        self.write_out()?;
        self.footer.file_crc = self.crc.clone().finalize();
        let footer = self.footer.encode();
        self.write(&footer)?;
        self.write_out()?;
        self.file.sync().map_err(Error::io("sync", &path))?;
        let target = self.dir.join(self.id.file_name());
        self.disk.rename(&path, &target).map_err(Error::io("rename", &path))?;
        self.finished = true;
        if let Err(error) = self.disk.sync_dir(&self.dir) {
            return Err(Error::io("sync", &self.dir)(error));
        }
        Ok(Some(Written { id: self.id, bytes: self.offset }))
    }

    fn write_index(&mut self) -> Result<(), Error> {
        self.end_block();
        let blocks = std::mem::take(&mut self.blocks);
        let mut directory = Vec::new();
        let mut start = 0;
        for (at, &end) in std::mem::take(&mut self.block_ends).iter().enumerate() {
            put_u64(&mut directory, if at == 0 { self.offset } else { 0 });
            put_u64(&mut directory, end - start - CRC_BYTES as u64);
            start = end;
        }
        self.write(&blocks)?;
        drop(blocks);
        let mut values = Vec::new();
        let names = std::mem::take(&mut self.index).encode(self.offset, &mut values);
        self.write(&values)?;
        self.footer.series_directory = self.write_section(&directory)?;
        self.footer.name_directory = self.write_section(&names)?;
        Ok(())
    }

    fn write_section(&mut self, bytes: &[u8]) -> Result<Section, Error> {
        let section = Section { offset: self.offset, len: bytes.len() as u64 };
        let mut checked = Vec::with_capacity(bytes.len() + CRC_BYTES);
        put_checked(&mut checked, bytes);
        self.write(&checked)?;
        Ok(section)
    }

    fn write_page(&mut self) -> Result<(), Error> {
        let block = std::mem::take(&mut self.pending);
        let (Some(&min_ms), Some(&max_ms)) = (block.timestamps_ms.first(), block.timestamps_ms.last()) else {
            return Ok(());
        };
        let times = self.write_times(&block.timestamps_ms)?;
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let values = page::encode(&block.values, &mut scratch);
        let values_at = match values {
            Values::Constant(_) => Extent::default(),
            Values::Tokens | Values::Integers => self.write_shared(&scratch)?,
        };
        scratch.clear();
        attachment::encode_page(&block, &mut scratch);
        let attachments = if scratch.is_empty() { Extent::default() } else { self.write_shared(&scratch)? };
        self.scratch = scratch;
        let samples = block.len() as u32;
        self.pages.push(PageRef { samples, min_ms, max_ms, times, values, values_at, attachments });
        self.footer.samples += block.len() as u64;
        self.footer.min_ms = self.footer.min_ms.min(min_ms);
        self.footer.max_ms = self.footer.max_ms.max(max_ms);
        self.pending = block;
        self.pending.clear();
        Ok(())
    }

    fn write_times(&mut self, times: &[i64]) -> Result<Option<Extent>, Error> {
        if is_regular(times) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        time::encode(times, &mut bytes);
        Ok(Some(self.write_shared(&bytes)?))
    }

    /// Writes a page, or finds the same one: the series of a scrape share their times, and values too more often
    /// than one would think, such as a histogram's count and its last bucket.
    fn write_shared(&mut self, bytes: &[u8]) -> Result<Extent, Error> {
        let key = (self.hashers.0.hash_one(bytes), self.hashers.1.hash_one(bytes));
        if let Some(&extent) = self.shared.get(&key).filter(|extent| extent.len as usize == bytes.len()) {
            return Ok(extent);
        }
        let extent = Extent { offset: self.offset, len: bytes.len() as u32 };
        self.write(bytes)?;
        self.write(&crc32fast::hash(bytes).to_le_bytes())?;
        if self.shared.len() >= SHARED_PAGES_MAX {
            self.shared.clear();
        }
        self.shared.insert(key, extent);
        Ok(extent)
    }

    fn end_block(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let mut out = Vec::new();
        put_len(&mut out, self.block.len());
        labels::encode(self.block.iter().map(|(labels, _)| labels), &mut out);
        let mut context = PageContext::default();
        for (_, pages) in &self.block {
            put_len(&mut out, pages.len());
            pages.iter().for_each(|page| context.encode(page, &mut out));
        }
        put_checked(&mut self.blocks, &out);
        self.block_ends.push(self.blocks.len() as u64);
        self.block.clear();
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        self.offset += bytes.len() as u64;
        if self.buffer.len() >= BUFFER_BYTES { self.write_out() } else { Ok(()) }
    }

    fn write_out(&mut self) -> Result<(), Error> {
        self.crc.update(&self.buffer);
        let path = || temporary(&self.dir, self.id);
        self.file.write_all(&self.buffer).map_err(|e| Error::io("write to", path())(e))?;
        self.buffer.clear();
        Ok(())
    }
}

impl Drop for PartWriter {
    /// Removes a part that was not finished.
    fn drop(&mut self) {
        if !self.finished {
            // Where this fails the file is removed at the next start.
            let _ = self.disk.remove(&temporary(&self.dir, self.id));
        }
    }
}
