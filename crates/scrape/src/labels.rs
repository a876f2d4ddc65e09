//! From a line of an exposition to the labels of the series that is stored.

use std::ops::Range;

use expfmt::visit_labels;
use model::{LabelSet, METRIC_NAME};

use crate::{error::ScrapeError, settings::ScrapeConfig};

/// What decides about the labels of a target's series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LabelRules {
    /// The target's own labels.
    pub(crate) target: LabelSet,
    pub(crate) honor_labels: bool,
    label_limit: u64,
    name_limit_bytes: u64,
    value_limit_bytes: u64,
}

impl LabelRules {
    pub(crate) fn new(config: &ScrapeConfig, target: LabelSet) -> Self {
        Self {
            target,
            honor_labels: config.honor_labels,
            label_limit: config.label_limit,
            name_limit_bytes: config.label_name_length_limit,
            value_limit_bytes: config.label_value_length_limit,
        }
    }

    /// The labels of a series that scraping itself makes, such as `up`.
    pub(crate) fn own_series(&self, metric: &str) -> LabelSet {
        LabelSet::from_pairs(self.target.iter().chain([(METRIC_NAME, metric)]))
    }

    fn check(&self, labels: &LabelSet) -> Result<(), ScrapeError> {
        let above = |count: usize, limit: u64| limit > 0 && count as u64 > limit;
        let metric = || labels.metric_name().to_owned();
        if above(labels.len(), self.label_limit) {
            let (labels, limit) = (labels.len(), self.label_limit);
            return Err(ScrapeError::LabelLimit { metric: metric(), labels, limit });
        }
        for (name, value) in labels {
            if above(name.len(), self.name_limit_bytes) {
                let (name, limit) = (name.to_owned(), self.name_limit_bytes);
                return Err(ScrapeError::LabelNameLength { metric: metric(), name, limit });
            }
            if above(value.len(), self.value_limit_bytes) {
                let (name, value, limit) = (name.to_owned(), value.to_owned(), self.value_limit_bytes);
                return Err(ScrapeError::LabelValueLength { metric: metric(), name, value, limit });
            }
        }
        Ok(())
    }
}

/// Builds label sets in buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct LabelBuffer {
    text: String,
    pairs: Vec<Pair>,
}

#[derive(Clone, Debug)]
struct Pair {
    name: Range<usize>,
    value: Range<usize>,
}

impl LabelBuffer {
    /// The labels of a line's series with those of the target.
    pub(crate) fn label_set(&mut self, series: &[u8], rules: &LabelRules) -> Result<LabelSet, ScrapeError> {
        self.text.clear();
        self.pairs.clear();
        visit_labels(series, |name, value| self.push(name, value))?;
        self.sort();
        if let Some(name) = self.repeated_name() {
            return Err(ScrapeError::LabelTwice { series: shown(series), name: name.to_owned() });
        }
        if self.get(METRIC_NAME).is_empty() {
            return Err(ScrapeError::NameMissing);
        }
        if !self.get("").is_empty() {
            return Err(ScrapeError::Name { series: shown(series) });
        }
        self.add_target(rules);
        self.sort();
        let pairs = self.pairs.iter().map(|pair| (self.at(&pair.name), self.at(&pair.value)));
        let labels = LabelSet::from_sorted(pairs.filter(|(_, value)| !value.is_empty()));
        rules.check(&labels)?;
        Ok(labels)
    }

    fn push(&mut self, name: &str, value: &str) {
        let pair = Pair { name: self.push_text(&[name]), value: self.push_text(&[value]) };
        self.pairs.push(pair);
    }

    fn push_text(&mut self, parts: &[&str]) -> Range<usize> {
        let start = self.text.len();
        for part in parts {
            self.text.push_str(part);
        }
        start..self.text.len()
    }

