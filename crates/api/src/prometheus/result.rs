//! Query results as JSON, series by series and some hundred points at a time.

use model::{LabelSet, Reservation};
use promql::engine::{MatrixSeries, SampleValue, Value, VectorSample};

use super::{answer, stream::Pieces};
use crate::json::{write_labels, write_scalar, write_seconds, write_str, write_timestamp, write_value};

/// Points of a series written in one go: some 10 kB.
const POINTS_PER_PIECE: usize = 400;

/// An answer on its way out.
pub(super) struct QueryAnswer {
    value: Value,
    /// What follows the result: statistics, warnings, infos.
    tail: String,
    next: Next,
    /// Given back when the client has read everything, or is gone.
    _account: Reservation,
}

/// What is written next.
#[derive(Clone, Copy)]
enum Next {
    Opening,
    /// A series, from one of its points on.
    Series {
        series: usize,
        point: usize,
    },
    Tail,
    Nothing,
}

impl QueryAnswer {
    /// Takes a value, further fields of its object, each with the comma before it, and the annotations.
    pub(super) fn new(
        value: Value,
        fields: &str,
        warnings: &[String],
        infos: &[String],
        account: Reservation,
    ) -> Self {
        let tail = format!("{fields}}}{}", answer::closing(warnings, infos));
        Self { value, tail, next: Next::Opening, _account: account }
    }
}

impl Pieces for QueryAnswer {
    fn write_next(&mut self, out: &mut String) -> bool {
        self.next = match self.next {
            Next::Opening => write_opening(out, &self.value),
            Next::Series { series, point } => write_series(out, &self.value, series, point),
            Next::Tail => {
                out.push_str(&self.tail);
                Next::Nothing
            }
            Next::Nothing => return false,
        };
        true
    }
}

/// Writes all of a scalar or string, of the others the bracket before the first series.
fn write_opening(out: &mut String, value: &Value) -> Next {
    out.push_str(&answer::opening());
    out.push_str("{\"resultType\":\"");
    out.push_str(value.value_type().as_str());
    out.push_str("\",\"result\":[");
    match value {
        Value::Scalar { timestamp_ms, value } => {
            write_seconds(out, *timestamp_ms);
            out.push(',');
            write_scalar(out, *value);
        }
        Value::String { timestamp_ms, value } => {
            write_seconds(out, *timestamp_ms);
            out.push(',');
            write_str(out, value);
        }
        Value::Vector(_) | Value::Matrix(_) => return Next::Series { series: 0, point: 0 },
    }
    out.push(']');
    Next::Tail
}

/// Writes a sample, or some points of a series, and says where to go on.
fn write_series(out: &mut String, value: &Value, series: usize, point: usize) -> Next {
    if series > 0 && point == 0 && series < len(value) {
        out.push(',');
    }
    match value {
        Value::Vector(samples) if series < samples.len() => {
            samples.get(series).into_iter().for_each(|sample| write_sample(out, sample));
            Next::Series { series: series + 1, point: 0 }
        }
        Value::Matrix(all) if series < all.len() => {
            match all.get(series).map(|s| write_points(out, s, point)) {
                Some(Some(point)) => Next::Series { series, point },
                _ => Next::Series { series: series + 1, point: 0 },
            }
        }
        _ => {
            out.push(']');
            Next::Tail
        }
    }
}

fn len(value: &Value) -> usize {
    match value {
        Value::Vector(samples) => samples.len(),
        Value::Matrix(series) => series.len(),
        Value::Scalar { .. } | Value::String { .. } => 0,
    }
}

fn write_metric(out: &mut String, labels: &LabelSet) {
    out.push_str("{\"metric\":");
    write_labels(out, labels);
}

fn write_sample(out: &mut String, sample: &VectorSample) {
    write_metric(out, &sample.labels);
    out.push_str(match sample.value {
        SampleValue::Float(_) => ",\"value\":",
        SampleValue::Histogram(_) => ",\"histogram\":",
    });
    write_point(out, sample.timestamp_ms, |out| match &sample.value {
        SampleValue::Float(value) => write_value(out, *value),
        SampleValue::Histogram(histogram) => super::histogram::write(out, histogram),
    });
    out.push('}');
}

/// Writes the points of a series from one on; the next one when there are more.
fn write_points(out: &mut String, series: &MatrixSeries, from: usize) -> Option<usize> {
    if from == 0 {
        write_metric(out, &series.labels);
    }
    let mut written = from;
    for sample in series.floats().skip(from).take(POINTS_PER_PIECE) {
        out.push_str(if written == 0 { ",\"values\":[" } else { "," });
        write_point(out, sample.timestamp_ms, |out| write_value(out, sample.value));
        written += 1;
    }
    if written == from + POINTS_PER_PIECE {
        return Some(written);
    }
    if written > 0 {
        out.push(']');
    }
    // Native histograms are rare, and few to a series.
    for (i, (timestamp_ms, histogram)) in series.histograms().enumerate() {
        out.push_str(if i == 0 { ",\"histograms\":[" } else { "," });
        write_point(out, timestamp_ms, |out| super::histogram::write(out, histogram));
    }
    if series.histograms().next().is_some() {
        out.push(']');
    }
    out.push('}');
    None
}

fn write_point(out: &mut String, timestamp_ms: i64, write: impl FnOnce(&mut String)) {
    out.push('[');
    write_timestamp(out, timestamp_ms);
    out.push(',');
    write(out);
    out.push(']');
}
