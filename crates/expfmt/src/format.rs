//! The formats, their names, and which of them a reader asks for.

/// A format of exposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// OpenMetrics text 1.0.0.
    OpenMetricsText100,
    /// OpenMetrics text 0.0.1, read as 1.0.0 is.
    OpenMetricsText001,
    /// Prometheus text 1.0.0: as 0.0.4, with names in UTF-8.
    PrometheusText100,
    /// Prometheus text 0.0.4.
    PrometheusText004,
    /// Delimited protobuf messages; see [`crate::protobuf_to_text`].
    PrometheusProto,
}

impl Format {
    /// The text formats, in the order in which Prometheus asks for them.
    pub const TEXT: [Self; 4] = [
        Self::OpenMetricsText100,
        Self::OpenMetricsText001,
        Self::PrometheusText100,
        Self::PrometheusText004,
    ];

    /// All formats, in the order in which Prometheus asks for them when it wants native histograms.
    pub const ALL: [Self; 5] = [
        Self::PrometheusProto,
        Self::OpenMetricsText100,
        Self::OpenMetricsText001,
        Self::PrometheusText100,
        Self::PrometheusText004,
    ];

    /// The format that `scrape_protocols` calls by that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// The name in `scrape_protocols`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenMetricsText100 => "OpenMetricsText1.0.0",
            Self::OpenMetricsText001 => "OpenMetricsText0.0.1",
            Self::PrometheusText100 => "PrometheusText1.0.0",
            Self::PrometheusText004 => "PrometheusText0.0.4",
            Self::PrometheusProto => "PrometheusProto",
        }
    }

    /// The `Content-Type` of an answer in this format.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetricsText100 => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::OpenMetricsText001 => "application/openmetrics-text; version=0.0.1; charset=utf-8",
            Self::PrometheusText100 => "text/plain; version=1.0.0; escaping=allow-utf-8; charset=utf-8",
            Self::PrometheusText004 => "text/plain; version=0.0.4; charset=utf-8",
            Self::PrometheusProto => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        }
    }

    /// The format's part of an `Accept` header, without its weight.
    pub fn media_range(self) -> &'static str {
        match self {
            Self::OpenMetricsText100 => "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
            Self::OpenMetricsText001 => "application/openmetrics-text;version=0.0.1",
            Self::PrometheusText100 => "text/plain;version=1.0.0;escaping=allow-utf-8",
            Self::PrometheusText004 => "text/plain;version=0.0.4",
            Self::PrometheusProto => {
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
            }
        }
    }

    /// True for the formats that are closed by `# EOF`.
    pub fn is_open_metrics(self) -> bool {
        matches!(self, Self::OpenMetricsText100 | Self::OpenMetricsText001)
    }

    /// The format of a body with this `Content-Type`.
    ///
    /// # Errors
    /// When the header does not name a format that can be read.
    pub fn from_content_type(header: &str) -> Result<Self, ContentTypeError> {
        if header.trim().is_empty() {
            return Err(ContentTypeError::Blank);
        }
        let media = MediaRange::parse(header).ok_or(ContentTypeError::Malformed)?;
        match (media.kind, media.version) {
            ("application/openmetrics-text", "0.0.1") => Ok(Self::OpenMetricsText001),
            ("application/openmetrics-text", _) => Ok(Self::OpenMetricsText100),
            ("text/plain", "1.0.0") => Ok(Self::PrometheusText100),
            ("text/plain", _) => Ok(Self::PrometheusText004),
            ("application/vnd.google.protobuf", _) => Ok(Self::PrometheusProto),
            _ => Err(ContentTypeError::Unsupported),
        }
    }
}

/// Why a `Content-Type` says nothing about the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentTypeError {
    /// There is none.
    Blank,
    /// It is no media type.
    Malformed,
    /// It is that of something else.
    Unsupported,
}

/// A page of metrics, as a server answers a scrape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposition {
    /// The value of `Content-Type`, always that of the body.
    pub content_type: &'static str,
    /// The metrics.
    pub body: String,
}

