//! Histograms as senders describe them, and the checks that make histograms of them, in the words of Prometheus.

use super::{
    BUCKETS_MAX, Buckets, CUSTOM_SCHEMA, CounterReset, EXPONENTIAL_SCHEMA_MAX, EXPONENTIAL_SCHEMA_MIN,
    FloatHistogram, Span,
};
use crate::float::Shortest;

/// The finest schema that senders may use; what is above [`EXPONENTIAL_SCHEMA_MAX`] is made coarser.
const EXPONENTIAL_SCHEMA_RESERVED: i32 = 52;

/// Counts from here on are no exact integers in a float any more.
const INTEGER_MAX: u64 = 1 << 53;

/// A histogram as it came, with nothing checked.
#[derive(Clone, Debug, Default)]
pub struct UncheckedHistogram {
    /// What the sender says of a counter reset.
    pub counter_reset: CounterReset,
    /// The resolution, or [`CUSTOM_SCHEMA`].
    pub schema: i32,
    /// Width of the zero bucket to either side.
    pub zero_threshold: f64,
    /// Sum of all observations.
    pub sum: f64,
    /// Where the positive buckets are.
    pub positive_spans: Vec<Span>,
    /// Where the negative buckets are.
    pub negative_spans: Vec<Span>,
    /// Upper bounds with [`CUSTOM_SCHEMA`].
    pub custom_bounds: Vec<f64>,
    /// The counts.
    pub counts: UncheckedCounts,
}

/// Counts of one of the two kinds.
#[derive(Clone, Debug)]
pub enum UncheckedCounts {
    /// Integers; those of buckets as differences from the bucket before on the same side.
    Integer {
        /// All observations.
        count: u64,
        /// Those in the zero bucket.
        zero_count: u64,
        /// Differences of the positive buckets.
        positive: Vec<i64>,
        /// Differences of the negative buckets.
        negative: Vec<i64>,
    },
    /// Floats.
    Float {
        /// All observations.
        count: f64,
        /// Those in the zero bucket.
        zero_count: f64,
        /// Counts of the positive buckets.
        positive: Vec<f64>,
        /// Counts of the negative buckets.
        negative: Vec<f64>,
    },
}

impl Default for UncheckedCounts {
    fn default() -> Self {
        Self::Integer { count: 0, zero_count: 0, positive: Vec::new(), negative: Vec::new() }
    }
}

/// Why a histogram is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHistogram {
    /// There are more buckets than are taken.
    #[error("histogram has {buckets} buckets and custom bounds, at most {limit} are taken")]
    Buckets {
        /// Buckets and bounds.
        buckets: usize,
        /// The limit.
        limit: usize,
    },
    /// The schema is not known.
    #[error(
        "histogram has an invalid schema, which must be between {EXPONENTIAL_SCHEMA_MIN} and \
         {EXPONENTIAL_SCHEMA_MAX} for exponential buckets, or {CUSTOM_SCHEMA} for custom buckets, \
         got schema {0}"
    )]
    Schema(i32),
    /// Something is wrong with the buckets of one side.
    #[error("{side}: {fault}")]
    Side {
        /// Which of them, or that they are custom ones.
        side: &'static str,
        /// What is wrong.
        fault: BucketFault,
    },
    /// A zero bucket has a negative count.
    #[error("zero bucket has observation count of {}: {NEGATIVE_BUCKET}", Shortest(*.0))]
    NegativeZeroCount(f64),
    /// The count is negative.
    #[error("observation count is  {}: histogram's observation count is negative", Shortest(*.0))]
    NegativeCount(f64),
    /// Custom bounds have a zero bucket.
    #[error("custom buckets: must have zero count of 0")]
    CustomZeroCount,
    /// Custom bounds have a zero bucket's width.
    #[error("custom buckets: must have zero threshold of 0")]
    CustomZeroThreshold,
    /// Custom bounds have negative buckets.
    #[error("custom buckets: must not have negative spans")]
    CustomNegativeSpans,
    /// Custom bounds have counts of negative buckets.
    #[error("custom buckets: must not have negative buckets")]
    CustomNegativeBuckets,
    /// Exponential buckets have custom bounds.
    #[error("histogram with exponential schema must not have custom bounds")]
    ExponentialCustomBounds,
    /// There are fewer observations than in the buckets.
    #[error(
        "{found} observations found in buckets, but the Count field is {count}: histogram's observation \
         count should be at least the number of observations found in the buckets"
    )]
    CountTooSmall {
        /// In the buckets.
        found: u64,
        /// As the count says.
        count: u64,
    },
    /// There are not as many observations as in the buckets.
    #[error(
        "{found} observations found in buckets, but the Count field is {count}: histogram's observation \
         count should equal the number of observations found in the buckets (in absence of NaN)"
    )]
    CountMismatch {
        /// In the buckets.
        found: u64,
        /// As the count says.
        count: u64,
    },
}

