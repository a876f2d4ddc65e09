//! The types of values.

/// The four types of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// One float.
    Scalar,
    /// One string.
    String,
    /// At most one sample for each of a set of series.
    Vector,
    /// Several samples for each of a set of series.
    Matrix,
}

impl ValueType {
    /// The name in the API's answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::String => "string",
            Self::Vector => "vector",
            Self::Matrix => "matrix",
        }
    }

    /// The name in the documentation and in messages.
    pub fn documented(self) -> &'static str {
        match self {
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
            _ => self.as_str(),
        }
    }
}
