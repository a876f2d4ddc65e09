//! Several parts into one: fewer files, longer pages, one index.

use std::{path::Path, sync::Arc};

use super::{
    Part, PartCursor, PartId, PartWriter,
    writer::{Origin, Written},
};
use crate::{
    disk::Disk,
    error::Error,
    query::{Chunk, StoredSeries},
};

/// Writes the samples of some parts, which are in order of their ids, as one part; `tick` is called
/// between series.
///
/// # Errors
/// [`Error::Corrupt`] when one of them is damaged, which nobody should lose in a merge; [`Error::Io`] when the
/// disk fails; what `tick` returns.
pub(crate) fn merge(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    id: PartId,
    parts: &[Arc<Part>],
    mut tick: impl FnMut() -> Result<(), Error>,
) -> Result<Option<Written>, Error> {
    for part in parts {
        part.verify()?;
        tick()?;
    }
    let all = |part: &Arc<Part>| PartCursor::new(Arc::clone(part), (0..part.footer.series as u32).collect());
    let mut sources = parts.iter().map(all).collect::<Result<Vec<_>, _>>()?;
    let mut writer = PartWriter::create(disk, dir, id)?;
    let mut block = model::SampleBlock::default();
    while let Some(labels) = sources.iter().filter_map(PartCursor::labels).min().cloned() {
        let mut chunks = Vec::new();
        for source in sources.iter_mut().filter(|source| source.labels() == Some(&labels)) {
            let part = Arc::clone(source.pages());
            let (_, pages) = source.advance()?.unwrap_or_default();
            chunks.extend(pages.into_iter().map(|page| Chunk::Page(Arc::clone(&part), page)));
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
