//! The syntax tree. Every node knows its place in the text.

use model::Matcher;

use super::{function::Signature, value_type::ValueType};

/// A half-open range of bytes of the query text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

impl Expr {
    /// The type of its value.
    pub fn value_type(&self) -> ValueType {
        match &self.kind {
            ExprKind::Number { .. } => ValueType::Scalar,
            ExprKind::String(_) => ValueType::String,
            ExprKind::Paren(inner) => inner.value_type(),
            ExprKind::Unary(unary) => unary.expr.value_type(),
            ExprKind::Binary(binary) => {
                let is_scalar = |expr: &Self| expr.value_type() == ValueType::Scalar;
                let both = is_scalar(&binary.lhs) && is_scalar(&binary.rhs);
                if both { ValueType::Scalar } else { ValueType::Vector }
            }
            ExprKind::Aggregate(_) | ExprKind::Vector(_) => ValueType::Vector,
            ExprKind::Call(call) => call.function.returns,
            ExprKind::Matrix(_) | ExprKind::Subquery(_) => ValueType::Matrix,
        }
    }
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number or, with `is_duration`, a duration standing for its seconds.
    Number {
        /// The value.
        value: f64,
        /// Written as a duration, and printed as one.
        is_duration: bool,
    },
    /// A string literal, unquoted.
    String(Box<str>),
    /// An expression in parentheses.
    Paren(Box<Expr>),
    /// `-` or `+` in front of an expression.
    Unary(Box<Unary>),
    /// Two operands.
    Binary(Box<Binary>),
    /// An aggregation.
    Aggregate(Box<Aggregate>),
    /// A function call.
    Call(Box<Call>),
    /// An instant vector selector.
    Vector(Box<VectorSelector>),
    /// A range vector selector.
    Matrix(Box<MatrixSelector>),
    /// A subquery.
    Subquery(Box<Subquery>),
}

/// `-x` or `+x`.
#[derive(Clone, Debug, PartialEq)]
pub struct Unary {
    /// True for `-`.
    pub negative: bool,
    /// The operand.
    pub expr: Expr,
}

/// The binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<=`
    LessEqual,
    /// `<`
    Less,
    /// `>=`
    GreaterEqual,
    /// `>`
    Greater,
    And,
    Or,
    Unless,
    /// `</`: keeps the part of a native histogram below a value.
    TrimUpper,
    /// `>/`: keeps the part of a native histogram above a value.
    TrimLower,
}

impl BinaryOp {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::Mod,
        Self::Pow,
        Self::Atan2,
        Self::Equal,
        Self::NotEqual,
        Self::LessEqual,
        Self::Less,
        Self::GreaterEqual,
        Self::Greater,
        Self::And,
        Self::Or,
        Self::Unless,
        Self::TrimUpper,
        Self::TrimLower,
    ];

    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Pow => "^",
            Self::Atan2 => "atan2",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::LessEqual => "<=",
            Self::Less => "<",
            Self::GreaterEqual => ">=",
            Self::Greater => ">",
            Self::And => "and",
            Self::Or => "or",
            Self::Unless => "unless",
            Self::TrimUpper => "</",
            Self::TrimLower => ">/",
        }
    }

    /// True for `== != <= < >= >`.
    pub fn is_comparison(self) -> bool {
        use BinaryOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Equal | NotEqual | LessEqual | Less | GreaterEqual | Greater)
    }

    /// True for `and`, `or` and `unless`.
    pub fn is_set(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Unless)
    }
}

/// `lhs op rhs` with its modifiers.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// The left operand.
    pub lhs: Expr,
    /// The right operand.
    pub rhs: Expr,
    /// `bool` was given.
    pub return_bool: bool,
    /// How series find their partners; `None` unless both operands are vectors.
    pub matching: Option<VectorMatching>,
    /// Where the operator stands, its modifiers included.
    pub op_span: Span,
}

/// How many series of each side may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// One of each side.
    OneToOne,
    /// `group_left`.
    ManyToOne,
    /// `group_right`.
    OneToMany,
    /// Set operators.
    ManyToMany,
}

/// The matching clause of a binary operator.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorMatching {
    /// How many series of each side may match.
    pub cardinality: Cardinality,
    /// The labels of `on` or `ignoring`, as written.
    pub labels: Vec<Box<str>>,
    /// True for `on`.
    pub on: bool,
    /// The labels of `group_left` or `group_right`.
    pub include: Vec<Box<str>>,
    /// `fill` or `fill_left`: stands in for a missing sample of the left side.
    pub fill_left: Option<f64>,
    /// `fill` or `fill_right`: stands in for a missing sample of the right side.
    pub fill_right: Option<f64>,
}

/// The aggregation operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum AggregateOp {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    TopK,
    BottomK,
    CountValues,
    Quantile,
    /// Experimental.
    LimitK,
    /// Experimental.
    LimitRatio,
}

