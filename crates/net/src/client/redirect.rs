//! Where a redirect leads.

use http::{Response, StatusCode, Uri, header};

/// The URL that an answer redirects to, if it does.
pub(super) fn location<B>(from: &Uri, response: &Response<B>) -> Option<Uri> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&response.status()) {
        return None;
    }
    resolve(from, response.headers().get(header::LOCATION)?.to_str().ok()?)
}

/// Resolves a reference against the URL that it stands in.
fn resolve(from: &Uri, reference: &str) -> Option<Uri> {
    let reference = reference.split('#').next().unwrap_or_default();
    if reference.contains("://") {
        return reference.parse().ok();
    }
    let scheme = from.scheme_str()?;
    if let Some(rest) = reference.strip_prefix("//") {
        return format!("{scheme}://{rest}").parse().ok();
    }
    let path = match reference.as_bytes().first() {
        Some(b'/') => reference.to_owned(),
        Some(b'?') => format!("{}{reference}", from.path()),
        _ => format!("{}/{reference}", from.path().rsplit_once('/').map_or("", |(folder, _)| folder)),
    };
    format!("{scheme}://{}{path}", from.authority()?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_against_their_page() {
        let from: Uri = "http://h:1/a/b?q=1".parse().unwrap();
        for (reference, url) in [
            ("https://x/y", "https://x/y"),
            ("//x/y#z", "http://x/y"),
            ("/c", "http://h:1/c"),
            ("c", "http://h:1/a/c"),
            ("?p=2", "http://h:1/a/b?p=2"),
        ] {
            assert_eq!(resolve(&from, reference).unwrap().to_string(), url);
        }
    }
}
