//! What a browser calls itself, in the words in which sessions are listed.

/// Marks of browsers, those that pretend to be others before these.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
];

/// Marks of systems, likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// What is known of a browser; empty where nothing is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UserAgent<'a> {
    pub(super) browser: &'static str,
    /// The main version.
    pub(super) version: &'a str,
    pub(super) system: &'static str,
}

impl<'a> UserAgent<'a> {
    /// Reads the `User-Agent` header.
    pub(super) fn parse(text: &'a str) -> Self {
        let browser = BROWSERS.iter().find_map(|(mark, name)| Some((*name, text.split_once(mark)?.1)));
        let (browser, rest) = browser.unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let system = SYSTEMS.iter().find(|(mark, _)| text.contains(mark)).map_or("", |(_, name)| name);
        Self { browser, version: rest.get(..end).unwrap_or_default(), system }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_what_they_are() {
        let mozilla = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                       Safari/537.36 Edg/142.0.1";
        let iphone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Mobile Safari/604.1";
        for (text, browser, version, system) in [
            (mozilla, "Edge", "142", "Windows"),
            (iphone, "Safari", "26", "iOS"),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox",
                "145",
                "Linux",
            ),
            ("curl/8.14.1", "curl", "8", ""),
            ("", "", "", ""),
            ("Chrome/ü", "Chrome", "", ""),
        ] {
            assert_eq!(UserAgent::parse(text), UserAgent { browser, version, system }, "{text}");
        }
    }
}
