//! A bit for each column of a group: touched, present, logged.

/// Bits that are clear until set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// Makes room for so many bits.
    pub(crate) fn resize(&mut self, len: usize) {
        self.0.resize(len.div_ceil(64), 0);
    }

    pub(crate) fn get(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(crate) fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    pub(crate) fn clear(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word &= !(1 << (at % 64));
        }
    }

    pub(crate) fn clear_all(&mut self) {
        self.0.fill(0);
    }

    /// The bits that are set here and not in `other`.
    pub(crate) fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        let words = self.0.iter().zip(&other.0).map(|(a, b)| a & !b).enumerate();
        words.filter(|(_, word)| *word != 0).flat_map(|(i, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| i * 64 + bit)
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        8 * self.0.capacity()
    }
}
