//! What a part took, look by look.

use std::{iter, time::Duration};

/// The shortest time over which the use of a core is told: within less, the smallest work is all of a core.
const CPU_WINDOW: Duration = Duration::from_secs(1);

/// A look at a part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    /// Since the run began.
    pub at: Duration,
    /// Memory at that moment.
    pub memory_bytes: u64,
    /// The most since the look before.
    pub peak_bytes: u64,
    /// CPU time since the part was started.
    pub cpu_seconds: f64,
}

/// All looks at a part, in order of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track(Vec<Sample>);

impl Track {
    pub(crate) fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    pub(crate) fn samples(&self) -> &[Sample] {
        &self.0
    }

    pub(crate) fn last(&self) -> Option<&Sample> {
        self.0.last()
    }

    /// The sum of several parts that were looked at in the same moments; one that ended early counts as far as it got.
    pub(crate) fn sum<'a>(tracks: impl Iterator<Item = &'a Track>) -> Self {
        let mut total = Self::default();
        for track in tracks {
            for (place, sample) in track.0.iter().enumerate() {
                if place == total.0.len() {
                    total.push(Sample { at: sample.at, ..Sample::default() });
                }
                if let Some(sum) = total.0.get_mut(place) {
                    sum.memory_bytes += sample.memory_bytes;
                    sum.peak_bytes += sample.peak_bytes;
                    sum.cpu_seconds += sample.cpu_seconds;
                }
            }
        }
        total
    }

    pub(crate) fn memory_mean_bytes(&self) -> f64 {
        let sum: f64 = self.0.iter().map(|sample| sample.memory_bytes as f64).sum();
        sum / self.0.len().max(1) as f64
    }

    pub(crate) fn memory_max_bytes(&self) -> u64 {
        self.0.iter().map(|sample| sample.peak_bytes.max(sample.memory_bytes)).max().unwrap_or(0)
    }

    /// Cores used from the first look to the last.
    pub(crate) fn cpu_mean_cores(&self) -> f64 {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) => cores(first, last),
            _ => 0.0,
        }
    }

    /// The most cores used within any second.
    pub(crate) fn cpu_max_cores(&self) -> f64 {
        self.cpu_cores().map(|(_, cores)| cores).fold(self.cpu_mean_cores(), f64::max)
    }

    /// Cores used in the second before each look, or in the time between two looks when that is longer.
    pub(crate) fn cpu_cores(&self) -> impl Iterator<Item = (Duration, f64)> {
        let mut start = 0;
        let mut looks = self.0.iter();
        iter::from_fn(move || {
            loop {
                let last = looks.next()?;
                let is_window = |first: &&Sample| last.at.saturating_sub(first.at) >= CPU_WINDOW;
                while self.0.get(start + 1).as_ref().is_some_and(is_window) {
                    start += 1;
                }
                if let Some(first) = self.0.get(start).filter(is_window) {
                    return Some((last.at, cores(first, last)));
                }
            }
        })
    }
}

fn cores(first: &Sample, last: &Sample) -> f64 {
    let seconds = last.at.saturating_sub(first.at).as_secs_f64();
    if seconds > 0.0 { (last.cpu_seconds - first.cpu_seconds).max(0.0) / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(looks: &[(u64, u64, u64, f64)]) -> Track {
        let sample = |&(ms, memory_bytes, peak_bytes, cpu_seconds)| Sample {
            at: Duration::from_millis(ms),
            memory_bytes,
            peak_bytes,
            cpu_seconds,
        };
        Track(looks.iter().map(sample).collect())
    }

    #[test]
    fn means_are_over_all_and_the_most_is_a_peak_between_looks() {
        let track =
            track(&[(0, 10, 12, 5.0), (500, 20, 90, 5.1), (1_000, 30, 30, 5.5), (2_000, 20, 20, 5.6)]);
        assert_eq!((track.memory_mean_bytes(), track.memory_max_bytes()), (20.0, 90));
        assert!((track.cpu_mean_cores() - 0.3).abs() < 1e-9);
        assert!((track.cpu_max_cores() - 0.5).abs() < 1e-9, "{}", track.cpu_max_cores());
        assert_eq!(track.cpu_cores().count(), 2);
    }

    #[test]
    fn a_run_below_a_second_has_no_more_than_its_mean() {
        let track = track(&[(0, 1, 1, 0.0), (100, 1, 1, 0.1), (800, 1, 1, 0.1)]);
        assert!((track.cpu_max_cores() - 0.125).abs() < 1e-9);
        assert_eq!(Track::default().cpu_max_cores(), 0.0);
    }

    #[test]
    fn parts_add_up_look_by_look() {
        let (long, short) = (track(&[(0, 1, 2, 1.0), (50, 3, 4, 2.0)]), track(&[(0, 10, 20, 3.0)]));
        let sum = Track::sum([&short, &long].into_iter());
        assert_eq!((sum.memory_max_bytes(), sum.samples().len()), (22, 2));
        assert_eq!(sum.last().unwrap().memory_bytes, 3);
    }
}
