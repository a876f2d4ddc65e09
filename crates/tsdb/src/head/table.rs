//! A hash table of numbers whose keys are held elsewhere: four bytes a slot, nothing ever removed.

/// Marks a free slot.
const FREE: u32 = u32::MAX;

/// Linear probing over a power of two of slots, at most three quarters full.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<u32>,
    len: usize,
}

impl Table {
    /// The number with this hash that `is_key` accepts.
    pub(super) fn find(&self, hash: u64, mut is_key: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        // A free slot always comes: the table is never full.
        loop {
            match self.slots.get(at) {
                Some(&slot) if slot != FREE => {
                    if is_key(slot) {
                        return Some(slot);
                    }
                }
                _ => return None,
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a number that is not in the table; `rehash` gives the hash of one that is.
    pub(super) fn insert(&mut self, hash: u64, number: u32, rehash: impl Fn(u32) -> u64) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            let size = (self.slots.len() * 2).max(16);
            let old = std::mem::replace(&mut self.slots, vec![FREE; size]);
            for number in old.into_iter().filter(|&slot| slot != FREE) {
                self.place(rehash(number), number);
            }
        }
        self.place(hash, number);
        self.len += 1;
    }

    fn place(&mut self, hash: u64, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != FREE {
            at = (at + 1) & mask;
        }
        self.slots[at] = number;
    }

    pub(super) fn bytes(&self) -> usize {
        4 * self.slots.capacity()
    }
}
