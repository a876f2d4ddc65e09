//! The timestamps of a group, once for all its columns.

use crate::codec::varint::{Reader, put_i64};

/// Ascending timestamps; a regular scrape takes one byte.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    first_ms: i64,
    last_ms: i64,
    last_delta: i64,
    len: u32,
    /// For each timestamp after the first: how the distance to the one before it changed.
    changes: Vec<u8>,
}

impl Timeline {
    /// Adds a timestamp above all that are there.
    pub(super) fn push(&mut self, timestamp_ms: i64) {
        if self.len == 0 {
            self.first_ms = timestamp_ms;
        } else {
            let delta = timestamp_ms.wrapping_sub(self.last_ms);
            put_i64(&mut self.changes, delta.wrapping_sub(self.last_delta));
            self.last_delta = delta;
        }
        self.last_ms = timestamp_ms;
        self.len += 1;
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// First and last timestamp.
    pub(super) fn range_ms(&self) -> Option<(i64, i64)> {
        (self.len > 0).then_some((self.first_ms, self.last_ms))
    }

    fn append_to(&self, times: &mut Vec<i64>) {
        let (mut now, mut delta, mut reader) = (self.first_ms, 0i64, Reader::new(&self.changes));
        if self.len > 0 {
            times.push(now);
        }
        while let Ok(change) = reader.i64() {
            delta = delta.wrapping_add(change);
            now = now.wrapping_add(delta);
            times.push(now);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.changes.capacity()
    }
}

/// The timestamps of one timeline, kept from one column that is read to the next.
#[derive(Debug, Default)]
pub(super) struct Times(Vec<i64>);

impl Times {
    /// All timestamps of the timeline, which may have grown.
    pub(super) fn of(&mut self, timeline: &Timeline) -> &[i64] {
        if self.0.len() != timeline.len as usize {
            self.0.clear();
            timeline.append_to(&mut self.0);
        }
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_timestamp_takes_a_byte() {
        let times = [-5, 0, 15_000, 30_000, 45_000, 60_001, i64::MAX];
        let mut timeline = Timeline::default();
        times.iter().for_each(|&time| timeline.push(time));
        assert_eq!(Times::default().of(&timeline), times);
        assert_eq!(timeline.range_ms(), Some((-5, i64::MAX)));
        let mut regular = Timeline::default();
        (0..1000).for_each(|i| regular.push(i * 15_000));
        assert!(regular.changes.len() < 1005);
    }
}
