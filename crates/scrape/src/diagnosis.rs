//! What a failure means and what to do about it, in a sentence each.

use std::time::Duration;

use expfmt::{ParseError, ParseErrorKind, ProtobufError};
use http::StatusCode;
use model::duration::DurationMs;
use net::client::{ClientError, DialError, TlsFailure};

use crate::{error::ScrapeError, ingest::Tally};

/// The cause of a trouble and its cure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// What it means.
    pub cause: String,
    /// What to do about it.
    pub cure: String,
}

impl Diagnosis {
    fn new(cause: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cause: cause.into(), cure: cure.into() }
    }
}

impl ScrapeError {
    /// What the failure means and what to do about it.
    pub fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Client(error) => client(error),
            Self::ContentType { header, .. } => content_type(header),
            Self::Parse(error) => parse(error),
            Self::Protobuf(error) => protobuf(error),
            Self::SampleLimit { samples, limit } => Diagnosis::new(
                format!("The target exposes {samples} samples and sample_limit allows {limit}."),
                "Raise sample_limit of the job, or let the exporter expose less.",
            ),
            Self::LabelLimit { .. } | Self::LabelNameLength { .. } | Self::LabelValueLength { .. } => {
                Diagnosis::new(
                    "A series of the target has more or longer labels than the job allows.",
                    "Raise the limit that the error names, or shorten the labels in the exporter.",
                )
            }
            Self::LabelTwice { series, name } => Diagnosis::new(
                format!("The series {series} has the label {name} twice."),
                "Mend the exporter: a label may stand once in a series.",
            ),
            Self::NameMissing | Self::Name { .. } => Diagnosis::new(
                "The exposition has a series or a label without a name.",
                "Mend the exporter: each series and each label needs a name.",
            ),
            Self::TargetLimit { targets, limit } => Diagnosis::new(
                format!("The job has {targets} targets and target_limit allows {limit}: none is scraped."),
                "Raise target_limit of the job, or remove targets.",
            ),
            Self::Store(_) => Diagnosis::new(
                "The scrape worked, but the store did not take its samples.",
                "See the log for what is wrong with the store or its disk.",
            ),
        }
    }
}

fn protobuf(error: &ProtobufError) -> Diagnosis {
    match error {
        ProtobufError::Memory => Diagnosis::new(
            "The memory budget has no room for what the exposition unpacks to.",
            "Raise --memory-budget, or let the exporter expose less.",
        ),
        ProtobufError::BucketLimit { family } => Diagnosis::new(
            format!("The histogram {family} has more buckets than native_histogram_bucket_limit allows."),
            "Raise the limit, or let the exporter use fewer buckets.",
        ),
        _ => Diagnosis::new(
            "The exposition is protobuf, but not as Prometheus's clients write it.",
            "Mend the exporter, or leave PrometheusProto out of scrape_protocols to ask for text.",
        ),
    }
}

fn client(error: &ClientError) -> Diagnosis {
    match error {
        ClientError::Dial { source, .. } => dial(source),
        ClientError::Timeout { timeout, first_byte, .. } => timed_out(*timeout, *first_byte),
        ClientError::Closed { .. } => Diagnosis::new(
            "The target closed the connection without an answer.",
            "See the exporter's log: it may have crashed while it made its metrics, or it expects scheme: https.",
        ),
        ClientError::Protocol { .. } => Diagnosis::new(
            "What listens there does not answer in HTTP, or the connection broke.",
            "Check that host and port are those of the exporter; if it speaks HTTPS, set scheme: https in the job.",
        ),
        ClientError::Status(status) => http_status(*status),
        ClientError::Body(_) => Diagnosis::new(
            "The connection broke in the middle of the exposition.",
            "See the exporter's log, and that of any proxy in between.",
        ),
        ClientError::BodyLimit { limit_bytes } => Diagnosis::new(
            format!("The exposition is longer than body_size_limit, {limit_bytes} bytes."),
            "Raise body_size_limit of the job, or let the exporter expose less.",
        ),
        ClientError::Memory { body_bytes } => Diagnosis::new(
            format!("The memory budget has no room for an exposition of {body_bytes} bytes or more."),
            "Raise --memory-budget, or let the exporter expose less.",
        ),
        ClientError::Gzip(_) => Diagnosis::new(
            "The target says that its answer is compressed by gzip, but it is not, or it is damaged.",
            "Mend the exporter, or ask for plain answers with enable_compression: false in the job.",
        ),
        ClientError::Scheme { .. } => Diagnosis::new(
            "The target redirects to an address that is neither HTTP nor HTTPS.",
            "Point the target at an address that serves its metrics by one of them.",
        ),
        _ => Diagnosis::new(
            "The target redirects from one address to another without end.",
            "Set metrics_path and address to where the metrics really are.",
        ),
    }
}

fn dial(error: &DialError) -> Diagnosis {
    match error {
        DialError::Lookup { host, .. } => Diagnosis::new(
            format!("The name {host} has no address."),
            "Correct the host in the job's targets, or add the name to DNS or /etc/hosts.",
        ),
        DialError::Connect { address, source } if source.kind() == std::io::ErrorKind::ConnectionRefused => {
            Diagnosis::new(
                format!("Nothing listens at {address}: the exporter is not running, or on another port."),
                "Start the exporter, or correct host and port in the job's targets.",
            )
        }
        DialError::Connect { address, .. } => Diagnosis::new(
            format!("There is no way to {address}."),
            "Check that the machine is on, the network is up and no firewall is in between.",
        ),
        DialError::Tls(failure) => tls(failure),
        _ => Diagnosis::new("The target's URL has no host.", "Correct the address in the job's targets."),
    }
}

