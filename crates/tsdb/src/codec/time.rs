//! Ascending timestamps as changes of their distance, with runs of the same distance in two bytes.

use super::varint::{Decoded, Malformed, Reader, put_i64, put_u64};

/// Appends the timestamps after the first one, which the caller keeps: deltas of deltas, where a zero is
/// followed by how many more zeros there are.
pub(crate) fn encode(timestamps_ms: &[i64], out: &mut Vec<u8>) {
    let mut delta = 0i64;
    let mut zeros = 0u64;
    let flush = |zeros: &mut u64, out: &mut Vec<u8>| {
        if *zeros > 0 {
            out.push(0);
            put_u64(out, *zeros - 1);
            *zeros = 0;
        }
    };
    for (before, now) in timestamps_ms.iter().zip(timestamps_ms.iter().skip(1)) {
        let next = now.wrapping_sub(*before);
        let change = next.wrapping_sub(delta);
        delta = next;
        if change == 0 {
            zeros += 1;
        } else {
            flush(&mut zeros, out);
            put_i64(out, change);
        }
    }
    flush(&mut zeros, out);
}

/// Appends `count` timestamps to `out`, the first of which is `first_ms`; they must ascend.
pub(crate) fn decode(bytes: &[u8], first_ms: i64, count: usize, out: &mut Vec<i64>) -> Decoded<()> {
    let mut reader = Reader::new(bytes);
    let (mut now, mut delta, mut left) = (first_ms, 0i64, count);
    if left > 0 {
        out.push(now);
        left -= 1;
    }
    while left > 0 {
        let change = reader.i64()?;
        delta = delta.checked_add(change).ok_or(Malformed)?;
        let times = if change == 0 { reader.u64()?.checked_add(1).ok_or(Malformed)? } else { 1 };
        let times = usize::try_from(times).ok().filter(|&n| n <= left).ok_or(Malformed)?;
        if delta <= 0 {
            return Err(Malformed);
        }
        for _ in 0..times {
            now = now.checked_add(delta).ok_or(Malformed)?;
            out.push(now);
        }
        left -= times;
    }
    if reader.is_empty() { Ok(()) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_regular_scrape_takes_a_few_bytes() {
        let times: Vec<i64> = (0..2048).map(|i| 1_790_000_000_000 + i * 15_000).collect();
        let mut bytes = Vec::new();
        encode(&times, &mut bytes);
        assert_eq!(bytes.len(), 6);
    }

    proptest! {
        #[test]
        fn times_come_back(first in -1i64 << 50..1 << 50, deltas in proptest::collection::vec(1i64..4, 0..200)) {
            let mut times = vec![first];
            times.extend(deltas.iter().scan(first, |now, d| { *now += d * 500; Some(*now) }));
            let (mut bytes, mut back) = (Vec::new(), Vec::new());
            encode(&times, &mut bytes);
            prop_assert_eq!(decode(&bytes, first, times.len(), &mut back), Ok(()));
            prop_assert_eq!(back, times);
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..40), count in 0usize..100) {
            let _ = decode(&bytes, 0, count, &mut Vec::new());
        }
    }
}
