//! Floats, exactly as Go's `strconv.ParseFloat` reads them.

use crate::error::{NumberError, quote};

/// The NaN that Prometheus stores for every NaN of an exposition.
pub const NORMAL_NAN_BITS: u64 = 0x7ff8_0000_0000_0001;

/// Reads a whole text as a float. Any NaN becomes the one of [`NORMAL_NAN_BITS`].
///
/// # Errors
/// For what Go refuses: signed NaN, hexadecimal, underscores, and numbers that no float holds.
pub fn parse_float(text: &[u8]) -> Result<f64, NumberError> {
    if let Some((value, len)) = parse_short(text)
        && len == text.len()
    {
        return Ok(value);
    }
    parse_any(text)
}

/// Powers of ten that a float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Reads a number from the start of `text` when one multiplication or division gives its exact value, which
/// is so when digits and power of ten both are floats (Clinger). Says how many bytes it took.
#[inline]
pub(crate) fn parse_short(text: &[u8]) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let (mut digits, mut mantissa) = (0, 0);
    at = take_digits(text, at, &mut mantissa, &mut digits);
    let mut exponent = 0;
    if text.get(at) == Some(&b'.') {
        let whole = digits;
        at = take_digits(text, at + 1, &mut mantissa, &mut digits);
        exponent = whole as i32 - digits as i32;
    }
    // 19 digits cannot have overflowed 64 bits.
    if digits == 0 || digits > 19 || mantissa > 1 << 53 {
        return None;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let (power, end) = take_exponent(text, at + 1)?;
        (exponent, at) = (exponent + power, end);
    }
    let power = *POWERS.get(exponent.unsigned_abs() as usize)?;
    let value = if exponent < 0 { mantissa as f64 / power } else { mantissa as f64 * power };
    Some((if negative { -value } else { value }, at))
}

#[inline]
fn take_digits(text: &[u8], mut at: usize, mantissa: &mut u64, digits: &mut usize) -> usize {
    while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10) {
        *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        (*digits, at) = (*digits + 1, at + 1);
    }
    at
}

/// The exponent after an `e`; at most four digits.
#[inline]
fn take_exponent(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = text.get(at) == Some(&b'-');
    let start = at + usize::from(matches!(text.get(at), Some(b'-' | b'+')));
    let (mut power, mut digits) = (0, 0);
    let end = take_digits(text, start, &mut power, &mut digits);
    let power = (1..=4).contains(&digits).then_some(power as i32)?;
    Some((if negative { -power } else { power }, end))
}

#[cold]
fn parse_any(text: &[u8]) -> Result<f64, NumberError> {
    if memchr::memchr3(b'p', b'P', b'_', text).is_some() {
        return Err(NumberError::Unsupported);
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let has_digits = unsigned.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.');
    match number {
        Some(value) if value.is_nan() && unsigned.len() == text.len() => Ok(f64::from_bits(NORMAL_NAN_BITS)),
        Some(value) if value.is_infinite() && has_digits => Err(NumberError::Range(quote(text))),
        Some(value) if !value.is_nan() => Ok(value),
        _ => Err(NumberError::Syntax(quote(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_go_reads_is_read() {
        for (text, value) in [
            ("0", 0.0),
            ("-0", -0.0),
            ("+1.5", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1.048576e+06", 1_048_576.0),
            ("1E-7", 1e-7),
            ("+Inf", f64::INFINITY),
            ("-iNFinity", f64::NEG_INFINITY),
            ("9007199254740993", 9007199254740992.0),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            ("1e-400", 0.0),
            ("0e99999", 0.0),
        ] {
            let parsed = parse_float(text.as_bytes()).unwrap();
            assert_eq!(parsed.to_bits(), value.to_bits(), "{text}");
        }
        assert_eq!(parse_float(b"nAn").unwrap().to_bits(), NORMAL_NAN_BITS);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in ["", "-", ".", "+nan", "-NaN", "1e", "1e+", "0x10", "1 ", "true", "1,5", "\u{661}"] {
            assert!(matches!(parse_float(text.as_bytes()), Err(NumberError::Syntax(_))), "{text}");
        }
        assert_eq!(parse_float(b"-1e400"), Err(NumberError::Range("\"-1e400\"".into())));
        assert_eq!(parse_float(b"1_0"), Err(NumberError::Unsupported));
        assert_eq!(parse_float(b"0x1p-2"), Err(NumberError::Unsupported));
    }

    proptest! {
        #[test]
        fn every_float_comes_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            for text in [format!("{value}"), format!("{value:e}"), format!("{value:?}")] {
                prop_assert_eq!(parse_float(text.as_bytes()).unwrap().to_bits(), bits);
            }
        }

        #[test]
        fn decimals_are_read_as_rust_reads_them(text in "-?[0-9]{0,21}(\\.[0-9]{0,21})?(e[+-]?[0-9]{1,2})?") {
            prop_assert_eq!(parse_float(text.as_bytes()).ok(), text.parse().ok());
        }
    }
}
