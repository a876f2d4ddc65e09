//! Sums of many histograms without loss by rounding.

use super::{
    Buckets, Combined, FloatHistogram, IncompatibleSchemas, arithmetic::common_bounds, exponential_bound,
    resolution::coarser_index,
};
use crate::kahan;

/// A bucket's index, sum and compensation.
type Term = (i32, f64, f64);

/// A sum of histograms by Kahan's method, in every count and the sum.
#[derive(Clone, Debug)]
pub struct HistogramSum {
    /// The totals; its buckets stand in `positive` and `negative`.
    total: FloatHistogram,
    zero_c: f64,
    count_c: f64,
    sum_c: f64,
    positive: Vec<Term>,
    negative: Vec<Term>,
}

impl HistogramSum {
    /// Starts with one histogram.
    pub fn new(first: &FloatHistogram) -> Self {
        let terms = |buckets: &Buckets| buckets.iter().map(|(index, count)| (index, count, 0.0)).collect();
        let (positive, negative) = (terms(&first.positive), terms(&first.negative));
        let total =
            FloatHistogram { positive: Buckets::default(), negative: Buckets::default(), ..first.clone() };
        Self { total, zero_c: 0.0, count_c: 0.0, sum_c: 0.0, positive, negative }
    }

    /// Adds one histogram.
    ///
    /// # Errors
    /// When only one of the two has custom bounds; nothing is changed then.
    pub fn add(&mut self, other: &FloatHistogram) -> Result<Combined, IncompatibleSchemas> {
        let mut combined = self.total.prepare(other)?;
        if self.total.uses_custom_bounds() {
            combined.bounds_reconciled = self.add_custom(other);
        } else {
            self.add_exponential(other);
        }
        (self.total.count, self.count_c) = kahan::add(other.count, self.total.count, self.count_c);
        (self.total.sum, self.sum_c) = kahan::add(other.sum, self.total.sum, self.sum_c);
        Ok(combined)
    }

    fn add_exponential(&mut self, other: &FloatHistogram) {
        let (schema, threshold) = (self.total.schema, self.total.zero_threshold);
        // The rare case of another layout is settled on histograms that have their buckets.
        let mut whole = None;
        if other.schema < schema || other.zero_threshold != threshold {
            whole = Some(self.with_buckets());
        }
        let layout = whole.as_mut().unwrap_or(&mut self.total);
        let aligned = layout.align(other);
        let (to_schema, to_threshold) = (layout.schema, layout.zero_threshold);
        self.take_layout(to_schema, to_threshold);
        let outside = |index| exponential_bound(index, to_schema) > to_threshold;
        (self.total.zero_count, self.zero_c) =
            kahan::add(aligned.zero_count, self.total.zero_count, self.zero_c);
        add_terms(&mut self.positive, &aligned.positive, outside);
        add_terms(&mut self.negative, &aligned.negative, outside);
    }

    fn take_layout(&mut self, schema: i32, threshold: f64) {
        let from = self.total.schema;
        if threshold > self.total.zero_threshold {
            let inside = |term: &Term| exponential_bound(term.0.saturating_sub(1), from) < threshold;
            for terms in [&mut self.positive, &mut self.negative] {
                for &(_, count, c) in terms.iter().filter(|term| inside(term)) {
                    for part in [count, c] {
                        (self.total.zero_count, self.zero_c) =
                            kahan::add(part, self.total.zero_count, self.zero_c);
                    }
                }
                terms.retain(|term| !inside(term) && (term.1 != 0.0 || term.2 != 0.0));
            }
            self.total.zero_threshold = threshold;
        }
        if schema < from {
            self.positive = coarser(&self.positive, from, schema);
            self.negative = coarser(&self.negative, from, schema);
            self.total.schema = schema;
        }
    }

