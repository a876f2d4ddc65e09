//! Log lines on standard error: logfmt or JSON, one event a line, with Prometheus's keys.

use std::{
    fmt::{self, Write as _},
    time::{SystemTime, UNIX_EPOCH},
};

use model::{civil::Civil, label::write_quoted};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::with_causes;

/// The target of events about changes that people made.
const AUDIT: &str = "audit";

/// The least severe level that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Level {
    /// Everything.
    Debug,
    /// What a user may want to know.
    Info,
    /// What may need care.
    Warn,
    /// What failed.
    Error,
}

/// The form of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// `time=… level=INFO msg="…" key=value`
    Logfmt,
    /// `{"time":"…","level":"INFO","msg":"…","key":"value"}`
    Json,
}

/// Starts logging for the whole process; only the first call counts.
pub(crate) fn start(level: Level, format: Format) {
    let level = match level {
        Level::Debug => LevelFilter::DEBUG,
        Level::Info => LevelFilter::INFO,
        Level::Warn => LevelFilter::WARN,
        Level::Error => LevelFilter::ERROR,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        // With standard error closed there is nobody to tell; the complaint itself would panic.
        .log_internal_errors(false)
        .event_format(Line { format })
        .finish();
    // A second start happens only in tests; the first subscriber stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

struct Line {
    format: Format,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = String::with_capacity(160);
        let mut pairs = Pairs { line: &mut line, format: self.format };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
        pairs.push("time", &Civil::from_ms(now).to_string());
        pairs.push("level", event.metadata().level().as_str());
        // The trace of changes is to be told from everything else.
        if event.metadata().target() == AUDIT {
            pairs.push("logger", AUDIT);
        }
        event.record(&mut pairs);
        match self.format {
            Format::Logfmt => writeln!(out, "{line}"),
            Format::Json => writeln!(out, "{{{line}}}"),
        }
    }
}

struct Pairs<'a> {
    line: &'a mut String,
    format: Format,
}

impl Pairs<'_> {
    fn push(&mut self, key: &str, value: &str) {
        let key = if key == "message" { "msg" } else { key };
        match self.format {
            Format::Logfmt => {
                if !self.line.is_empty() {
                    self.line.push(' ');
                }
                let bare =
                    !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic() && !b"\"=".contains(&b));
                // Writing to a String cannot fail.
                let _ = write!(self.line, "{key}=");
                let _ = if bare { self.line.write_str(value) } else { write_quoted(self.line, value) };
            }
            Format::Json => {
                if !self.line.is_empty() {
                    self.line.push(',');
                }
                let value = serde_json::Value::from(value);
                let _ = write!(self.line, "\"{key}\":{value}");
            }
        }
    }
}

impl Visit for Pairs<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field.name(), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.push(field.name(), &with_causes(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field.name(), &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(format: Format, pairs: &[(&str, &str)]) -> String {
        let mut line = String::new();
        let mut out = Pairs { line: &mut line, format };
        for (key, value) in pairs {
            out.push(key, value);
        }
        line
    }

    #[test]
    fn values_are_quoted_where_a_reader_needs_it() {
        let pairs = [("level", "INFO"), ("message", "a \"b\"\n\u{1}"), ("path", "/x"), ("empty", "")];
        assert_eq!(line(Format::Logfmt, &pairs), r#"level=INFO msg="a \"b\"\n\x01" path=/x empty="""#);
        assert_eq!(
            line(Format::Json, &pairs),
            r#""level":"INFO","msg":"a \"b\"\n\u0001","path":"/x","empty":"""#
        );
    }
}
