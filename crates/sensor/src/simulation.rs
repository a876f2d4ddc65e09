//! Readings of a machine in a room that does not exist, as a function of seed and time.
//!
//! Nothing is remembered between two calls: the same seed at the same time gives the same readings, in any
//! order, after a restart too.

use std::f64::consts::TAU;

use collect::{Kind, Reading};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// Independent streams of chance drawn from one seed.
#[derive(Clone, Copy)]
enum Stream {
    Weather,
    Draught,
    Moisture,
    Hum,
    BurstStart,
    BurstLength,
    BurstStrength,
    BatteryPhase,
}

/// The simulated machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simulation {
    seed: u64,
}

impl Simulation {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The readings at a time in milliseconds since the Unix epoch, rounded as such sensors resolve.
    pub(crate) fn readings(self, now_ms: i64) -> Vec<Reading> {
        let t = now_ms as f64 / 1000.0;
        let reading = |sensor: &str, name: &str, kind, value: f64, steps_per_unit: f64| Reading {
            sensor: sensor.to_owned(),
            name: name.to_owned(),
            kind,
            value: (value * steps_per_unit).round() / steps_per_unit,
        };
        vec![
            reading("ambient", "Ambient temperature", Kind::Temperature, self.temperature(t), 100.0),
            reading("ambient", "Ambient humidity", Kind::Humidity, self.humidity(t), 1000.0),
            reading("motor", "Motor vibration", Kind::Vibration, self.vibration(t), 1000.0),
            reading("battery", "Battery charge", Kind::Battery, self.battery(t), 1000.0),
        ]
    }

    /// Warmest in mid-afternoon, weather over it, and the air of a room that is never still.
    fn temperature(self, t: f64) -> f64 {
        self.climate(t) + 0.08 * self.noise(Stream::Draught, t, 90.0)
    }

    /// Temperature without what is gone in a minute.
    fn climate(self, t: f64) -> f64 {
        let day = ((t - 9.0 * HOUR) * TAU / DAY).sin();
        21.5 + 3.5 * day + 1.5 * self.noise(Stream::Weather, t, 5.0 * HOUR)
    }

    /// The same water in warmer air is less relative humidity.
    fn humidity(self, t: f64) -> f64 {
        let dryness = 0.025 * (self.climate(t) - 21.5);
        let moisture = 0.03 * self.noise(Stream::Moisture, t, 7.0 * HOUR);
        let breath = 0.004 * self.noise(Stream::Moisture, t, 2.0 * MINUTE);
        (0.48 - dryness + moisture + breath).clamp(0.05, 0.98)
    }

    /// The hum of a motor, and bursts when it works: most slots of ten minutes have one.
    fn vibration(self, t: f64) -> f64 {
        const SLOT: f64 = 10.0 * MINUTE;
        let slot = (t / SLOT).floor();
        let draw = |stream| self.uniform(stream, slot as i64);
        let start = slot * SLOT + 20.0 + 240.0 * draw(Stream::BurstStart);
        let end = start + 30.0 + 270.0 * draw(Stream::BurstLength);
        let strength = draw(Stream::BurstStrength);
        // It takes seconds to run up, and longer to run down.
        let envelope = ((t - start) / 4.0).clamp(0.0, 1.0) * ((end - t) / 12.0).clamp(0.0, 1.0);
        let working = if strength < 0.3 { 0.0 } else { 2.4 * strength * envelope };
        let unrest = 1.0 + 0.2 * self.noise(Stream::Hum, t, 1.7) + 0.1 * self.noise(Stream::Hum, t, 13.0);
        (0.15 + working) * unrest
    }

    /// Seven hours down to a fifth, two hours up: fast first, slow when nearly full.
    fn battery(self, t: f64) -> f64 {
        const CYCLE: f64 = 9.0 * HOUR;
        const DRAIN: f64 = 7.0 / 9.0;
        let phase = (t / CYCLE + self.uniform(Stream::BatteryPhase, 0)).rem_euclid(1.0);
        if phase < DRAIN {
            1.0 - 0.8 * phase / DRAIN
        } else {
            let taper = |x: f64| 1.0 - (-3.5 * x).exp();
            0.2 + 0.8 * taper((phase - DRAIN) / (1.0 - DRAIN)) / taper(1.0)
        }
    }

