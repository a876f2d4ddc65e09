//! Numbers and durations as they are written: how far they reach and what they are worth.

/// What a literal that starts with a digit or a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Number,
    Duration,
}

/// The kind of the literal at the start of `text` and its length in bytes; `None` when it is neither a
/// number nor a duration, with the length of what was looked at.
///
/// What is accepted here may still be refused when it is read ([`parse`], [`model::duration::parse_ms`]).
pub(super) fn scan(text: &str) -> (Option<Literal>, usize) {
    let mut cursor = Cursor { bytes: text.as_bytes(), at: 0 };
    if cursor.number() {
        return (Some(Literal::Number), cursor.at);
    }
    if cursor.rest_of_duration() {
        return (Some(Literal::Duration), cursor.at);
    }
    (None, cursor.at)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, accept: impl Fn(u8) -> bool) -> bool {
        let found = self.peek().is_some_and(accept);
        self.at += usize::from(found);
        found
    }

    fn eat_any(&mut self, set: &str) -> bool {
        self.eat(|b| set.as_bytes().contains(&b))
    }

    /// Decimal or hexadecimal, with underscores, a point and an exponent.
    ///
    /// The order of the steps is that of Prometheus, with its oddities: an `e` within a hexadecimal number
    /// counts as an exponent, and a point in front does not count as the only one.
    fn number(&mut self) -> bool {
        let hex = self.eat_any("0") && self.eat_any("xX");
        if hex {
            self.eat_any("_");
        }
        let is_digit = move |b: u8| if hex { b.is_ascii_hexdigit() } else { b.is_ascii_digit() };
        self.eat_any(".");
        self.eat(is_digit);
        let (mut point, mut exponent) = (false, false);
        loop {
            let well_formed = match self.peek() {
                Some(b'.') => self.point(hex, &mut point),
                Some(b'e' | b'E') => self.exponent(&mut exponent),
                Some(b'_') => {
                    self.at += 1;
                    !self.eat_any("._eE") && self.peek().is_some()
                }
                Some(b) if is_digit(b) => self.eat_run(is_digit),
                _ => break,
            };
            if !well_formed {
                return false;
            }
        }
        self.at > 0 && !self.peek().is_some_and(is_alphanumeric)
    }

    fn eat_run(&mut self, accept: impl Fn(u8) -> bool) -> bool {
        while self.eat(&accept) {}
        true
    }

    fn point(&mut self, hex: bool, seen: &mut bool) -> bool {
        self.at += 1;
        let first = !std::mem::replace(seen, true);
        first && !self.eat_any("_.") && !hex
    }

    fn exponent(&mut self, seen: &mut bool) -> bool {
        self.at += 1;
        if std::mem::replace(seen, true) {
            return false;
        }
        self.eat_any("+-");
        !self.eat_any("._eE") && self.peek().is_some()
    }

    /// Units and further numbers after the digits of a duration.
    fn rest_of_duration(&mut self) -> bool {
        if !self.eat_any("smhdwy") {
            return false;
        }
        // `ms`; what is no unit, such as `hs`, is found when the duration is read.
        self.eat_any("s");
        while self.eat(|b| b.is_ascii_digit()) {
            self.eat_run(|b| b.is_ascii_digit());
            if !self.eat_any("smhdw") {
                return false;
            }
            self.eat_any("s");
        }
        !self.eat(is_alphanumeric)
    }
}

fn is_alphanumeric(b: u8) -> bool {
    b == b'_' || b.is_ascii_alphanumeric()
}

/// The value of a number without a sign, as Go reads it: integers with the prefixes `0x`, `0o`, `0b` and `0`
/// for octal, else decimal floats; underscores between digits.
///
/// # Errors
/// In the words of Go's `strconv`.
pub(super) fn parse(text: &str) -> Result<f64, String> {
    if let Some(integer) = integer(text) {
        return Ok(integer as f64);
    }
    let failed =
        |why: &str| Err(format!("error parsing number: strconv.ParseFloat: parsing {text:?}: {why}"));
    let Some(plain) = without_underscores(text) else { return failed("invalid syntax") };
    match plain.parse::<f64>() {
        Err(_) => failed("invalid syntax"),
        Ok(value) if value.is_infinite() && plain.bytes().any(|b| b.is_ascii_digit()) => {
            failed("value out of range")
        }
        Ok(value) => Ok(value),
    }
}

fn integer(text: &str) -> Option<i64> {
    let plain = without_underscores(text)?;
    let (digits, radix) = match plain.as_bytes() {
        [b'0', b'x' | b'X', ..] => (plain.get(2..)?, 16),
        [b'0', b'o' | b'O', ..] => (plain.get(2..)?, 8),
        [b'0', b'b' | b'B', ..] => (plain.get(2..)?, 2),
        [b'0', _, ..] => (plain.get(1..)?, 8),
        _ => (plain.as_str(), 10),
    };
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| i64::from_str_radix(digits, radix).ok())?
}

/// The text without its underscores; `None` when one does not stand between two digits or after a prefix.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let prefixed = matches!(bytes, [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', ..]);
    let hex = matches!(bytes, [b'0', b'x' | b'X', ..]);
    let is_digit = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at).map(|b| (at, *b)));
        byte.is_some_and(|(at, b)| {
            b.is_ascii_digit() || (hex && b.is_ascii_hexdigit()) || (prefixed && at == 1)
        })
    };
    let mut underscores = bytes.iter().enumerate().filter(|(_, b)| **b == b'_').map(|(at, _)| at);
    let separating = underscores.all(|at| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    separating.then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_reach_as_far_as_they_can() {
        use Literal::{Duration, Number};
        for (text, kind, len) in [
            ("1", Some(Number), 1),
            ("1.5e-3)", Some(Number), 6),
            (".5 ", Some(Number), 2),
            ("0x1_F+", Some(Number), 5),
            ("1_000", Some(Number), 5),
            ("5m", Some(Duration), 2),
            ("1h30m]", Some(Duration), 5),
            ("100ms", Some(Duration), 5),
            ("5mm", None, 3),
            ("0deadbeef", None, 3),
            ("2.5.", None, 4),
            ("1e", None, 2),
            ("1__0", None, 3),
            ("5é", Some(Number), 1),
        ] {
            assert_eq!(scan(text), (kind, len), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, value) in
            [("0x1F", 31.0), ("0755", 493.0), ("08", 8.0), ("1_000.5", 1000.5), ("5.", 5.0), ("0X_10", 16.0)]
        {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
        assert_eq!(parse("iNf"), Ok(f64::INFINITY));
        assert!(parse("1e400").unwrap_err().ends_with(r#"parsing "1e400": value out of range"#));
        assert!(parse(".5.5").unwrap_err().ends_with("invalid syntax"));
    }
}
