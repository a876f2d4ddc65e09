//! The table of functions: names, signatures, experimental or not.

use super::value_type::ValueType::{self, Matrix, Scalar, String, Vector};

/// What the parser checks about a call.
#[derive(Debug)]
pub struct Signature {
    /// The name as it is written.
    pub name: &'static str,
    /// Types of the arguments.
    pub args: &'static [ValueType],
    /// How often the last argument may be given: exactly once for 0, up to `n` times or not at all for a
    /// positive `n`, any number of times or not at all when negative.
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

impl Signature {
    const fn new(name: &'static str, args: &'static [ValueType], returns: ValueType) -> Self {
        Self { name, args, variadic: 0, returns, experimental: false }
    }

    const fn variadic(self, variadic: i8) -> Self {
        Self { variadic, ..self }
    }

    const fn experimental(self) -> Self {
        Self { experimental: true, ..self }
    }

    /// The fewest arguments that a call must have.
    pub fn args_min(&self) -> usize {
        if self.variadic == 0 { self.args.len() } else { self.args.len().saturating_sub(1) }
    }

    /// The most arguments that a call may have; `None` without limit.
    pub fn args_max(&self) -> Option<usize> {
        usize::try_from(self.variadic).ok().map(|more| self.args_min() + more)
    }

    /// The type of the argument at a position; the last one stands for all that follow it.
    pub fn arg(&self, at: usize) -> Option<ValueType> {
        self.args.get(at).or(self.args.last()).copied()
    }
}

/// The function of a name.
pub fn lookup(name: &str) -> Option<&'static Signature> {
    FUNCTIONS.iter().find(|f| f.name == name)
}

const fn of_vector(name: &'static str) -> Signature {
    Signature::new(name, &[Vector], Vector)
}

const fn of_matrix(name: &'static str) -> Signature {
    Signature::new(name, &[Matrix], Vector)
}

/// Parts of a time, of `time()` unless a vector is given.
const fn of_time(name: &'static str) -> Signature {
    of_vector(name).variadic(1)
}

const fn constant(name: &'static str) -> Signature {
    Signature::new(name, &[], Scalar)
}

/// All functions of the language, by family.
pub static FUNCTIONS: [Signature; 90] = [
    // Math by sample.
    of_vector("abs"),
    of_vector("ceil"),
    of_vector("exp"),
    of_vector("floor"),
    of_vector("ln"),
    of_vector("log10"),
    of_vector("log2"),
    of_vector("sgn"),
    of_vector("sqrt"),
    Signature::new("clamp", &[Vector, Scalar, Scalar], Vector),
    Signature::new("clamp_max", &[Vector, Scalar], Vector),
    Signature::new("clamp_min", &[Vector, Scalar], Vector),
    Signature::new("round", &[Vector, Scalar], Vector).variadic(1),
    // Trigonometry.
    of_vector("acos"),
    of_vector("acosh"),
    of_vector("asin"),
    of_vector("asinh"),
    of_vector("atan"),
    of_vector("atanh"),
    of_vector("cos"),
    of_vector("cosh"),
    of_vector("deg"),
    of_vector("rad"),
    of_vector("sin"),
    of_vector("sinh"),
    of_vector("tan"),
    of_vector("tanh"),
    constant("pi"),
    // Time.
    constant("time"),
    of_time("day_of_month"),
    of_time("day_of_week"),
    of_time("day_of_year"),
    of_time("days_in_month"),
    of_time("hour"),
    of_time("minute"),
    of_time("month"),
    of_time("year"),
    of_vector("timestamp"),
    of_vector("start_timestamp").experimental(),
    constant("start").experimental(),
    constant("end").experimental(),
    constant("step").experimental(),
    constant("range").experimental(),
    // Between scalars and vectors.
    of_vector("absent"),
    Signature::new("scalar", &[Vector], Scalar),
    Signature::new("vector", &[Scalar], Vector),
    Signature::new("max_of", &[Scalar, Scalar], Scalar).experimental(),
    Signature::new("min_of", &[Scalar, Scalar], Scalar).experimental(),
    // Order.
    of_vector("sort"),
    of_vector("sort_desc"),
    Signature::new("sort_by_label", &[Vector, String], Vector).variadic(-1).experimental(),
    Signature::new("sort_by_label_desc", &[Vector, String], Vector).variadic(-1).experimental(),
    // Labels.
    Signature::new("label_join", &[Vector, String, String, String], Vector).variadic(-1),
    Signature::new("label_replace", &[Vector, String, String, String, String], Vector),
    Signature::new("info", &[Vector, Vector], Vector).variadic(1).experimental(),
    // Counters and gauges over a range.
    of_matrix("changes"),
    of_matrix("delta"),
    of_matrix("deriv"),
    of_matrix("idelta"),
    of_matrix("increase"),
    of_matrix("irate"),
    of_matrix("rate"),
    of_matrix("resets"),
    Signature::new("predict_linear", &[Matrix, Scalar], Vector),
    Signature::new("double_exponential_smoothing", &[Matrix, Scalar, Scalar], Vector).experimental(),
    // Aggregation over a range.
    of_matrix("absent_over_time"),
    of_matrix("avg_over_time"),
    of_matrix("count_over_time"),
    of_matrix("first_over_time"),
    of_matrix("last_over_time"),
    of_matrix("mad_over_time").experimental(),
    of_matrix("max_over_time"),
    of_matrix("min_over_time"),
    of_matrix("present_over_time"),
    Signature::new("quantile_over_time", &[Scalar, Matrix], Vector),
    of_matrix("stddev_over_time"),
    of_matrix("stdvar_over_time"),
    of_matrix("sum_over_time"),
    of_matrix("ts_of_first_over_time").experimental(),
    of_matrix("ts_of_last_over_time").experimental(),
    of_matrix("ts_of_max_over_time").experimental(),
    of_matrix("ts_of_min_over_time").experimental(),
    // Histograms.
    of_vector("histogram_avg"),
    of_vector("histogram_count"),
    of_vector("histogram_stddev"),
    of_vector("histogram_stdvar"),
    of_vector("histogram_sum"),
    Signature::new("histogram_fraction", &[Scalar, Scalar, Vector], Vector),
    Signature::new("histogram_quantile", &[Scalar, Vector], Vector),
    // One to ten quantiles.
    Signature::new("histogram_quantiles", &[Vector, String, Scalar, Scalar], Vector)
        .variadic(9)
        .experimental(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_has_one_name() {
        let mut names: Vec<_> = FUNCTIONS.iter().map(|f| f.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|w| w[0] != w[1]));
        assert!(names.iter().all(|name| lookup(name).is_some()) && lookup("holt_winters").is_none());
    }

    #[test]
    fn counts_of_arguments() {
        let bounds = |name| lookup(name).map(|f| (f.args_min(), f.args_max()));
        assert_eq!(bounds("clamp"), Some((3, Some(3))));
        assert_eq!(bounds("hour"), Some((0, Some(1))));
        assert_eq!(bounds("label_join"), Some((3, None)));
        assert_eq!(bounds("histogram_quantiles"), Some((3, Some(12))));
    }
}
