//! The file of the tombstones.

use std::{io, path::Path};

use model::{MatchOp, Matcher};

use super::{TOMBSTONES_MAX, Tombstone};
use crate::{
    codec::varint::{Decoded, Malformed, Reader, put_bytes, put_i64, put_len, put_u64},
    disk::Disk,
    error::Error,
    part::PartId,
};

/// The file's name.
pub(crate) const NAME: &str = "tombstones";
/// The name of one that was damaged.
pub(super) const DAMAGED_NAME: &str = "tombstones.damaged";
/// The name of one that is being written.
pub(crate) const TEMPORARY_NAME: &str = "tombstones.tmp";
const MAGIC: [u8; 8] = *b"GNOMONTS";
const VERSION: u8 = 1;
const CRC_BYTES: usize = 4;
/// A longer file is damage: all matchers and a thousand parts for each tombstone stay below.
const FILE_BYTES_MAX: u64 = 8 << 20;
const OPS: [MatchOp; 4] = [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex];

/// Reads the file and gives its size too; `None` when there is none.
///
/// # Errors
/// [`Error::Corrupt`] when it is damaged, [`Error::Io`] when the disk fails.
pub(super) fn read(disk: &dyn Disk, dir: &Path) -> Result<Option<(Vec<Tombstone>, u64)>, Error> {
    let path = dir.join(NAME);
    let file = match disk.open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        result => result.map_err(Error::io("open", &path))?,
    };
    let size = file.size().map_err(Error::io("read", &path))?;
    let corrupt = |what| Error::Corrupt { path: path.clone(), offset: 0, what };
    if size > FILE_BYTES_MAX {
        return Err(corrupt("the file is too long"));
    }
    let mut bytes = vec![0; size as usize];
    file.read_exact_at(&mut bytes, 0).map_err(Error::io("read", &path))?;
    let (body, crc) =
        bytes.split_last_chunk::<CRC_BYTES>().ok_or_else(|| corrupt("the file is too short"))?;
    if u32::from_le_bytes(*crc) != crc32fast::hash(body) {
        return Err(corrupt("the checksum is wrong"));
    }
    let tombstones = decode(body).map_err(|_| corrupt("the file is malformed, or of an unknown version"))?;
    Ok(Some((tombstones, size)))
}

/// Puts a new file in the place of the old one and gives its size.
///
/// # Errors
/// [`Error::Io`] when the disk fails; the old file may be there or the new one.
pub(super) fn write(disk: &dyn Disk, dir: &Path, tombstones: &[Tombstone]) -> Result<u64, Error> {
    let (path, temporary) = (dir.join(NAME), dir.join(TEMPORARY_NAME));
    let bytes = encode(tombstones);
    let mut file = disk.create(&temporary).map_err(Error::io("create", &temporary))?;
    file.write_all(&bytes).map_err(Error::io("write to", &temporary))?;
    file.sync().map_err(Error::io("sync", &temporary))?;
    disk.rename(&temporary, &path).map_err(Error::io("rename", &temporary))?;
    disk.sync_dir(dir).map_err(Error::io("sync", dir))?;
    Ok(bytes.len() as u64)
}

fn encode(tombstones: &[Tombstone]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    put_len(&mut out, tombstones.len());
    for Tombstone { range_ms, matchers, parts } in tombstones {
        put_i64(&mut out, range_ms.0);
        put_i64(&mut out, range_ms.1);
        put_len(&mut out, matchers.len());
        for matcher in matchers {
            let op = OPS.iter().position(|op| *op == matcher.op()).unwrap_or_default();
            out.push(op as u8);
            put_bytes(&mut out, matcher.name().as_bytes());
            put_bytes(&mut out, matcher.value().as_bytes());
        }
        put_len(&mut out, parts.len());
        for part in parts {
            put_u64(&mut out, part.number);
            put_u64(&mut out, u64::from(part.level));
        }
    }
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    out
}

fn decode(bytes: &[u8]) -> Decoded<Vec<Tombstone>> {
    let mut reader = Reader::new(bytes);
    if reader.bytes(MAGIC.len())? != MAGIC || reader.u8()? != VERSION {
        return Err(Malformed);
    }
    let count = reader.count()?;
    if count > TOMBSTONES_MAX {
        return Err(Malformed);
    }
    (0..count).map(|_| decode_one(&mut reader)).collect()
}

fn decode_one(reader: &mut Reader<'_>) -> Decoded<Tombstone> {
    let range_ms = (reader.i64()?, reader.i64()?);
    let count = reader.count()?;
    let matchers = (0..count).map(|_| decode_matcher(reader)).collect::<Decoded<_>>()?;
    let count = reader.count()?;
    let mut part = || Ok(PartId { number: reader.u64()?, level: reader.u32()? });
    let parts = (0..count).map(|_| part()).collect::<Decoded<_>>()?;
    Ok(Tombstone { range_ms, matchers, parts })
}

fn decode_matcher(reader: &mut Reader<'_>) -> Decoded<Matcher> {
    let op = *OPS.get(usize::from(reader.u8()?)).ok_or(Malformed)?;
    Matcher::new(op, reader.str()?, reader.str()?).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back_and_what_is_cut_does_not() {
        let matchers = OPS.map(|op| Matcher::new(op, "job", "a.*").unwrap()).to_vec();
        let parts = [(3, 0), (8, 1)].map(|(number, level)| PartId { number, level }).into();
        let written = [Tombstone { range_ms: (i64::MIN, -5), matchers, parts }];
        let bytes = encode(&written);
        let body = &bytes[..bytes.len() - CRC_BYTES];
        let read = decode(body).unwrap();
        assert_eq!((read[0].range_ms, &read[0].parts), (written[0].range_ms, &written[0].parts));
        let shown = |t: &Tombstone| t.matchers.iter().map(|m| format!("{m:?}")).collect::<Vec<_>>();
        assert_eq!(shown(&read[0]), shown(&written[0]));
        (0..body.len()).for_each(|len| assert!(decode(&body[..len]).is_err(), "{len}"));
    }
}
