//! A whole exposition at once: its families, its samples and all that is wrong with it.
//!
//! This is for those who look at an exposition; what is to be stored is read by [`crate::reading`].

use std::collections::HashMap;

use expfmt::{Entry, Format, ParseError, Parser, Sample, visit_labels};
use model::{LabelSet, MetricType};

use crate::{
    error::ScrapeError,
    labels::{LabelBuffer, LabelRules},
};

/// Faults of an exposition that are kept; whoever mends these will find the others.
const FAULTS_MAX: usize = 20;

/// What stands in an exposition.
pub(crate) struct Survey {
    /// In the order of their first mention; those without samples included.
    pub(crate) families: Vec<SurveyedFamily>,
    /// In the order of the exposition.
    pub(crate) samples: Vec<SurveyedSample>,
    /// What makes a scrape fail, in order, up to [`FAULTS_MAX`].
    pub(crate) faults: Vec<Fault>,
    pub(crate) is_open_metrics: bool,
    by_name: HashMap<String, usize>,
}

/// A metric family and what is said about it.
pub(crate) struct SurveyedFamily {
    pub(crate) name: String,
    pub(crate) kind: MetricType,
    /// Empty when there is none.
    pub(crate) help: String,
    /// Whether there is a `# TYPE`.
    pub(crate) is_typed: bool,
}

/// A sample.
pub(crate) struct SurveyedSample {
    /// Position in [`Survey::families`].
    pub(crate) family: usize,
    /// The labels as exposed, the metric name among them.
    pub(crate) labels: LabelSet,
    pub(crate) value: f64,
    pub(crate) timestamp_ms: Option<i64>,
    /// Its line, from 1.
    pub(crate) line: usize,
}

/// A line that makes a scrape fail.
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) error: ScrapeError,
}

impl Survey {
    /// Reads a body; the rules say which labels a series may have.
    pub(crate) fn read(body: &[u8], format: Format, rules: &LabelRules) -> Self {
        let mut survey = Self {
            families: Vec::new(),
            samples: Vec::new(),
            faults: Vec::new(),
            is_open_metrics: format.is_open_metrics(),
            by_name: HashMap::new(),
        };
        let mut labels = LabelBuffer::default();
        let (mut rest, mut lines) = (body, 0);
        // After a faulty line it goes on with the next: a person wants to see them all.
        while let Some(error) = survey.read_part(rest, format, lines, rules, &mut labels) {
            let faulty = error.line;
            let ParseError { column, excerpt, kind, .. } = *error;
            let line = lines + faulty;
            survey.note(line, Box::new(ParseError { line, column, excerpt, kind }).into());
            match after_line(rest, faulty) {
                Some(after) if survey.faults.len() < FAULTS_MAX => (rest, lines) = (after, line),
                _ => break,
            }
        }
        survey
    }

