//! Prefix codes for numbers: how many bits a number has is coded by how often that comes, the bits below its
//! highest one follow as they are.

use super::varint::{Decoded, Malformed, Reader};

/// Bits of the longest code: a table of a thousand entries decodes any, and rarer widths lose little by it.
const CODE_BITS_MAX: u32 = 10;
/// Numbers have at most 57 bits: changes of distances of 53-bit mantissas, zigzagged.
const CLASSES_MAX: usize = 58;
/// Says that all numbers have the same width, which the other bits give.
const SINGLE: u8 = 0x80;

/// The bits that a number has.
fn class(number: u64) -> usize {
    (u64::BITS - number.leading_zeros()) as usize
}

/// The code lengths for a column of numbers.
pub(super) struct Code {
    /// By class; 0 for classes that do not come.
    lengths: [u8; CLASSES_MAX],
    single: bool,
    /// Bytes that the column takes.
    pub(super) cost: usize,
}

impl Code {
    /// Fits a code to numbers; `None` when one has too many bits.
    pub(super) fn fit(numbers: impl Iterator<Item = u64>) -> Option<Self> {
        let mut counts = [0u32; CLASSES_MAX];
        for number in numbers {
            *counts.get_mut(class(number))? += 1;
        }
        let lengths = lengths(counts);
        let single = counts.iter().filter(|&&count| count > 0).count() <= 1;
        let bits = (0..).zip(counts.iter().zip(&lengths)).map(|(class, (&count, &length)): (u64, _)| {
            let code = if single { 0 } else { u64::from(length) };
            u64::from(count) * (code + class.saturating_sub(1))
        });
        let bytes = bits.sum::<u64>().div_ceil(8) as usize;
        let mut code = Self { lengths, single, cost: 0 };
        code.cost = 1 + if single { 0 } else { code.classes().div_ceil(2) } + bytes;
        Some(code)
    }

    fn classes(&self) -> usize {
        self.lengths.iter().rposition(|&length| length > 0).map_or(0, |last| last + 1)
    }

    /// Appends the code and the numbers that it was fitted to.
    pub(super) fn encode(&self, numbers: impl Iterator<Item = u64>, out: &mut Vec<u8>) {
        let classes = self.classes();
        if self.single {
            out.push(SINGLE | classes.saturating_sub(1) as u8);
        } else {
            out.push(classes as u8);
            let pairs = self.lengths.get(..classes).unwrap_or_default().chunks(2);
            out.extend(pairs.map(|pair| pair[0] | pair.get(1).map_or(0, |high| high << 4)));
        }
        let mut codes = [0; CLASSES_MAX];
        each_code(&self.lengths, |class, code, _| codes[class] = code);
        let mut bits = BitWriter { out, held: 0, len: 0 };
        for number in numbers {
            let class = class(number);
            if !self.single {
                bits.put(u64::from(codes[class]), u32::from(self.lengths[class]));
            }
            let below = class.saturating_sub(1) as u32;
            bits.put(number & ((1 << below) - 1), below);
        }
        bits.finish();
    }
}

/// Reads `count` numbers, which take all that `reader` has, and calls `each` with them.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize, mut each: impl FnMut(u64)) -> Decoded<()> {
    let head = reader.u8()?;
    let single = head & SINGLE != 0;
    let mut lengths = [0; CLASSES_MAX];
    let classes = usize::from(head & !SINGLE);
    if classes > CLASSES_MAX - usize::from(single) {
        return Err(Malformed);
    }
    if !single {
        let packed = reader.bytes(classes.div_ceil(2))?;
        let nibbles = packed.iter().flat_map(|byte| [byte & 0xf, byte >> 4]);
        lengths.iter_mut().take(classes).zip(nibbles).for_each(|(length, nibble)| *length = nibble);
    }
    let mut bits = BitReader::new(reader.rest());
    if single {
        for _ in 0..count {
            each(bits.number(classes)?);
        }
    } else {
        let table = DecodeTable::new(lengths.get(..classes).unwrap_or_default())?;
        for _ in 0..count {
            let class = bits.class(&table)?;
            each(bits.number(class)?);
        }
    }
    bits.finish()
}

/// Code lengths by how often the classes come, none above [`CODE_BITS_MAX`].
fn lengths(mut counts: [u32; CLASSES_MAX]) -> [u8; CLASSES_MAX] {
    loop {
        let lengths = unlimited(&counts);
        if lengths.iter().all(|&length| u32::from(length) <= CODE_BITS_MAX) {
            return lengths;
        }
        // Flatter counts make shorter codes for the rare ones.
        counts.iter_mut().filter(|count| **count > 0).for_each(|count| *count = *count / 2 + 1);
    }
}

/// Huffman's lengths: the two rarest trees are joined until one is left.
fn unlimited(counts: &[u32; CLASSES_MAX]) -> [u8; CLASSES_MAX] {
    let mut lengths = [0; CLASSES_MAX];
    let mut trees: Vec<(u32, Vec<usize>)> = Vec::new();
    for (class, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        trees.push((count, vec![class]));
    }
    if let [(_, only)] = &trees[..] {
        only.iter().for_each(|&class| lengths[class] = 1);
    }
    while trees.len() > 1 {
        trees.sort_unstable_by_key(|(count, _)| std::cmp::Reverse(*count));
        let (Some(rarest), Some((count, classes))) = (trees.pop(), trees.last_mut()) else { break };
        *count += rarest.0;
        classes.extend(rarest.1);
        classes.iter().for_each(|&class| lengths[class] += 1);
    }
    lengths
}

