//! What a query answers.

use std::sync::Arc;

use model::{FloatHistogram, LabelSet, Sample};

use super::{
    column::{Column, Point},
    grid::Grid,
};
use crate::syntax::ValueType;

/// The value of an expression.
#[derive(Clone, Debug)]
pub enum Value {
    /// One float.
    Scalar {
        /// When it was evaluated.
        timestamp_ms: i64,
        /// The float.
        value: f64,
    },
    /// One string.
    String {
        /// When it was evaluated.
        timestamp_ms: i64,
        /// The string.
        value: String,
    },
    /// One sample for each series, in the order that the expression gives them.
    Vector(Vec<VectorSample>),
    /// The samples of each series, in label order.
    Matrix(Vec<MatrixSeries>),
}

impl Value {
    /// Its type.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::Scalar { .. } => ValueType::Scalar,
            Self::String { .. } => ValueType::String,
            Self::Vector(_) => ValueType::Vector,
            Self::Matrix(_) => ValueType::Matrix,
        }
    }
}

/// A float or a native histogram.
#[derive(Clone, Debug)]
pub enum SampleValue {
    /// A float.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<FloatHistogram>),
}

impl SampleValue {
    /// The float, if it is one.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Histogram(_) => None,
        }
    }

    /// The histogram, if it is one.
    pub fn as_histogram(&self) -> Option<&Arc<FloatHistogram>> {
        match self {
            Self::Float(_) => None,
            Self::Histogram(histogram) => Some(histogram),
        }
    }
}

/// One sample of an instant vector.
#[derive(Clone, Debug)]
pub struct VectorSample {
    /// The labels.
    pub labels: LabelSet,
    /// When it was evaluated.
    pub timestamp_ms: i64,
    /// The value.
    pub value: SampleValue,
}

/// One series of a matrix.
#[derive(Clone, Debug)]
pub struct MatrixSeries {
    /// The labels.
    pub labels: LabelSet,
    pub(super) points: Points,
}

impl MatrixSeries {
    /// Its floats in order of time.
    pub fn floats(&self) -> impl Iterator<Item = Sample> + '_ {
        let (listed, on_grid) = self.points.parts();
        let of_column = on_grid.into_iter().flat_map(|(grid, column)| {
            column.iter().filter_map(move |(step, point)| match point {
                Point::Float(value) => Some(Sample { timestamp_ms: grid.at(step), value }),
                Point::Histogram(_) => None,
            })
        });
        listed.0.iter().copied().chain(of_column)
    }

    /// Bytes that it takes.
    pub fn size_bytes(&self) -> usize {
        let points = match &self.points {
            Points::OnGrid { column, .. } => column.size_bytes(),
            Points::Listed { floats, histograms } => {
                let heap: usize = histograms.iter().map(|(_, histogram)| histogram.size_bytes()).sum();
                size_of_val(&**floats) + size_of_val(&**histograms) + heap
            }
        };
        size_of::<Self>() + self.labels.as_bytes().len() + points
    }

    /// Its native histograms in order of time, each with its timestamp in milliseconds.
    pub fn histograms(&self) -> impl Iterator<Item = (i64, &Arc<FloatHistogram>)> + '_ {
        let (listed, on_grid) = self.points.parts();
        let of_column = on_grid.into_iter().filter(|(_, column)| column.has_histograms());
        let of_column = of_column.flat_map(|(grid, column)| {
            column.iter().filter_map(move |(step, point)| match point {
                Point::Histogram(histogram) => Some((grid.at(step), histogram)),
                Point::Float(_) => None,
            })
        });
        listed.1.iter().map(|(time_ms, histogram)| (*time_ms, histogram)).chain(of_column)
    }
}

/// The samples of a series: on the step grid, or at times of their own.
#[derive(Clone, Debug)]
pub(super) enum Points {
    OnGrid { grid: Grid, column: Column },
    Listed { floats: Vec<Sample>, histograms: Vec<(i64, Arc<FloatHistogram>)> },
}

/// Floats and histograms at times of their own.
type Listed<'a> = (&'a [Sample], &'a [(i64, Arc<FloatHistogram>)]);

impl Points {
    fn parts(&self) -> (Listed<'_>, Option<(Grid, &Column)>) {
        match self {
            Self::OnGrid { grid, column } => ((&[], &[]), Some((*grid, column))),
            Self::Listed { floats, histograms } => ((floats, histograms), None),
        }
    }
}