fn tls(failure: &TlsFailure) -> Diagnosis {
    match failure {
        TlsFailure::Plain => Diagnosis::new(
            "The target speaks plain HTTP, not HTTPS.",
            "Set scheme: http in the job, or switch TLS on at the target.",
        ),
        TlsFailure::Authority => Diagnosis::new(
            "The target's certificate is signed by nobody who is trusted here.",
            "Name the certificate of who signed it as ca_file under tls_config of the job.",
        ),
        TlsFailure::Name { name } => Diagnosis::new(
            format!("The target's certificate is not for {name}."),
            "Scrape the target by a name of its certificate, or write that as server_name under tls_config.",
        ),
        TlsFailure::Expired => Diagnosis::new(
            "The target's certificate is not valid today.",
            "Renew the certificate; if it is new, check the clocks of both machines.",
        ),
        TlsFailure::Settings(why) => Diagnosis::new(
            format!("Connections cannot be secured: {why}."),
            "Correct tls_config of the job, or the files that it names.",
        ),
        _ => Diagnosis::new(
            "Target and scraper cannot agree on a secure connection.",
            "See the target's log: it may ask for a certificate (cert_file and key_file under tls_config).",
        ),
    }
}

fn timed_out(timeout: Duration, first_byte: Option<Duration>) -> Diagnosis {
    let timeout = DurationMs(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX));
    match first_byte {
        None => Diagnosis::new(
            format!("The target did not begin to answer within {timeout}: it is slow, or it hangs."),
            "Find out what the exporter does in a scrape; if it needs that long, raise scrape_timeout.",
        ),
        Some(first) => Diagnosis::new(
            format!(
                "The target began to answer after {} ms but was not done within {timeout}.",
                first.as_millis()
            ),
            "Let the exporter expose less or write faster, or raise scrape_timeout.",
        ),
    }
}

fn http_status(status: StatusCode) -> Diagnosis {
    let cause = format!("The target answers with status {status} instead of its metrics.");
    let cure = match status {
        StatusCode::NOT_FOUND => "Correct metrics_path: there is nothing at this path.",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "Let the exporter answer without credentials to this machine."
        }
        StatusCode::NOT_ACCEPTABLE => "Set scrape_protocols to a format that the exporter has.",
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            "Raise scrape_interval, or find out why the exporter is overloaded."
        }
        status if status.is_server_error() => "See the exporter's log: it failed while it made its metrics.",
        _ => "Check that address and metrics_path are those of the exporter.",
    };
    Diagnosis::new(cause, cure)
}

fn content_type(header: &str) -> Diagnosis {
    let cause = match header {
        "" => "The target does not say of what type its answer is.".to_owned(),
        header if header.starts_with("text/html") => {
            "The target says that its answer is a web page, not metrics.".to_owned()
        }
        header => format!("The target says that its answer is {header}, which is no exposition format."),
    };
    let cure = "Let the exporter send Content-Type: text/plain; version=0.0.4 with its metrics, or set \
                fallback_scrape_protocol: PrometheusText0.0.4 in the job.";
    Diagnosis::new(cause, cure)
}

fn parse(error: &ParseError) -> Diagnosis {
    if error.kind == ParseErrorKind::EofMissing {
        return Diagnosis::new(
            "The OpenMetrics exposition does not end with # EOF: it was cut off, or the exporter forgets it.",
            "Let the exporter end with # EOF, or send text/plain; version=0.0.4.",
        );
    }
    let ParseError { line, column, excerpt, .. } = error;
    Diagnosis::new(
        format!("Line {line} of the exposition is wrong at column {column}: {excerpt}"),
        "Mend that line in the exporter; no sample of a faulty exposition is stored.",
    )
}

/// What is wrong with a scrape that worked.
pub(crate) fn trouble(tally: &Tally) -> Option<Diagnosis> {
    let Tally { duplicate, out_of_order, out_of_bounds, refused, .. } = *tally;
    if refused > 0 {
        return Some(Diagnosis::new(
            format!(
                "Memory for series runs short, and this target brings many new ones; refused were {refused} or more."
            ),
            "Let the exporter make fewer series, or raise --memory-budget.",
        ));
    }
    if duplicate > 0 {
        return Some(Diagnosis::new(
            format!(
                "The scrape has series more than once, and only the first sample of each is stored: {duplicate} dropped."
            ),
            "Let the exporter tell its series apart by labels, and expose each once.",
        ));
    }
    let misdated = out_of_order + out_of_bounds;
    if misdated > 0 {
        return Some(Diagnosis::new(
            format!("Samples older than what is stored, or far in the future, were dropped: {misdated}."),
            "Set honor_timestamps: false in the job, or mend the clock that stamps the samples.",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_names_what_it_knows() {
        let request = String::new();
        let timeout = Duration::from_secs(10);
        let first_byte = Some(Duration::from_millis(120));
        let error = ScrapeError::Client(ClientError::Timeout { request, timeout, first_byte });
        let cause = "The target began to answer after 120 ms but was not done within 10s.";
        assert_eq!(error.diagnosis().cause, cause);

        let mut parser = expfmt::Parser::new(b"up 1\nup{ 1\n", expfmt::Format::PrometheusText004);
        parser.next().unwrap();
        let error = ScrapeError::from(parser.next().unwrap_err());
        assert_eq!(error.diagnosis().cause, "Line 2 of the exposition is wrong at column 5: up{ 1");
    }

    #[test]
    fn a_scrape_without_trouble_needs_no_cure() {
        assert_eq!(trouble(&Tally { samples: 5, added: 5, ..Tally::default() }), None);
        let refused = trouble(&Tally { refused: 2, duplicate: 1, ..Tally::default() }).unwrap();
        assert!(refused.cause.contains("refused were 2 or more"));
    }
}
