//! Keys of label sets: 128 bits in place of the labels' bytes.
//!
//! A cache that kept the labels themselves would take as much memory as the store's own index. Two label sets
//! with one key would become one series, so a key has 128 bits: among a million of them, two are equal with a
//! probability of 10^-27. Whoever finds two on purpose gains nothing, since a sender may write to any
//! series as it is; that the seed is random only keeps the table from being filled with collisions.

use std::hash::{BuildHasher, RandomState};

/// Stands for a label set.
pub(crate) type Key = [u64; 2];

/// Makes keys. Keys of two keyers have nothing to do with each other.
#[derive(Debug)]
pub(crate) struct Keyer {
    seeds: [u64; 4],
}

impl Default for Keyer {
    fn default() -> Self {
        let random = RandomState::new();
        Self { seeds: [0u64, 1, 2, 3].map(|i| random.hash_one(i)) }
    }
}

impl Keyer {
    /// The key of some bytes.
    #[inline]
    pub(crate) fn key(&self, bytes: &[u8]) -> Key {
        let mut state = [bytes.len() as u64, !(bytes.len() as u64)];
        let (blocks, tail) = bytes.as_chunks::<16>();
        for block in blocks {
            state = self.mix(state, u128::from_le_bytes(*block));
        }
        let mut last = [0; 16];
        for (to, from) in last.iter_mut().zip(tail) {
            *to = *from;
        }
        self.mix(self.mix(state, u128::from_le_bytes(last)), 0)
    }

    /// The key of a sequence that ends with `next` and of whose beginning `so_far` is the key.
    #[inline]
    pub(crate) fn extend(&self, so_far: Key, next: Key) -> Key {
        self.mix(so_far, u128::from(next[0]) << 64 | u128::from(next[1]))
    }

    #[inline]
    fn mix(&self, [a, b]: Key, block: u128) -> Key {
        let (low, high) = (block as u64, (block >> 64) as u64);
        let [s0, s1, s2, s3] = self.seeds;
        [fold(low ^ s0 ^ a, high ^ s1).wrapping_add(b), fold(high ^ s2 ^ b, low ^ s3).wrapping_add(a)]
    }
}

/// Both halves of the product.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn texts_that_differ_in_little_have_keys_that_share_nothing() {
        let keyer = Keyer::default();
        let mut texts: Vec<Vec<u8>> = (0..40).map(|len| vec![0; len]).collect();
        for at in 0..40 {
            for bit in 0..8 {
                let mut text = vec![0; 40];
                text[at] = 1 << bit;
                texts.push(text);
            }
        }
        let texts: HashSet<_> = texts.into_iter().collect();
        let keys: Vec<Key> = texts.iter().map(|text| keyer.key(text)).collect();
        for half in 0..2 {
            let distinct: HashSet<u64> = keys.iter().map(|key| key[half]).collect();
            assert_eq!(distinct.len(), texts.len());
        }
        assert_ne!(keyer.extend(keys[0], keys[1]), keyer.extend(keys[1], keys[0]));
        assert_eq!(keyer.key(b"abc"), keyer.key(b"abc"));
        assert_ne!(Keyer::default().key(b"abc"), keyer.key(b"abc"));
    }
}
