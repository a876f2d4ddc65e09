//! What a page will ask for first, named in a header of the page itself: the browser then asks at once, while it still
//! fetches the program, instead of a round trip later.

use http::HeaderValue;

/// Bytes of the header; proxies refuse long ones.
const LINKS_BYTES_MAX: usize = 2_000;

/// Whose pages they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Nobody logs in.
    Nobody,
    /// Those with a session.
    LoggedIn,
    /// Both.
    Everybody,
}

impl Readers {
    /// The `Link` header for a page at a path below `base`. Who has to log in first is not told what comes after.
    pub(crate) fn links(self, base: &str, path: &str, has_session: bool) -> Option<HeaderValue> {
        let looks = has_session || self != Self::LoggedIn;
        let mut paths = vec!["/api/user".to_owned()];
        if looks && !has_session {
            paths.push("/api/frontend/settings".to_owned());
        }
        if let Some(uid) = path.strip_prefix("/d/").and_then(|rest| rest.split('/').next()).filter(|_| looks)
        {
            paths.push(format!("/api/dashboards/uid/{uid}"));
            paths.push("/api/datasources".to_owned());
        }
        // As pages ask: with cookies, and in the mode that `fetch` has of itself.
        let link = |path: &String| format!("<{base}{path}>; rel=preload; as=fetch; crossorigin");
        let links = paths.iter().map(link).collect::<Vec<_>>().join(", ");
        HeaderValue::try_from(links).ok().filter(|links| links.len() <= LINKS_BYTES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_what_they_will_ask_for() {
        let names = |readers: Readers, path, has_session| {
            let links = readers.links("/base", path, has_session).unwrap();
            let paths =
                links.to_str().unwrap().split(", ").map(|link| link.split(['<', '>']).nth(1).unwrap());
            paths.map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        let all = "/base/api/dashboards/uid/a%20b /base/api/datasources";
        assert_eq!(names(Readers::LoggedIn, "/d/a%20b/x", true), format!("/base/api/user {all}"));
        assert_eq!(names(Readers::LoggedIn, "/d/a%20b", false), "/base/api/user");
        let open = "/base/api/user /base/api/frontend/settings";
        assert_eq!(names(Readers::Nobody, "/d/a%20b", false), format!("{open} {all}"));
        assert_eq!(names(Readers::Everybody, "/explore", false), open);
        assert_eq!(Readers::Nobody.links("", &format!("/d/{}", "x".repeat(3_000)), false), None);
    }
}
