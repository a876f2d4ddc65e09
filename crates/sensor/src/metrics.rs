//! The service's metrics.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use collect::{Kind, Reading};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{
        MetricType,
        counter::Counter,
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
        info::Info,
    },
    registry::{Registry, Unit},
};

use crate::{ProcessCollector, source::Snapshot};

/// From a simulated reading on a fast machine to a bus that hangs.
const LATENCY_BUCKETS_SECONDS: [f64; 9] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0];

/// Labels of `sensor_failed_events_total`.
type Reason = [(&'static str, &'static str); 1];
const CPU_SPIKE: Reason = [("reason", "cpu_spike")];
const ROUTE_ERROR: Reason = [("reason", "route_error")];

/// All of them, and the registry that they are in.
pub(crate) struct Metrics {
    pub(crate) registry: Registry,
    pub(crate) requests: Counter,
    pub(crate) latency_seconds: Histogram,
    pub(crate) read_failures: Counter,
    cpu_spike: Gauge,
    failed_events: Family<Reason, Counter>,
    readings: Readings,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Counter::default(),
            latency_seconds: Histogram::new(LATENCY_BUCKETS_SECONDS),
            read_failures: Counter::default(),
            cpu_spike: Gauge::default(),
            failed_events: Family::default(),
            readings: Readings::default(),
        };
        // Both reasons are there from the start: a rate needs a first value.
        drop(metrics.failed_events.get_or_create(&CPU_SPIKE));
        drop(metrics.failed_events.get_or_create(&ROUTE_ERROR));
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let Self { registry, .. } = self;
        let help = "Requests for readings";
        registry.register("sensor_requests", help, self.requests.clone());
        let help = "Whether the service used unusually much CPU time since the last scrape (1) or not (0)";
        registry.register("sensor_cpu_spike", help, self.cpu_spike.clone());
        let help = "Time to answer a request for readings";
        let histogram = self.latency_seconds.clone();
        registry.register_with_unit("sensor_processing_latency", help, Unit::Seconds, histogram);
        let help = "Failures of the service by reason";
        registry.register("sensor_failed_events", help, self.failed_events.clone());
        let help = "Channels of sensors that gave no value when they were read";
        registry.register("sensor_read_failures", help, self.read_failures.clone());
        registry.register_collector(Box::new(self.readings.clone()));
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("sensor_build", "The version of the service", build);
        registry.register_collector(Box::new(ProcessCollector::default()));
    }

    /// Takes over the outcome of a look at the CPU time used.
    pub(crate) fn set_cpu_spike(&self, spiked: bool) {
        self.cpu_spike.set(i64::from(spiked));
        if spiked {
            self.failed_events.get_or_create(&CPU_SPIKE).inc();
        }
    }

    pub(crate) fn count_route_error(&self) {
        self.failed_events.get_or_create(&ROUTE_ERROR).inc();
    }

    /// The readings that the next exposition shows.
    pub(crate) fn set_readings(&self, snapshot: Arc<Snapshot>) {
        *self.readings.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
    }
}

/// The readings as gauges, always in the same order: scrapers are fast where nothing moves.
#[derive(Clone, Debug, Default)]
struct Readings(Arc<Mutex<Option<Arc<Snapshot>>>>);

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let Some(snapshot) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone() else {
            return Ok(());
        };
        for kind in Kind::ALL {
            let mut readings = snapshot.readings.iter().filter(|r| r.kind == kind).peekable();
            if readings.peek().is_some() {
                encode_kind(&mut encoder, kind, readings)?;
            }
        }
        let info = Info::new([("source", snapshot.origin.as_str())]);
        let help = "Where the readings come from.";
        info.encode(encoder.encode_descriptor("sensor", help, None, MetricType::Info)?)
    }
}

fn encode_kind<'a>(
    encoder: &mut DescriptorEncoder,
    kind: Kind,
    readings: impl Iterator<Item = &'a Reading>,
) -> fmt::Result {
    let (name, help) = family(kind);
    let unit = Unit::Other(kind.unit().to_owned());
    let mut family = encoder.encode_descriptor(name, help, Some(&unit), MetricType::Gauge)?;
    for reading in readings {
        let labels = [("sensor", reading.sensor.as_str())];
        ConstGauge::new(reading.value).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

/// Name, without the unit, and help of the metric for a kind of reading.
fn family(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Temperature => ("sensor_temperature", "Temperature."),
        Kind::Humidity => ("sensor_relative_humidity", "Relative humidity, from 0 to 1."),
        Kind::Pressure => ("sensor_pressure", "Air pressure."),
        Kind::Illuminance => ("sensor_illuminance", "Illuminance."),
        Kind::Acceleration => ("sensor_acceleration", "Acceleration along an axis, gravity included."),
        Kind::Vibration => ("sensor_vibration", "Acceleration without gravity, root mean square."),
        Kind::Battery => ("sensor_battery_charge", "Charge of a battery, from 0 to 1."),
        Kind::Fan => ("sensor_fan_speed", "Speed of a fan."),
        Kind::Voltage => ("sensor_voltage", "Voltage."),
        Kind::Current => ("sensor_current", "Electric current."),
        Kind::Power => ("sensor_power", "Electric power."),
    }
}
