//! Which content coding a client wants, and the encoders.

use std::io::{self, Write};

use axum::http::{HeaderMap, header};
use flate2::{Compression, write::GzEncoder};

/// Level of zstd, and the bytes (as a power of two) of what it looks back at: the fastest, in some 0.5 MiB.
const ZSTD_LEVEL: i32 = 1;
const ZSTD_WINDOW_LOG: u32 = 17;

/// How a body may be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Zstd,
    Gzip,
}

impl Coding {
    /// All of them; where a client likes two as much, the first is taken.
    const ALL: [Self; 2] = [Self::Zstd, Self::Gzip];

    /// As headers name it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// What a client likes best by its `Accept-Encoding`; `None` for the body as it is.
    pub(super) fn wanted(headers: &HeaderMap) -> Option<Self> {
        let quality = |name| quality(headers, name);
        let liked = |coding: &Self| quality(coding.as_str());
        // The first of those that are liked best.
        let best = Self::ALL.into_iter().rev().max_by(|a, b| liked(a).total_cmp(&liked(b)))?;
        let plain = named(headers, "identity").unwrap_or(0.0);
        (liked(&best) > 0.0 && liked(&best) >= plain).then_some(best)
    }
}

/// True when `Accept-Encoding` names gzip, or `*` without excluding gzip.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    quality(headers, Coding::Gzip.as_str()) > 0.0
}

/// How much a client likes a coding, from 0, not at all, to 1.
fn quality(headers: &HeaderMap, name: &str) -> f32 {
    named(headers, name).or_else(|| named(headers, "*")).unwrap_or(0.0)
}

fn named(headers: &HeaderMap, name: &str) -> Option<f32> {
    let values = headers.get_all(header::ACCEPT_ENCODING);
    let mut codings = values.iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    codings.find_map(|coding| {
        let (coding, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality =
            parameters.trim().strip_prefix(['q', 'Q']).and_then(|q| q.trim_start().strip_prefix('='));
        let quality = quality.map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        coding.trim().eq_ignore_ascii_case(name).then_some(quality)
    })
}

/// Compresses into a vector.
pub(super) enum Encoder {
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Gzip(GzEncoder<Vec<u8>>),
}

impl Encoder {
    pub(super) fn new(coding: Coding, out: Vec<u8>) -> io::Result<Self> {
        match coding {
            Coding::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(out, ZSTD_LEVEL)?;
                encoder.window_log(ZSTD_WINDOW_LOG)?;
                Ok(Self::Zstd(encoder))
            }
            Coding::Gzip => Ok(Self::Gzip(GzEncoder::new(out, Compression::fast()))),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Zstd(encoder) => encoder.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
        }
    }

    /// Lets all come out that went in so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Zstd(encoder) => encoder.flush(),
            Self::Gzip(encoder) => encoder.flush(),
        }
    }

    /// What came out and was not taken yet.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Zstd(encoder) => encoder.get_mut(),
            Self::Gzip(encoder) => encoder.get_mut(),
        }
    }

    /// What was not taken yet, and the end.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_coding_that_is_liked_best_is_taken() {
        for (value, coding) in [
            ("gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("zstd;q=0.5, GZIP; q=0.8", Some(Coding::Gzip)),
            ("*", Some(Coding::Zstd)),
            ("*;q=0.1, zstd;q=0", Some(Coding::Gzip)),
            ("gzip;q=0.5, identity", None),
            ("identity;q=0.5, gzip", Some(Coding::Gzip)),
            ("gzip;Q = 0", None),
            ("gzip;q=x", None),
            ("br", None),
            ("", None),
        ] {
            assert_eq!(Coding::wanted(&headers(value)), coding, "{value}");
        }
        assert_eq!(Coding::wanted(&HeaderMap::new()), None);
    }

    #[test]
    fn gzip_is_accepted_by_name_or_star() {
        let accepts = |value| accepts_gzip(&headers(value));
        assert!(accepts("gzip") && accepts("deflate, GZIP;q=0.5, br") && accepts("*"));
        assert!(!accepts("gzip;q=0, *") && !accepts("identity") && !accepts("*;q=0"));
    }
}
