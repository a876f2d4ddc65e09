//! The table of functions: names, signatures, experimental or not.

use super::ast::ValueType;

/// What the parser checks about a call.
#[derive(Debug)]
pub struct Signature {
    /// The name as it is written.
    pub name: &'static str,
    /// Types of the arguments.
    pub args: &'static [ValueType],
    /// How many arguments at the end may be left out; negative: the last may be repeated without limit,
    /// as in Prometheus.
    pub variadic: i8,
    /// Type of the result.
    pub returns: ValueType,
    /// Behind `promql-experimental-functions`.
    pub experimental: bool,
}

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
