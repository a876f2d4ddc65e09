//! The index of the head: which series there are, by labels, and where their samples are.
//!
//! A series is a row: an id that is never given twice, a run of label numbers, and a place. Rows are in order
//! of their ids; those of series that are gone stay until enough of them have gathered to build the index anew.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
    sync::Arc,
};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use model::{LabelSet, Reservation};

use super::{
    group::Group,
    postings::Postings,
    symbol::{Symbol, Symbols},
    window::Seal,
};
use crate::{
    account::settle,
    codec::labels::{self, SetBlock},
};

/// Where a series' samples go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing was appended yet.
    None,
    /// The series is gone.
    Dead,
    /// A column of a group.
    Column { group: u32, column: u32 },
}

/// A label: its name, its value and the series that have it.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) name: Symbol,
    pub(super) value: Symbol,
    pub(super) postings: Postings,
}

/// A name and its values, as pairs.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: Symbol,
    pub(super) pairs: Vec<u32>,
}

/// A group that a series was in before, for as long as samples of it may be there.
#[derive(Clone, Debug)]
pub(super) struct Former {
    pub(super) group: Arc<Group>,
    /// The window that was open when the series left.
    pub(super) seal: Seal,
}

/// All series that the head knows.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) symbols: Symbols,
    pub(super) pairs: Vec<Pair>,
    pair_table: HashTable<u32>,
    /// In order of the names' text.
    pub(super) names: Vec<Name>,
    ids: Vec<u64>,
    /// Where each row's labels end in `labels`.
    ends: Vec<u32>,
    /// Pairs of all rows, in order of the names within a row.
    labels: Vec<u32>,
    places: Vec<Place>,
    rows: HashTable<u32>,
    hasher: RandomState,
    next_id: u64,
    dead: usize,
    postings_bytes: usize,
    pub(super) former: HashMap<u64, Vec<Former>>,
    pub(super) groups: Vec<Option<Arc<Group>>>,
    account: Reservation,
}

impl Index {
    pub(super) fn new(account: Reservation) -> Self {
        Self {
            symbols: Symbols::default(),
            pairs: Vec::new(),
            pair_table: HashTable::new(),
            names: Vec::new(),
            ids: Vec::new(),
            ends: Vec::new(),
            labels: Vec::new(),
            places: Vec::new(),
            rows: HashTable::new(),
            hasher: RandomState::default(),
            next_id: 1,
            dead: 0,
            postings_bytes: 0,
            former: HashMap::new(),
            groups: Vec::new(),
            account,
        }
    }

    /// Series that are not gone.
    pub(super) fn series(&self) -> usize {
        self.ids.len() - self.dead
    }

    /// All rows, those of series that are gone included.
    pub(super) fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Rows of series that are gone.
    pub(super) fn dead(&self) -> usize {
        self.dead
    }

    /// The id that the next series gets.
    pub(super) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// The row of a series that is not gone.
    pub(super) fn row(&self, id: u64) -> Option<usize> {
        // Without series that are gone before it a series stands where its id says.
        let guess = usize::try_from(id.checked_sub(*self.ids.first()?)?).ok()?;
        let row = match self.ids.get(guess) {
            Some(&found) if found == id => guess,
            _ => self.ids.binary_search(&id).ok()?,
        };
        (self.places.get(row) != Some(&Place::Dead)).then_some(row)
    }

    pub(super) fn id(&self, row: usize) -> u64 {
        self.ids.get(row).copied().unwrap_or_default()
    }

    pub(super) fn place(&self, row: usize) -> Place {
        self.places.get(row).copied().unwrap_or(Place::Dead)
    }

    /// Moves a series; a series that is gone does not come back.
    pub(super) fn set_place(&mut self, row: usize, place: Place) {
        if let Some(slot) = self.places.get_mut(row).filter(|slot| **slot != Place::Dead) {
            self.dead += usize::from(place == Place::Dead);
            *slot = place;
        }
    }

    pub(super) fn group(&self, group: u32) -> Option<&Arc<Group>> {
        self.groups.get(group as usize)?.as_ref()
    }

    /// Adds a group, in the place of one that is gone if there is one.
    pub(super) fn add_group(&mut self, group: Arc<Group>) -> u32 {
        let free = self.groups.iter().position(Option::is_none);
        let at = free.unwrap_or_else(|| {
            self.groups.push(None);
            self.groups.len() - 1
        });
        self.groups[at] = Some(group);
        at as u32
    }

    /// The pairs of a row.
    pub(super) fn pairs_of(&self, row: usize) -> &[u32] {
        let end = self.ends.get(row).map_or(0, |&e| e as usize);
        let start = row.checked_sub(1).and_then(|r| self.ends.get(r)).map_or(0, |&e| e as usize);
        self.labels.get(start..end).unwrap_or_default()
    }

