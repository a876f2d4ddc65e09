//! Expressions by a grammar that knows the types, from a seed.

use super::{
    Times,
    data::{END_MS, START_MS},
};

/// Levels of an expression.
const DEPTH_MAX: u32 = 4;

const FLOATS: [&str; 7] = [
    "requests_total",
    "errors_total",
    "temperature",
    "info",
    "latency_bucket",
    "{\"dotted.name\"}",
    "{__name__=~\"req.*|temp.*\", job=\"api\"}",
];

const HISTOGRAMS: [&str; 3] = ["native", "custom", "mixed_native"];

const MATCHERS: [&str; 7] = [
    "{job=\"api\"}",
    "{instance!=\"b\"}",
    "{job=~\"a.*|x\"}",
    "{instance!~\"[b-z]\", job=\"db\"}",
    "{le=~\".+\"}",
    "{zone=\"\"}",
    "",
];

const LABELS: [&str; 6] = ["job", "instance", "job, instance", "le", "", "nothing"];

const BY_SAMPLE: [&str; 22] = [
    "abs",
    "ceil",
    "floor",
    "exp",
    "ln",
    "log2",
    "log10",
    "sqrt",
    "sgn",
    "round",
    "atan",
    "tanh",
    "deg",
    "timestamp",
    "absent",
    "hour",
    "day_of_week",
    "histogram_count",
    "histogram_sum",
    "histogram_avg",
    "histogram_stddev",
    "histogram_stdvar",
];

/// Not `mad_over_time`, which took no notice of NaN before 3.14 (prometheus#19040).
const OVER_TIME: [&str; 23] = [
    "rate",
    "increase",
    "delta",
    "irate",
    "idelta",
    "deriv",
    "changes",
    "resets",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "sum_over_time",
    "count_over_time",
    "last_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "present_over_time",
    "absent_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
    "ts_of_last_over_time",
    "rate",
    "increase",
];

/// Functions that show differences in the last bits: they are not applied to what was computed.
const EXACT: [&str; 12] = [
    "ceil",
    "floor",
    "round",
    "rate",
    "increase",
    "irate",
    "changes",
    "resets",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
    "stddev_over_time",
    "stdvar_over_time",
];

const AGGREGATIONS: [&str; 6] = ["sum", "avg", "min", "max", "count", "group"];

/// What does not belong where it will stand.
const STRAY: [&str; 28] = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    "=",
    "=~",
    "!",
    "<=",
    "+",
    "*",
    "@ 5",
    "offset 1m",
    "by (job)",
    "on (job)",
    "group_left",
    "bool",
    "and",
    "sum",
    "rate",
    "foo",
    "a:b",
    "5",
    "\"text\"",
    "$",
    "# comment\n",
];

/// A stream of expressions and times.
pub(crate) struct Generator {
    state: u64,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    /// Around the samples, a little before and after them as well.
    pub(crate) fn times(&mut self) -> Times {
        let span_s = ((END_MS - START_MS) / 1000) as usize;
        let at = |generator: &mut Self| START_MS - 60_000 + 1000 * generator.below(span_s + 600) as i64;
        let start_ms = at(self);
        if self.below(2) == 0 {
            return Times::Instant(start_ms);
        }
        let step_ms = [15_000, 60_000, 7_000, 120_000][self.below(4)];
        Times::Range(start_ms, start_ms + step_ms * self.below(12) as i64, step_ms)
    }

    /// A scalar or an instant vector.
    pub(crate) fn expression(&mut self) -> String {
        match self.below(12) {
            0 => self.scalar(DEPTH_MAX),
            _ => self.vector(DEPTH_MAX),
        }
    }

    /// An expression with a word taken out, put in or replaced; seldom one still.
    pub(crate) fn broken(&mut self) -> String {
        let text = self.vector(2);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut words: Vec<String> = Vec::new();
        for c in text.chars() {
            match words.last_mut() {
                Some(word) if is_word(c) && word.ends_with(is_word) => word.push(c),
                _ => words.push(c.into()),
            }
        }
        let at = self.below(words.len());
        let other = self.pick(&STRAY).to_owned();
        match self.below(3) {
            0 => _ = words.remove(at),
            1 => words[at] = other,
            _ => words.insert(at, other),
        }
        words.concat()
    }

    fn scalar(&mut self, depth: u32) -> String {
        match self.below(if depth == 0 { 3 } else { 5 }) {
            0 => self.pick(&["0", "1", "2.5", "-3", "1e3", "0.1", "Inf", "NaN", "5m"]).to_owned(),
            1 => "time()".to_owned(),
            2 => "pi()".to_owned(),
            3 => format!("scalar({})", self.vector(depth - 1)),
            _ => {
                let op = self.pick(&["+", "-", "*", "/", "atan2", "== bool", "< bool"]);
                format!("({} {op} {})", self.scalar(depth - 1), self.scalar(depth - 1))
            }
        }
    }

    fn selector(&mut self) -> String {
        let name = if self.below(4) == 0 { self.pick(&HISTOGRAMS) } else { self.pick(&FLOATS) };
        if name.starts_with('{') { name.to_owned() } else { format!("{name}{}", self.pick(&MATCHERS)) }
    }

    fn modifiers(&mut self) -> String {
        let mut text = String::new();
        if self.below(6) == 0 {
            text += self.pick(&[" offset 1m", " offset -2m", " offset 10m"]);
        }
        if self.below(10) == 0 {
            text += self.pick(&[" @ 1700000607", " @ start()", " @ end()"]);
        }
        text
    }

