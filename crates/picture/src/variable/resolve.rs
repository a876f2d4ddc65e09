//! Works out the values of a dashboard's variables, each after those it refers to.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Style, VariableValue, Variables, interpolate,
    metric_query::MetricQuery,
    options::{self, OPTIONS_MAX},
    references,
};
use crate::{
    Error,
    dashboard::{Variable, VariableKind, VariableOption},
    pattern::Pattern,
    source::{DataSource, InstantQuery, Selection, Source, SourceError},
    time::{TimeRange, format_duration, parse_duration, range_variable, round_interval},
};

/// The value that stands for all options.
const ALL: &str = "$__all";
const AUTO_PREFIX: &str = "$__auto_interval_";

/// Values that whoever asks for the picture gives, by the names of variables.
pub(crate) type Given = BTreeMap<String, Vec<String>>;

/// The variables that some texts use, with their values; `built_in` are there already.
///
/// # Errors
/// When the source can answer no more. A query that fails leaves its variable without options.
pub(crate) fn resolve(
    variables: &[Variable],
    used: &BTreeSet<String>,
    given: &Given,
    built_in: Variables,
    range: TimeRange,
    source: &mut dyn Source,
) -> Result<Variables, Error> {
    let mut values = built_in;
    for variable in in_order(variables, used) {
        let wanted = given.get(&variable.name).unwrap_or(&variable.current);
        // What is given needs no options to choose from.
        let known = variable.kind == VariableKind::Query
            && given.contains_key(&variable.name)
            && !wanted.iter().any(|value| value == "All" || value == ALL);
        let value = if known {
            VariableValue {
                texts: wanted.clone(),
                values: wanted.clone(),
                multi: is_multi(variable),
                raw: None,
            }
        } else {
            let options = load(variable, &values, range, source)?;
            let chosen = choose(variable, &options, wanted);
            value_of(variable, &options, chosen, range)
        };
        values.set(&variable.name, value);
    }
    Ok(values)
}

/// The variables that are used, by texts or by one another, each after those it refers to; cycles keep their place.
fn in_order<'a>(variables: &'a [Variable], used: &BTreeSet<String>) -> Vec<&'a Variable> {
    let by_name: BTreeMap<&str, &Variable> = variables.iter().map(|one| (one.name.as_str(), one)).collect();
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    // Each variable is put down twice at most: to be gone into, and to be placed.
    let mut waiting: Vec<(&Variable, bool)> =
        variables.iter().rev().filter(|one| used.contains(&one.name)).map(|one| (one, false)).collect();
    while let Some((variable, entered)) = waiting.pop() {
        if entered {
            order.push(variable);
        } else if seen.insert(variable.name.as_str()) {
            waiting.push((variable, true));
            let names = [&variable.query, &variable.regex, &variable.data_source]
                .into_iter()
                .flat_map(|text| references(text));
            waiting.extend(names.filter_map(|name| by_name.get(name)).map(|other| (*other, false)));
        }
    }
    order
}

fn load(
    variable: &Variable,
    values: &Variables,
    range: TimeRange,
    source: &mut dyn Source,
) -> Result<Vec<VariableOption>, Error> {
    let plain = |value: String| VariableOption { text: value.clone(), value };
    Ok(match variable.kind {
        VariableKind::Query => match query(variable, values, range, source) {
            Ok(found) => {
                let regex = interpolate(&variable.regex, &|name| values.get(name), Style::PromQl);
                options::from_found(found, &regex, variable.sort)
            }
            Err(SourceError::Over(why)) => return Err(Error::Source(why)),
            Err(SourceError::Query(_)) => Vec::new(),
        },
        VariableKind::Custom => options::custom(&values.text(&variable.query)),
        VariableKind::Interval => intervals(variable, range),
        VariableKind::DataSource => sources(variable, values, source)?,
        VariableKind::Constant | VariableKind::TextBox => vec![plain(values.text(&variable.query))],
        VariableKind::Other => variable.options.clone(),
    })
}

