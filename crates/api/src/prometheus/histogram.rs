//! Native histograms as JSON.

use model::{FloatHistogram, histogram::Bucket};

use crate::json::{Object, write_array, write_value};

/// Writes count, sum and the buckets that have observations, ascending.
pub(super) fn write(out: &mut String, histogram: &FloatHistogram) {
    let mut object = Object::new(out);
    write_value(object.field("count"), histogram.count);
    write_value(object.field("sum"), histogram.sum);
    let mut buckets = histogram.buckets().filter(|bucket| bucket.count != 0.0).peekable();
    if buckets.peek().is_some() {
        write_array(object.field("buckets"), buckets, write_bucket);
    }
    object.end();
}

/// Writes which of the bounds belong to the bucket (0 the upper, 1 the lower, 2 none, 3 both), the bounds, and
/// the count.
fn write_bucket(out: &mut String, bucket: Bucket) {
    out.push('[');
    out.push(match (bucket.lower_inclusive, bucket.upper_inclusive) {
        (false, true) => '0',
        (true, false) => '1',
        (false, false) => '2',
        (true, true) => '3',
    });
    for number in [bucket.lower, bucket.upper, bucket.count] {
        out.push(',');
        write_value(out, number);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::histogram::Buckets;

    #[test]
    fn buckets_tell_which_bounds_belong_to_them() {
        let histogram = FloatHistogram {
            schema: 0,
            zero_threshold: 0.001,
            zero_count: 2.0,
            count: 7.5,
            sum: -0.5,
            positive: Buckets::from_sorted(vec![(1, 3.0), (2, 0.0)]).unwrap(),
            negative: Buckets::from_sorted(vec![(0, 2.5)]).unwrap(),
            ..FloatHistogram::default()
        };
        let mut out = String::new();
        write(&mut out, &histogram);
        let buckets = r#"[[1,"-1","-0.5","2.5"],[3,"-0.001","0.001","2"],[0,"1","2","3"]]"#;
        assert_eq!(out, format!(r#"{{"count":"7.5","sum":"-0.5","buckets":{buckets}}}"#));
    }
}
