//! From OpenMetrics, as the `prometheus-client` crate writes it, to text 0.0.4.

use std::fmt::Write;

use model::MetricType;

use crate::{
    Format,
    escape::push_help,
    parser::{Entry, Parser, Sample},
    scanner::Result,
    writer::{push_name, push_type},
};

/// Rewrites an OpenMetrics body as text 0.0.4.
///
/// Counter and info families are called as their samples are (`_total`, `_info`); types that text does not
/// have become the nearest that it has; units and exemplars are left out. The values stay the same.
///
/// # Errors
/// When the body is not OpenMetrics.
pub fn openmetrics_to_text(body: &str) -> Result<String> {
    let mut parser = Parser::new(body.as_bytes(), Format::OpenMetricsText100);
    let mut writer = TextWriter { out: String::with_capacity(body.len()), help: None };
    while let Some(entry) = parser.next()? {
        match entry {
            Entry::Help { metric, text } => writer.help = Some((metric, text.into_owned())),
            Entry::Type { metric, kind } => writer.family(metric, kind),
            Entry::Sample(sample) => writer.sample(&sample),
            Entry::Unit { .. } | Entry::Comment => {}
        }
    }
    Ok(writer.out)
}

struct TextWriter<'a> {
    out: String,
    /// A help text that waits for the type, which decides the name that it gets.
    help: Option<(&'a str, String)>,
}

impl TextWriter<'_> {
    fn family(&mut self, metric: &str, kind: MetricType) {
        let (suffix, kind) = match kind {
            MetricType::Counter => ("_total", "counter"),
            MetricType::Info => ("_info", "gauge"),
            MetricType::StateSet => ("", "gauge"),
            MetricType::Unknown => ("", "untyped"),
            MetricType::GaugeHistogram => ("", "histogram"),
            kind @ (MetricType::Gauge | MetricType::Histogram | MetricType::Summary) => ("", kind.as_str()),
        };
        let suffix = if metric.ends_with(suffix) { "" } else { suffix };
        let name = format!("{metric}{suffix}");
        if let Some((_, help)) = self.help.take_if(|(of, _)| *of == metric) {
            self.out.push_str("# HELP ");
            push_name(&mut self.out, &name);
            self.out.push(' ');
            push_help(&mut self.out, &help);
            self.out.push('\n');
        }
        push_type(&mut self.out, &name, kind);
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.out.push_str(&String::from_utf8_lossy(sample.series));
        self.out.push(' ');
        push_value(&mut self.out, sample.value);
        if let Some(timestamp_ms) = sample.timestamp_ms {
            let _ = write!(self.out, " {timestamp_ms}");
        }
        self.out.push('\n');
    }
}

/// Appends a sample's value as both formats write it; reading it gives the same float.
pub fn push_value(out: &mut String, value: f64) {
    let _ = match value {
        infinite if infinite.is_infinite() => out.write_str(if infinite > 0.0 { "+Inf" } else { "-Inf" }),
        small_or_large if small_or_large != 0.0 && !(1e-5..1e21).contains(&small_or_large.abs()) => {
            write!(out, "{small_or_large:e}")
        }
        other => write!(out, "{other}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_become_what_text_knows() {
        let body = concat!(
            "# HELP requests Requests \\\"served\\\".\n# TYPE requests counter\n",
            "requests_total{route=\"/a\"} 3 # {trace=\"x\"} 1\n",
            "# HELP build Build.\n# TYPE build info\nbuild_info{version=\"1\"} 1\n",
            "# HELP wait_seconds Wait.\n# TYPE wait_seconds histogram\n# UNIT wait_seconds seconds\n",
            "wait_seconds_bucket{le=\"+Inf\"} 1\nwait_seconds_sum 0.5 1.5\n",
            "# TYPE odd unknown\nodd +Inf\nodd{a=\"b\"} NaN\n# EOF\n",
        );
        let text = concat!(
            "# HELP requests_total Requests \"served\".\n# TYPE requests_total counter\n",
            "requests_total{route=\"/a\"} 3\n",
            "# HELP build_info Build.\n# TYPE build_info gauge\nbuild_info{version=\"1\"} 1\n",
            "# HELP wait_seconds Wait.\n# TYPE wait_seconds histogram\n",
            "wait_seconds_bucket{le=\"+Inf\"} 1\nwait_seconds_sum 0.5 1500\n",
            "# TYPE odd untyped\nodd +Inf\nodd{a=\"b\"} NaN\n",
        );
        assert_eq!(openmetrics_to_text(body).unwrap(), text);
    }

    #[test]
    fn values_read_back_as_they_were() {
        for value in [0.0, -0.0, 1.0, 0.1, 1e-7, 1e300, f64::MAX, 5e-324, f64::NEG_INFINITY] {
            let mut text = String::new();
            push_value(&mut text, value);
            assert_eq!(crate::parse_float(text.as_bytes()).unwrap().to_bits(), value.to_bits(), "{text}");
        }
    }
}
