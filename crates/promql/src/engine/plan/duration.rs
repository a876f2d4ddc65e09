//! Computes durations that are written as expressions.

use crate::{
    engine::Error,
    syntax::ast::{Duration, DurationExpr, DurationExprKind, DurationOp},
};

/// Beyond so many seconds a duration does not fit Prometheus's nanoseconds in 64 bits.
const SECONDS_MAX: f64 = 9_223_372_036.854_775;

/// What `step()` and `range()` stand for, in seconds.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) step_seconds: f64,
    pub(super) range_seconds: f64,
}

impl Known {
    /// The milliseconds of a duration that must be positive.
    pub(super) fn range_ms(self, duration: &Duration) -> Result<i64, Error> {
        self.resolve(duration, false)
    }

    /// The milliseconds of a duration that may be negative.
    pub(super) fn offset_ms(self, duration: &Duration) -> Result<i64, Error> {
        self.resolve(duration, true)
    }

    fn resolve(self, duration: &Duration, negative_allowed: bool) -> Result<i64, Error> {
        let expr = match duration {
            Duration::Fixed(ms) => return Ok(*ms),
            Duration::Computed(expr) => expr,
        };
        let seconds = self.seconds(expr)?;
        if !seconds.is_finite() {
            return Err(refuse(expr, "duration is NaN or infinite"));
        }
        if seconds <= 0.0 && !negative_allowed {
            return Err(refuse(expr, "duration must be greater than 0"));
        }
        if seconds.abs() > SECONDS_MAX {
            return Err(refuse(expr, "duration is out of range"));
        }
        Ok((seconds * 1000.0) as i64)
    }

    // The parser bounds the depth.
    fn seconds(self, expr: &DurationExpr) -> Result<f64, Error> {
        Ok(match &expr.kind {
            DurationExprKind::Literal { seconds, .. } => *seconds,
            DurationExprKind::Step => self.step_seconds,
            DurationExprKind::Range => self.range_seconds,
            DurationExprKind::Unary { negative: true, operand } => -self.seconds(operand)?,
            DurationExprKind::Unary { negative: false, operand } => self.seconds(operand)?,
            DurationExprKind::Paren(inner) => self.seconds(inner)?,
            DurationExprKind::Binary { op, lhs, rhs } => {
                let (l, r) = (self.seconds(lhs)?, self.seconds(rhs)?);
                match op {
                    DurationOp::Add => l + r,
                    DurationOp::Sub => l - r,
                    DurationOp::Mul => l * r,
                    DurationOp::Div if r == 0.0 => return Err(refuse(expr, "division by zero")),
                    DurationOp::Div => l / r,
                    DurationOp::Mod if r == 0.0 => return Err(refuse(expr, "modulo by zero")),
                    DurationOp::Mod => l % r,
                    DurationOp::Pow => l.powf(r),
                    DurationOp::MinOf => l.min(r),
                    DurationOp::MaxOf => l.max(r),
                }
            }
        })
    }
}

fn refuse(expr: &DurationExpr, why: &str) -> Error {
    Error::Invalid(format!("{}:{}: {why}", expr.span.start, expr.span.end))
}
