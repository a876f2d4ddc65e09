//! Value tokens: how the next value of a column is written, given the one before it.
//!
//! The open chunks of the head, the log and the general page encoding of parts share them. Metrics are
//! mostly integers and short decimals, so a value is held as `mantissa / 10^scale` where that is exact, and
//! the mantissa's change is written in one to nine bytes; what is no short decimal is XORed with the value
//! before it, without its zero bytes. Decoding is exact to the bit. `docs/format/wal.md` has the byte table.

use model::STALE_NAN_BITS;

use super::varint::{Decoded, Malformed, Reader, unzigzag, zigzag};

/// Nanoseconds in seconds, the finest that clients expose, need 9 decimals; 12 leaves room for ratios of them.
const SCALE_MAX: u8 = 12;
/// The scale of a column whose last value is no short decimal.
const RAW: u8 = u8::MAX;
/// Integers below this are exact in a float.
const MANTISSA_MAX: f64 = 9_007_199_254_740_992.0;

const DELTA_14: u8 = 0x40;
const DELTA_21: u8 = 0x80;
const DELTA_BYTES: u8 = 0xa0;
const STALE: u8 = 0xa8;
const BITS: u8 = 0xa9;
const GAP: u8 = 0xaa;
const RUN: u8 = 0xab;
const DECIMAL: u8 = 0xb0;
const SHORT_RUN: u8 = 0xc0;
const XOR: u8 = 0xe0;

/// Powers of ten; all are exact.
const POW10: [f64; SCALE_MAX as usize + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// What both ends know of a column: its last value and how that was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) bits: u64,
    pub(crate) scale: u8,
}

impl State {
    /// Zero that was written without a scale.
    pub(crate) const RAW_ZERO: Self = Self { bits: 0, scale: RAW };
}

/// The bytes of one token, on the stack.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Token {
    bytes: [u8; 16],
    len: u8,
}

impl Token {
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(usize::from(self.len)) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn push_le(&mut self, value: u64, count: usize) {
        value.to_le_bytes().iter().take(count).for_each(|&b| self.push(b));
    }

    fn push_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.push((value as u8 & 0x7f) | 0x80);
            value >>= 7;
        }
        self.push(value as u8);
    }
}

/// What a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The next value, which is the new state, and whether it was written without regard to the one before.
    Value { state: State, absolute: bool },
    /// The last value so many times again.
    Run(u32),
    /// No value at so many positions.
    Gap(u32),
}

/// The token that takes a column from `state` to the value `bits`, and the state after it.
pub(crate) fn relative(state: State, bits: u64) -> (Token, State) {
    let value = f64::from_bits(bits);
    let mut token = Token::default();
    if bits == STALE_NAN_BITS {
        token.push(STALE);
        return (token, State { bits, scale: RAW });
    }
    if state.scale <= SCALE_MAX
        && let Some(mantissa) = mantissa(value, state.scale)
    {
        let before = nearest(f64::from_bits(state.bits) * pow10(state.scale));
        push_delta(&mut token, zigzag(mantissa - before));
        return (token, State { bits, scale: state.scale });
    }
    if state.scale == RAW && !f64::from_bits(state.bits).is_nan() && !worth_a_try(bits) {
        push_xor(&mut token, bits ^ state.bits);
        return (token, State { bits, scale: RAW });
    }
    let next = State { bits, scale: scale_of(value) };
    if next.scale == RAW && state.scale == RAW {
        push_xor(&mut token, bits ^ state.bits);
        return (token, next);
    }
    (absolute(next), next)
}

/// The token that sets a column to a state whatever was before.
pub(crate) fn absolute(state: State) -> Token {
    let mut token = Token::default();
    let value = f64::from_bits(state.bits);
    if state.bits == STALE_NAN_BITS {
        token.push(STALE);
    } else if let Some(mantissa) = (state.scale <= SCALE_MAX).then(|| mantissa(value, state.scale)).flatten()
    {
        token.push(DECIMAL | state.scale);
        token.push_varint(zigzag(mantissa));
    } else {
        token.push(BITS);
        token.push_le(state.bits, 8);
    }
    token
}

/// The token for a value that stands alone.
pub(crate) fn constant(bits: u64) -> Token {
    absolute(State { bits, scale: scale_of(f64::from_bits(bits)) })
}