const NEGATIVE_BUCKET: &str = "histogram has a bucket whose observation count is negative";

/// What is wrong with buckets.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BucketFault {
    /// A span begins before the end of the one before.
    #[error("span number {number} with offset {offset}: histogram has a span whose offset is negative")]
    NegativeOffset {
        /// Place of the span, from 1.
        number: usize,
        /// Its offset.
        offset: i32,
    },
    /// Spans and counts do not go together.
    #[error(
        "spans need {wanted} buckets, have {given} buckets: histogram spans specify different number of \
         buckets than provided"
    )]
    Mismatch {
        /// Buckets by the spans.
        wanted: u64,
        /// Counts.
        given: usize,
    },
    /// A count is negative.
    #[error("bucket number {number} has observation count of {}: {NEGATIVE_BUCKET}", Shortest(*count))]
    NegativeCount {
        /// Place of the bucket, from 1.
        number: usize,
        /// Its count.
        count: f64,
    },
    /// The index of a bucket has more than 32 bits.
    #[error("histogram has a span that leaves the range of bucket indexes")]
    Index,
    /// A bound is no number.
    #[error("histogram custom bounds must not be NaN")]
    NanBound,
    /// Bounds do not ascend.
    #[error(
        "previous bound is {before:.6} and current is {bound:.6}: histogram custom bounds must be in \
         strictly increasing order"
    )]
    UnsortedBounds {
        /// A bound.
        before: f64,
        /// The one after it.
        bound: f64,
    },
    /// The last bound is infinite.
    #[error("last +Inf bound must not be explicitly defined: histogram custom bounds must be finite")]
    InfiniteBound,
    /// There are buckets beyond the bounds.
    #[error(
        "only {bounds} custom bounds defined which is insufficient to cover total span length of {span}: \
         histogram custom bounds are too few"
    )]
    FewBounds {
        /// Number of bounds.
        bounds: usize,
        /// Buckets from the first index to the last.
        span: i64,
    },
}

