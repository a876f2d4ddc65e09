//! Strings, each held once, known by number.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The number of a string.
pub(super) type Symbol = u32;

/// Strings by number, in one run of bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct SymbolTexts {
    text: String,
    /// Where each string ends.
    ends: Vec<u32>,
}

impl SymbolTexts {
    /// The string of a number that was given out.
    pub(super) fn get(&self, symbol: Symbol) -> &str {
        let at = symbol as usize;
        let end = self.ends.get(at).map_or(0, |&e| e as usize);
        let start = at.checked_sub(1).and_then(|i| self.ends.get(i)).map_or(0, |&e| e as usize);
        self.text.get(start..end).unwrap_or_default()
    }
}

/// All strings of the index.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    texts: SymbolTexts,
    table: HashTable<Symbol>,
    hasher: RandomState,
}

impl Symbols {
    /// The string of a number that this table gave out.
    pub(super) fn get(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol)
    }

    /// A copy of the strings.
    pub(super) fn texts(&self) -> SymbolTexts {
        self.texts.clone()
    }

    /// The number of a string, if it is known.
    pub(super) fn find(&self, text: &str) -> Option<Symbol> {
        self.table.find(self.hasher.hash_one(text), |&s| self.get(s) == text).copied()
    }

    /// The number of a string, which is made when it is new.
    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(known) = self.find(text) {
            return known;
        }
        let symbol = self.texts.ends.len() as u32;
        self.texts.text.push_str(text);
        self.texts.ends.push(self.texts.text.len() as u32);
        let mut table = std::mem::take(&mut self.table);
        table.insert_unique(self.hasher.hash_one(text), symbol, |&s| self.hasher.hash_one(self.get(s)));
        self.table = table;
        symbol
    }

    pub(super) fn len(&self) -> usize {
        self.texts.ends.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.texts.text.capacity() + 4 * self.texts.ends.capacity() + self.table.allocation_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_has_one_number() {
        let mut symbols = Symbols::default();
        let texts: Vec<_> = (0..1000).map(|n| format!("{}", n % 300)).collect();
        let numbers: Vec<_> = texts.iter().map(|text| symbols.intern(text)).collect();
        assert_eq!(symbols.len(), 300);
        for (text, &number) in texts.iter().zip(&numbers) {
            assert_eq!((symbols.get(number), symbols.find(text)), (text.as_str(), Some(number)));
        }
        assert_eq!(symbols.find("300"), None);
    }
}
