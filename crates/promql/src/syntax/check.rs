//! The type checker, run on trees that the grammar has accepted.

use model::{METRIC_NAME, label::Quoted};

use super::{
    ast::{Aggregate, Binary, Call, Cardinality, Expr, ExprKind, Span, VectorSelector},
    error::ParseError,
    value_type::ValueType::{self, Matrix, Scalar, Vector},
};

/// Checks types, arguments and matching clauses; settles what a binary operator's matching is.
///
/// # Errors
/// The first error from left to right, operands before their operators.
pub(super) fn check(expr: &mut Expr, text: &str) -> Result<(), ParseError> {
    Checker { text }.expr(expr)
}

struct Checker<'a> {
    text: &'a str,
}

type Checked = Result<(), ParseError>;

impl Checker<'_> {
    fn fail(&self, span: Span, message: impl Into<String>) -> Checked {
        Err(ParseError::new(self.text, span, message.into()))
    }

    fn expr(&self, expr: &mut Expr) -> Checked {
        let span = expr.span;
        match &mut expr.kind {
            ExprKind::Number { .. } | ExprKind::String(_) => Ok(()),
            ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Unary(unary) => {
                self.expr(&mut unary.expr)?;
                match unary.expr.value_type() {
                    Scalar | Vector => Ok(()),
                    other => self.fail(
                        span,
                        format!(
                            "unary expression only allowed on expressions of type scalar or instant vector, \
                             got {:?}",
                            other.documented()
                        ),
                    ),
                }
            }
            ExprKind::Binary(binary) => self.binary(binary, span),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Call(call) => self.call(call, span),
            ExprKind::Vector(selector) => self.selector(selector, span),
            ExprKind::Matrix(matrix) => self.selector(&matrix.selector, matrix.selector_span),
            ExprKind::Subquery(subquery) => {
                self.expr(&mut subquery.expr)?;
                match subquery.expr.value_type() {
                    Vector => Ok(()),
                    other => self.fail(
                        span,
                        format!("subquery is only allowed on instant vector, got {} instead", other.as_str()),
                    ),
                }
            }
        }
    }

    fn expect(&self, expr: &mut Expr, wanted: ValueType, place: &str) -> Checked {
        self.expr(expr)?;
        self.expect_type(expr.span, expr.value_type(), wanted, place)
    }

    fn expect_type(&self, span: Span, found: ValueType, wanted: ValueType, place: &str) -> Checked {
        if found == wanted {
            return Ok(());
        }
        let (wanted, found) = (wanted.documented(), found.documented());
        self.fail(span, format!("expected type {wanted} in {place}, got {found}"))
    }

    fn aggregate(&self, aggregate: &mut Aggregate) -> Checked {
        self.expect(&mut aggregate.expr, Vector, "aggregation expression")?;
        match (aggregate.op.param(), &mut aggregate.param) {
            (Some(wanted), Some(param)) => self.expect(param, wanted, "aggregation parameter"),
            _ => Ok(()),
        }
    }

    fn call(&self, call: &mut Call, span: Span) -> Checked {
        let function = call.function;
        let (name, found) = (function.name, call.args.len());
        let (min, max) = (function.args_min(), function.args_max());
        if function.variadic == 0 && found != min {
            return self.fail(span, format!("expected {min} argument(s) in call to {name:?}, got {found}"));
        }
        if found < min {
            return self
                .fail(span, format!("expected at least {min} argument(s) in call to {name:?}, got {found}"));
        }
        if let Some(max) = max.filter(|&max| found > max) {
            return self
                .fail(span, format!("expected at most {max} argument(s) in call to {name:?}, got {found}"));
        }
        let place = format!("call to function {name:?}");
        let is_info = name == "info";
        if let Some(labels) = call.args.get(1).filter(|_| is_info) {
            self.info_labels(labels, span, &place)?;
        }
        for (at, arg) in call.args.iter_mut().enumerate() {
            let Some(wanted) = function.arg(at) else { break };
            // The labels of `info` may match anything.
            if !(is_info && at == 1) {
                self.expr(arg)?;
            }
            self.expect_type(arg.span, arg.value_type(), wanted, &place)?;
        }
        Ok(())
    }

    /// The second argument of `info`: matchers in braces, no metric name before them.
    fn info_labels(&self, arg: &Expr, call_span: Span, place: &str) -> Checked {
        self.expect_type(call_span, arg.value_type(), Vector, place)?;
        match &arg.kind {
            ExprKind::Vector(selector) if selector.name.is_none() => Ok(()),
            ExprKind::Vector(_) => {
                self.fail(arg.span, "expected label selectors only, got vector selector instead")
            }
            _ => self.fail(arg.span, "expected label selectors only"),
        }
    }

    fn selector(&self, selector: &VectorSelector, span: Span) -> Checked {
        if let Some(name) = &selector.name {
            let inside = selector.matchers.split_last().map_or(&[][..], |(_, inside)| inside);
            return match inside.iter().find(|m| m.name() == METRIC_NAME) {
                None => Ok(()),
                Some(m) => self.fail(
                    span,
                    format!("metric name must not be set twice: {} or {}", Quoted(name), Quoted(m.value())),
                ),
            };
        }
        // Keeps a slip of the pen from selecting everything.
        if selector.matchers.iter().all(|m| m.matches("")) {
            return self.fail(span, "vector selector must contain at least one non-empty matcher");
        }
        Ok(())
    }

    fn binary(&self, binary: &mut Binary, span: Span) -> Checked {
        self.expr(&mut binary.lhs)?;
        self.expr(&mut binary.rhs)?;
        let (lhs, rhs) = (binary.lhs.value_type(), binary.rhs.value_type());
        self.comparison(binary, lhs == Scalar && rhs == Scalar)?;
        self.labels_once(binary)?;
        let wrong = "binary expression must contain only scalar and instant vector types";
        for (operand, found) in [(&binary.lhs, lhs), (&binary.rhs, rhs)] {
            if matches!(found, Matrix | ValueType::String) {
                return self.fail(operand.span, wrong);
            }
        }
        if lhs == Vector && rhs == Vector {
            return self.set_operator(binary, span);
        }
        self.scalar_operand(binary, span)?;
        binary.matching = None;
        Ok(())
    }

    fn comparison(&self, binary: &Binary, scalars: bool) -> Checked {
        let compares = binary.op.is_comparison();
        if binary.return_bool && !compares {
            return self.fail(binary.op_span, "bool modifier can only be used on comparison operators");
        }
        if compares && !binary.return_bool && scalars {
            return self.fail(binary.op_span, "comparisons between scalars must use BOOL modifier");
        }
        Ok(())
    }

    fn labels_once(&self, binary: &Binary) -> Checked {
        let Some(matching) = binary.matching.as_ref().filter(|m| m.on) else { return Ok(()) };
        match matching.labels.iter().find(|label| matching.include.contains(label)) {
            None => Ok(()),
            Some(label) => self.fail(
                binary.op_span,
                format!("label {} must not occur in ON and GROUP clause at once", Quoted(label)),
            ),
        }
    }

    /// Matching clauses have no meaning when one operand is a scalar.
    fn scalar_operand(&self, binary: &Binary, span: Span) -> Checked {
        if let Some(matching) = &binary.matching {
            if !matching.labels.is_empty() {
                return self.fail(span, "vector matching only allowed between instant vectors");
            }
            if matching.fill_left.or(matching.fill_right).is_some() {
                return self.fail(span, "filling in missing series only allowed between instant vectors");
            }
        }
        if binary.op.is_set() {
            let op = binary.op.as_str();
            return self.fail(span, format!("set operator {op:?} not allowed in binary scalar expression"));
        }
        Ok(())
    }

    fn set_operator(&self, binary: &mut Binary, span: Span) -> Checked {
        let op = binary.op;
        let Some(matching) = binary.matching.as_mut().filter(|_| op.is_set()) else { return Ok(()) };
        if matching.cardinality != Cardinality::OneToOne {
            return self.fail(span, format!("no grouping allowed for {:?} operation", op.as_str()));
        }
        if matching.fill_left.or(matching.fill_right).is_some() {
            return self.fail(span, "filling in missing series not allowed for set operators");
        }
        matching.cardinality = Cardinality::ManyToMany;
        Ok(())
    }
}