impl UncheckedHistogram {
    /// The histogram, of the finest known resolution at most.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self) -> Result<FloatHistogram, InvalidHistogram> {
        let integer = matches!(self.counts, UncheckedCounts::Integer { .. });
        let (positive, negative) = self.counts.lens();
        let buckets = positive.saturating_add(negative).saturating_add(self.custom_bounds.len());
        if buckets > BUCKETS_MAX {
            return Err(InvalidHistogram::Buckets { buckets, limit: BUCKETS_MAX });
        }
        let counts = self.counts.clone().absolute()?;
        match self.schema {
            CUSTOM_SCHEMA => self.check_custom(&counts)?,
            EXPONENTIAL_SCHEMA_MIN..=EXPONENTIAL_SCHEMA_RESERVED => self.check_exponential(&counts)?,
            schema => return Err(InvalidHistogram::Schema(schema)),
        }
        self.counts.check_total(self.sum)?;
        let side = |spans: &[Span], counts: &[f64], side| {
            Buckets::from_spans(spans, counts)
                .ok_or(InvalidHistogram::Side { side, fault: BucketFault::Index })
        };
        let histogram = FloatHistogram {
            counter_reset: self.counter_reset,
            integer: integer && counts.count <= INTEGER_MAX as f64,
            schema: self.schema,
            zero_threshold: self.zero_threshold,
            zero_count: counts.zero_count,
            count: counts.count,
            sum: self.sum,
            positive: side(&self.positive_spans, &counts.positive, POSITIVE)?,
            negative: side(&self.negative_spans, &counts.negative, NEGATIVE)?,
            custom_bounds: self.custom_bounds.into(),
        };
        if histogram.schema <= EXPONENTIAL_SCHEMA_MAX {
            return Ok(histogram);
        }
        let counter_reset = histogram.counter_reset;
        Ok(FloatHistogram { counter_reset, ..histogram.to_schema(EXPONENTIAL_SCHEMA_MAX) })
    }

    fn check_custom(&self, counts: &Absolute) -> Result<(), InvalidHistogram> {
        let custom = |fault| InvalidHistogram::Side { side: "custom buckets", fault };
        check_bounds(&self.custom_bounds).map_err(custom)?;
        check_spans(&self.positive_spans, counts.positive.len(), 0).map_err(custom)?;
        let span: i64 =
            self.positive_spans.iter().map(|s| i64::from(s.length).saturating_add(s.offset.into())).sum();
        let bounds = self.custom_bounds.len();
        if span > bounds as i64 + 1 {
            return Err(custom(BucketFault::FewBounds { bounds, span }));
        }
        match counts {
            Absolute { zero_count, .. } if *zero_count != 0.0 => Err(InvalidHistogram::CustomZeroCount),
            _ if self.zero_threshold != 0.0 => Err(InvalidHistogram::CustomZeroThreshold),
            _ if !self.negative_spans.is_empty() => Err(InvalidHistogram::CustomNegativeSpans),
            _ if !counts.negative.is_empty() => Err(InvalidHistogram::CustomNegativeBuckets),
            _ => Ok(()),
        }
    }

    fn check_exponential(&self, counts: &Absolute) -> Result<(), InvalidHistogram> {
        for (spans, len, side) in [
            (&self.positive_spans, counts.positive.len(), POSITIVE),
            (&self.negative_spans, counts.negative.len(), NEGATIVE),
        ] {
            check_spans(spans, len, 1).map_err(|fault| InvalidHistogram::Side { side, fault })?;
        }
        if self.custom_bounds.is_empty() { Ok(()) } else { Err(InvalidHistogram::ExponentialCustomBounds) }
    }
}

const POSITIVE: &str = "positive side";
const NEGATIVE: &str = "negative side";

/// Spans up to `free` may have any offset.
fn check_spans(spans: &[Span], given: usize, free: usize) -> Result<(), BucketFault> {
    let negative = spans.iter().enumerate().skip(free).find(|(_, span)| span.offset < 0);
    if let Some((at, span)) = negative {
        return Err(BucketFault::NegativeOffset { number: at + 1, offset: span.offset });
    }
    let wanted = spans.iter().map(|span| u64::from(span.length)).sum();
    if wanted == given as u64 { Ok(()) } else { Err(BucketFault::Mismatch { wanted, given }) }
}

fn check_bounds(bounds: &[f64]) -> Result<(), BucketFault> {
    let mut before = None;
    for &bound in bounds {
        match before {
            _ if bound.is_nan() => return Err(BucketFault::NanBound),
            Some(before) if bound <= before => return Err(BucketFault::UnsortedBounds { before, bound }),
            _ => before = Some(bound),
        }
    }
    if before == Some(f64::INFINITY) { Err(BucketFault::InfiniteBound) } else { Ok(()) }
}

/// Counts of buckets, no differences.
struct Absolute {
    count: f64,
    zero_count: f64,
    positive: Vec<f64>,
    negative: Vec<f64>,
}

impl UncheckedCounts {
    fn lens(&self) -> (usize, usize) {
        match self {
            Self::Integer { positive, negative, .. } => (positive.len(), negative.len()),
            Self::Float { positive, negative, .. } => (positive.len(), negative.len()),
        }
    }

    fn absolute(self) -> Result<Absolute, InvalidHistogram> {
        let counts = match self {
            Self::Integer { count, zero_count, positive, negative } => Absolute {
                count: count as f64,
                zero_count: zero_count as f64,
                positive: added_up(&positive).map(|count| count as f64).collect(),
                negative: added_up(&negative).map(|count| count as f64).collect(),
            },
            Self::Float { count, zero_count, positive, negative } => {
                Absolute { count, zero_count, positive, negative }
            }
        };
        for (side, buckets) in [(NEGATIVE, &counts.negative), (POSITIVE, &counts.positive)] {
            if let Some((at, &count)) = buckets.iter().enumerate().find(|(_, count)| **count < 0.0) {
                let fault = BucketFault::NegativeCount { number: at + 1, count };
                return Err(InvalidHistogram::Side { side, fault });
            }
        }
        match counts {
            Absolute { zero_count, .. } if zero_count < 0.0 => {
                Err(InvalidHistogram::NegativeZeroCount(zero_count))
            }
            Absolute { count, .. } if count < 0.0 => Err(InvalidHistogram::NegativeCount(count)),
            counts => Ok(counts),
        }
    }

