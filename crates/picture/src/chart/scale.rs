//! From values to places on an axis.

/// What an axis reaches from and to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Base of a logarithmic scale.
    pub(crate) log: Option<f64>,
}

/// What decides how far a scale reaches beyond the values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reach {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    /// Reached unless values lie beyond.
    pub(crate) soft_min: Option<f64>,
    pub(crate) soft_max: Option<f64>,
    /// Whether zero is always on it.
    pub(crate) zero: bool,
    pub(crate) log: Option<f64>,
}

/// Room above and below the values, as a share of what they span.
const PADDING: f64 = 0.1;

/// Values differ no more than sums of floats do where their span is less than this share of them.
const FLAT: f64 = 1e-10;

/// How far from a round number an end may be without going to the next, as a share of the grain.
const ROUNDING: f64 = 1e-6;

impl Scale {
    pub(crate) const fn linear(min: f64, max: f64) -> Self {
        Self { min, max, log: None }
    }

    /// A scale on which values from `low` to `high` stand well; both infinite when there are none.
    pub(crate) fn around(low: f64, high: f64, reach: &Reach) -> Self {
        let (low, high) = match low <= high {
            true => (low, high),
            false => (reach.min.unwrap_or(0.0), reach.max.unwrap_or(100.0)),
        };
        if let Some(base) = reach.log {
            return Self::logarithmic(low, high, base, reach);
        }
        // A curve that stands at zero would get an axis up to a hundred.
        if low == 0.0 && high == 0.0 && reach.max.is_none() && reach.soft_max.is_none() {
            return Self::linear(reach.min.unwrap_or(0.0), 1.0);
        }
        // A single value stands in the middle; what differs in the last digits alone is one.
        let size = high.abs().max(low.abs());
        let is_flat = high - low <= size * FLAT;
        let (span, padding) = if is_flat { (size, 1.0) } else { (high - low, PADDING) };
        let grain = 10f64.powf(span.log10().floor() - 1.0);
        let bottom = ((low - span * padding) / grain + ROUNDING).floor() * grain;
        let top = ((high + span * padding) / grain - ROUNDING).ceil() * grain;
        let always = reach.zero.then_some(0.0);
        // Zero is the natural end where the room beyond the values reaches it.
        let near = |end: f64, beyond: bool| (beyond && end == 0.0).then_some(0.0);
        let soft_min = reach.soft_min.or(always).or(near(0.0, bottom <= 0.0));
        let soft_max = reach.soft_max.or(always).or(near(0.0, top >= 0.0));
        let bottom = soft_min.filter(|soft| low >= *soft).unwrap_or(bottom);
        let top = soft_max.filter(|soft| high <= *soft).unwrap_or(top);
        // A soft limit puts the fixed one of its side out of force.
        let min = reach.min.filter(|_| reach.soft_min.is_none()).unwrap_or(bottom);
        let max = reach.max.filter(|_| reach.soft_max.is_none()).unwrap_or(top);
        Self::linear(min, if max > min { max } else { min + 1.0 })
    }

    fn logarithmic(low: f64, high: f64, base: f64, reach: &Reach) -> Self {
        let floor = |value: f64| base.powf(value.log(base).floor());
        let max = reach.max.unwrap_or(high).max(f64::MIN_POSITIVE);
        let max = base.powf(max.log(base).ceil());
        let min = floor(reach.min.unwrap_or(low));
        // Zero has no place on it; ten steps below the highest is as good as nothing.
        let min = if min > 0.0 && min.is_finite() { min } else { max / base.powi(10) };
        Self { min, max: if max > min { max } else { min * base }, log: Some(base) }
    }

    /// Where a value is, 0 at the lower end and 1 at the upper one.
    pub(crate) fn share(&self, value: f64) -> f64 {
        match self.log {
            None => (value - self.min) / (self.max - self.min),
            Some(_) => {
                let value = value.max(f64::MIN_POSITIVE);
                (value / self.min).ln() / (self.max / self.min).ln()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(low: f64, high: f64, reach: Reach) -> (f64, f64) {
        let Scale { min, max, .. } = Scale::around(low, high, &reach);
        (min, max)
    }

    #[test]
    fn scales_suit_their_values() {
        let free = Reach::default();
        assert_eq!(ends(5.0, 100.0, free).0, 0.0, "zero is near");
        assert_eq!(ends(90.0, 100.0, free), (89.0, 101.0));
        assert_eq!(ends(50.0, 50.0, free), (0.0, 100.0));
        assert_eq!(ends(0.02, 0.020_000_000_000_000_004, free), (0.0, 0.04));
        assert_eq!(ends(0.0, 7.31, free).1, 8.1);
        assert_eq!(ends(-100.0, -5.0, free).1, 0.0);
        assert_eq!(ends(0.0, 0.0, free), (0.0, 1.0));
        assert_eq!(ends(f64::INFINITY, f64::NEG_INFINITY, free), (0.0, 110.0));
        assert_eq!(ends(90.0, 100.0, Reach { zero: true, ..free }).0, 0.0);
        assert_eq!(ends(5.0, 50.0, Reach { min: Some(0.0), max: Some(100.0), ..free }), (0.0, 100.0));
        assert_eq!(ends(20.0, 50.0, Reach { soft_max: Some(60.0), ..free }).1, 60.0);
        assert_eq!(ends(3.0, 250.0, Reach { log: Some(10.0), ..free }), (1.0, 1000.0));
    }

    #[test]
    fn places_are_shares() {
        assert_eq!(Scale::linear(10.0, 20.0).share(15.0), 0.5);
        let log = Scale { min: 1.0, max: 100.0, log: Some(10.0) };
        assert!((log.share(10.0) - 0.5).abs() < 1e-9);
    }
}