/// Reads a value that stands alone.
pub(crate) fn read_constant(reader: &mut Reader<'_>) -> Decoded<u64> {
    match read(reader, State::default())? {
        Event::Value { state, absolute: true } => Ok(state.bits),
        _ => Err(Malformed),
    }
}

/// The token for `count` repetitions of the last value; `count` is at least 1.
pub(crate) fn run(count: u32) -> Token {
    let mut token = Token::default();
    match count.checked_sub(1) {
        Some(less) if less < 32 => token.push(SHORT_RUN | less as u8),
        _ => {
            token.push(RUN);
            token.push_varint(u64::from(count));
        }
    }
    token
}

/// The token for `count` positions without a value.
pub(crate) fn gap(count: u32) -> Token {
    let mut token = Token::default();
    token.push(GAP);
    token.push_varint(u64::from(count));
    token
}

/// Reads the next token, which follows `state`.
pub(crate) fn read(reader: &mut Reader<'_>, state: State) -> Decoded<Event> {
    let tag = reader.u8()?;
    let low = u64::from(tag);
    match tag {
        0x00..DELTA_14 => moved(state, low),
        DELTA_14..DELTA_21 => {
            let high = (low & 0x3f) << 8;
            moved(state, high | u64::from(reader.u8()?))
        }
        DELTA_21..DELTA_BYTES => {
            let high = (low & 0x1f) << 16;
            moved(state, high | read_le(reader, 2)?)
        }
        DELTA_BYTES..STALE => {
            let count = usize::from(tag & 7) + 1;
            moved(state, read_le(reader, count)?)
        }
        STALE => Ok(Event::Value { state: State { bits: STALE_NAN_BITS, scale: RAW }, absolute: true }),
        BITS => {
            let bits = reader.u64_le()?;
            Ok(Event::Value { state: State { bits, scale: RAW }, absolute: true })
        }
        GAP => reader.u32().map(Event::Gap),
        RUN => reader.u32().map(Event::Run),
        DECIMAL..SHORT_RUN => {
            let scale = tag & 0xf;
            let state = decimal(reader.i64()?, scale)?;
            Ok(Event::Value { state, absolute: true })
        }
        SHORT_RUN..XOR => Ok(Event::Run(u32::from(tag & 0x1f) + 1)),
        XOR.. => {
            let (lead, count) = (usize::from(tag >> 3 & 3), usize::from(tag & 7) + 1);
            let trail = 8usize.checked_sub(lead + count).ok_or(Malformed)?;
            let bits = state.bits ^ (read_le(reader, count)? << (8 * trail));
            Ok(Event::Value { state: State { bits, scale: RAW }, absolute: false })
        }
        _ => Err(Malformed),
    }
}

fn moved(state: State, delta: u64) -> Decoded<Event> {
    if state.scale > SCALE_MAX {
        return Err(Malformed);
    }
    let before = nearest(f64::from_bits(state.bits) * pow10(state.scale));
    let state = decimal(before.checked_add(unzigzag(delta)).ok_or(Malformed)?, state.scale)?;
    Ok(Event::Value { state, absolute: false })
}

fn decimal(mantissa: i64, scale: u8) -> Decoded<State> {
    if scale > SCALE_MAX {
        return Err(Malformed);
    }
    Ok(State { bits: decimal_value(mantissa, scale).to_bits(), scale })
}

fn read_le(reader: &mut Reader<'_>, count: usize) -> Decoded<u64> {
    let bytes = reader.bytes(count)?;
    Ok(bytes.iter().rev().fold(0, |value, &b| value << 8 | u64::from(b)))
}

fn push_delta(token: &mut Token, delta: u64) {
    match delta {
        0..0x40 => token.push(delta as u8),
        0x40..0x4000 => {
            token.push(DELTA_14 | (delta >> 8) as u8);
            token.push(delta as u8);
        }
        0x4000..0x20_0000 => {
            token.push(DELTA_21 | (delta >> 16) as u8);
            token.push_le(delta, 2);
        }
        _ => {
            let count = (71 - delta.leading_zeros()) / 8;
            token.push(DELTA_BYTES | (count - 1) as u8);
            token.push_le(delta, count as usize);
        }
    }
}

