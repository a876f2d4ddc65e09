//! Histograms as Prometheus prints them: `{count:3, sum:5, [-2,-1):1, (1,2]:2}`.

use std::fmt;

use super::{Bucket, FloatHistogram};
use crate::float::Shortest;

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.lower_inclusive { '[' } else { '(' };
        let close = if self.upper_inclusive { ']' } else { ')' };
        let (lower, upper, count) = (Shortest(self.lower), Shortest(self.upper), Shortest(self.count));
        write!(f, "{open}{lower},{upper}{close}:{count}")
    }
}

impl fmt::Display for FloatHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{count:{}, sum:{}", Shortest(self.count), Shortest(self.sum))?;
        let zero = (!self.uses_custom_bounds()).then(|| self.zero_bucket());
        let all = self.negative_buckets().rev().chain(zero).chain(self.positive_buckets());
        for bucket in all.filter(|bucket| bucket.count != 0.0) {
            write!(f, ", {bucket}")?;
        }
        f.write_str("}")
    }
}
