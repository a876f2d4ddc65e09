//! The series of the query workload: what twenty hosts tell of themselves for eight hours, and the sessions of a
//! hundred thousand users for fifteen minutes.

/// Milliseconds between samples.
pub(crate) const INTERVAL_MS: i64 = 15_000;

const HOSTS: u64 = 20;
const HANDLERS: u64 = 10;
const CODES: [&str; 5] = ["200", "302", "404", "500", "503"];
const BOUNDS: [&str; 10] = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"];
const MODES: [&str; 10] =
    ["guest", "idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user", "vm"];
const USERS: u64 = 100_000;

/// How the values of a series come about.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Counts by up to this at a time, and begins anew once.
    Count(u64),
    /// Counts a share, in tenths, of what its whole histogram does.
    Bucket(u64),
    /// Counts hundredths.
    Seconds,
    /// Whole pages, up and down.
    Bytes,
    /// Tenths, up and down.
    Tenths,
    /// Stands still.
    Still,
}

/// A series that goes on from sample to sample.
#[derive(Debug)]
pub(crate) struct Series {
    /// In order of their names.
    labels: Vec<(&'static str, String)>,
    shape: Shape,
    seed: u64,
    step: u64,
    state: u64,
}

impl Series {
    fn new(labels: &[(&'static str, &str)], shape: Shape, seed: u64) -> Self {
        let mut labels: Vec<_> = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        labels.sort_unstable();
        Self { labels, shape, seed, step: 0, state: 1_000 + seed % 50_000 }
    }

    /// Its labels in order of their names.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Its next value.
    pub(crate) fn next_value(&mut self) -> f64 {
        self.step += 1;
        let random = mix(self.seed ^ self.step << 40);
        let state = &mut self.state;
        match self.shape {
            Shape::Count(_) if self.step == 1 + self.seed % 8_000 => *state = 0,
            Shape::Count(most) => *state += random % (most + 1),
            Shape::Bucket(tenths) => *state += random % 60 * tenths / 10,
            Shape::Seconds => *state += random % 1_500,
            Shape::Bytes | Shape::Tenths => *state = (*state + random % 41).saturating_sub(20),
            Shape::Still => {}
        }
        let state = *state as f64;
        match self.shape {
            Shape::Seconds => state / 100.0,
            Shape::Bytes => state * 4096.0,
            Shape::Tenths => state / 10.0,
            Shape::Still => 1.0,
            Shape::Count(_) | Shape::Bucket(_) => state,
        }
    }
}

/// Five thousand series of twenty hosts, 250 of each.
pub(crate) fn hosts() -> Vec<Series> {
    let mut all = Vec::new();
    for host in 0..HOSTS {
        let instance = format!("host-{host:02}");
        let mut add = |name, others: &[(&'static str, &str)], shape, seed: u64| {
            let own = [("__name__", name), ("instance", instance.as_str()), ("job", "fleet")];
            all.push(Series::new(&[&own, others].concat(), shape, mix(seed << 8 | host)));
        };
        for handler in 0..HANDLERS {
            let path = format!("/api/{handler}");
            for (n, code) in (0..).zip(CODES) {
                let seed = 1_000 + handler * 10 + n;
                add(
                    "requests_total",
                    &[("handler", &path), ("code", code)],
                    Shape::Count(30 * (n + 1)),
                    seed,
                );
            }
            // All buckets of a histogram have one seed, so that the wider ones count at least as much.
            for (n, bound) in (1..).zip(BOUNDS) {
                let labels = [("handler", path.as_str()), ("le", bound)];
                add("request_seconds_bucket", &labels, Shape::Bucket(n), 2_000 + handler);
            }
        }
        for n in 0..25 {
            let (process, sensor) = (format!("process-{n}"), format!("sensor-{n}"));
            add("memory_bytes", &[("process", &process)], Shape::Bytes, 3_000 + n);
            add("temperature_celsius", &[("sensor", &sensor)], Shape::Tenths, 4_000 + n);
        }
        for cpu in 0..4 {
            for (n, mode) in (0..).zip(MODES) {
                let labels = [("cpu", cpu.to_string()), ("mode", mode.to_owned())];
                let labels = labels.each_ref().map(|(name, value)| (*name, value.as_str()));
                add("cpu_seconds_total", &labels, Shape::Seconds, 5_000 + cpu * 10 + n);
            }
        }
        let version = format!("1.{}.0", host % 4);
        add("build_info", &[("version", &version)], Shape::Still, 6_000);
        for n in 0..9 {
            add("unit_active", &[("unit", &format!("unit-{n}"))], Shape::Still, 7_000 + n);
        }
    }
    all
}

/// A hundred thousand series that differ in one label.
pub(crate) fn users() -> Vec<Series> {
    let series = |user: u64| {
        let (name, region) = (format!("user-{user:06}"), format!("region-{}", user % 10));
        let labels = [("__name__", "session_bytes"), ("job", "front"), ("user", &name), ("region", &region)];
        Series::new(&labels, Shape::Count(99), mix(9_000_000 + user))
    };
    (0..USERS).map(series).collect()
}

/// A number that looks random, always the same for the same one.
fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (number ^ number >> 31) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_series_as_it_says_and_all_differ() {
        let mut all = hosts();
        assert_eq!(all.len(), 5_000);
        all.extend(users());
        let mut labels: Vec<_> = all.into_iter().map(|series| series.labels).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), 105_000);
    }
}
