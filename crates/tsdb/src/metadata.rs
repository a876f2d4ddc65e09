//! What is known about metric families: the last that was said about each, and a journal of it on disk.

use std::{path::Path, sync::Arc};

use model::{Budget, FamilyMetadata, Metadata, MetricType, Part, Reservation, sort};

use crate::{
    codec::varint::{Decoded, Malformed, Reader, put_bytes},
    disk::Disk,
    error::Error,
    journal::{Content, Journaled},
};

/// The name of the journal.
pub(crate) const JOURNAL: &str = "metadata.journal";
/// Texts of a family are not kept beyond this: the longest of the usual exporters has 400 bytes.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// The families that a store knows.
pub(crate) struct Families(pub(crate) Journaled<Table>);

/// Whether a payload is a record of the journal.
pub(crate) fn is_record(payload: &[u8]) -> bool {
    decode(payload).is_ok()
}

/// Families in the order of their names.
pub(crate) struct Table {
    entries: Vec<Entry>,
    limit_bytes: usize,
    account: Reservation,
    /// Counts what was said.
    said: u64,
}

struct Entry {
    family: Arc<FamilyMetadata>,
    /// When it was said last; the one that was said first gives way when there is no room.
    said: u64,
}

impl Families {
    /// Reads back the families of a folder; they take at most `limit_bytes` of memory.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        budget: &Arc<Budget>,
        limit_bytes: usize,
    ) -> Result<Self, Error> {
        let table = Table { entries: Vec::new(), limit_bytes, account: budget.open(Part::Metadata), said: 0 };
        let journal = Journaled::open(disk, dir, JOURNAL, table, |table, payload| {
            decode(payload).map(|family| table.insert(&Arc::new(family))).is_ok()
        })?;
        Ok(Self(journal))
    }

    /// Takes what is said about families.
    pub(crate) fn append(&self, families: &[Arc<FamilyMetadata>]) {
        let mut held = self.0.held();
        for family in families.iter().filter(|family| text_bytes(family) <= TEXT_BYTES_MAX) {
            if held.content.insert(family) {
                held.log(&encode(family));
            }
        }
    }

    /// All families in the order of their names.
    pub(crate) fn list(&self) -> Vec<Arc<FamilyMetadata>> {
        self.0.held().content.entries.iter().map(|entry| Arc::clone(&entry.family)).collect()
    }

    /// One family.
    pub(crate) fn get(&self, metric: &str) -> Option<Arc<FamilyMetadata>> {
        let held = self.0.held();
        let at = held.content.position(metric).ok()?;
        held.content.entries.get(at).map(|entry| Arc::clone(&entry.family))
    }
}

impl Table {
    fn position(&self, metric: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| (*entry.family.metric).cmp(metric))
    }

    /// Takes what is said about a family; true when it is news.
    fn insert(&mut self, family: &Arc<FamilyMetadata>) -> bool {
        self.said += 1;
        let said = self.said;
        if let Ok(at) = self.position(&family.metric)
            && let Some(entry) = self.entries.get_mut(at)
        {
            entry.said = said;
            let same = entry.family.metadata == family.metadata;
            if same {
                // The same text is held once, by whoever says it.
                entry.family = Arc::clone(family);
                return false;
            }
            self.remove(at);
        }
        if !self.make_room(bytes(family)) {
            return false;
        }
        // Others may have given way meanwhile.
        let at = self.position(&family.metric).unwrap_or_else(|at| at);
        self.entries.insert(at, Entry { family: Arc::clone(family), said });
        true
    }

    fn remove(&mut self, at: usize) {
        let gone = self.entries.remove(at);
        self.account.shrink(bytes(&gone.family));
    }

    fn make_room(&mut self, bytes: usize) -> bool {
        while self.account.bytes() + bytes > self.limit_bytes || !self.account.grow(bytes) {
            if self.entries.is_empty() {
                return false;
            }
            self.drop_oldest();
        }
        true
    }

    /// Drops an eighth of the families at a time: looking for the oldest costs as much as looking at all.
    fn drop_oldest(&mut self) {
        let mut ages: Vec<u64> = self.entries.iter().map(|entry| entry.said).collect();
        let last = ages.len() / 8;
        let (_, &mut oldest, _) = ages.select_nth_unstable(last);
        let Self { entries, account, .. } = self;
        entries.retain(|entry| {
            let kept = entry.said > oldest;
            if !kept {
                account.shrink(bytes(&entry.family));
            }
            kept
        });
    }
}

impl Content for Table {
    fn for_each_record(&self, each: &mut dyn FnMut(&[u8])) {
        // In the order in which it was said, so that it is read back with the same ages.
        let mut entries: Vec<_> = self.entries.iter().collect();
        sort::by_key(&mut entries, |entry| entry.said);
        entries.iter().for_each(|entry| each(&encode(&entry.family)));
    }

    fn bytes(&self) -> usize {
        self.account.bytes()
    }
}

fn text_bytes(family: &FamilyMetadata) -> usize {
    family.metric.len() + family.metadata.help.len() + family.metadata.unit.len()
}

/// Bytes of a family: its texts, two counters before them, and its place with the free ones beside it.
fn bytes(family: &FamilyMetadata) -> usize {
    size_of::<FamilyMetadata>() + 2 * size_of::<usize>() + 2 * size_of::<Entry>() + text_bytes(family)
}

fn encode(family: &FamilyMetadata) -> Vec<u8> {
    let Metadata { kind, help, unit } = &family.metadata;
    let kind = MetricType::NUMBERED.iter().position(|known| known == kind).unwrap_or(0);
    let mut out = vec![kind as u8];
    for text in [&family.metric, help, unit] {
        put_bytes(&mut out, text.as_bytes());
    }
    out
}

fn decode(payload: &[u8]) -> Decoded<FamilyMetadata> {
    let mut reader = Reader::new(payload);
    let kind = *MetricType::NUMBERED.get(usize::from(reader.u8()?)).ok_or(Malformed)?;
    let mut text = || -> Decoded<Box<str>> {
        let text = std::str::from_utf8(reader.prefixed()?).map_err(|_| Malformed)?;
        Ok(text.into())
    };
    Ok(FamilyMetadata { metric: text()?, metadata: Metadata { kind, help: text()?, unit: text()? } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(metric: &str, help: &str) -> Arc<FamilyMetadata> {
        let metadata = Metadata { kind: MetricType::StateSet, help: help.into(), unit: "s".into() };
        Arc::new(FamilyMetadata { metric: metric.into(), metadata })
    }

    #[test]
    fn what_was_said_first_gives_way() {
        let room = 3 * bytes(&family("a", "help"));
        let account = Budget::new(1 << 20).open(Part::Metadata);
        let mut table = Table { entries: Vec::new(), limit_bytes: room, account, said: 0 };
        for (metric, news) in [("c", true), ("b", true), ("a", true), ("c", false), ("d", true)] {
            assert_eq!(table.insert(&family(metric, "help")), news, "{metric}");
        }
        let mut records = Vec::new();
        table.for_each_record(&mut |payload| records.push(decode(payload).unwrap().metric));
        assert_eq!(records, ["a", "c", "d"].map(Box::from));
        assert!(table.insert(&family("c", "another")));
        assert_eq!(table.account.bytes(), table.entries.iter().map(|e| bytes(&e.family)).sum::<usize>());
        assert!(!table.insert(&family("e", &"x".repeat(room))) && table.entries.is_empty());
    }
}