    /// Where each row's pairs end, and the pairs of all rows.
    pub(super) fn label_columns(&self) -> (&[u32], &[u32]) {
        (&self.ends, &self.labels)
    }

    /// Name and value of a pair.
    pub(super) fn pair_text(&self, pair: u32) -> (&str, &str) {
        self.pairs
            .get(pair as usize)
            .map_or(("", ""), |p| (self.symbols.get(p.name), self.symbols.get(p.value)))
    }

    /// True when a series that is not gone has the pair.
    pub(super) fn is_used(&self, pair: u32) -> bool {
        let pair = self.pairs.get(pair as usize);
        pair.is_some_and(|pair| pair.postings.iter().any(|row| self.place(row as usize) != Place::Dead))
    }

    /// The labels of a row.
    pub(super) fn labels(&self, row: usize) -> LabelSet {
        LabelSet::from_sorted(self.pairs_of(row).iter().map(|&pair| self.pair_text(pair)))
    }

    /// The label sets of some rows as the log writes them; those of rows that are gone are empty.
    pub(super) fn encode_sets(&self, rows: &[Option<usize>]) -> Vec<u8> {
        let sets: Vec<_> = rows.iter().map(|row| row.map_or(&[][..], |row| self.pairs_of(row))).collect();
        let symbols = |pair| self.pairs.get(pair as usize).map_or((0, 0), |p: &Pair| (p.name, p.value));
        let mut out = Vec::new();
        labels::encode_numbered(&sets, symbols, |symbol| self.symbols.get(symbol), &mut out);
        out
    }

    /// The id of the series with these labels.
    pub(super) fn find(&self, labels: &LabelSet) -> Option<u64> {
        let mut pairs = Vec::with_capacity(8);
        for (name, value) in labels {
            pairs.push(self.find_pair(self.symbols.find(name)?, self.symbols.find(value)?)?);
        }
        self.find_row(self.hash(&pairs), &pairs).map(|row| self.id(row))
    }

    /// The id of the series with these labels, which is made when it is new.
    pub(super) fn intern(&mut self, labels: &LabelSet) -> u64 {
        let pairs: Vec<u32> = labels.iter().map(|(name, value)| self.intern_text(name, value)).collect();
        let id = self.intern_row(&pairs);
        self.settle_account();
        id
    }

    /// As [`Index::intern`] for all sets of a block, each string of which is looked up once; `None` for sets
    /// without labels.
    pub(super) fn intern_all(&mut self, block: &SetBlock) -> Vec<Option<u64>> {
        let symbols: Vec<Symbol> = block.strings().map(|text| self.symbols.intern(text)).collect();
        let mut pairs = Vec::new();
        let id = |set: &[(u32, u32)]| {
            pairs.clear();
            // The block's numbers are places among its strings.
            pairs
                .extend(set.iter().map(|&(n, v)| self.intern_pair(symbols[n as usize], symbols[v as usize])));
            (!pairs.is_empty()).then(|| self.intern_row(&pairs))
        };
        let ids = block.sets().map(id).collect();
        self.settle_account();
        ids
    }

    fn intern_row(&mut self, pairs: &[u32]) -> u64 {
        let hash = self.hash(pairs);
        if let Some(row) = self.find_row(hash, pairs) {
            return self.id(row);
        }
        let id = self.next_id;
        self.next_id += 1;
        self.push_row(id, Place::None, pairs, hash);
        id
    }

    fn settle_account(&mut self) {
        let bytes = self.bytes();
        settle(&mut self.account, bytes);
    }

    fn push_row(&mut self, id: u64, place: Place, pairs: &[u32], hash: u64) {
        let row = self.ids.len() as u32;
        reserve(&mut self.ids);
        reserve(&mut self.ends);
        reserve(&mut self.places);
        if self.labels.capacity() - self.labels.len() < pairs.len() {
            self.labels.reserve_exact((self.labels.len() / 8).max(64).max(pairs.len()));
        }
        self.ids.push(id);
        self.labels.extend_from_slice(pairs);
        self.ends.push(self.labels.len() as u32);
        self.places.push(place);
        for &pair in pairs {
            if let Some(pair) = self.pairs.get_mut(pair as usize) {
                self.postings_bytes += pair.postings.push(row);
            }
        }
        if self.rows.len() == self.rows.capacity() {
            self.grow_rows();
        }
        self.rows.insert_unique(hash, row, |_| hash);
    }

    /// Doubles the table row by row: the labels are read in order then, where the table's own way jumps about.
    fn grow_rows(&mut self) {
        let mut rows = HashTable::with_capacity((self.rows.capacity() * 2).max(16));
        for row in 0..self.rows.len() as u32 {
            let hash = self.hash(self.pairs_of(row as usize));
            rows.insert_unique(hash, row, |_| hash);
        }
        self.rows = rows;
    }