fn query(
    variable: &Variable,
    values: &Variables,
    range: TimeRange,
    source: &mut dyn Source,
) -> Result<Vec<String>, SourceError> {
    let scope = |name: &str| {
        let built_in = range_variable(name, range.length_ms()).map(VariableValue::single);
        built_in.or_else(|| values.get(name))
    };
    let text = interpolate(&variable.query, &scope, Style::PromQl);
    let TimeRange { from_ms: start_ms, to_ms: end_ms } = range;
    let data_source = values.text(&variable.data_source);
    let data_source = data_source.trim();
    let all = Selection { data_source, selector: "", start_ms, end_ms, limit: OPTIONS_MAX };
    match MetricQuery::read(&text) {
        MetricQuery::LabelNames(selector) => source.label_names(&Selection { selector, ..all }),
        MetricQuery::LabelValues("", _) | MetricQuery::Series("") => Ok(Vec::new()),
        MetricQuery::LabelValues(name, selector) => source.label_values(name, &Selection { selector, ..all }),
        MetricQuery::Metrics(pattern) => {
            let names = source.label_values(model::METRIC_NAME, &all)?;
            let pattern = Pattern::new(pattern);
            Ok(names.into_iter().filter(|name| pattern.as_ref().is_some_and(|p| p.is_match(name))).collect())
        }
        MetricQuery::QueryResult(expr) => {
            let written = |series: crate::source::Series| {
                let (time_ms, value) = series.samples.last().copied().unwrap_or((0, f64::NAN));
                format!("{} {value} {time_ms}", series.labels)
            };
            Ok(source
                .instant(&InstantQuery { data_source, expr, time_ms: end_ms })?
                .into_iter()
                .map(written)
                .collect())
        }
        MetricQuery::Series(selector) => {
            let series = source.series(&Selection { selector, ..all })?;
            Ok(series.iter().map(ToString::to_string).collect())
        }
    }
}

/// Kinds of data source that answer PromQL: each offers those of the others.
const KINDS: [&str; 2] = ["prometheus", "victoriametrics-metrics-datasource"];

/// The data sources of a kind, by name; the value is what panels know them by.
fn sources(
    variable: &Variable,
    values: &Variables,
    source: &mut dyn Source,
) -> Result<Vec<VariableOption>, Error> {
    let all = match source.data_sources() {
        Ok(all) => all,
        Err(SourceError::Over(why)) => return Err(Error::Source(why)),
        Err(SourceError::Query(_)) => Vec::new(),
    };
    let regex = values.text(&variable.regex);
    let pattern = Some(regex.as_str()).filter(|regex| !regex.is_empty()).and_then(Pattern::new);
    let wanted = variable.query.as_str();
    let of_kind = |kind: &str| kind == wanted || (KINDS.contains(&kind) && KINDS.contains(&wanted));
    let fits = |one: &DataSource| {
        of_kind(&one.kind) && pattern.as_ref().is_none_or(|pattern| pattern.is_match(&one.name))
    };
    let option = |one: DataSource| VariableOption { text: one.name, value: one.uid };
    Ok(all.into_iter().filter(fits).map(option).take(OPTIONS_MAX).collect())
}

fn intervals(variable: &Variable, range: TimeRange) -> Vec<VariableOption> {
    let listed = variable.query.split([',', ' ']).map(|value| value.trim_matches('"'));
    let listed = listed.filter(|value| !value.is_empty() && *value != "auto");
    let mut options: Vec<_> =
        listed.map(|value| VariableOption { text: value.to_owned(), value: value.to_owned() }).collect();
    if variable.auto {
        let auto = auto_interval(variable, range);
        let value = format!("{AUTO_PREFIX}{}", variable.name);
        options.insert(0, VariableOption { text: format!("auto ({auto})"), value });
    }
    options
}

fn auto_interval(variable: &Variable, range: TimeRange) -> String {
    let least = parse_duration(&variable.auto_min).unwrap_or(10_000.0);
    format_duration(round_interval(range.length_ms() / variable.auto_count.max(1.0)).max(least))
}

