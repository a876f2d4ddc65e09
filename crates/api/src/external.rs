//! Under which address others reach a server.

use std::{fmt, str::FromStr};

use http::Uri;

/// The address of a server as others see it, a reverse proxy in between included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalUrl {
    /// `http` or `https`.
    pub scheme: String,
    /// Host name and port.
    pub host: String,
    /// The port that the server listens on.
    pub listen_port: u16,
    /// What paths begin with: empty, or `/prometheus`, without a slash at the end.
    pub path: String,
}

/// What is said about that address: all of it, or its path alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenUrl {
    /// Scheme and host.
    origin: Option<(String, String)>,
    path: String,
}

impl GivenUrl {
    /// The path: empty, or with a slash at the beginning and none at the end.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl FromStr for GivenUrl {
    type Err = String;

    /// Reads an URL of `http` or `https`, or a path; the error says what to write. Nothing says nothing.
    fn from_str(text: &str) -> Result<Self, String> {
        const CURE: &str = "write for example https://box.example/prometheus/, or the path alone";
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']) {
            return Err("URL must not begin or end with quotes".to_owned());
        }
        let url: Uri = text.parse().map_err(|error| format!("{error}; {CURE}"))?;
        if url.query().is_some() {
            return Err(format!("a query has no place in it; {CURE}"));
        }
        let path = url.path().trim_matches('/');
        let path = if path.is_empty() { String::new() } else { format!("/{path}") };
        match (url.scheme_str(), url.authority()) {
            (Some(scheme @ ("http" | "https")), Some(host)) => {
                Ok(Self { origin: Some((scheme.to_owned(), host.to_string())), path })
            }
            (None, None) => Ok(Self { origin: None, path }),
            _ => Err(format!("it is neither http nor https; {CURE}")),
        }
    }
}

impl ExternalUrl {
    /// What was guessed, with what was given in its place.
    #[must_use]
    pub fn with(self, given: &GivenUrl) -> Self {
        let (scheme, host) = given.origin.clone().unwrap_or((self.scheme, self.host));
        Self { scheme, host, path: given.path.clone(), ..self }
    }

    /// The path of a page or an endpoint as browsers have to ask for it.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.path)
    }
}

impl fmt::Display for ExternalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_url_or_a_path_takes_the_place_of_what_was_guessed() {
        let guessed = || ExternalUrl {
            scheme: "http".to_owned(),
            host: "box:9090".to_owned(),
            listen_port: 9090,
            path: String::new(),
        };
        for (text, read) in [
            ("https://proxy.example/prometheus/", Ok("https://proxy.example/prometheus")),
            ("http://proxy.example:8080", Ok("http://proxy.example:8080")),
            ("/a/b/", Ok("http://box:9090/a/b")),
            ("/", Ok("http://box:9090")),
            ("", Ok("http://box:9090")),
            ("\"https://proxy.example\"", Err("must not begin or end with quotes")),
            ("ftp://proxy.example/", Err("neither http nor https")),
            ("box.example:80", Err("neither http nor https")),
            ("http://a b/", Err("write for example")),
            ("/a?b=c", Err("a query")),
        ] {
            let result = text.parse().map(|given| guessed().with(&given).to_string());
            match read {
                Ok(url) => assert_eq!(result.as_deref(), Ok(url), "{text}"),
                Err(why) => assert!(result.as_ref().is_err_and(|e| e.contains(why)), "{text}: {result:?}"),
            }
        }
    }
}
