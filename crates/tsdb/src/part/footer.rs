//! The end of a part: what it holds and where.

use super::END;
use crate::codec::varint::{Decoded, Malformed, Reader, put_i64, put_len, put_u64};

/// Parts that a part was merged from, at most; more in a footer means damage.
const SOURCES_MAX: usize = 1024;

/// Offset and length of a section, its checksum left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) offset: u64,
    pub(super) len: u64,
}

/// What a part says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Footer {
    pub(crate) min_ms: i64,
    pub(crate) max_ms: i64,
    pub(crate) series: u64,
    pub(crate) samples: u64,
    /// 0 for a flush, one more than its sources for a merge.
    pub(crate) level: u32,
    /// The first log segment whose samples are not all in parts.
    pub(crate) wal_floor: u64,
    /// Parts that this one takes the place of.
    pub(crate) sources: Vec<u64>,
    pub(super) series_directory: Section,
    pub(super) name_directory: Section,
    /// Of all bytes before the footer.
    pub(super) file_crc: u32,
}

impl Footer {
    /// Footer and trailer.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_i64(&mut out, self.min_ms);
        put_i64(&mut out, self.max_ms);
        put_u64(&mut out, self.series);
        put_u64(&mut out, self.samples);
        put_u64(&mut out, u64::from(self.level));
        put_u64(&mut out, self.wal_floor);
        put_len(&mut out, self.sources.len());
        self.sources.iter().for_each(|&source| put_u64(&mut out, source));
        for section in [self.series_directory, self.name_directory] {
            put_u64(&mut out, section.offset);
            put_u64(&mut out, section.len);
        }
        out.extend_from_slice(&self.file_crc.to_le_bytes());
        let (len, crc) = (out.len() as u32, crc32fast::hash(&out));
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&crc.to_le_bytes());
        out.extend_from_slice(&END);
        out
    }

    /// The footer's length and checksum.
    pub(super) fn decode_trailer(bytes: &[u8]) -> Decoded<(u32, u32)> {
        let mut reader = Reader::new(bytes);
        let (len, crc) = (reader.u32_le()?, reader.u32_le()?);
        if reader.bytes(END.len())? == END { Ok((len, crc)) } else { Err(Malformed) }
    }

    /// Reads a footer whose checksum was found right; sections end before `end`.
    pub(super) fn decode(bytes: &[u8], end: u64) -> Decoded<Self> {
        let mut reader = Reader::new(bytes);
        let mut footer = Self {
            min_ms: reader.i64()?,
            max_ms: reader.i64()?,
            series: reader.u64()?,
            samples: reader.u64()?,
            level: reader.u32()?,
            wal_floor: reader.u64()?,
            ..Self::default()
        };
        let sources = reader.count()?;
        if sources > SOURCES_MAX || footer.series > u64::from(u32::MAX) {
            return Err(Malformed);
        }
        footer.sources = (0..sources).map(|_| reader.u64()).collect::<Decoded<_>>()?;
        let mut section = || {
            let section = Section { offset: reader.u64()?, len: reader.u64()? };
            let fits = section.offset.checked_add(section.len).is_some_and(|e| e < end);
            if fits { Ok(section) } else { Err(Malformed) }
        };
        (footer.series_directory, footer.name_directory) = (section()?, section()?);
        footer.file_crc = reader.u32_le()?;
        Ok(footer)
    }
}
