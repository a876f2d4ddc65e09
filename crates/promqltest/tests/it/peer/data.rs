//! The samples that both have: half an hour of counters, gauges and histograms of all kinds.

use std::{ops::Range, sync::Arc};

use model::{
    FloatHistogram, LabelSet,
    histogram::{Buckets, CUSTOM_SCHEMA},
    stale_nan,
};

/// The time of the first sample, in milliseconds since the Unix epoch; no multiple of a minute.
pub(crate) const START_MS: i64 = 1_700_000_007_000;

/// Between two samples.
const STEP_MS: i64 = 15_000;

/// Samples of each series.
const STEPS: i64 = 120;

/// After the last sample.
pub(crate) const END_MS: i64 = START_MS + STEPS * STEP_MS;

/// One series.
pub(crate) struct SeriesData {
    pub(crate) labels: LabelSet,
    pub(crate) floats: Vec<(i64, f64)>,
    pub(crate) histograms: Vec<(i64, Arc<FloatHistogram>)>,
}

impl SeriesData {
    fn floats(labels: &[(&str, &str)], value: impl Fn(i64) -> Option<f64>) -> Self {
        let floats = (0..STEPS).filter_map(|step| Some((START_MS + step * STEP_MS, value(step)?)));
        let labels = LabelSet::from_pairs(labels.iter().copied());
        Self { labels, floats: floats.collect(), histograms: Vec::new() }
    }

    /// The samples within a span of time.
    pub(crate) fn within(&self, span_ms: &Range<i64>) -> Self {
        let floats = self.floats.iter().filter(|(t, _)| span_ms.contains(t)).copied();
        let histograms = self.histograms.iter().filter(|(t, _)| span_ms.contains(t)).cloned();
        Self { labels: self.labels.clone(), floats: floats.collect(), histograms: histograms.collect() }
    }

    fn histograms(labels: &[(&str, &str)], value: impl Fn(i64) -> FloatHistogram) -> Self {
        let histograms = (0..STEPS).map(|step| (START_MS + step * STEP_MS, Arc::new(value(step))));
        let labels = LabelSet::from_pairs(labels.iter().copied());
        Self { labels, floats: Vec::new(), histograms: histograms.collect() }
    }
}

pub(crate) fn series() -> Vec<SeriesData> {
    let mut all = Vec::new();
    for (n, (job, instance)) in (0..).zip([("api", "a"), ("api", "b"), ("db", "a")]) {
        let labels = |name| [("__name__", name), ("job", job), ("instance", instance)];
        // Each falls back to zero at another time; one has a gap, one ends.
        all.push(SeriesData::floats(&labels("requests_total"), |step| {
            let present = n != 1 || !(40..70).contains(&step);
            present.then(|| ((step + 17 * n) % 50) as f64 * (1.5 + n as f64))
        }));
        all.push(SeriesData::floats(&labels("errors_total"), |step| match step {
            0..80 => Some((step / 7 * n) as f64),
            80 if n == 2 => Some(stale_nan()),
            _ => (n != 2).then_some((step / 7) as f64),
        }));
        all.push(SeriesData::floats(&labels("temperature"), |step| {
            Some(match (n, step % 23) {
                (0, 5) => f64::NAN,
                (1, 7) => f64::INFINITY,
                (1, 8) => f64::NEG_INFINITY,
                _ => 20.0 + (step as f64 * 0.3).sin() * (5.0 + n as f64) - 18.0 * n as f64,
            })
        }));
        all.push(SeriesData::floats(&labels("info"), |_| Some(1.0)));
        for (b, le) in (1..).zip(["0.1", "0.5", "1", "+Inf"]) {
            let name = [("__name__", "latency_bucket"), ("job", job), ("instance", instance), ("le", le)];
            all.push(SeriesData::floats(&name, |step| Some((step * b * (n + 1)) as f64)));
        }
        // Never near zero: before 3.6 rates of histograms were extrapolated beyond it (prometheus#16828).
        all.push(SeriesData::histograms(&labels("native"), |step| {
            native(30 + (step + 31 * n) % 60, n as i32)
        }));
        all.push(SeriesData::histograms(&labels("custom"), |step| custom(30 + step)));
        all.push(SeriesData::histograms(&labels("mixed_native"), |step| mixed(30 + step % 50, n as i32)));
    }
    let odd = [("__name__", "dotted.name"), ("label ü", "w\"x"), ("job", "api")];
    all.push(SeriesData::floats(&odd, |step| (step % 4 != 3).then_some((step % 10) as f64)));
    all
}

fn native(step: i64, schema: i32) -> FloatHistogram {
    let at = |factor: i64| (step * factor) as f64;
    FloatHistogram {
        schema,
        zero_threshold: 0.001,
        zero_count: at(1),
        count: at(1 + 2 + 5 + 3),
        sum: at(4) / 3.0,
        positive: Buckets::from_sorted(vec![(-1, at(2)), (2, at(5))]).unwrap_or_default(),
        negative: Buckets::from_sorted(vec![(0, at(3))]).unwrap_or_default(),
        ..FloatHistogram::default()
    }
}

/// Integer counts, falls to zero, the end of the series for a while, buckets that come and go.
fn mixed(step: i64, schema: i32) -> FloatHistogram {
    match step % 50 {
        31 => FloatHistogram { sum: stale_nan(), integer: schema != 1, ..FloatHistogram::default() },
        _ => {
            let at = |factor: i64| (step * factor) as f64;
            let late = if step > 50 {
                vec![(-2, at(1)), (1, at(2)), (5, at(3))]
            } else {
                vec![(-2, at(1)), (1, at(5))]
            };
            FloatHistogram {
                integer: schema != 1,
                schema,
                zero_threshold: 1e-4,
                zero_count: at(2),
                count: at(2 + 6 + 4),
                sum: at(7) / 2.0,
                positive: Buckets::from_sorted(late).unwrap_or_default(),
                negative: Buckets::from_sorted(vec![(-1, at(4))]).unwrap_or_default(),
                ..FloatHistogram::default()
            }
        }
    }
}

fn custom(step: i64) -> FloatHistogram {
    let at = |factor: i64| (step * factor) as f64;
    FloatHistogram {
        schema: CUSTOM_SCHEMA,
        count: at(1 + 4 + 2),
        sum: at(9),
        positive: Buckets::from_sorted(vec![(0, at(1)), (1, at(4)), (2, at(2))]).unwrap_or_default(),
        // Since 3.8 other bounds are reconciled (prometheus#17278).
        custom_bounds: [1.0, 5.0].into(),
        ..FloatHistogram::default()
    }
}
