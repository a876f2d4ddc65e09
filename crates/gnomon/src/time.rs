//! The process's clock: steady, and not before the program was built.

use std::sync::Arc;

use model::{
    Clock,
    clock::{ClockFigures, SteadyClock, SystemClock},
};
use tsdb::Status;

/// The day of the build, in days since 1970.
const BUILT_DAY: &str = env!("GNOMON_BUILT_DAY");
const DAY_MS: i64 = 86_400_000;

/// The clock of everything that is stored.
pub(crate) fn clock() -> Arc<SteadyClock> {
    let built_ms = BUILT_DAY.parse::<i64>().map_or(0, |day| day * DAY_MS);
    Arc::new(SteadyClock::new(Arc::new(SystemClock::default()), built_ms))
}

/// The newest sample that is stored, in milliseconds since the Unix epoch.
pub(crate) fn newest_stored_ms(status: &Status) -> Option<i64> {
    status.head.max_time_ms.max(status.part_max_time_ms)
}

/// Tells the log when the wall clock jumps, and when it is not followed.
pub(crate) struct Watch {
    clock: Arc<SteadyClock>,
    told: ClockFigures,
    is_astray: bool,
}

impl Watch {
    pub(crate) fn new(clock: Arc<SteadyClock>) -> Self {
        Self { clock, told: ClockFigures::default(), is_astray: false }
    }

    /// Says what has changed since the last look.
    pub(crate) fn look(&mut self) {
        let figures = self.clock.figures();
        if figures.jumps_ahead > self.told.jumps_ahead {
            tracing::warn!(
                "the clock was set ahead by more than ten minutes; samples have the new time from here on"
            );
        }
        if figures.jumps_back > self.told.jumps_back {
            tracing::warn!(
                "the clock stands behind the newest samples for ten minutes: it is believed from here on"
            );
        }
        let is_astray = self.clock.is_set() && figures.is_astray();
        if is_astray && !self.is_astray {
            let behind_seconds = -figures.wall_ahead_ms / 1000;
            tracing::warn!(
                behind_seconds,
                "the clock was set back; for now samples go on with the time that it had"
            );
        }
        (self.told, self.is_astray) = (figures, is_astray);
    }
}
