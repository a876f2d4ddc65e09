//! Percent encoding.

/// A text as part of a URL: all but letters, digits, `-`, `_`, `.` and `~` as `%` and two digits.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_means_something_in_a_url_is_encoded() {
        assert_eq!(super::encode("a-Z_0.9~ é/?&(\""), "a-Z_0.9~%20%C3%A9%2F%3F%26%28%22");
    }
}