/// The format that a reader with this `Accept` header prefers; text 0.0.4 when it asks for none that there is.
pub fn negotiate(accept: &str) -> Format {
    let mut best = (0, Format::PrometheusText004);
    for range in media_ranges(accept) {
        let format = match (range.kind, range.version) {
            ("application/openmetrics-text", "0.0.1") => Format::OpenMetricsText001,
            ("application/openmetrics-text", "1.0.0" | "") => Format::OpenMetricsText100,
            ("text/plain", "1.0.0") => Format::PrometheusText100,
            ("text/plain", "0.0.4" | "") => Format::PrometheusText004,
            _ => continue,
        };
        if range.weight > best.0 {
            best = (range.weight, format);
        }
    }
    best.1
}

/// What an `Accept` header lists.
pub(crate) fn media_ranges(accept: &str) -> impl Iterator<Item = MediaRange<'_>> {
    accept.split(',').take(ACCEPT_RANGES_MAX).filter_map(MediaRange::parse)
}

/// Far more than any reader sends; the rest of a longer header is not looked at.
const ACCEPT_RANGES_MAX: usize = 64;

/// One media type with the parameters that matter here.
pub(crate) struct MediaRange<'a> {
    kind: &'a str,
    version: &'a str,
    pub(crate) escaping: &'a str,
    /// Thousandths.
    pub(crate) weight: u16,
}

impl<'a> MediaRange<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next().filter(|kind| !kind.is_empty() && kind.bytes().all(is_media_type_byte))?;
        let kind = ["application/openmetrics-text", "text/plain", "application/vnd.google.protobuf"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(kind))
            .unwrap_or(kind);
        let mut range = Self { kind, version: "", escaping: "", weight: 1000 };
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches('"');
            match name.trim() {
                name if name.eq_ignore_ascii_case("version") => range.version = value,
                name if name.eq_ignore_ascii_case("escaping") => range.escaping = value,
                name if name.eq_ignore_ascii_case("q") => range.weight = weight(value)?,
                _ => {}
            }
        }
        Some(range)
    }
}

fn is_media_type_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"()<>@,;:\\\"[]?=".contains(&byte)
}

/// A weight from 0 to 1 in thousandths.
fn weight(text: &str) -> Option<u16> {
    let weight: f64 = text.parse().ok()?;
    (0.0..=1.0).contains(&weight).then_some((weight * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_what_it_prefers() {
        for (accept, format) in [
            ("", Format::PrometheusText004),
            ("*/*", Format::PrometheusText004),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Format::PrometheusText004),
            ("application/openmetrics-text", Format::OpenMetricsText100),
            ("application/openmetrics-text;version=0.0.1", Format::OpenMetricsText001),
            ("application/openmetrics-text;version=9.9", Format::PrometheusText004),
            (
                "text/plain;version=0.0.4;q=0.5, Application/OpenMetrics-Text; version=1.0.0",
                Format::OpenMetricsText100,
            ),
            ("text/plain;q=0.5,application/openmetrics-text;q=0.4", Format::PrometheusText004),
            ("application/openmetrics-text;q=0,text/plain;version=1.0.0;q=0.1", Format::PrometheusText100),
            ("application/openmetrics-text;q=x", Format::PrometheusText004),
        ] {
            assert_eq!(negotiate(accept), format, "{accept}");
        }
    }

    #[test]
    fn each_format_is_known_by_what_it_says_of_itself() {
        for format in Format::ALL {
            assert_eq!(Format::from_content_type(format.content_type()), Ok(format));
            if format != Format::PrometheusProto {
                assert_eq!(negotiate(format.media_range()), format);
            }
            assert_eq!(Format::from_name(format.as_str()), Some(format));
        }
    }

    #[test]
    fn other_content_types_say_nothing() {
        for (header, error) in [
            ("", ContentTypeError::Blank),
            ("text/html; charset=utf-8", ContentTypeError::Unsupported),
            ("garbage", ContentTypeError::Unsupported),
            ("text plain", ContentTypeError::Malformed),
            ("text/plain; charset", ContentTypeError::Malformed),
        ] {
            assert_eq!(Format::from_content_type(header), Err(error), "{header}");
        }
        assert_eq!(Format::from_content_type("Text/Plain;"), Ok(Format::PrometheusText004));
    }
}