    /// Reads up to the first fault of the format; before the part stand so many lines.
    fn read_part(
        &mut self,
        part: &[u8],
        format: Format,
        lines: usize,
        rules: &LabelRules,
        buffer: &mut LabelBuffer,
    ) -> Option<Box<ParseError>> {
        let mut parser = Parser::new(part, format);
        let (mut line, mut at) = (lines, 0);
        loop {
            let entry = match parser.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => return None,
                Err(error) => return Some(error),
            };
            let end = part.len() - parser.remaining().len();
            line += memchr::memchr_iter(b'\n', part.get(at..end).unwrap_or_default()).count();
            at = end;
            match entry {
                Entry::Help { metric, text } => {
                    self.describe(metric, |family| family.help = text.into_owned())
                }
                Entry::Type { metric, kind } => {
                    self.describe(metric, |family| (family.kind, family.is_typed) = (kind, true));
                }
                Entry::Unit { .. } | Entry::Comment => {}
                Entry::Sample(sample) => self.push(&sample, line, rules, buffer),
            }
        }
    }

    fn push(&mut self, sample: &Sample<'_>, line: usize, rules: &LabelRules, buffer: &mut LabelBuffer) {
        if let Err(error) = buffer.label_set(sample.series, rules) {
            return self.note(line, error);
        }
        let mut pairs = Vec::new();
        if let Err(error) =
            visit_labels(sample.series, |name, value| pairs.push((name.to_owned(), value.to_owned())))
        {
            return self.note(line, error.into());
        }
        let labels = LabelSet::from_pairs(pairs);
        let family = self.family_of(labels.metric_name());
        let (value, timestamp_ms) = (sample.value, sample.timestamp_ms);
        self.samples.push(SurveyedSample { family, labels, value, timestamp_ms, line });
    }

    fn note(&mut self, line: usize, error: ScrapeError) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { line, error });
        }
    }

    fn describe(&mut self, name: &str, change: impl FnOnce(&mut SurveyedFamily)) {
        let at = self.position(name);
        if let Some(family) = self.families.get_mut(at) {
            change(family);
        }
    }

    fn position(&mut self, name: &str) -> usize {
        if let Some(&at) = self.by_name.get(name) {
            return at;
        }
        self.by_name.insert(name.to_owned(), self.families.len());
        let (kind, help) = (MetricType::Unknown, String::new());
        self.families.push(SurveyedFamily { name: name.to_owned(), kind, help, is_typed: false });
        self.families.len() - 1
    }

    /// The family that a sample of this name belongs to: its own, or one whose type has samples of that suffix.
    fn family_of(&mut self, name: &str) -> usize {
        if let Some(&at) = self.by_name.get(name) {
            return at;
        }
        let parent = SUFFIXES.iter().find_map(|(suffix, kinds)| {
            let at = *self.by_name.get(name.strip_suffix(suffix)?)?;
            self.families.get(at).filter(|family| kinds.contains(&family.kind)).map(|_| at)
        });
        parent.unwrap_or_else(|| self.position(name))
    }

    /// The name that a family's samples have where the family's own lacks the suffix, as in OpenMetrics.
    pub(crate) fn exposed_name(&self, family: &SurveyedFamily) -> String {
        let suffix = match family.kind {
            MetricType::Counter if self.is_open_metrics => "_total",
            MetricType::Info if self.is_open_metrics => "_info",
            _ => "",
        };
        // Families that come as protobuf have it in their own name.
        let name = family.name.strip_suffix(suffix).unwrap_or(&family.name);
        format!("{name}{suffix}")
    }

    /// The samples of a metric.
    pub(crate) fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s SurveyedSample> {
        self.samples.iter().filter(move |sample| sample.labels.metric_name() == name)
    }
}

/// Which types have samples that end so.
const SUFFIXES: [(&str, &[MetricType]); 8] = [
    ("_bucket", &[MetricType::Histogram, MetricType::GaugeHistogram]),
    ("_sum", &[MetricType::Histogram, MetricType::Summary]),
    ("_count", &[MetricType::Histogram, MetricType::Summary]),
    ("_gsum", &[MetricType::GaugeHistogram]),
    ("_gcount", &[MetricType::GaugeHistogram]),
    ("_created", &[MetricType::Counter, MetricType::Histogram, MetricType::Summary]),
    ("_total", &[MetricType::Counter]),
    ("_info", &[MetricType::Info]),
];

/// What stands behind the line of that number, from 1; `None` when it is the last.
fn after_line(text: &[u8], line: usize) -> Option<&[u8]> {
    let end = memchr::memchr_iter(b'\n', text).nth(line.checked_sub(1)?)?;
    text.get(end + 1..).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ScrapeConfig;

    fn survey(body: &str, format: Format) -> Survey {
        let config = ScrapeConfig { label_limit: 4, ..ScrapeConfig::default() };
        let rules = LabelRules::new(&config, LabelSet::from_pairs([("instance", "h:1"), ("job", "j")]));
        Survey::read(body.as_bytes(), format, &rules)
    }

    #[test]
    fn all_faulty_lines_are_told_with_their_numbers() {
        let body = "a 1\n\nb{ 1\nc 1\nd x\ne{f=\"1\",g=\"2\"} 1\nf{f=\"1\",f=\"2\"} 1\nz 1\n";
        let survey = survey(body, Format::PrometheusText004);
        let lines: Vec<_> = survey.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [3, 5, 6, 7]);
        let good: Vec<_> = survey.samples.iter().map(|s| (s.labels.metric_name(), s.line)).collect();
        assert_eq!(good, [("a", 1), ("c", 4), ("z", 8)]);
        assert_eq!(survey.faults.len(), 4);
    }

    #[test]
    fn faults_are_bounded() {
        assert_eq!(survey(&"x y\n".repeat(100), Format::PrometheusText004).faults.len(), FAULTS_MAX);
        let cut = survey("a 1\n", Format::OpenMetricsText100);
        assert_eq!((cut.samples.len(), cut.faults.len()), (1, 1));
    }

    #[test]
    fn samples_belong_to_the_family_whose_type_has_them() {
        let body = "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\n# TYPE g gauge\ng 1\ng_sum 1\n";
        let survey = survey(body, Format::PrometheusText004);
        let families: Vec<_> = survey.samples.iter().map(|s| &*survey.families[s.family].name).collect();
        assert_eq!(families, ["h", "h", "g", "g_sum"]);
    }
}
