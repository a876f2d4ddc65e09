//! Who may bring new series when memory runs short: those who bring few.
//!
//! As long as the head has no need of a flush nobody is held back. From there on the room that is left is
//! shared out: an origin may have as much in new series as it leaves free for all the others. One that floods
//! is stopped while there is room for everybody else; many that flood leave the less, but never nothing. What
//! an origin brought is forgotten by halves, so one that has many series gets them all in the end if they fit.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{Origin, sort};

/// After so long half of what an origin brought is forgotten: series that stop are dropped as fast.
const HALF_LIFE: Duration = Duration::from_secs(60);
/// Origins that are counted by name; further ones are counted together.
const NAMED_MAX: usize = 64;
/// What a series is taken to need at least, when there are too few to tell.
const SERIES_BYTES_MIN: usize = 256;
/// Between two reports of what was refused.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// What the head uses and may use, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) used: usize,
    /// From here on new series are shared out.
    pub(super) ample: usize,
    pub(super) limit: usize,
    /// What other parts of the process leave.
    pub(super) budget_left: usize,
    pub(super) series: usize,
}

impl Room {
    fn free(&self) -> usize {
        self.limit.saturating_sub(self.used).min(self.budget_left)
    }

    fn series_bytes(&self) -> usize {
        self.used.checked_div(self.series).unwrap_or(0).max(SERIES_BYTES_MIN)
    }
}

/// An origin as the brake knows it.
#[derive(Debug)]
pub(crate) struct Source {
    origin: Origin,
    brought: Mutex<Brought>,
    refused: AtomicU64,
}

/// The bytes of an origin's new series, at a moment of the monotonic clock.
#[derive(Debug, Default)]
struct Brought {
    bytes: f64,
    at: Duration,
}

/// All origins.
#[derive(Debug, Default)]
pub(crate) struct Brake {
    sources: Mutex<Sources>,
    /// Series refused to origins that are not counted by name.
    others: AtomicU64,
}

#[derive(Debug, Default)]
struct Sources {
    /// Those that have an appender.
    live: BTreeMap<Origin, Weak<Source>>,
    /// Entries at which those that are gone are looked for.
    sweep_at: usize,
    /// Those that were refused something, first come first named.
    named: Vec<Arc<Source>>,
    /// When and at which counts the last report was made.
    reported: Option<(Duration, Vec<u64>)>,
}

/// What was refused since the last report.
#[derive(Debug)]
pub(crate) struct Report {
    /// The origin that was refused most.
    pub(crate) origin: Origin,
    /// Series refused to it.
    pub(crate) series: u64,
}

impl Brake {
    /// The origin's entry; all appenders of one origin have the same.
    pub(crate) fn source(&self, origin: &Origin) -> Arc<Source> {
        let mut sources = self.sources();
        let named = sources.named.iter().find(|source| source.origin == *origin).map(Arc::clone);
        if let Some(source) = named.or_else(|| sources.live.get(origin)?.upgrade()) {
            return source;
        }
        if sources.live.len() >= sources.sweep_at {
            sources.live.retain(|_, source| source.strong_count() > 0);
            sources.sweep_at = 2 * sources.live.len() + 16;
        }
        let source = Arc::new(Source {
            origin: origin.clone(),
            brought: Mutex::default(),
            refused: AtomicU64::new(0),
        });
        sources.live.insert(origin.clone(), Arc::downgrade(&source));
        source
    }

