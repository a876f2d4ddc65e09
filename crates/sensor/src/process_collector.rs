//! The `process_*` metrics, for every process of the stack.

use std::{
    fmt,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use collect::{ProcessFigures, process::proportional_bytes};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric},
    metrics::counter::ConstCounter,
    metrics::gauge::ConstGauge,
    registry::Unit,
};

/// Gives the `process_*` metrics as other client libraries name them; add it with
/// `Registry::register_collector`.
#[derive(Debug)]
pub struct ProcessCollector {
    proc: PathBuf,
    proportional: bool,
    start_time: SteadyTime,
}

impl Default for ProcessCollector {
    fn default() -> Self {
        Self { proc: "/proc".into(), proportional: false, start_time: SteadyTime::default() }
    }
}

impl ProcessCollector {
    /// Adds `process_proportional_memory_bytes` (PSS), some tenths of a millisecond of CPU for each scrape.
    #[must_use]
    pub fn with_proportional_memory(mut self) -> Self {
        self.proportional = true;
        self
    }
}

impl Collector for ProcessCollector {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut out = Families(encoder);
        let figures = match ProcessFigures::read(&self.proc) {
            Ok(figures) => figures,
            Err(e) => {
                tracing::debug!(error = %e, "no process figures");
                return Ok(());
            }
        };
        out.cpu(figures.cpu_seconds)?;
        out.gauge("open_fds", "Number of open file descriptors.", None, figures.open_fds)?;
        let unlimited = |max: Option<u64>| max.map_or(f64::INFINITY, |max| max as f64);
        out.gauge("max_fds", "Maximum number of open file descriptors.", None, unlimited(figures.max_fds))?;
        let virtual_max = unlimited(figures.virtual_max_bytes);
        let bytes = Some(&Unit::Bytes);
        out.gauge("virtual_memory", "Virtual memory size in bytes.", bytes, figures.virtual_bytes)?;
        let help = "Maximum amount of virtual memory available in bytes.";
        out.gauge("virtual_memory_max", help, bytes, virtual_max)?;
        out.gauge("resident_memory", "Resident memory size in bytes.", bytes, figures.resident_bytes)?;
        if self.proportional
            && let Ok(pss) = proportional_bytes(&self.proc)
        {
            let help = "Resident memory in bytes, shared pages counted by their share.";
            out.gauge("proportional_memory", help, bytes, pss)?;
        }
        let help = "Start time of the process since unix epoch in seconds.";
        let start_time = self.start_time.settle(figures.start_time_seconds);
        out.gauge("start_time", help, Some(&Unit::Seconds), start_time)?;
        out.gauge("threads", "Number of threads.", None, figures.threads)
    }
}

/// Writes one family after the other.
struct Families<'a>(DescriptorEncoder<'a>);

impl Families<'_> {
    fn cpu(&mut self, seconds: f64) -> fmt::Result {
        let counter = ConstCounter::new(seconds);
        let help = "Total user and system CPU time spent in seconds.";
        let kind = counter.metric_type();
        counter.encode(self.0.encode_descriptor("process_cpu", help, Some(&Unit::Seconds), kind)?)
    }

    fn gauge<N>(&mut self, name: &str, help: &str, unit: Option<&Unit>, value: N) -> fmt::Result
    where
        N: EncodeGaugeValue + Clone,
        ConstGauge<N>: EncodeMetric,
    {
        let gauge = ConstGauge::new(value);
        let name = format!("process_{name}");
        let kind = gauge.metric_type();
        gauge.encode(self.0.encode_descriptor(&name, help, unit, kind)?)
    }
}

/// A time that stays the same until it is really another.
///
/// The kernel derives the start of a process from the wall clock, to a second. Where that is corrected a
/// little, the start would seem to move, and to everybody who watches it the process to have restarted; where
/// it is set for the first time after boot, by years, the start has to move.
#[derive(Debug, Default)]
struct SteadyTime(Mutex<f64>);

impl SteadyTime {
    const TOLERANCE_SECONDS: f64 = 2.0;

    fn settle(&self, seconds: f64) -> f64 {
        let mut settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if (seconds - *settled).abs() > Self::TOLERANCE_SECONDS {
            *settled = seconds;
        }
        *settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_time_moves_with_the_clock_only_when_that_is_set() {
        let time = SteadyTime::default();
        assert_eq!(time.settle(1000.0), 1000.0);
        assert_eq!(time.settle(1001.0), 1000.0);
        assert_eq!(time.settle(1_795_326_530.0), 1_795_326_530.0);
    }
}