    fn add_custom(&mut self, other: &FloatHistogram) -> bool {
        if self.total.custom_bounds == other.custom_bounds {
            add_terms(&mut self.positive, &other.positive, |_| true);
            return false;
        }
        let bounds = common_bounds(&self.total.custom_bounds, &other.custom_bounds);
        let mut target = vec![(0.0, 0.0); bounds.len() + 1];
        let mut put = |upper: f64, count: f64| {
            let at = bounds.partition_point(|&bound| bound < upper);
            if let Some((sum, c)) = target.get_mut(at) {
                (*sum, *c) = kahan::add(count, *sum, *c);
            }
        };
        for &(index, count, c) in &self.positive {
            put(self.total.bound(index), count);
            put(self.total.bound(index), c);
        }
        for (index, count) in other.positive.iter() {
            put(other.bound(index), count);
        }
        let filled = target.iter().enumerate().filter(|(_, (count, c))| *count != 0.0 || *c != 0.0);
        self.positive = filled.map(|(index, &(count, c))| (index as i32, count, c)).collect();
        self.total.custom_bounds = bounds;
        true
    }

    /// Multiplies all that was added by a factor.
    pub fn scale(&mut self, factor: f64) {
        self.change(|count| count * factor);
    }

    /// Divides all that was added.
    pub fn divide(&mut self, divisor: f64) {
        self.change(|count| count / divisor);
    }

    fn change(&mut self, change: impl Fn(f64) -> f64) {
        let total = &mut self.total;
        let totals = [&mut total.zero_count, &mut total.count, &mut total.sum];
        let compensations = [&mut self.zero_c, &mut self.count_c, &mut self.sum_c];
        for value in totals.into_iter().chain(compensations) {
            *value = change(*value);
        }
        for (_, count, c) in self.positive.iter_mut().chain(&mut self.negative) {
            (*count, *c) = (change(*count), change(*c));
        }
    }

    /// True when a count, the sum or a bucket is infinite.
    pub fn has_overflow(&self) -> bool {
        let buckets = self.positive.iter().chain(&self.negative);
        self.total.has_overflow() || buckets.into_iter().any(|term| term.1.is_infinite())
    }

    /// The sum, compensated.
    pub fn finish(&self) -> FloatHistogram {
        let compensated = |terms: &[Term]| {
            Buckets::from_sorted(terms.iter().map(|t| (t.0, t.1 + t.2)).collect()).unwrap_or_default()
        };
        FloatHistogram {
            zero_count: self.total.zero_count + self.zero_c,
            count: self.total.count + self.count_c,
            sum: self.total.sum + self.sum_c,
            positive: compensated(&self.positive),
            negative: compensated(&self.negative),
            ..self.total.clone()
        }
    }

    fn with_buckets(&self) -> FloatHistogram {
        let plain = |terms: &[Term]| {
            Buckets::from_sorted(terms.iter().map(|t| (t.0, t.1)).collect()).unwrap_or_default()
        };
        FloatHistogram {
            positive: plain(&self.positive),
            negative: plain(&self.negative),
            ..self.total.clone()
        }
    }
}

fn add_terms(terms: &mut Vec<Term>, buckets: &Buckets, keep: impl Fn(i32) -> bool) {
    let same = terms.len() == buckets.len() && terms.iter().zip(buckets.iter()).all(|(t, b)| t.0 == b.0);
    if same && buckets.iter().next().is_none_or(|(index, _)| keep(index)) {
        for (term, (_, count)) in terms.iter_mut().zip(buckets.iter()) {
            (term.1, term.2) = kahan::add(count, term.1, term.2);
        }
        return;
    }
    let mut merged = Vec::with_capacity(terms.len().max(buckets.len()));
    let mut mine = terms.drain(..).peekable();
    for (index, count) in buckets.iter().skip_while(|(index, _)| !keep(*index)) {
        while let Some(term) = mine.next_if(|t| t.0 < index) {
            merged.push(term);
        }
        let (sum, c) = match mine.next_if(|t| t.0 == index) {
            Some((_, sum, c)) => kahan::add(count, sum, c),
            None => (count, 0.0),
        };
        merged.push((index, sum, c));
    }
    merged.extend(mine);
    *terms = merged;
}

fn coarser(terms: &[Term], from_schema: i32, to_schema: i32) -> Vec<Term> {
    let mut merged: Vec<Term> = Vec::with_capacity(terms.len());
    for &(index, count, c) in terms {
        let index = coarser_index(index, from_schema, to_schema);
        match merged.last_mut() {
            Some(last) if last.0 == index => {
                (last.1, last.2) = kahan::add(count, last.1, last.2);
                (last.1, last.2) = kahan::add(c, last.1, last.2);
            }
            _ => merged.push((index, count, c)),
        }
    }
    merged
}
