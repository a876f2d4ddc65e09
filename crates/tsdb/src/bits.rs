//! A bit for each column of a group: touched, present, logged.

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

/// The places of the bits that are set, lowest first.
pub(crate) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(lowest)
    })
}
