//! A bit for each column of a group: touched, present, logged.

use std::ops::Range;

/// Columns whose bits share a word.
pub(crate) const WORD: usize = 64;

/// Bits that are clear until set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// Makes room for so many bits.
    pub(crate) fn resize(&mut self, len: usize) {
        self.0.resize(len.div_ceil(WORD), 0);
    }

    pub(crate) fn get(&self, at: usize) -> bool {
        self.word(at / WORD) >> (at % WORD) & 1 == 1
    }

    pub(crate) fn set(&mut self, at: usize) {
        *self.word_mut(at / WORD) |= 1 << (at % WORD);
    }

    pub(crate) fn clear(&mut self, at: usize) {
        *self.word_mut(at / WORD) &= !(1 << (at % WORD));
    }

    pub(crate) fn clear_all(&mut self) {
        self.0.fill(0);
    }

    pub(crate) fn flip(&mut self, at: usize) {
        *self.word_mut(at / WORD) ^= 1 << (at % WORD);
    }

    /// Sets or clears all bits of a range.
    pub(crate) fn fill(&mut self, range: Range<usize>, value: bool) {
        for (at, mask) in words(range) {
            let word = self.word_mut(at);
            *word = if value { *word | mask } else { *word & !mask };
        }
    }

    /// The bits of a range that are set, in order.
    pub(crate) fn ones_in(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        words(range).flat_map(|(at, mask)| ones(self.word(at) & mask).map(move |bit| at * WORD + bit))
    }

    /// Bits from 64 times `at` on, the first one lowest; zero where there is no room.
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// The same to be changed; there is room for it.
    pub(crate) fn word_mut(&mut self, at: usize) -> &mut u64 {
        &mut self.0[at]
    }

    /// The bits that are set here and not in `other`.
    pub(crate) fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        let words = self.0.iter().zip(&other.0).map(|(a, b)| a & !b).enumerate();
        words.filter(|(_, word)| *word != 0).flat_map(|(i, word)| ones(word).map(move |bit| i * WORD + bit))
    }

    pub(crate) fn bytes(&self) -> usize {
        8 * self.0.capacity()
    }
}

/// The words that a range of bits touches, each with the bits that belong to it.
fn words(range: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
    let Range { start, end } = range;
    (start / WORD..end.div_ceil(WORD)).map(move |at| {
        let (from, to) = (start.max(at * WORD), end.min((at + 1) * WORD));
        let mask = if from < to { u64::MAX >> (WORD - (to - from)) << (from - at * WORD) } else { 0 };
        (at, mask)
    })
}

/// The places of the bits that are set, lowest first.
pub(crate) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(lowest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_begin_and_end_anywhere() {
        for range in [0..0, 5..5, 0..64, 3..200, 64..65, 127..129, 191..192] {
            let mut bits = Bits::default();
            bits.resize(200);
            bits.fill(range.clone(), true);
            assert!(bits.ones_in(0..200).eq(range.clone()), "{range:?}");
            bits.flip(130);
            bits.fill(range.clone(), false);
            assert!(bits.ones_in(range).next().is_none());
        }
    }
}
