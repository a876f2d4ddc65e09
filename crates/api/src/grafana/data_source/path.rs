//! What may be asked of a data source: paths that stay below its URL, and of those the ones that only read.

use http::Method;

/// How often a server behind may decode a path.
const DECODINGS_MAX: usize = 3;

/// Endpoints below `api/v1/` that read, and take GET and POST.
const READ_BY_FORM: [&str; 7] =
    ["query", "query_range", "query_exemplars", "series", "labels", "format_query", "parse_query"];
/// Those that take GET.
const READ: [&str; 13] = [
    "metadata",
    "targets",
    "targets/metadata",
    "rules",
    "alerts",
    "alertmanagers",
    "scrape_pools",
    "features",
    "status/buildinfo",
    "status/config",
    "status/flags",
    "status/runtimeinfo",
    "status/tsdb",
];

/// Whether a path stays below the folder that it begins in, however often it is decoded, and is one line.
pub(super) fn stays_below(path: &str) -> bool {
    let mut level = path.as_bytes().to_vec();
    for _ in 0..=DECODINGS_MAX {
        // Some servers cut parameters of a segment off: `..;a` is `..` to them.
        let mut names = level.split(|byte| matches!(byte, b'/' | b'\\')).map(|segment| {
            let end = segment.iter().position(|byte| *byte == b';').unwrap_or(segment.len());
            segment.get(..end).unwrap_or_default()
        });
        let leads_out = names.any(|name| name == b"." || name == b"..");
        if leads_out || level.iter().any(u8::is_ascii_control) {
            return false;
        }
        let next = decoded(&level);
        if next == level {
            return true;
        }
        level = next;
    }
    false
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = tail.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                out.push(value);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

/// Whether a request only reads. Some servers delete by GET, so that the method alone does not tell.
pub(super) fn only_reads(method: &Method, path: &str) -> bool {
    let Some(endpoint) = path.strip_prefix("api/v1/") else { return false };
    let values = || {
        let name = endpoint.strip_prefix("label/").and_then(|rest| rest.strip_suffix("/values"));
        name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    match *method {
        Method::GET => READ_BY_FORM.contains(&endpoint) || READ.contains(&endpoint) || values(),
        Method::POST => READ_BY_FORM.contains(&endpoint),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        for path in [
            "../x",
            "a/../../x",
            "a/%2e%2e/x",
            "a/..%2fx",
            "%252e%252e/x",
            "a\\..\\x",
            "./x",
            "..;a/x",
            "a/%0d%0ab",
            "%2525252525252e",
        ] {
            assert!(!stays_below(path), "{path}");
        }
        for path in ["api/v1/query", "api/v1/label/U__a_2e_b/values", "a/...b/c", "a%zz", "a%2"] {
            assert!(stays_below(path), "{path}");
        }
    }

    #[test]
    fn what_changes_something_is_told_apart() {
        for (method, path, expected) in [
            (Method::GET, "api/v1/query", true),
            (Method::POST, "api/v1/query_range", true),
            (Method::GET, "api/v1/label/job/values", true),
            (Method::GET, "api/v1/label/a/b/values", false),
            (Method::POST, "api/v1/metadata", false),
            (Method::GET, "api/v1/admin/tsdb/delete_series", false),
            (Method::POST, "api/v1/write", false),
            (Method::GET, "-/reload", false),
            (Method::DELETE, "api/v1/query", false),
        ] {
            assert_eq!(only_reads(&method, path), expected, "{method} {path}");
        }
    }
}