fn push_xor(token: &mut Token, xor: u64) {
    let lead = (xor.leading_zeros() / 8).min(3);
    let trail = (xor.trailing_zeros() / 8).min(7 - lead);
    let count = 8 - lead - trail;
    token.push(XOR | (lead << 3) as u8 | (count - 1) as u8);
    token.push_le(xor >> (8 * trail), count as usize);
}

fn pow10(scale: u8) -> f64 {
    POW10.get(usize::from(scale)).copied().unwrap_or(1.0)
}

/// `mantissa / 10^scale`.
pub(crate) fn decimal_value(mantissa: i64, scale: u8) -> f64 {
    // Most values are integers, and a division takes longer than all else here.
    if scale == 0 { mantissa as f64 } else { mantissa as f64 / pow10(scale) }
}

/// The integer that divided by `10^scale` gives exactly this value, down to the sign of zero.
pub(crate) fn mantissa(value: f64, scale: u8) -> Option<i64> {
    let scaled = value * pow10(scale);
    if scaled.is_nan() || scaled.abs() >= MANTISSA_MAX {
        return None;
    }
    let mantissa = nearest(scaled);
    (decimal_value(mantissa, scale).to_bits() == value.to_bits()).then_some(mantissa)
}

/// The integer nearest to a number: rounding as the processor does it at once, where the library's takes a call.
fn nearest(value: f64) -> i64 {
    // From here on floats are integers, and half a one more would round.
    if value.abs() >= MANTISSA_MAX / 2.0 { value as i64 } else { (value + 0.5_f64.copysign(value)) as i64 }
}

/// The fewest decimals that write the value exactly, or [`RAW`].
pub(crate) fn scale_of(value: f64) -> u8 {
    (0..=SCALE_MAX).find(|&scale| mantissa(value, scale).is_some()).unwrap_or(RAW)
}

/// A column of full mantissas stays one: looking for decimals at each value would be most of its cost, so
/// only one value in eight, by its own bits, is looked at.
fn worth_a_try(bits: u64) -> bool {
    bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>(),
            any::<u64>().prop_map(f64::from_bits),
            (-1_000_000i64..1_000_000, 0u8..10).prop_map(|(m, s)| m as f64 / pow10(s)),
            (0u64..1 << 60).prop_map(|v| v as f64),
            Just(model::stale_nan()),
            Just(-0.0),
            Just(f64::INFINITY),
        ]
    }

    proptest! {
        #[test]
        fn values_come_back_to_the_bit(values in proptest::collection::vec(value(), 1..50)) {
            let (mut bytes, mut state) = (Vec::new(), State::default());
            for v in &values {
                let (token, next) = relative(state, v.to_bits());
                bytes.extend_from_slice(token.as_slice());
                let alone = absolute(next);
                let event = read(&mut Reader::new(alone.as_slice()), state);
                prop_assert_eq!(event, Ok(Event::Value { state: next, absolute: true }));
                state = next;
            }
            let (mut reader, mut state) = (Reader::new(&bytes), State::default());
            for v in &values {
                let Ok(Event::Value { state: next, .. }) = read(&mut reader, state) else {
                    return Err(TestCaseError::fail("no value"));
                };
                prop_assert_eq!(next.bits, v.to_bits());
                state = next;
            }
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let (mut reader, mut state) = (Reader::new(&bytes), State::default());
            while let Ok(event) = read(&mut reader, state) {
                if let Event::Value { state: next, .. } = event {
                    state = next;
                }
            }
        }
    }

    #[test]
    fn small_steps_take_a_byte() {
        let from = |v: f64, scale| State { bits: v.to_bits(), scale };
        for (state, value, len) in [
            (from(100.0, 0), 101.0_f64, 1),
            (from(21.5, 1), 21.4, 1),
            (from(1234.56, 2), 1249.48, 2),
            (from(1e9, 0), 1e9 + 1e6, 3),
            (from(5.0, 0), 5.25, 3),
        ] {
            assert_eq!(relative(state, value.to_bits()).0.as_slice().len(), len, "{value}");
        }
    }

    #[test]
    fn runs_and_gaps_come_back() {
        for count in [1, 32, 33, u32::MAX] {
            let read_back = |t: Token| read(&mut Reader::new(t.as_slice()), State::default());
            assert_eq!(read_back(run(count)), Ok(Event::Run(count)));
            assert_eq!(read_back(gap(count)), Ok(Event::Gap(count)));
        }
    }
}
