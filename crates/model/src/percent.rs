//! Percent encoding.

/// A text as part of a URL: all but letters, digits, `-`, `_`, `.` and `~` as `%` and two digits.
pub fn encode(text: &str) -> String {
    encode_but(text, b"")
}

/// The same, but that some more bytes stay as they are.
pub fn encode_but(text: &str, plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || plain.contains(&byte) {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_means_something_in_a_url_is_encoded() {
        assert_eq!(super::encode("a-Z_0.9~ é/?&(\""), "a-Z_0.9~%20%C3%A9%2F%3F%26%28%22");
        assert_eq!(super::encode("sum_over_time(up[1d])"), "sum_over_time%28up%5B1d%5D%29");
        assert_eq!(super::encode_but("/a b", b"/"), "/a%20b");
    }
}
