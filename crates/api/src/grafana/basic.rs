//! Basic authentication: login and password in the `Authorization` header.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

/// Characters of the credentials at most; passwords have at most 72 bytes.
const ENCODED_MAX: usize = 1_024;

/// Login and password; `None` when there are none, or they are not well formed.
pub(super) fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > ENCODED_MAX {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    Some((login.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(value: &'static str) -> Option<(String, String)> {
        credentials(&HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]))
    }

    #[test]
    fn credentials_are_base64_with_a_colon() {
        let pair = |login: &str, password: &str| Some((login.to_owned(), password.to_owned()));
        assert_eq!(read("Basic YWRtaW46YWRtaW4="), pair("admin", "admin"));
        assert_eq!(read("basic YTpiOmM="), pair("a", "b:c"));
        assert_eq!(read("Basic w6k6w7/Dvw=="), pair("é", "ÿÿ"));
        for wrong in
            ["Bearer YTpi", "Basic", "Basic YWRtaW4", "Basic YWRtaW4=", "Basic a$==", "Basic YTpiOmN="]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