/// The values to hold among the options: those wanted where they exist, else a sensible first.
fn choose(variable: &Variable, options: &[VariableOption], wanted: &[String]) -> Vec<String> {
    let first = || options.first().map(|option| option.value.clone());
    match variable.kind {
        VariableKind::TextBox => return vec![wanted.first().cloned().or_else(first).unwrap_or_default()],
        VariableKind::Constant => return first().into_iter().collect(),
        _ => {}
    }
    let is_all = |value: &String| value == ALL || value == "All";
    if variable.include_all && wanted.iter().any(is_all) {
        return vec![ALL.to_owned()];
    }
    let by = |fits: &dyn Fn(&VariableOption, &String) -> bool| -> Vec<String> {
        let found = wanted.iter().filter_map(|value| options.iter().find(|option| fits(option, value)));
        found.map(|option| option.value.clone()).take(if variable.multi { usize::MAX } else { 1 }).collect()
    };
    let known = by(&|option, value| option.value == *value);
    let known = if known.is_empty() { by(&|option, value| option.text == *value) } else { known };
    if !known.is_empty() {
        return known;
    }
    if variable.include_all && (variable.multi || options.is_empty()) {
        return vec![ALL.to_owned()];
    }
    first().into_iter().collect()
}

fn is_multi(variable: &Variable) -> bool {
    variable.multi || variable.include_all
}

fn value_of(
    variable: &Variable,
    options: &[VariableOption],
    chosen: Vec<String>,
    range: TimeRange,
) -> VariableValue {
    let multi = is_multi(variable);
    if chosen.iter().any(|value| value == ALL) {
        let values = options.iter().map(|option| option.value.clone()).collect();
        let raw = Some(variable.all_value.clone()).filter(|raw| !raw.is_empty());
        return VariableValue { values, texts: vec!["All".to_owned()], multi, raw };
    }
    if chosen.first().is_some_and(|value| value.starts_with(AUTO_PREFIX)) {
        return VariableValue::single(auto_interval(variable, range));
    }
    let text = |value: &String| {
        let known = options.iter().find(|option| option.value == *value);
        known.map_or_else(|| value.clone(), |option| option.text.clone())
    };
    VariableValue { texts: chosen.iter().map(text).collect(), values: chosen, multi, raw: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Samples;

    fn variable(name: &str, kind: VariableKind, query: &str) -> Variable {
        Variable { name: name.into(), kind, query: query.into(), ..Variable::default() }
    }

    fn resolved(variables: &[Variable], given: &[(&str, &str)], text: &str) -> String {
        let used = references(text).into_iter().map(str::to_owned).collect();
        let given =
            given.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        let range = TimeRange { from_ms: 0, to_ms: 3_600_000 };
        let mut source = Samples::default();
        source.labels("host", &["a", "b"]).labels("cpu", &["0", "1"]);
        let values = resolve(variables, &used, &given, Variables::default(), range, &mut source).unwrap();
        interpolate(text, &|name| values.get(name), Style::PromQl)
    }

    #[test]
    fn variables_come_after_those_they_use() {
        let all = Variable {
            include_all: true,
            multi: true,
            ..variable("cpu", VariableKind::Query, "label_values(up{host=\"$host\"}, cpu)")
        };
        let variables = [all, variable("host", VariableKind::Query, "label_values(host)")];
        assert_eq!(resolved(&variables, &[], "$host/$cpu"), "a/(0|1)");
        assert_eq!(resolved(&variables, &[("cpu", "1")], "$cpu"), "1");
        let cycle = [variable("a", VariableKind::Custom, "$b"), variable("b", VariableKind::Custom, "$a")];
        assert_eq!(resolved(&cycle, &[], "x$a"), "x$a");
    }

    #[test]
    fn intervals_may_be_automatic() {
        let auto =
            Variable { auto: true, auto_count: 60.0, ..variable("i", VariableKind::Interval, "1m,10m") };
        assert_eq!(resolved(std::slice::from_ref(&auto), &[("i", "$__auto_interval_i")], "[$i]"), "[1m]");
        assert_eq!(resolved(&[auto], &[("i", "10m")], "[$i]"), "[10m]");
    }
}