    fn at(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn sort(&mut self) {
        let Self { text, pairs } = self;
        pairs.sort_by(|a, b| text.get(a.name.clone()).cmp(&text.get(b.name.clone())));
    }

    fn repeated_name(&self) -> Option<&str> {
        let repeated = self.pairs.windows(2).find_map(|pair| match pair {
            [a, b] if self.at(&a.name) == self.at(&b.name) => Some(&a.name),
            _ => None,
        });
        repeated.map(|name| self.at(name))
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.pairs.iter().position(|pair| self.at(&pair.name) == name)
    }

    fn get(&self, name: &str) -> &str {
        let pair = self.find(name).and_then(|at| self.pairs.get(at));
        pair.map_or("", |pair| self.at(&pair.value))
    }

    /// Where the exposition has a label of the target, one of them gives way: the target's when labels are
    /// honoured, else the exposition's, which is renamed.
    fn add_target(&mut self, rules: &LabelRules) {
        let mut displaced: Vec<Pair> = Vec::new();
        for (name, value) in &rules.target {
            match self.find(name) {
                Some(_) if rules.honor_labels => {}
                Some(at) => {
                    let value = self.push_text(&[value]);
                    if let Some(pair) = self.pairs.get_mut(at) {
                        displaced.push(pair.clone());
                        pair.value = value;
                    }
                }
                None => self.push(name, value),
            }
        }
        displaced.retain(|pair| !pair.value.is_empty());
        displaced.sort_by_key(|pair| pair.name.len());
        for Pair { name, value } in displaced {
            let mut renamed = format!("exported_{}", self.at(&name));
            // Ends at the latest when all labels are tried.
            while !self.get(&renamed).is_empty() {
                renamed.insert_str(0, "exported_");
            }
            let name = self.push_text(&[&renamed]);
            // A label without a value is none, and gives way.
            self.pairs.retain(|pair| self.text.get(pair.name.clone()) != Some(&renamed));
            self.pairs.push(Pair { name, value });
        }
    }
}

/// A series for an error's text, cut where it is long.
fn shown(series: &[u8]) -> String {
    let bytes = series.get(..expfmt::EXCERPT_BYTES_MAX).unwrap_or(series);
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(series: &str, honor_labels: bool) -> Result<String, String> {
        let config = ScrapeConfig {
            honor_labels,
            label_limit: 5,
            label_name_length_limit: 22,
            label_value_length_limit: 10,
            ..ScrapeConfig::default()
        };
        let rules = LabelRules::new(&config, LabelSet::from_pairs([("instance", "h:1"), ("job", "j")]));
        let set = LabelBuffer::default().label_set(series.as_bytes(), &rules);
        set.map(|set| set.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn labels_of_the_target_win_or_give_way() {
        for (series, target_wins, exposition_wins) in [
            ("up", r#"up{instance="h:1", job="j"}"#, r#"up{instance="h:1", job="j"}"#),
            (
                r#"up{job="x",z="1"}"#,
                r#"up{exported_job="x", instance="h:1", job="j", z="1"}"#,
                r#"up{instance="h:1", job="x", z="1"}"#,
            ),
            (
                r#"up{job="x",exported_job="y"}"#,
                r#"up{exported_exported_job="x", exported_job="y", instance="h:1", job="j"}"#,
                r#"up{exported_job="y", instance="h:1", job="x"}"#,
            ),
            (r#"up{job=""}"#, r#"up{instance="h:1", job="j"}"#, r#"up{instance="h:1"}"#),
        ] {
            assert_eq!(labels(series, false).unwrap(), target_wins);
            assert_eq!(labels(series, true).unwrap(), exposition_wins);
        }
    }

    #[test]
    fn faulty_and_oversized_label_sets_fail() {
        for (series, error) in [
            (r#"up{a="1",a="2"}"#, "label name \"a\" is not unique: invalid sample"),
            (r#"up{__name__="x"}"#, "label name \"__name__\" is not unique: invalid sample"),
            (r#"{"",a="1"}"#, "missing metric name (__name__ label)"),
            (r#"up{""="1"}"#, r#"invalid metric name or label names: up{""="1"}"#),
            (r#"up{a="1",b="2",c="3"}"#, "label_limit exceeded (metric: up, number of labels: 6, limit: 5)"),
            (
                r#"up{a_very_long_label_name_="1"}"#,
                "label_name_length_limit exceeded (metric: up, label name: a_very_long_label_name_, length: 23, limit: 22)",
            ),
            (
                r#"up{a="12345678901"}"#,
                "label_value_length_limit exceeded (metric: up, label name: a, value: \"12345678901\", length: 11, limit: 10)",
            ),
        ] {
            assert_eq!(labels(series, false).unwrap_err(), error);
        }
    }
}