    fn matrix(&mut self, depth: u32) -> String {
        let range = self.pick(&["1m", "2m", "45s", "5m", "20m", "15s"]);
        if depth > 0 && self.below(4) == 0 {
            let step = self.pick(&["15s", "1m", "", "40s"]);
            let offset = self.pick(&["", "", " offset 1m", " offset -2m"]);
            return format!("({})[{range}:{step}]{offset}", self.vector(depth - 1));
        }
        format!("{}[{range}]{}", self.selector(), self.modifiers())
    }

    fn vector(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.selector() + &self.modifiers();
        }
        match self.below(11) {
            0 => self.selector() + &self.modifiers(),
            1 => {
                let function = self.pick(&BY_SAMPLE);
                // Below these Prometheus reads counts and sums alone, and does not see what does not fit together.
                let plain = function.starts_with("histogram_") || EXACT.contains(&function);
                let of = if plain { 0 } else { depth - 1 };
                format!("{function}({})", self.vector(of))
            }
            2 | 3 => {
                let function = self.pick(&OVER_TIME);
                let of = if EXACT.contains(&function) { 0 } else { depth - 1 };
                format!("{function}({})", self.matrix(of))
            }
            4 | 5 => self.aggregation(depth - 1),
            6 => self.with_scalar(depth - 1),
            7 => self.with_vector(depth - 1),
            8 => self.set(depth - 1),
            9 => self.call(depth - 1),
            // Since 3.9 series that become the same at different times are one (prometheus#17708).
            _ => format!("-{}", self.selector()),
        }
    }

    fn aggregation(&mut self, depth: u32) -> String {
        let grouping = match self.below(3) {
            0 => String::new(),
            1 => format!(" by ({})", self.pick(&LABELS)),
            _ => format!(" without ({})", self.pick(&LABELS)),
        };
        let (op, param) = match self.below(5) {
            // Which of equal values is kept is not defined; these are never equal.
            0 => {
                let op = self.pick(&["topk", "bottomk"]);
                let count = self.pick(&["1", "2", "5", "0"]);
                return format!("{op}{grouping} ({count}, temperature{})", self.modifiers());
            }
            1 => {
                let op = self.pick(&["stddev", "stdvar"]);
                return format!("{op}{grouping} ({})", self.selector());
            }
            2 => ("quantile", self.pick(&["0.5, ", "0.9, ", "-1, ", "0, "])),
            // As text, the last bits of a value count.
            3 if self.below(3) == 0 => {
                return format!("count_values{grouping} (\"value\", {})", self.selector());
            }
            _ => (self.pick(&AGGREGATIONS), ""),
        };
        format!("{op}{grouping} ({param}{})", self.vector(depth))
    }

    fn with_scalar(&mut self, depth: u32) -> String {
        let op = self.pick(&["+", "-", "*", "/", "==", "!=", ">", "<=", "> bool", "== bool"]);
        let (scalar, vector) = (self.scalar(depth), self.vector(depth));
        if self.below(2) == 0 {
            format!("({vector} {op} {scalar})")
        } else {
            format!("({scalar} {op} {vector})")
        }
    }

    fn with_vector(&mut self, depth: u32) -> String {
        let op = self.pick(&["+", "-", "*", "/", "atan2", "==", "!=", ">", "<=", "> bool"]);
        let matching = self.pick(&["", " on (job, instance)", " ignoring (le)", " on (job)", " on ()"]);
        let groups = ["", "", " group_left ()", " group_right ()", " group_left (le)"];
        let group = if matching.is_empty() { "" } else { self.pick(&groups) };
        format!("({} {op}{matching}{group} {})", self.vector(depth), self.vector(depth))
    }

    fn set(&mut self, depth: u32) -> String {
        let op = self.pick(&["and", "or", "unless"]);
        let matching = self.pick(&["", " on (job)", " ignoring (le)", " on ()"]);
        format!("({} {op}{matching} {})", self.vector(depth), self.vector(depth))
    }

    fn call(&mut self, depth: u32) -> String {
        match self.below(10) {
            // Remainders and powers of what was computed would show its last bits.
            9 => format!("{} {} {}", self.selector(), self.pick(&["%", "^"]), self.pick(&["3", "0.5", "-2"])),
            0 => format!("clamp({}, {}, {})", self.vector(depth), self.scalar(0), self.scalar(0)),
            1 => format!("round({}, {})", self.vector(depth), self.scalar(0)),
            2 => format!("label_replace({}, \"new\", \"$1-x\", \"job\", \"(a.).*\")", self.vector(depth)),
            3 => format!("label_join({}, \"both\", \"/\", \"job\", \"instance\")", self.vector(depth)),
            4 => format!("predict_linear({}, {})", self.matrix(depth), self.scalar(0)),
            5 => format!("quantile_over_time({}, {})", self.scalar(0), self.matrix(depth)),
            6 => format!("vector({})", self.scalar(depth)),
            7 => {
                let quantile = self.pick(&["0.5", "0.9", "0", "1", "-1", "NaN", "0.25"]);
                let of = self.histograms();
                format!("histogram_quantile({quantile}, {of})")
            }
            _ => {
                // Before 3.8 a lower bound in the first bucket gave NaN (prometheus#17424).
                let of = self.histograms();
                format!("histogram_fraction(0.2, {}, {of})", self.pick(&["0.3", "0.7", "Inf", "0.1"]))
            }
        }
    }

    fn histograms(&mut self) -> String {
        match self.below(4) {
            0 => "sum by (le, job) (rate(latency_bucket[5m]))".to_owned(),
            // Not rates: some versions mix up buffers there, see `Sample::is_torn`.
            1 => format!("sum by (job) ({} offset 1m)", self.pick(&HISTOGRAMS)),
            2 => self.pick(&HISTOGRAMS).to_owned(),
            _ => "latency_bucket".to_owned(),
        }
    }
}