impl AggregateOp {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Sum,
        Self::Avg,
        Self::Count,
        Self::Min,
        Self::Max,
        Self::Group,
        Self::Stddev,
        Self::Stdvar,
        Self::TopK,
        Self::BottomK,
        Self::CountValues,
        Self::Quantile,
        Self::LimitK,
        Self::LimitRatio,
    ];

    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Count => "count",
            Self::Min => "min",
            Self::Max => "max",
            Self::Group => "group",
            Self::Stddev => "stddev",
            Self::Stdvar => "stdvar",
            Self::TopK => "topk",
            Self::BottomK => "bottomk",
            Self::CountValues => "count_values",
            Self::Quantile => "quantile",
            Self::LimitK => "limitk",
            Self::LimitRatio => "limit_ratio",
        }
    }

    /// The type of the parameter of those that have one.
    pub fn param(self) -> Option<ValueType> {
        match self {
            Self::TopK | Self::BottomK | Self::Quantile | Self::LimitK | Self::LimitRatio => {
                Some(ValueType::Scalar)
            }
            Self::CountValues => Some(ValueType::String),
            _ => None,
        }
    }

    /// Behind `promql-experimental-functions`.
    pub fn is_experimental(self) -> bool {
        matches!(self, Self::LimitK | Self::LimitRatio)
    }
}

/// `op by (labels) (param, expr)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The operator.
    pub op: AggregateOp,
    /// The operand.
    pub expr: Expr,
    /// The parameter of the operators that have one.
    pub param: Option<Expr>,
    /// The labels of `by` or `without`, as written.
    pub grouping: Vec<Box<str>>,
    /// True for `without`.
    pub without: bool,
}

/// `function(args)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function; its signature was checked.
    pub function: &'static Signature,
    /// The arguments.
    pub args: Vec<Expr>,
}

/// The `@` modifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// `@ 1609746000`, in milliseconds.
    Timestamp(i64),
    /// `@ start()`
    Start,
    /// `@ end()`
    End,
}

/// A duration as written; expressions are behind `promql-duration-expr`.
#[derive(Clone, Debug, PartialEq)]
pub enum Duration {
    /// A fixed one, in milliseconds; may be negative in an offset.
    Fixed(i64),
    /// One that is computed when the query's step and range are known.
    Computed(Box<DurationExpr>),
}

/// A computed duration; numbers are seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct DurationExpr {
    /// What it is.
    pub kind: DurationExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of computed durations.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationExprKind {
    /// Seconds; written as a duration or, with `is_duration` false, as a number.
    Literal {
        /// Seconds.
        seconds: f64,
        /// Written as a duration.
        is_duration: bool,
    },
    /// `step()`
    Step,
    /// `range()`
    Range,
    /// `-x` or `+x`.
    Unary {
        /// True for `-`.
        negative: bool,
        /// The operand.
        operand: Box<DurationExpr>,
    },
    /// `+ - * / % ^`, and `min_of` and `max_of`.
    Binary {
        /// The operator.
        op: DurationOp,
        /// The left operand.
        lhs: Box<DurationExpr>,
        /// The right operand.
        rhs: Box<DurationExpr>,
    },
    /// `(x)`
    Paren(Box<DurationExpr>),
}

/// The operators of duration expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DurationOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    MinOf,
    MaxOf,
}

impl DurationOp {
    /// The operator or function as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Pow => "^",
            Self::MinOf => "min_of",
            Self::MaxOf => "max_of",
        }
    }
}

/// How a range selector treats its borders; the latter two are behind `promql-extended-range-selectors`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extended {
    /// As everywhere.
    #[default]
    No,
    /// `anchored`
    Anchored,
    /// `smoothed`
    Smoothed,
}

/// `name{matchers} @ t offset d`.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorSelector {
    /// The metric name when it stands before the braces; it is the last of `matchers` then.
    pub name: Option<Box<str>>,
    /// All conditions, that on the metric name included.
    pub matchers: Vec<Matcher>,
    /// `offset`; `Fixed(0)` when not given.
    pub offset: Duration,
    /// `@`
    pub at: Option<At>,
    /// `anchored` or `smoothed`.
    pub extended: Extended,
}

/// `selector[range]`.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixSelector {
    /// The selector, its modifiers included.
    pub selector: VectorSelector,
    /// Where the selector without its range stands.
    pub selector_span: Span,
    /// The range.
    pub range: Duration,
}

/// `expr[range:step] @ t offset d`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// The expression.
    pub expr: Expr,
    /// The range.
    pub range: Duration,
    /// The step; the default evaluation interval when `None`.
    pub step: Option<Duration>,
    /// `offset`; `Fixed(0)` when not given.
    pub offset: Duration,
    /// `@`
    pub at: Option<At>,
}
