//! The small query language of Prometheus variables: `label_values(…)`, `query_result(…)` and the rest.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetricQuery<'a> {
    LabelNames(&'a str),
    /// A label and a selector.
    LabelValues(&'a str, &'a str),
    /// Names of metrics that a pattern matches.
    Metrics(&'a str),
    QueryResult(&'a str),
    Series(&'a str),
}

impl<'a> MetricQuery<'a> {
    pub(super) fn read(source: &'a str) -> Self {
        let query = source.trim();
        let call = query.strip_suffix(')').and_then(|open| open.split_once('('));
        let Some((name, inner)) = call else { return Self::Series(query) };
        let inner = inner.trim();
        match name {
            "label_names" => Self::LabelNames(inner),
            "label_values" => Self::label_values(inner),
            "metrics" => Self::Metrics(inner),
            "query_result" => Self::QueryResult(inner),
            _ => Self::Series(query),
        }
    }

    /// The label is what follows the last comma; selectors hold commas too.
    fn label_values(inner: &'a str) -> Self {
        match inner.rsplit_once(',') {
            Some((selector, label)) if model::label::is_legacy_label_name(label.trim()) => {
                Self::LabelValues(label.trim(), selector.trim())
            }
            _ => Self::LabelValues(inner, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_told_apart() {
        for (source, expected) in [
            ("label_values(job)", MetricQuery::LabelValues("job", "")),
            (
                "label_values(up{a=\"b\", c=\"d\"}, job) ",
                MetricQuery::LabelValues("job", "up{a=\"b\", c=\"d\"}"),
            ),
            ("label_names()", MetricQuery::LabelNames("")),
            ("metrics(^node_)", MetricQuery::Metrics("^node_")),
            ("query_result(topk(1, up))", MetricQuery::QueryResult("topk(1, up)")),
            ("up{a=\"b\"}", MetricQuery::Series("up{a=\"b\"}")),
        ] {
            assert_eq!(MetricQuery::read(source), expected);
        }
    }
}