/// Calls `each` with class, code and length of each code: shortest first and by class among the same, the lowest bit
/// of a code first. No length is above [`CODE_BITS_MAX`].
fn each_code(lengths: &[u8], mut each: impl FnMut(usize, u16, u8)) {
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let mut next = 0u16;
    for length in 1..=longest {
        next <<= 1;
        for (class, _) in lengths.iter().enumerate().filter(|(_, l)| **l == length) {
            each(class, next.reverse_bits() >> (16 - length), length);
            next = next.wrapping_add(1);
        }
    }
}

/// For each run of as many bits as the longest code has, the class that it begins with, and the length of its code
/// below. Short pages have short codes, so that the table costs no more than what it decodes.
struct DecodeTable {
    entries: Vec<u16>,
    mask: u64,
}

impl DecodeTable {
    fn new(lengths: &[u8]) -> Decoded<Self> {
        let longest = u32::from(lengths.iter().copied().max().unwrap_or(0));
        if longest > CODE_BITS_MAX {
            return Err(Malformed);
        }
        let size = 1usize << longest;
        let taken: usize = lengths.iter().filter(|l| **l > 0).map(|&l| size >> l).sum();
        // A code that leaves no gap has an answer for any bits.
        if taken != size {
            return Err(Malformed);
        }
        let mut entries = vec![0; size];
        each_code(lengths, |class, code, length| {
            let mut at = usize::from(code);
            while let Some(entry) = entries.get_mut(at) {
                *entry = (class as u16) << 4 | u16::from(length);
                at += 1 << length;
            }
        });
        Ok(Self { entries, mask: size as u64 - 1 })
    }
}

/// Bits into bytes, lowest first.
struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    held: u128,
    len: u32,
}

impl BitWriter<'_> {
    /// Appends the low `len` bits, at most 64, of a number that has no others.
    fn put(&mut self, bits: u64, len: u32) {
        self.held |= u128::from(bits) << self.len;
        self.len += len;
        while self.len >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.len -= 8;
        }
    }

    fn finish(self) {
        if self.len > 0 {
            self.out.push(self.held as u8);
        }
    }
}

/// Bits out of bytes; past the end there are zeros that may be seen and not taken.
struct BitReader<'a> {
    bytes: &'a [u8],
    /// The next bits; above the lowest `len` there may be some that are still in `bytes`.
    held: u64,
    len: u32,
}

impl<'a> BitReader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, held: 0, len: 0 }
    }

    /// Holds 56 bits or more, as long as there are any.
    #[inline]
    fn fill(&mut self) {
        if let Some((next, _)) = self.bytes.split_first_chunk() {
            self.held |= u64::from_le_bytes(*next) << self.len;
            let whole = (63 - self.len) / 8;
            self.bytes = self.bytes.get(whole as usize..).unwrap_or_default();
            self.len += whole * 8;
        } else {
            self.fill_from_last();
        }
    }

    #[cold]
    fn fill_from_last(&mut self) {
        while let (Some((&next, rest)), true) = (self.bytes.split_first(), self.len <= 55) {
            self.held |= u64::from(next) << self.len;
            self.bytes = rest;
            self.len += 8;
        }
    }

    #[inline]
    fn skip(&mut self, len: u32) -> Decoded<()> {
        self.len = self.len.checked_sub(len).ok_or(Malformed)?;
        self.held >>= len;
        Ok(())
    }

    /// The class that the next code stands for.
    #[inline]
    fn class(&mut self, table: &DecodeTable) -> Decoded<usize> {
        if self.len < CODE_BITS_MAX {
            self.fill();
        }
        let entry = *table.entries.get((self.held & table.mask) as usize).ok_or(Malformed)?;
        self.skip(u32::from(entry & 0xf))?;
        Ok(usize::from(entry >> 4))
    }

    /// A number of a class: its bits below the highest one come next.
    #[inline]
    fn number(&mut self, class: usize) -> Decoded<u64> {
        let Some(below) = class.checked_sub(1) else { return Ok(0) };
        if self.len < below as u32 {
            self.fill();
        }
        let number = 1 << below | self.held & ((1 << below) - 1);
        self.skip(below as u32)?;
        Ok(number)
    }

    /// Checks that nothing is left but the filling of the last byte.
    fn finish(self) -> Decoded<()> {
        if self.bytes.is_empty() && self.len < 8 { Ok(()) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(numbers: &[u64]) {
        let code = Code::fit(numbers.iter().copied()).unwrap();
        let (mut bytes, mut back) = (Vec::new(), Vec::new());
        code.encode(numbers.iter().copied(), &mut bytes);
        assert_eq!(bytes.len(), code.cost);
        decode(&mut Reader::new(&bytes), numbers.len(), |number| back.push(number)).unwrap();
        assert_eq!(back, numbers);
        let cut = Reader::new(&bytes[..bytes.len() - 1]).rest();
        assert_eq!(decode(&mut Reader::new(cut), numbers.len(), |_| ()), Err(Malformed));
    }

    #[test]
    fn rare_widths_keep_their_codes_short() {
        // Each width half as often as the one before: the last ones would have codes of 20 bits.
        let skewed: Vec<u64> =
            (0..21).flat_map(|class| vec![(1 << class) - 1; 1 << (20 - class).min(12)]).collect();
        round_trip(&skewed);
        round_trip(&[u64::MAX >> 7; 70]);
        round_trip(&[0, u64::MAX >> 7, 1]);
        assert!(Code::fit([1 << 58].into_iter()).is_none());
    }
}
