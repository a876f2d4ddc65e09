//! Defects on demand, each one that a service in the field had.

use std::{fmt, hint::black_box, str::FromStr, time::Duration};

use collect::process::thread_cpu;
use model::duration::{self, DurationError, DurationMs};

/// What two million steps of an empty loop take an interpreter.
const CPU_LOOP_DEFAULT: Duration = Duration::from_millis(100);

/// A scrape that takes longer than this fails anyway, and the machine shall stay usable.
const CPU_LOOP_MAX: Duration = Duration::from_secs(60);

const MIB: usize = 1 << 20;

/// A defect of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Metrics are served as `text/html; charset=utf-8`.
    ContentType,
    /// Every scrape burns so much CPU time before it answers.
    CpuLoop(Duration),
    /// Every scrape allocates and touches 5 to 15 MiB until it has answered.
    Payload,
    /// Every call of `/sensor` fails with 500.
    RouteError,
}

/// Why a text names no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// There is none of that name.
    #[error("unknown fault {0:?}; known are content-type, cpu-loop[=DURATION], payload and route-error")]
    Unknown(String),
    /// The duration cannot be read.
    #[error("fault cpu-loop")]
    Duration(#[from] DurationError),
    /// The duration is out of bounds.
    #[error("fault cpu-loop: {given} is not between 1ms and {}", DurationMs(CPU_LOOP_MAX.as_millis() as i64))]
    DurationOutOfRange {
        /// What was asked for.
        given: DurationMs,
    },
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        match text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value))) {
            ("content-type", None) => Ok(Self::ContentType),
            ("cpu-loop", None) => Ok(Self::CpuLoop(CPU_LOOP_DEFAULT)),
            ("cpu-loop", Some(value)) => cpu_loop(duration::parse_ms(value)?),
            ("payload", None) => Ok(Self::Payload),
            ("route-error", None) => Ok(Self::RouteError),
            _ => Err(FaultError::Unknown(text.to_owned())),
        }
    }
}

fn cpu_loop(ms: i64) -> Result<Fault, FaultError> {
    let duration = u64::try_from(ms).map(Duration::from_millis).ok();
    let bounded = duration.filter(|d| !d.is_zero() && *d <= CPU_LOOP_MAX);
    bounded.map(Fault::CpuLoop).ok_or(FaultError::DurationOutOfRange { given: DurationMs(ms) })
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentType => f.write_str("content-type"),
            Self::CpuLoop(time) => {
                write!(f, "cpu-loop={}", DurationMs(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
            }
            Self::Payload => f.write_str("payload"),
            Self::RouteError => f.write_str("route-error"),
        }
    }
}

/// Keeps the calling thread busy until it has used so much CPU time.
pub(crate) fn burn(cpu: Duration) {
    // Long enough that the clock is cheap beside it, short enough to end in time.
    const STEPS: u64 = 20_000;
    let end = thread_cpu() + cpu;
    while thread_cpu() < end {
        for step in 0..STEPS {
            black_box(step);
        }
    }
}

/// Memory as a careless handler takes it, 5 to 15 MiB by turns, every page written to.
pub(crate) fn payload(turn: u64) -> Vec<u8> {
    // 7 and 11 have no common factor: all sizes appear, and neighbours differ.
    let mib = 5 + usize::try_from(turn * 7 % 11).unwrap_or(0);
    black_box(vec![0xa5; mib * MIB])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_read_and_print_as_the_flag_takes_them() {
        for text in ["content-type", "cpu-loop=250ms", "cpu-loop=1m", "payload", "route-error"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        assert_eq!("cpu-loop".parse(), Ok(Fault::CpuLoop(CPU_LOOP_DEFAULT)));
        for text in ["", "cpu", "payload=1", "cpu-loop=", "cpu-loop=0", "cpu-loop=61s", "cpu-loop=5"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn burning_takes_the_thread_that_long() {
        let start = thread_cpu();
        burn(Duration::from_millis(20));
        let used = thread_cpu() - start;
        assert!(used >= Duration::from_millis(20) && used < Duration::from_millis(40), "{used:?}");
    }

    #[test]
    fn payloads_take_five_to_fifteen_mebibytes() {
        let sizes: Vec<usize> = (0..11).map(|turn| payload(turn).len() / MIB).collect();
        assert_eq!((sizes.iter().min(), sizes.iter().max()), (Some(&5), Some(&15)));
    }
}