    /// Between -1 and 1, smooth, changing its mind every `period` seconds.
    fn noise(self, stream: Stream, t: f64, period: f64) -> f64 {
        let position = t / period;
        let step = position.floor();
        let x = position - step;
        let at = |offset: i64| {
            // Periods of one stream draw from places far apart.
            let place = (step as i64).wrapping_add(offset) ^ (period.to_bits() as i64);
            2.0 * self.uniform(stream, place) - 1.0
        };
        let (from, to) = (at(0), at(1));
        from + (to - from) * x * x * (3.0 - 2.0 * x)
    }

    /// Between 0 and 1: a hash of seed, stream and place.
    fn uniform(self, stream: Stream, place: i64) -> f64 {
        let mixed = mix(mix(mix(self.seed) ^ stream as u64) ^ place as u64);
        (mixed >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The finalizer of SplitMix64: every bit of the input moves half the bits of the output.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_795_305_600_000;

    /// A week of one value every ten seconds.
    fn week(seed: u64, value: fn(Simulation, f64) -> f64) -> Vec<f64> {
        (0..60_480).map(|i| value(Simulation::new(seed), (START_MS / 1000 + i * 10) as f64)).collect()
    }

    fn range(values: &[f64]) -> (f64, f64) {
        values.iter().fold((f64::MAX, f64::MIN), |(lo, hi), &v| (lo.min(v), hi.max(v)))
    }

    fn largest_step(values: &[f64]) -> f64 {
        values.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn seed_and_time_decide_everything() {
        let at = |seed, ms| Simulation::new(seed).readings(ms);
        assert_eq!(at(7, START_MS), at(7, START_MS));
        assert_ne!(at(7, START_MS), at(8, START_MS));
        assert_ne!(at(7, START_MS), at(7, START_MS + 60_000));
        assert!(at(0, i64::MIN).iter().chain(&at(u64::MAX, i64::MAX)).all(|r| r.value.is_finite()));
    }

    #[test]
    fn temperature_and_humidity_move_slowly_and_against_each_other() {
        let (temperature, humidity) = (week(3, Simulation::temperature), week(3, Simulation::humidity));
        let ((coldest, warmest), (driest, wettest)) = (range(&temperature), range(&humidity));
        assert!(coldest > 14.0 && warmest < 29.0 && warmest - coldest > 5.0);
        assert!(driest > 0.2 && wettest < 0.8 && wettest - driest > 0.1);
        assert!(largest_step(&temperature) < 0.1 && largest_step(&humidity) < 0.01);
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (mt, mh) = (mean(&temperature), mean(&humidity));
        let covariance: f64 = temperature.iter().zip(&humidity).map(|(t, h)| (t - mt) * (h - mh)).sum();
        assert!(covariance < 0.0);
    }

    #[test]
    fn vibration_rests_low_and_bursts() {
        let vibration = week(3, Simulation::vibration);
        assert!(range(&vibration).0 > 0.05 && range(&vibration).1 < 4.0);
        let busy = vibration.iter().filter(|v| **v > 0.6).count() as f64 / vibration.len() as f64;
        assert!(busy > 0.08 && busy < 0.4, "{busy}");
    }

    #[test]
    fn the_battery_drains_and_charges_without_jumps() {
        let battery = week(3, Simulation::battery);
        assert!(range(&battery).0 < 0.21 && range(&battery).0 >= 0.2 && range(&battery).1 > 0.99);
        assert!(largest_step(&battery) < 0.005);
        let rising = battery.windows(2).filter(|w| w[1] > w[0]).count() as f64 / battery.len() as f64;
        assert!((0.18..0.26).contains(&rising), "{rising}");
    }
}
