//! A clock that cannot be thrown off: it goes by the monotonic clock, and follows the wall clock as far as that
//! can be believed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{AHEAD_MAX_MS, Clock};

/// A wall clock that stands behind what is stored is believed after so long: then it was the samples whose time
/// was wrong.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// Times that are later than the build by more were told by no clock: 20 years. Nanoseconds taken for milliseconds
/// are.
const SERVICE_MS: i64 = 20 * 365 * 86_400_000;
/// A clock that is ahead by less than [`AHEAD_MAX_MS`] goes slower by this share until it is right, so that its
/// time never comes twice.
const SLEW_SHARE: i64 = 10;

/// See the module. Until [`SteadyClock::trust_after`] was called every time from the date of the build on counts
/// as plausible.
pub struct SteadyClock {
    source: Arc<dyn Clock>,
    built_ms: i64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// This clock's time less the monotonic time.
    offset_ms: i64,
    /// The wall clock has to show at least this to be believed at once.
    floor_ms: i64,
    set: bool,
    /// Monotonic time at the last look.
    looked_ms: i64,
    /// Since when the wall clock has shown a time that is not before the build and not believed.
    behind_since_ms: Option<i64>,
    figures: ClockFigures,
}

/// What became of the wall clock's jumps, of those of more than ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockFigures {
    /// Jumps ahead, which are followed at once.
    pub jumps_ahead: u64,
    /// Jumps back that were followed in the end.
    pub jumps_back: u64,
    /// How far the wall clock is ahead of this one now, in milliseconds.
    pub wall_ahead_ms: i64,
}

impl ClockFigures {
    /// Whether the wall clock is so far behind that it is not followed.
    pub fn is_astray(&self) -> bool {
        self.wall_ahead_ms < -AHEAD_MAX_MS
    }
}

impl SteadyClock {
    /// A clock over the machine's, of a program that was built then.
    pub fn new(source: Arc<dyn Clock>, built_ms: i64) -> Self {
        let (wall_ms, monotonic_ms) = (source.now_ms(), millis(source.monotonic()));
        let set = wall_ms >= built_ms;
        let state = State {
            offset_ms: wall_ms.max(built_ms) - monotonic_ms,
            floor_ms: built_ms,
            set,
            looked_ms: monotonic_ms,
            behind_since_ms: None,
            figures: ClockFigures::default(),
        };
        Self { source, built_ms, state: Mutex::new(state) }
    }

    /// Says when the newest stored sample is from: at the start the wall clock must not be long before that. While
    /// it is, time goes on from there. A time that no clock can have told is passed over.
    pub fn trust_after(&self, stored_ms: i64) {
        if stored_ms > self.told_max_ms() {
            return;
        }
        let mut state = self.state();
        let floor_ms = stored_ms.saturating_sub(AHEAD_MAX_MS);
        let monotonic_ms = millis(self.source.monotonic());
        if floor_ms > state.floor_ms {
            state.floor_ms = floor_ms;
            let wall_ms = self.source.now_ms();
            if wall_ms < floor_ms {
                state.set = false;
                state.offset_ms = stored_ms.saturating_add(1).saturating_sub(monotonic_ms);
            }
        }
        self.look(&mut state);
    }

    /// What became of the wall clock's jumps.
    pub fn figures(&self) -> ClockFigures {
        let mut state = self.state();
        self.look(&mut state);
        state.figures
    }

    fn told_max_ms(&self) -> i64 {
        self.built_ms.saturating_add(SERVICE_MS)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compares the clocks and gives this one's time.
    fn look(&self, state: &mut State) -> i64 {
        let (wall_ms, monotonic_ms) = (self.source.now_ms(), millis(self.source.monotonic()));
        let passed_ms = monotonic_ms - state.looked_ms;
        state.looked_ms = monotonic_ms;
        let ahead_ms = wall_ms.saturating_sub(monotonic_ms.saturating_add(state.offset_ms));
        if state.set {
            state.follow(wall_ms >= self.built_ms, ahead_ms, passed_ms, monotonic_ms);
        } else if wall_ms >= state.floor_ms || state.is_patience_over(wall_ms >= self.built_ms, monotonic_ms)
        {
            state.set = true;
            state.jump(ahead_ms);
        }
        let now_ms = monotonic_ms.saturating_add(state.offset_ms);
        state.figures.wall_ahead_ms = wall_ms.saturating_sub(now_ms);
        now_ms
    }
}

impl State {
    /// Brings this clock nearer to the wall clock, which is ahead by so much.
    fn follow(&mut self, is_plausible: bool, ahead_ms: i64, passed_ms: i64, monotonic_ms: i64) {
        if ahead_ms > AHEAD_MAX_MS {
            self.figures.jumps_ahead += 1;
        }
        if ahead_ms >= 0 {
            self.jump(ahead_ms);
        } else if ahead_ms >= -AHEAD_MAX_MS {
            self.behind_since_ms = None;
            // Time that is too short for a step adds up.
            let step_ms = (passed_ms / SLEW_SHARE).min(-ahead_ms);
            self.looked_ms -= passed_ms - step_ms * SLEW_SHARE;
            self.offset_ms -= step_ms;
        } else if self.is_patience_over(is_plausible, monotonic_ms) {
            self.figures.jumps_back += 1;
            self.jump(ahead_ms);
        }
    }

    fn jump(&mut self, by_ms: i64) {
        self.offset_ms = self.offset_ms.saturating_add(by_ms);
        self.behind_since_ms = None;
    }

