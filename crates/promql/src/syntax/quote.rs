//! What quoted strings stand for.

use model::label::STRAY_BYTES;

/// The text that a string literal stands for; `quoted` includes its quotes and was accepted by the lexer.
///
/// Escapes that name single bytes are put together as UTF-8. Bytes that are none become [`STRAY_BYTES`].
pub(super) fn unquote(quoted: &str) -> Box<str> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
    if quoted.starts_with('`') || !inner.contains('\\') {
        return inner.into();
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            unescape(&mut chars, &mut bytes);
        } else {
            push(&mut bytes, c);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|e| with_stray_bytes(e.as_bytes())).into()
}

fn with_stray_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let stray = |b: &u8| char::from_u32(u32::from(*STRAY_BYTES.start()) - 0x80 + u32::from(*b));
        text.extend(chunk.invalid().iter().filter_map(stray));
    }
    text
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Reads an escape sequence after its backslash.
fn unescape(chars: &mut std::str::Chars<'_>, bytes: &mut Vec<u8>) {
    let Some(c) = chars.next() else { return };
    match c {
        'a' => bytes.push(7),
        'b' => bytes.push(8),
        'f' => bytes.push(12),
        'n' => bytes.push(b'\n'),
        'r' => bytes.push(b'\r'),
        't' => bytes.push(b'\t'),
        'v' => bytes.push(11),
        '0'..='7' => bytes.push(digits(chars, 2, 8, c.to_digit(8).unwrap_or(0)) as u8),
        'x' => bytes.push(digits(chars, 2, 16, 0) as u8),
        'u' => push(bytes, code_point(digits(chars, 4, 16, 0))),
        'U' => push(bytes, code_point(digits(chars, 8, 16, 0))),
        c => push(bytes, c),
    }
}

fn digits(chars: &mut std::str::Chars<'_>, count: usize, base: u32, first: u32) -> u32 {
    let digits = chars.take(count).map(|c| c.to_digit(base).unwrap_or(0));
    digits.fold(first, |value, digit| value.wrapping_mul(base).wrapping_add(digit))
}

fn code_point(number: u32) -> char {
    char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn strings_lose_quotes_and_escapes() {
        for (quoted, text) in [
            (r#""a\n\"b\"""#, "a\n\"b\""),
            (r"'it\'s'", "it's"),
            (r"`raw \n`", r"raw \n"),
            (r#""\xe2\x98\xba\u263a\U0001F600\101""#, "☺☺😀A"),
            (r#""a\xff\x80""#, "a\u{10ffff}\u{10ff80}"),
            (r#""""#, ""),
        ] {
            assert_eq!(&*unquote(quoted), text, "{quoted}");
        }
    }
}
