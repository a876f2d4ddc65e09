//! Floats as Go prints them.

use std::fmt::{self, Write as _};

/// Prints a float as Go's `%g` does: as few digits as tell it from all others, and with an exponent of at least
/// two digits when that is below -4 or above 5.
#[derive(Clone, Copy, Debug)]
pub struct Shortest(pub f64);

impl fmt::Display for Shortest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        if value.is_nan() {
            return f.write_str("NaN");
        }
        if value.is_infinite() {
            return f.write_str(if value > 0.0 { "+Inf" } else { "-Inf" });
        }
        let scientific = format!("{value:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        if (-4..6).contains(&exponent) {
            return write!(f, "{value}");
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(f, "{digits}e{sign}{:02}", exponent.unsigned_abs())
    }
}

/// Appends a number as Go writes it into JSON: the shortest digits that read back as the same value, with an
/// exponent below 1e-6 and from 1e21 on only.
pub fn push_number(out: &mut String, value: f64) {
    let size = value.abs();
    if size < 1e15 && value.fract() == 0.0 && (value != 0.0 || value.is_sign_positive()) {
        // Counters are integers, and these are written several times faster.
        out.push_str(itoa::Buffer::new().format(value as i64));
    } else if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if size != 0.0 && !(1e-6..1e21).contains(&size) {
        push_scientific(out, value);
    } else {
        push_digits(out, value);
    }
}

fn push_digits(out: &mut String, value: f64) {
    let mut buffer = zmij::Buffer::new();
    let digits = buffer.format_finite(value);
    if value.fract() == 0.0 || digits.contains('e') {
        // Writing to a string does not fail.
        let _ = write!(out, "{value}");
    } else {
        out.push_str(digits);
    }
}

/// Go writes a sign and at least two digits in an exponent, Rust neither.
fn push_scientific(out: &mut String, value: f64) {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    let _ = write!(out, "{mantissa}e{sign}{digits:0>2}");
}

/// Appends milliseconds as seconds with three decimals, or none when they would be zeros.
pub fn push_seconds(out: &mut String, ms: i64) {
    if ms < 0 {
        out.push('-');
    }
    let (ms, mut digits) = (ms.unsigned_abs(), itoa::Buffer::new());
    out.push_str(digits.format(ms / 1_000));
    if ms % 1_000 > 0 {
        // A thousand more for the zeros in front.
        out.push_str(digits.format(1_000 + ms % 1_000));
        let point = out.len() - 4;
        out.replace_range(point..=point, ".");
    }
}

#[cfg(test)]
mod tests {
    use super::{Shortest, push_number};

    fn number(value: f64) -> String {
        let mut text = String::new();
        push_number(&mut text, value);
        text
    }

    proptest::proptest! {
        #[test]
        fn numbers_read_back_and_are_no_longer_than_they_need_be(value in -1e20f64..1e20, digits in 0i32..30) {
            for value in [value, value.round() / 10f64.powi(digits)] {
                let text = number(value);
                proptest::prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
                proptest::prop_assert!(text.len() <= format!("{value}").len() || text.contains('e'), "{}", text);
            }
        }
    }

    /// Where two numbers of as few digits are as near, Go takes the even one, and Rust the greater one.
    #[test]
    fn of_two_numbers_as_near_the_even_one_is_written() {
        for (value, text) in [
            (5_202_921_695_086_765.0 / 4.0, "1300730423771691.2"),
            (5_202_921_695_086_763.0 / 4.0, "1300730423771690.8"),
            (2_251_799_813_685_249.0 / 16.0, "140737488355328.06"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn floats_print_as_in_go() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (1_234_567.5, "1.2345675e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(Shortest(value).to_string(), text);
        }
    }
}
