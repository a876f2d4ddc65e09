//! What a query answers.

use std::sync::Arc;

use model::{FloatHistogram, LabelSet, Sample, is_stale};

use crate::syntax::ast::ValueType;

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
    pub fn floats(&self) -> Box<dyn Iterator<Item = Sample> + '_> {
        match &self.points {
            Points::Grid { start_ms, step_ms, column } => {
                let at = move |step: usize| start_ms + step_ms * step as i64;
                let floats = column.floats.iter().enumerate().filter(|(_, value)| !is_stale(**value));
                Box::new(floats.map(move |(step, &value)| Sample { timestamp_ms: at(step), value }))
            }
            Points::Listed { floats, .. } => Box::new(floats.iter().copied()),
        }
    }

    /// Its native histograms in order of time, each with its timestamp in milliseconds.
    pub fn histograms(&self) -> Box<dyn Iterator<Item = (i64, &Arc<FloatHistogram>)> + '_> {
        match &self.points {
            Points::Grid { start_ms, step_ms, column } => {
                let at = move |step: usize| start_ms + step_ms * step as i64;
                let present = column.histograms.iter().enumerate();
                Box::new(present.filter_map(move |(step, h)| h.as_ref().map(|h| (at(step), h))))
            }
            Points::Listed { histograms, .. } => Box::new(histograms.iter().map(|(t, h)| (*t, h))),
        }
    }
}

/// The samples of a series: on the step grid, or at times of their own.
#[derive(Clone, Debug)]
pub(super) enum Points {
    Grid { start_ms: i64, step_ms: i64, column: Column },
    Listed { floats: Vec<Sample>, histograms: Vec<(i64, Arc<FloatHistogram>)> },
}

/// The values of a series over the steps of a grid: at each step a float, a histogram, or nothing.
///
/// Nothing is written as the staleness marker among the floats, which no selector lets through and no
/// arithmetic makes: it costs no second column.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    /// One for each step.
    pub(super) floats: Vec<f64>,
    /// One for each step, or empty as long as there is no histogram at all.
    pub(super) histograms: Vec<Option<Arc<FloatHistogram>>>,
}