    /// Whether the wall clock has shown times that could be right for long enough.
    fn is_patience_over(&mut self, is_plausible: bool, monotonic_ms: i64) -> bool {
        if !is_plausible {
            self.behind_since_ms = None;
            return false;
        }
        let since_ms = *self.behind_since_ms.get_or_insert(monotonic_ms);
        monotonic_ms - since_ms >= millis(PATIENCE)
    }
}

impl Clock for SteadyClock {
    fn now_ms(&self) -> i64 {
        self.look(&mut self.state())
    }

    fn monotonic(&self) -> Duration {
        self.source.monotonic()
    }

    /// Senders may know the time when this machine does not.
    fn latest_ms(&self) -> i64 {
        let latest_ms = self.now_ms().saturating_add(AHEAD_MAX_MS);
        if self.is_set() { latest_ms } else { latest_ms.max(self.told_max_ms()) }
    }

    fn is_set(&self) -> bool {
        let mut state = self.state();
        self.look(&mut state);
        state.set
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT_MS: i64 = 1_000_000_000;
    const HOUR_MS: i64 = 3_600_000;

    /// Wall and monotonic time, set by hand.
    #[derive(Default)]
    struct Hands(Mutex<(i64, i64)>);

    impl Hands {
        /// Lets so much time pass on both.
        fn pass(&self, ms: i64) {
            let mut hands = self.0.lock().unwrap();
            *hands = (hands.0 + ms, hands.1 + ms);
        }

        fn set(&self, wall_ms: i64) {
            self.0.lock().unwrap().0 = wall_ms;
        }
    }

    impl Clock for Hands {
        fn now_ms(&self) -> i64 {
            self.0.lock().unwrap().0
        }

        fn monotonic(&self) -> Duration {
            Duration::from_millis(self.0.lock().unwrap().1 as u64)
        }
    }

    fn start(wall_ms: i64) -> (Arc<Hands>, SteadyClock) {
        let hands = Arc::new(Hands::default());
        hands.set(wall_ms);
        (Arc::clone(&hands), SteadyClock::new(hands, BUILT_MS))
    }

    #[test]
    fn a_machine_that_begins_in_1970_goes_on_from_what_is_stored_until_its_clock_is_set() {
        let (hands, clock) = start(5000);
        clock.trust_after(BUILT_MS + HOUR_MS);
        hands.pass(70_000);
        assert_eq!((clock.is_set(), clock.now_ms()), (false, BUILT_MS + HOUR_MS + 70_001));
        hands.set(BUILT_MS + 9 * HOUR_MS);
        assert_eq!((clock.now_ms(), clock.is_set()), (BUILT_MS + 9 * HOUR_MS, true));
        // A clock that loses its time again is not followed.
        hands.set(0);
        hands.pass(9 * HOUR_MS);
        assert_eq!((clock.now_ms(), clock.is_set()), (BUILT_MS + 18 * HOUR_MS, true));
        assert_eq!(
            clock.figures(),
            ClockFigures { wall_ahead_ms: -BUILT_MS - 9 * HOUR_MS, ..ClockFigures::default() }
        );
    }

    #[test]
    fn samples_from_the_future_do_not_stop_the_clock_for_ever() {
        let (hands, clock) = start(BUILT_MS + HOUR_MS);
        assert!(clock.is_set());
        clock.trust_after(BUILT_MS + 90 * HOUR_MS);
        assert!(!clock.is_set());
        hands.pass(HOUR_MS);
        assert_eq!((clock.is_set(), clock.now_ms()), (true, BUILT_MS + 2 * HOUR_MS));
    }

    /// A sender wrote nanoseconds for milliseconds while the clock was not set; at every start from then on the wall
    /// clock stood behind what was stored.
    #[test]
    fn times_that_no_clock_tells_are_neither_taken_nor_trusted() {
        let (hands, clock) = start(5000);
        let latest_ms = BUILT_MS + SERVICE_MS;
        assert_eq!((clock.is_set(), clock.latest_ms()), (false, latest_ms));
        for stored_ms in [latest_ms + 1, i64::MAX] {
            clock.trust_after(stored_ms);
            assert_eq!((clock.is_set(), clock.now_ms()), (false, BUILT_MS));
        }
        hands.set(BUILT_MS + HOUR_MS);
        clock.trust_after(i64::MAX);
        assert_eq!((clock.is_set(), clock.latest_ms()), (true, BUILT_MS + HOUR_MS + AHEAD_MAX_MS));
    }

    #[test]
    fn small_steps_back_are_made_up_for_and_large_ones_believed_in_the_end() {
        let (hands, clock) = start(BUILT_MS);
        hands.set(BUILT_MS - 3000 + 60_000);
        hands.set(BUILT_MS + 60_000);
        assert_eq!(clock.now_ms(), BUILT_MS + 60_000);
        hands.set(BUILT_MS + 57_000);
        let mut before = clock.now_ms();
        for _ in 0..29_999 {
            hands.pass(1);
            let now = clock.now_ms();
            assert!(now >= before);
            before = now;
        }
        hands.pass(1);
        assert_eq!(clock.now_ms(), BUILT_MS + 87_000);
        hands.set(BUILT_MS + 100 * HOUR_MS);
        assert_eq!(clock.now_ms(), BUILT_MS + 100 * HOUR_MS);
        hands.set(BUILT_MS + HOUR_MS);
        hands.pass(1000);
        assert_eq!(clock.now_ms(), BUILT_MS + 100 * HOUR_MS + 1000);
        hands.pass(2 * HOUR_MS);
        assert_eq!(clock.now_ms(), BUILT_MS + 3 * HOUR_MS + 1000);
        let figures = clock.figures();
        assert_eq!((figures.jumps_ahead, figures.jumps_back, figures.wall_ahead_ms), (1, 1, 0));
    }
}
