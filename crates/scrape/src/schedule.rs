//! When a target is scraped, and which time its samples get.

/// Slots on the wall clock, an interval apart, at an offset that is the target's own: the targets of a
/// configuration spread over the interval, and keep their slots over restarts.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    interval_ms: i64,
    offset_ms: i64,
    last_slot_ms: Option<i64>,
}

/// A first scrape comes this soon, so that there is something to see.
const FIRST_WITHIN_MS: i64 = 1_000;

/// Late by no more than this, and no more than a hundredth of the interval, a scrape gets the time of its slot:
/// even intervals take the least room in the store.
const TOLERANCE_MS: i64 = 2;

impl Schedule {
    /// The schedule of a target with this hash.
    pub(crate) fn new(interval_ms: i64, hash: u64) -> Self {
        let interval_ms = interval_ms.max(1);
        Self { interval_ms, offset_ms: (hash % interval_ms as u64) as i64, last_slot_ms: None }
    }

    /// As this one, but its next slot is a regular one: for a target that was scraped before.
    pub(crate) fn started(mut self, now_ms: i64) -> Self {
        self.last_slot_ms = Some(self.slot_after(now_ms) - self.interval_ms);
        self
    }

    /// Sets the next slot and says how long it is until then; never longer than one and a half intervals,
    /// wherever the wall clock jumps.
    pub(crate) fn next_delay_ms(&mut self, now_ms: i64) -> i64 {
        let slot = match self.last_slot_ms {
            None => now_ms.saturating_add(self.offset_ms % FIRST_WITHIN_MS),
            Some(last) => {
                let slot = self.slot_after(now_ms);
                // Two scrapes of one target are at least half an interval apart.
                let early = slot.saturating_sub(last) < self.interval_ms / 2 && slot >= last;
                if early { slot.saturating_add(self.interval_ms) } else { slot }
            }
        };
        self.last_slot_ms = Some(slot);
        slot.saturating_sub(now_ms).max(0)
    }

    /// The time that samples of a scrape that starts now get.
    pub(crate) fn timestamp_ms(&self, now_ms: i64) -> i64 {
        let tolerance = TOLERANCE_MS.min(self.interval_ms / 100);
        match self.last_slot_ms {
            Some(slot) if (0..=tolerance).contains(&now_ms.saturating_sub(slot)) => slot,
            _ => now_ms,
        }
    }

    fn slot_after(&self, now_ms: i64) -> i64 {
        let into_slot = now_ms.saturating_sub(self.offset_ms).rem_euclid(self.interval_ms);
        now_ms.saturating_add(self.interval_ms - into_slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_scrape_is_soon_and_the_others_in_their_slots() {
        let mut schedule = Schedule::new(15_000, 7_300);
        assert_eq!(schedule.next_delay_ms(100_000), 300);
        assert_eq!(schedule.next_delay_ms(100_350), 11_950);
        assert_eq!(schedule.timestamp_ms(112_302), 112_300);
        assert_eq!(schedule.timestamp_ms(112_303), 112_303);
        assert_eq!(schedule.next_delay_ms(112_400), 14_900);
        // A scrape that took longer than the interval misses its slot.
        assert_eq!(schedule.next_delay_ms(128_000), 14_300);
    }

    #[test]
    fn a_slot_right_after_the_first_scrape_is_left_out() {
        let mut schedule = Schedule::new(10_000, 2_100);
        assert_eq!(schedule.next_delay_ms(101_900), 100);
        assert_eq!(schedule.next_delay_ms(102_010), 90 + 10_000);
    }

    #[test]
    fn a_clock_that_jumps_does_not_stop_it() {
        let mut schedule = Schedule::new(10_000, 0);
        schedule.next_delay_ms(1_000_000_000);
        assert!(schedule.next_delay_ms(5_000) <= 15_000);
        assert!(schedule.next_delay_ms(2_000_000_000_000) <= 15_000);
        assert_eq!(Schedule::new(10_000, 3).started(12_345).next_delay_ms(12_345), 7_658);
    }

    #[test]
    fn short_intervals_have_no_tolerance_to_speak_of() {
        let mut schedule = Schedule::new(50, 0);
        assert_eq!(schedule.next_delay_ms(1_000), 0);
        assert_eq!((schedule.timestamp_ms(1_000), schedule.timestamp_ms(1_001)), (1_000, 1_001));
    }
}
