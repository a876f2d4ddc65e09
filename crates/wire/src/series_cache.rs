//! Which series a label set is, remembered across requests.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
};

use model::{Reservation, SeriesRef};

use crate::key::{Key, Keyer};

/// Bytes of the table for each place: key, handle, and a byte of the table's own.
const PLACE_BYTES: usize = size_of::<(Key, SeriesRef)>() + 1;
/// Places of the smallest table.
const PLACES_MIN: usize = 1 << 10;

/// Handles of series by their labels. All intakes of a store share one.
///
/// A series takes 30 to 60 bytes here, whatever its labels. When the cache is full it is emptied, which costs
/// each series one more look into the store's index.
#[derive(Debug)]
pub struct SeriesCache {
    keyer: Keyer,
    limit_bytes: usize,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    refs: HashMap<Key, SeriesRef, BuildHasherDefault<KeyHasher>>,
    places: usize,
    account: Reservation,
}

impl SeriesCache {
    /// A cache of at most so many bytes, which are drawn from an account.
    pub fn new(limit_bytes: usize, account: Reservation) -> Self {
        let table = Table { refs: HashMap::default(), places: 0, account };
        Self { keyer: Keyer::default(), limit_bytes, table: Mutex::new(table) }
    }

    pub(crate) fn keyer(&self) -> &Keyer {
        &self.keyer
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `found` for each key in turn.
    pub(crate) fn look_up(&self, keys: impl Iterator<Item = Key>, mut found: impl FnMut(Option<SeriesRef>)) {
        let table = self.table();
        keys.for_each(|key| found(table.refs.get(&key).copied()));
    }

    /// Remembers handles, in place of those that the keys had.
    pub(crate) fn insert(&self, entries: impl Iterator<Item = (Key, SeriesRef)>) {
        let mut table = self.table();
        for (key, series) in entries {
            if table.make_room(self.limit_bytes) {
                table.refs.insert(key, series);
            }
        }
    }
}

impl Table {
    /// Makes room for one more, by growth or by forgetting all; false when there is no memory at all.
    fn make_room(&mut self, limit_bytes: usize) -> bool {
        // The standard table fills seven of eight places.
        if self.refs.len() < self.places / 8 * 7 {
            return true;
        }
        let places = (2 * self.places).max(PLACES_MIN);
        let fits = places * PLACE_BYTES <= limit_bytes;
        if fits && self.account.resize(places * PLACE_BYTES) {
            self.refs.reserve(places / 8 * 7 - self.refs.len());
            self.places = places;
        } else {
            self.refs.clear();
        }
        self.places > 0
    }
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 ^= word;
    }

    /// A key's length says nothing.
    fn write_usize(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Budget, Part};

    fn known(cache: &SeriesCache, keys: u64) -> usize {
        let mut known = 0;
        let keys = (0..keys).map(|i| cache.keyer.key(&i.to_le_bytes()));
        cache.look_up(keys, |found| known += usize::from(found.is_some()));
        known
    }

    #[test]
    fn the_cache_stays_within_its_bounds() {
        let budget = Budget::new(1 << 20);
        for (limit_bytes, at_most) in [(0, 0), (70_000, 1_792), (1 << 30, 28_672)] {
            let cache = SeriesCache::new(limit_bytes, budget.open(Part::Write));
            for i in 0..100_000u64 {
                cache.insert([(cache.keyer.key(&i.to_le_bytes()), SeriesRef(i))].into_iter());
                let table = cache.table();
                let used_bytes = budget.part_bytes(Part::Write);
                assert!(used_bytes <= limit_bytes && table.refs.capacity() <= table.places);
            }
            let known = known(&cache, 100_000);
            assert!(known <= at_most && (known > 0) == (at_most > 0), "{known}");
        }
    }
}
