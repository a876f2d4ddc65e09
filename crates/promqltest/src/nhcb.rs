//! Classic histograms to native ones with custom bounds, for `load_with_nhcb`.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    FloatHistogram, LabelSet, LabelSetBuilder, METRIC_NAME,
    histogram::{Buckets, CUSTOM_SCHEMA, Span},
};

/// The samples of a classic histogram at one time.
#[derive(Clone, Debug, Default)]
struct Classic {
    /// Upper bound and cumulative count of each bucket, in order of their bounds.
    buckets: Vec<(f64, f64)>,
    count: Option<f64>,
    sum: f64,
}

/// Collects the series of classic histograms.
#[derive(Debug, Default)]
pub(crate) struct ClassicHistograms {
    by_series: BTreeMap<LabelSet, BTreeMap<i64, Classic>>,
}

/// One native histogram of a series.
pub(crate) type HistogramSample = (i64, Arc<FloatHistogram>);

impl ClassicHistograms {
    /// Takes the floats of a series if its name says that it belongs to a classic histogram.
    pub(crate) fn collect(&mut self, labels: &LabelSet, samples: impl Iterator<Item = (i64, f64)>) {
        let name = labels.metric_name();
        let (base, part) = if let Some(base) = name.strip_suffix("_bucket") {
            match labels.get("le").parse::<f64>() {
                Ok(bound) if !bound.is_nan() => (base, Part::Bucket(bound)),
                _ => return,
            }
        } else if let Some(base) = name.strip_suffix("_sum") {
            (base, Part::Sum)
        } else if let Some(base) = name.strip_suffix("_count") {
            (base, Part::Count)
        } else {
            return;
        };
        let series = LabelSetBuilder::new(labels).set(METRIC_NAME, base).remove("le").build();
        let times = self.by_series.entry(series).or_default();
        for (timestamp_ms, value) in samples {
            times.entry(timestamp_ms).or_default().set(part, value);
        }
    }

    /// The native histograms of all series.
    pub(crate) fn convert(self) -> Result<Vec<(LabelSet, Vec<HistogramSample>)>, String> {
        let convert = |(labels, times): (LabelSet, BTreeMap<i64, Classic>)| {
            let samples: Result<Vec<_>, String> =
                times.into_iter().map(|(t, classic)| Ok((t, Arc::new(classic.convert()?)))).collect();
            samples.map(|samples| (labels, samples))
        };
        self.by_series.into_iter().map(convert).collect()
    }
}

/// What a series of a classic histogram counts.
#[derive(Clone, Copy, Debug)]
enum Part {
    Bucket(f64),
    Sum,
    Count,
}

impl Classic {
    fn set(&mut self, part: Part, value: f64) {
        match part {
            Part::Sum => self.sum = value,
            Part::Count => self.count = Some(value),
            Part::Bucket(bound) => {
                let at = self.buckets.partition_point(|(known, _)| *known < bound);
                // Of a bound that is there twice, `1` and `1.0`, the first one counts.
                if self.buckets.get(at).is_none_or(|(known, _)| *known != bound) {
                    self.buckets.insert(at, (bound, value));
                }
            }
        }
    }

    fn convert(mut self) -> Result<FloatHistogram, String> {
        let last = self.buckets.last().copied();
        let count = self.count.or(last.map(|(_, count)| count)).unwrap_or(0.0);
        if last.is_none_or(|(bound, _)| bound != f64::INFINITY) {
            self.buckets.push((f64::INFINITY, count));
        }
        let (mut counts, mut before) = (Vec::with_capacity(self.buckets.len()), 0.0);
        for &(bound, cumulative) in &self.buckets {
            if cumulative < before {
                return Err(format!("count is not cumulative: {cumulative} < {before} at le={bound}"));
            }
            counts.push(cumulative - before);
            before = cumulative;
        }
        if before != count {
            return Err(format!("count mismatch: count={count} != le=+Inf count={before}"));
        }
        let spans = [Span { offset: 0, length: counts.len() as u32 }];
        let mut positive = Buckets::from_spans(&spans, &counts).unwrap_or_default();
        positive.compact();
        let bounds = self.buckets.iter().map(|(bound, _)| *bound).filter(|bound| bound.is_finite());
        Ok(FloatHistogram {
            schema: CUSTOM_SCHEMA,
            count,
            sum: self.sum,
            positive,
            custom_bounds: bounds.collect(),
            ..FloatHistogram::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_become_one_histogram() {
        let mut classic = ClassicHistograms::default();
        for (name, le, value) in
            [("h_bucket", "1", 3.0), ("h_bucket", "+Inf", 5.0), ("h_sum", "", 7.5), ("h_count", "", 5.0)]
        {
            let labels = LabelSet::from_pairs([("__name__", name), ("le", le), ("a", "b")]);
            classic.collect(&labels, [(0, value)].into_iter());
        }
        let [(labels, samples)] = &classic.convert().unwrap()[..] else { panic!("not one series") };
        assert_eq!(labels.to_string(), "h{a=\"b\"}");
        assert_eq!(samples[0].1.to_string(), "{count:5, sum:7.5, [-Inf,1]:3, (1,+Inf]:2}");
    }
}