    /// Number by number: a hash of the slice goes the long way of longer texts.
    fn hash(&self, pairs: &[u32]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        pairs.iter().for_each(|&pair| hasher.write_u32(pair));
        hasher.finish()
    }

    fn find_row(&self, hash: u64, pairs: &[u32]) -> Option<usize> {
        let is_it = |row: &u32| {
            let row = *row as usize;
            self.place(row) != Place::Dead && self.pairs_of(row) == pairs
        };
        self.rows.find(hash, is_it).map(|&row| row as usize)
    }

    /// The pair of a name and a value.
    pub(super) fn find_pair(&self, name: Symbol, value: Symbol) -> Option<u32> {
        let is_it =
            |pair: &u32| self.pairs.get(*pair as usize).is_some_and(|p| (p.name, p.value) == (name, value));
        self.pair_table.find(self.hasher.hash_one((name, value)), is_it).copied()
    }

    fn intern_text(&mut self, name: &str, value: &str) -> u32 {
        let (name, value) = (self.symbols.intern(name), self.symbols.intern(value));
        self.intern_pair(name, value)
    }

    fn intern_pair(&mut self, name: Symbol, value: Symbol) -> u32 {
        if let Some(pair) = self.find_pair(name, value) {
            return pair;
        }
        let pair = self.pairs.len() as u32;
        reserve(&mut self.pairs);
        self.pairs.push(Pair { name, value, postings: Postings::default() });
        let mut table = std::mem::take(&mut self.pair_table);
        let hash = |pair: &u32| {
            let key = self.pairs.get(*pair as usize).map_or((0, 0), |p| (p.name, p.value));
            self.hasher.hash_one(key)
        };
        table.insert_unique(hash(&pair), pair, hash);
        self.pair_table = table;
        let text = self.symbols.get(name);
        let at = self.names.binary_search_by(|n| self.symbols.get(n.name).cmp(text)).unwrap_or_else(|at| {
            self.names.insert(at, Name { name, pairs: Vec::new() });
            at
        });
        let pairs = &mut self.names[at].pairs;
        reserve(pairs);
        pairs.push(pair);
        pair
    }

    /// The pairs of a name.
    pub(super) fn pairs_named(&self, name: &str) -> &[u32] {
        let at = self.names.binary_search_by(|n| self.symbols.get(n.name).cmp(name)).ok();
        at.and_then(|at| self.names.get(at)).map_or(&[], |n| &n.pairs)
    }

    /// Copies up to `count` rows that are not gone into a new index, from row `from` on; gives the row after
    /// the last one looked at. `known` remembers which pair of this index is which of the new one.
    pub(super) fn copy_rows(&self, to: &mut Self, known: &mut Vec<u32>, from: usize, count: usize) -> usize {
        let end = self.ids.len().min(from.saturating_add(count));
        known.resize(self.pairs.len(), u32::MAX);
        let mut pairs = Vec::new();
        for row in (from..end).filter(|&row| self.place(row) != Place::Dead) {
            pairs.clear();
            for &pair in self.pairs_of(row) {
                let slot = &mut known[pair as usize];
                if *slot == u32::MAX {
                    let (name, value) = self.pair_text(pair);
                    *slot = to.intern_text(name, value);
                }
                pairs.push(*slot);
            }
            let hash = to.hash(&pairs);
            to.push_row(self.id(row), self.place(row), &pairs, hash);
        }
        end
    }

    /// Takes the place of `old`, all of whose rows have been copied; rows that changed since are mended.
    pub(super) fn succeed(&mut self, old: &mut Self) {
        let mut from = 0;
        for row in 0..self.ids.len() {
            // Both are in order of the ids, and this index has no id that the old one has not.
            while old.id(from) < self.id(row) {
                from += 1;
            }
            self.set_place(row, old.place(from));
        }
        self.next_id = old.next_id;
        self.former = std::mem::take(&mut old.former);
        self.groups = std::mem::take(&mut old.groups);
        self.settle_account();
    }

    pub(super) fn bytes(&self) -> usize {
        self.symbols.bytes()
            + size_of::<Pair>() * self.pairs.capacity()
            + self.pair_table.allocation_size()
            + 4 * self.pairs.len()
            + size_of::<Name>() * self.names.capacity()
            + 8 * self.ids.capacity()
            + 4 * (self.ends.capacity() + self.labels.capacity())
            + size_of::<Place>() * self.places.capacity()
            + self.rows.allocation_size()
            + self.postings_bytes
            + size_of::<Self>()
    }

    /// An account for an index that is to take this one's place.
    pub(super) fn fresh_account(&self) -> Reservation {
        self.account.budget().open(model::Part::Head)
    }
}

/// Makes room for one more by an eighth: doubling would leave a third of the index unused.
fn reserve<T>(items: &mut Vec<T>) {
    if items.len() == items.capacity() {
        items.reserve_exact((items.len() / 8).max(4));
    }
}
