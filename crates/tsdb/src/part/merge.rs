//! Several parts into one: fewer files, longer pages, one index.

use std::{path::Path, sync::Arc};

use super::{
    Part, PartCursor, PartId, PartWriter, TombstoneSet,
    writer::{Origin, Written},
};
use crate::{disk::Disk, error::Error, query::StoredSeries};

/// Writes the samples of some parts, which are in order of their ids, as one part, without those that are
/// deleted; `tick` is called between series.
///
/// # Errors
/// [`Error::Corrupt`] when one of them is damaged, which nobody should lose in a merge; [`Error::Io`] when the
/// disk fails; what `tick` returns.
pub(crate) fn merge(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    id: PartId,
    parts: &[Arc<Part>],
    tombstones: &TombstoneSet,
    mut tick: impl FnMut() -> Result<(), Error>,
) -> Result<Option<Written>, Error> {
    for part in parts {
        part.verify()?;
        tick()?;
    }
    merge_readable(disk, dir, id, parts, tombstones, tick)
}

/// As [`merge`], with what can be read of damaged parts.
///
/// # Errors
/// [`Error::Io`] when the disk fails; what `tick` returns.
pub(super) fn merge_readable(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    id: PartId,
    parts: &[Arc<Part>],
    tombstones: &TombstoneSet,
    mut tick: impl FnMut() -> Result<(), Error>,
) -> Result<Option<Written>, Error> {
    let all = |part: &Arc<Part>| {
        PartCursor::new(Arc::clone(part), (0..part.footer.series as u32).collect(), tombstones.of(part.id))
    };
    let mut sources = parts.iter().map(all).collect::<Result<Vec<_>, _>>()?;
    let mut writer = PartWriter::create(disk, dir, id)?;
    let mut block = model::SampleBlock::default();
    while let Some(labels) = sources.iter().filter_map(PartCursor::labels).min().cloned() {
        let mut chunks = Vec::new();
        for source in sources.iter_mut().filter(|source| source.labels() == Some(&labels)) {
            source.take(&mut chunks)?;
        }
        let mut series = StoredSeries::new(labels.clone(), (i64::MIN, i64::MAX), chunks);
        while series.read_run(&mut block)? {
            writer.push(&block)?;
            block.clear();
        }
        writer.end_series(&labels)?;
        tick()?;
    }
    let origin = Origin {
        wal_floor: parts.iter().map(|part| part.footer.wal_floor).max().unwrap_or(0),
        sources: parts.iter().map(|part| part.id.number).collect(),
    };
    writer.finish(origin)
}