    /// Counts a series that was refused.
    pub(super) fn refuse(&self, source: &Arc<Source>) {
        if source.refused.load(Ordering::Relaxed) == 0 {
            let mut sources = self.sources();
            if sources.named.len() >= NAMED_MAX {
                self.others.fetch_add(1, Ordering::Relaxed);
                return;
            }
            if !sources.named.iter().any(|named| Arc::ptr_eq(named, source)) {
                sources.named.push(Arc::clone(source));
            }
        }
        source.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Series refused by origin, most first, and those refused to all further origins.
    pub(crate) fn refused(&self) -> (Vec<(Origin, u64)>, u64) {
        let counted = |source: &Arc<Source>| (source.origin.clone(), source.refused.load(Ordering::Relaxed));
        let mut named: Vec<_> = self.sources().named.iter().map(counted).collect();
        sort::by(&mut named, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        (named, self.others.load(Ordering::Relaxed))
    }

    /// What is to be said about series refused of late, now and then.
    pub(crate) fn report(&self, now: Duration) -> Option<Report> {
        let mut sources = self.sources();
        let (at, before) = sources.reported.take().unwrap_or_default();
        let counts: Vec<u64> =
            sources.named.iter().map(|source| source.refused.load(Ordering::Relaxed)).collect();
        let since = |(i, count): (usize, &u64)| count - before.get(i).unwrap_or(&0);
        let most = counts.iter().enumerate().map(|pair| (since(pair), pair.0)).max();
        let early = !before.is_empty() && now.saturating_sub(at) < REPORT_INTERVAL;
        let Some((series, i)) = most.filter(|(series, _)| *series > 0 && !early) else {
            sources.reported = Some((at, before));
            return None;
        };
        sources.reported = Some((now, counts));
        sources.named.get(i).map(|source| Report { origin: source.origin.clone(), series })
    }

    fn sources(&self) -> MutexGuard<'_, Sources> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// Whether the origin may bring a new series, which is booked to it then; else the bytes that it has brought.
    pub(super) fn bring(&self, room: Room, now: Duration) -> Result<(), usize> {
        let mut brought = self.brought.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.saturating_sub(brought.at).as_secs_f64() / HALF_LIFE.as_secs_f64();
        *brought = Brought { bytes: brought.bytes * (-age).exp2(), at: now };
        let free = room.free();
        if free == 0 || room.used >= room.ample && brought.bytes > free as f64 {
            return Err(brought.bytes as usize);
        }
        brought.bytes += room.series_bytes() as f64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn origin(n: usize) -> Origin {
        Origin::Sender { address: format!("10.0.0.{n}").into() }
    }

    /// Has an origin bring series until it is refused one or has brought `most`; gives how many it brought.
    fn fill(brake: &Brake, source: &Arc<Source>, room: &mut Room, most: usize, now: Duration) -> usize {
        for n in 0..most {
            if source.bring(*room, now).is_err() {
                brake.refuse(source);
                return n;
            }
            room.series += 1;
            room.used += SERIES_BYTES_MIN;
        }
        most
    }

    fn room() -> Room {
        let bytes = |series| series * SERIES_BYTES_MIN;
        Room { used: 0, ample: bytes(1000), limit: bytes(2000), budget_left: usize::MAX, series: 0 }
    }

    #[test]
    fn a_flood_leaves_room_for_those_who_bring_little() {
        let (brake, mut room) = (Brake::default(), room());
        let [flood, steady] = [0, 1].map(|n| brake.source(&origin(n)));
        assert_eq!(fill(&brake, &steady, &mut room, 100, SECOND), 100);
        let brought = fill(&brake, &flood, &mut room, usize::MAX, SECOND);
        assert!((900..1000).contains(&brought), "{brought}");
        assert_eq!(fill(&brake, &steady, &mut room, 100, SECOND), 100);
        assert_eq!(fill(&brake, &brake.source(&origin(2)), &mut room, 300, SECOND), 300);
        // It may go on when what it brought was not too much after all.
        assert!(fill(&brake, &flood, &mut room, usize::MAX, SECOND + HALF_LIFE) > 30);
        room.budget_left = 0;
        assert_eq!(fill(&brake, &steady, &mut room, 1, SECOND), 0);
    }

    #[test]
    fn so_many_floods_at_once_leave_something_too() {
        let (brake, mut room) = (Brake::default(), room());
        let floods: Vec<_> = (0..10).map(|n| brake.source(&origin(n))).collect();
        while floods.iter().map(|flood| fill(&brake, flood, &mut room, 1, SECOND)).sum::<usize>() > 0 {}
        assert!(fill(&brake, &brake.source(&origin(10)), &mut room, 50, SECOND) == 50);
    }

    #[test]
    fn refusals_are_counted_by_name_and_reported_now_and_then() {
        let brake = Brake::default();
        assert!(brake.report(SECOND).is_none());
        for n in 0..2 * NAMED_MAX {
            brake.refuse(&brake.source(&origin(n)));
        }
        brake.refuse(&brake.source(&origin(3)));
        let (named, others) = brake.refused();
        assert_eq!((named.len(), others as usize), (NAMED_MAX, NAMED_MAX));
        assert_eq!(named.first(), Some(&(origin(3), 2)));
        let report = brake.report(SECOND).unwrap();
        assert_eq!((report.origin, report.series), (origin(3), 2));
        brake.refuse(&brake.source(&origin(5)));
        assert!(brake.report(2 * SECOND).is_none());
        assert_eq!(brake.report(2 * REPORT_INTERVAL).unwrap().origin, origin(5));
    }
}