    /// Integers tell whether the count is that of the buckets; floats have rounding errors.
    fn check_total(&self, sum: f64) -> Result<(), InvalidHistogram> {
        let Self::Integer { count, zero_count, positive, negative } = self else { return Ok(()) };
        let buckets = added_up(positive).chain(added_up(negative));
        let found = buckets.fold(*zero_count, |sum, count| sum.wrapping_add(count.cast_unsigned()));
        match *count {
            count if sum.is_nan() && found > count => Err(InvalidHistogram::CountTooSmall { found, count }),
            count if !sum.is_nan() && found != count => Err(InvalidHistogram::CountMismatch { found, count }),
            _ => Ok(()),
        }
    }
}

/// Counts from differences.
fn added_up(differences: &[i64]) -> impl Iterator<Item = i64> + '_ {
    differences.iter().scan(0i64, |count, difference| {
        *count = count.wrapping_add(*difference);
        Some(*count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(count: u64, positive: &[i64]) -> UncheckedHistogram {
        UncheckedHistogram {
            sum: 1.0,
            positive_spans: vec![Span { offset: -1, length: positive.len() as u32 }],
            counts: UncheckedCounts::Integer {
                count,
                zero_count: 2,
                positive: positive.into(),
                negative: Vec::new(),
            },
            ..Default::default()
        }
    }

    fn custom(bounds: &[f64], positive: &[f64]) -> UncheckedHistogram {
        UncheckedHistogram {
            schema: CUSTOM_SCHEMA,
            positive_spans: vec![Span { offset: 0, length: positive.len() as u32 }],
            custom_bounds: bounds.into(),
            counts: UncheckedCounts::Float {
                count: 3.0,
                zero_count: 0.0,
                positive: positive.into(),
                negative: Vec::new(),
            },
            ..Default::default()
        }
    }

    #[test]
    fn differences_are_added_up() {
        let histogram = integer(9, &[3, -1, 0]).check().unwrap();
        assert!(histogram.integer && histogram.positive.iter().eq([(-1, 3.0), (0, 2.0), (1, 2.0)]));
        assert!(!custom(&[1.0], &[1.0, 2.0]).check().unwrap().integer);
        let fine = UncheckedHistogram { schema: 9, ..integer(9, &[3, -1, 0]) }.check().unwrap();
        assert!(fine.schema == 8 && fine.positive.iter().eq([(0, 5.0), (1, 2.0)]));
    }

    #[test]
    fn what_is_wrong_is_named_as_in_prometheus() {
        let mismatch = "8 observations found in buckets, but the Count field is 9: histogram's observation \
                        count should equal the number of observations found in the buckets (in absence of NaN)";
        for (histogram, message) in [
            (integer(9, &[3, 0]), mismatch),
            (
                integer(9, &[3, -4]),
                "positive side: bucket number 2 has observation count of -1: histogram has a bucket whose \
                 observation count is negative",
            ),
            (
                UncheckedHistogram { positive_spans: Vec::new(), ..integer(9, &[7]) },
                "positive side: spans need 0 buckets, have 1 buckets: histogram spans specify different \
                 number of buckets than provided",
            ),
            (
                UncheckedHistogram { schema: -5, ..integer(2, &[]) },
                "histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or \
                 -53 for custom buckets, got schema -5",
            ),
            (
                custom(&[1.0, 1.0], &[3.0]),
                "custom buckets: previous bound is 1.000000 and current is 1.000000: histogram custom bounds \
                 must be in strictly increasing order",
            ),
            (
                custom(&[1.0], &[1.0, 1.0, 1.0]),
                "custom buckets: only 1 custom bounds defined which is insufficient to cover total span \
                 length of 3: histogram custom bounds are too few",
            ),
            (
                custom(&vec![0.0; 5000], &[]),
                "histogram has 5000 buckets and custom bounds, at most 4096 are taken",
            ),
        ] {
            assert_eq!(histogram.check().unwrap_err().to_string(), message);
        }
    }
}
