//! Pages: up to 2,048 values or timestamps of one series, in the form that suits them best.

use super::{
    integer,
    token::{self, Event, State},
    varint::{Decoded, Malformed, Reader},
};

/// Samples in a page. Longer ones hardly get smaller (a part in twenty from here to 5,000), and a query that
/// wants a minute decodes a whole page.
pub(crate) const PAGE_SAMPLES_MAX: usize = 2048;

/// How the values of a page are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// All have these bits.
    Constant(u64),
    /// Value tokens with runs.
    Tokens,
    /// Integers or short decimals.
    Integers,
}

/// Appends the values in the shortest form.
pub(crate) fn encode(values: &[f64], out: &mut Vec<u8>) -> Values {
    let first = values.first().map_or(0, |v| v.to_bits());
    if values.iter().all(|v| v.to_bits() == first) {
        return Values::Constant(first);
    }
    let start = out.len();
    let mut tokens = Vec::new();
    encode_tokens(values, &mut tokens);
    if integer::encode(values, out) && out.len() - start <= tokens.len() {
        return Values::Integers;
    }
    out.truncate(start);
    out.extend_from_slice(&tokens);
    Values::Tokens
}

/// Appends `count` values to `out`.
pub(crate) fn decode(values: Values, bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Decoded<()> {
    match values {
        Values::Constant(bits) => {
            out.extend(std::iter::repeat_n(f64::from_bits(bits), count));
            Ok(())
        }
        Values::Tokens => decode_tokens(bytes, count, out),
        Values::Integers => integer::decode(bytes, count, out),
    }
}

fn encode_tokens(values: &[f64], out: &mut Vec<u8>) {
    let (mut state, mut run) = (State::default(), 0);
    for value in values {
        let bits = value.to_bits();
        if bits == state.bits {
            run += 1;
            continue;
        }
        if run > 0 {
            out.extend_from_slice(token::run(run).as_slice());
            run = 0;
        }
        let (token, next) = token::relative(state, bits);
        out.extend_from_slice(token.as_slice());
        state = next;
    }
    if run > 0 {
        out.extend_from_slice(token::run(run).as_slice());
    }
}

fn decode_tokens(bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Decoded<()> {
    let (mut reader, mut state, mut left) = (Reader::new(bytes), State::default(), count);
    while left > 0 {
        let times = match token::read(&mut reader, state)? {
            Event::Value { state: next, .. } => {
                state = next;
                1
            }
            Event::Run(times) => times as usize,
            Event::Gap(_) => return Err(Malformed),
        };
        left = left.checked_sub(times).ok_or(Malformed)?;
        out.extend(std::iter::repeat_n(f64::from_bits(state.bits), times));
    }
    if reader.is_empty() { Ok(()) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(values: &[f64]) -> (Values, usize) {
        let (mut bytes, mut back) = (Vec::new(), Vec::new());
        let form = encode(values, &mut bytes);
        decode(form, &bytes, values.len(), &mut back).unwrap();
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(values), "{form:?}");
        (form, bytes.len())
    }

    /// A counter of CPU time and a gauge with a decimal, both with a staleness marker in the middle.
    #[test]
    fn decimals_keep_short_around_staleness_markers() {
        let wave = |i: i64| i * 7919 % 41;
        let stale = |i: i64, v: f64| if i == 700 { model::stale_nan() } else { v };
        let cpu: Vec<_> = (0..2048).map(|i| stale(i, (i * 1480 + wave(i)) as f64 / 100.0)).collect();
        let gauge: Vec<_> = (0..2048).map(|i| stale(i, (210 + wave(i)) as f64 / 10.0)).collect();
        let memory: Vec<_> = (0..2048).map(|i| stale(i, (wave(i) * 4096 + (1 << 30)) as f64)).collect();
        for (values, bytes_max) in [(cpu, 2300), (gauge, 1800), (memory, 1800)] {
            let (form, len) = round_trip(&values);
            assert!(form == Values::Integers && len <= bytes_max, "{form:?} {len}");
        }
    }

    #[test]
    fn what_rarely_moves_takes_next_to_nothing() {
        let steps: Vec<_> = (0..2048).map(|i| f64::from(i / 400)).collect();
        assert!(round_trip(&steps).1 < 24);
        assert_eq!(round_trip(&[5.5; 100]), (Values::Constant(5.5_f64.to_bits()), 0));
    }

    proptest! {
        #[test]
        fn pages_come_back(
            values in proptest::collection::vec(
                prop_oneof![
                    any::<f64>(),
                    (-9_000_000_000_000_000i64..9_000_000_000_000_000).prop_map(|v| v as f64),
                    (0..1000i32).prop_map(|v| f64::from(v) / 8.0),
                    Just(1.0),
                ],
                1..200,
            )
        ) {
            round_trip(&values);
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..80), count in 0usize..100) {
            for form in [Values::Tokens, Values::Integers] {
                let _ = decode(form, &bytes, count, &mut Vec::new());
            }
        }
    }
}
