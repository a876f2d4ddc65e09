use proptest::prelude::*;

use super::*;
use crate::histogram::{CUSTOM_SCHEMA, HistogramSum};

fn exponential(schema: i32, zero: (f64, f64), positive: &[(i32, f64)]) -> FloatHistogram {
    let buckets = Buckets::from_sorted(positive.to_vec()).unwrap();
    let count = zero.1 + positive.iter().map(|b| b.1).sum::<f64>();
    FloatHistogram {
        schema,
        zero_threshold: zero.0,
        zero_count: zero.1,
        count,
        sum: count,
        positive: buckets,
        ..Default::default()
    }
}

fn custom(bounds: &[f64], counts: &[f64]) -> FloatHistogram {
    let buckets = counts.iter().enumerate().map(|(i, &c)| (i as i32, c)).collect();
    FloatHistogram {
        schema: CUSTOM_SCHEMA,
        count: counts.iter().sum(),
        custom_bounds: bounds.into(),
        positive: Buckets::from_sorted(buckets).unwrap(),
        ..Default::default()
    }
}

#[test]
fn sums_take_the_coarser_schema_and_the_wider_zero_bucket() {
    let mut a = exponential(1, (0.001, 1.0), &[(0, 1.0), (1, 2.0), (2, 3.0), (5, 1.0)]);
    let b = exponential(0, (1.5, 4.0), &[(2, 1.0)]);
    let mut kahan = HistogramSum::new(&a);
    kahan.add(&b).unwrap();
    assert_eq!(a.add(&b), Ok(Combined::default()));
    // The bucket from 1.41 to 2 reaches over 1.5: the zero bucket grows to 2.
    assert_eq!((a.schema, a.zero_threshold, a.zero_count, a.count), (0, 2.0, 11.0, 13.0));
    assert!(a.positive.iter().eq([(2, 1.0), (3, 1.0)]));
    assert!(a.same_bits(&kahan.finish()), "{a} {}", kahan.finish());
}

#[test]
fn custom_bounds_are_reduced_to_those_of_both() {
    let mut a = custom(&[1.0, 2.0, 5.0], &[1.0, 2.0, 3.0, 4.0]);
    let b = custom(&[2.0, 4.0], &[10.0, 20.0, 30.0]);
    let mut kahan = HistogramSum::new(&a);
    kahan.add(&b).unwrap();
    assert!(a.add(&b).unwrap().bounds_reconciled);
    assert_eq!(&*a.custom_bounds, [2.0]);
    assert!(a.positive.iter().eq([(0, 13.0), (1, 57.0)]));
    assert!(a.same_bits(&kahan.finish()));
    assert_eq!(a.add(&FloatHistogram::default()), Err(IncompatibleSchemas));
}

#[test]
fn hints_settle_and_collide() {
    let with = |counter_reset| FloatHistogram { counter_reset, ..Default::default() };
    for (a, b, sum, collide) in [
        (CounterReset::Reset, CounterReset::NotReset, CounterReset::Unknown, true),
        (CounterReset::Gauge, CounterReset::Reset, CounterReset::Gauge, false),
        (CounterReset::Unknown, CounterReset::Reset, CounterReset::Unknown, false),
        (CounterReset::NotReset, CounterReset::NotReset, CounterReset::NotReset, false),
    ] {
        let mut h = with(a);
        assert_eq!(h.add(&with(b)).unwrap().resets_collide, collide);
        assert_eq!(h.counter_reset, sum);
    }
}

#[test]
fn resets_are_seen_in_buckets_and_layout() {
    let before = exponential(1, (0.001, 1.0), &[(0, 1.0), (1, 2.0)]);
    let after = |schema, zero, buckets: &[(i32, f64)]| {
        let h = exponential(schema, zero, buckets);
        h.is_reset_after(&before)
    };
    assert!(!after(1, (0.001, 1.0), &[(0, 1.0), (1, 2.0), (4, 9.0)]));
    assert!(!after(0, (0.001, 1.0), &[(0, 1.0), (1, 9.0)]));
    assert!(after(2, (0.001, 1.0), &[(0, 5.0), (1, 9.0)]));
    assert!(after(1, (0.001, 9.0), &[(0, 0.5), (1, 2.0)]));
    assert!(after(1, (0.001, 9.0), &[(0, 1.0)]));
    assert!(after(1, (0.0001, 9.0), &[(0, 1.0), (1, 2.0)]));
}

#[test]
fn trimming_interpolates() {
    let mut h = custom(&[1.0, 2.0], &[4.0, 4.0, 4.0]);
    h.keep_below(1.5);
    assert!(h.positive.iter().eq([(0, 4.0), (1, 2.0)]));
    assert_eq!((h.count, h.sum), (6.0, 4.0 * 0.5 + 2.0 * 1.25));
    let mut h = exponential(0, (0.001, 2.0), &[(2, 4.0)]);
    h.keep_above(8f64.sqrt());
    assert!(h.positive.iter().eq([(2, 2.0)]));
    assert_eq!(h.zero_count, 0.0);
}

fn buckets() -> impl Strategy<Value = Buckets> {
    let index = prop_oneof![9 => -20..20i32, 1 => any::<i32>()];
    let map = proptest::collection::btree_map(index, prop_oneof![9 => 0.0..9.0, 1 => any::<f64>()], 0..12);
    map.prop_map(|map| Buckets::from_sorted(map.into_iter().collect()).unwrap())
}

fn any_histogram() -> impl Strategy<Value = FloatHistogram> {
    let schema = prop_oneof![-4..=8i32, Just(CUSTOM_SCHEMA)];
    let threshold = prop_oneof![9 => 0.0..9.0, 1 => any::<f64>()];
    let bounds = proptest::collection::btree_set(-9..9i32, 0..6);
    (schema, threshold, buckets(), buckets(), bounds, any::<f64>()).prop_map(
        |(schema, threshold, positive, negative, bounds, sum)| {
            let is_custom = schema == CUSTOM_SCHEMA;
            FloatHistogram {
                schema,
                zero_threshold: if is_custom { 0.0 } else { threshold },
                count: positive.iter().chain(negative.iter()).map(|b| b.1).sum(),
                sum,
                positive,
                negative: if is_custom { Buckets::default() } else { negative },
                custom_bounds: bounds.into_iter().filter(|_| is_custom).map(f64::from).collect(),
                ..Default::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn whatever_a_histogram_says_nothing_hangs_or_panics(a in any_histogram(), b in any_histogram(), x in any::<f64>()) {
        let mut kahan = HistogramSum::new(&a);
        let mut plain = a.clone();
        prop_assert_eq!(kahan.add(&b).is_ok(), plain.add(&b).is_ok());
        prop_assert_eq!(kahan.finish().positive.len(), plain.positive.len());
        let _ = (a.is_reset_after(&b), a.to_string(), a.to_schema(-4), a.positive.to_spans());
        plain.keep_below(x);
        plain.keep_above(-x);
        plain.compact();
    }

    #[test]
    fn sums_have_the_same_layout_either_way(a in any_histogram(), b in any_histogram()) {
        prop_assume!(a.uses_custom_bounds() == b.uses_custom_bounds());
        let mut sum = a.clone();
        sum.add(&b).unwrap();
        prop_assert!(!sum.is_reset_after(&sum));
        let mut other_way = b.clone();
        other_way.add(&a).unwrap();
        prop_assert_eq!(sum.schema, other_way.schema);
        prop_assert_eq!(&sum.custom_bounds, &other_way.custom_bounds);
        prop_assert!(sum.zero_threshold == other_way.zero_threshold || sum.zero_threshold.is_nan());
    }
}
