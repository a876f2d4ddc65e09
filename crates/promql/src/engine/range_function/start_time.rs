//! What start timestamps tell about counter resets; 0 stands for one that is not known.

/// A sample's start timestamp and its own.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) start_ms: i64,
    pub(super) time_ms: i64,
}

/// True when the start timestamp of a sample says that the counter began anew after the sample before.
pub(super) fn is_reset(previous: Times, current: Times) -> bool {
    if current.start_ms == 0 || current.start_ms >= current.time_ms {
        return false;
    }
    if current.start_ms != previous.time_ms {
        return current.start_ms > previous.time_ms;
    }
    // It begins right at the sample before: a delta, unless that one's own start is unknown or makes no sense,
    // as with a counter whose start nobody knew.
    previous.start_ms != 0 && previous.start_ms < previous.time_ms
}

/// True when a sample claims to cover time that the one before covers too.
pub(super) fn overlaps(previous: Times, current: Times) -> bool {
    current.start_ms != 0 && current.start_ms < previous.time_ms && current.start_ms != previous.start_ms
}
