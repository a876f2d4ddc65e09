//! Summation that keeps what rounding loses.

/// Adds to a sum with its compensation, by Kahan's method as improved by Neumaier. The true sum is `sum + c`.
///
/// The order of the operations is that of Prometheus, so that results agree to the last bit.
#[inline]
pub fn add(increment: f64, sum: f64, c: f64) -> (f64, f64) {
    let total = sum + increment;
    let c = if total.is_infinite() {
        0.0
    } else if sum.abs() >= increment.abs() {
        c + ((sum - total) + increment)
    } else {
        c + ((increment - total) + sum)
    };
    (total, c)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_rounding_loses_is_kept() {
        let (sum, c) = [1e100, 1.0, -1e100].iter().fold((0.0, 0.0), |(s, c), &x| super::add(x, s, c));
        assert_eq!(sum + c, 1.0);
        assert_eq!(super::add(f64::INFINITY, 1.0, 0.5), (f64::INFINITY, 0.0));
    }
}
