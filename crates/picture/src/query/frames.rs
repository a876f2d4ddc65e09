//! From series to frames, as time series or as one table per target.

use std::{collections::BTreeSet, rc::Rc};

use model::{LabelSet, histogram::Bucket, sort};

use super::{Question, SERIES_MAX, shared};
use crate::{
    dashboard::TargetFormat,
    frame::{Field, Frame, legend, without_name},
    source::Series,
};

/// The frames of an answer; `several` says whether the panel has other targets.
pub(super) fn of_answer(question: &Question<'_>, mut series: Vec<Series>, several: bool) -> Vec<Frame> {
    let count = series.len();
    series.truncate(SERIES_MAX);
    if series.is_empty() {
        return Vec::new();
    }
    series.iter_mut().for_each(count_histograms);
    match question.target.format {
        TargetFormat::Table => vec![table(question, &series, several)],
        TargetFormat::Heatmap => buckets(question, series),
        TargetFormat::TimeSeries => series.into_iter().map(|one| frame(question, one, count)).collect(),
    }
}

/// Adds the numbers of observations of native histograms to the samples.
fn count_histograms(series: &mut Series) {
    if series.histograms.is_empty() {
        return;
    }
    let count = |buckets: &[Bucket]| buckets.iter().map(|bucket| bucket.count).sum();
    series.samples.extend(series.histograms.iter().map(|(time_ms, buckets)| (*time_ms, count(buckets))));
    series.samples.sort_by_key(|(time_ms, _)| *time_ms);
}

fn frame(question: &Question<'_>, series: Series, count: usize) -> Frame {
    let name = legend_name(question, &series.labels, count);
    let metric = Some(series.labels.metric_name()).filter(|metric| name.is_none() && !metric.is_empty());
    let (times, values) = series.samples.iter().map(|&(time_ms, value)| (time_ms as f64, value)).unzip();
    let mut field = Field::numbers(metric.unwrap_or("Value"), values);
    field.labels = without_name(&series.labels);
    Frame {
        name: name.map(Rc::from),
        ref_id: shared(&question.target.ref_id),
        step_ms: question.step_ms.map(|step_ms| step_ms as f64),
        fields: vec![Field::times(times), field],
        histograms: series.histograms.into(),
    }
}

/// The series' name; `None` where its labels name it ("Auto" in Grafana's editor).
fn legend_name(question: &Question<'_>, labels: &LabelSet, count: usize) -> Option<String> {
    let filled = |name: String| Some(name).filter(|name| !name.is_empty());
    let name = match question.target.legend_format.as_str() {
        "__auto" if count > 1 || !labels.is_empty() => return None,
        "__auto" => None,
        "" if labels.is_empty() => None,
        "" => filled(labels.to_string()),
        format => filled(legend(format, labels)),
    };
    name.or_else(|| Some(question.expr.clone()))
}

/// Classic histogram buckets: each counts what the one below it does not, and is named by its upper end.
fn buckets(question: &Question<'_>, series: Vec<Series>) -> Vec<Frame> {
    let count = series.len();
    let bound = |one: &Series| bound_of(one.labels.get("le"));
    if series.iter().all(|one| bound(one).is_none()) {
        return series.into_iter().map(|one| frame(question, one, count)).collect();
    }
    let mut series = series;
    sort::by(&mut series, |a, b| bound(a).unwrap_or(f64::NAN).total_cmp(&bound(b).unwrap_or(f64::NAN)));
    let below = series.iter().map(|one| one.samples.clone());
    let below: Vec<_> = std::iter::once(Vec::new()).chain(below).collect();
    let named = |mut one: Series, below: &[(i64, f64)]| {
        for (time_ms, value) in &mut one.samples {
            let at = below.binary_search_by_key(time_ms, |(time_ms, _)| *time_ms);
            let lower = at.ok().and_then(|at| below.get(at)).map_or(0.0, |(_, lower)| *lower);
            *value = (*value - lower).max(0.0);
        }
        let name = Rc::from(one.labels.get("le"));
        Frame { name: Some(name), ..frame(question, one, count) }
    };
    series.into_iter().zip(&below).map(|(one, below)| named(one, below)).collect()
}

/// A bucket's upper end as Prometheus writes it in `le`.
pub(crate) fn bound_of(text: &str) -> Option<f64> {
    text.parse().ok().filter(|bound: &f64| !bound.is_nan())
}

/// One row per sample, one column per label; the value's column carries the target's name when there are several.
fn table(question: &Question<'_>, series: &[Series], several: bool) -> Frame {
    let names: BTreeSet<&str> =
        series.iter().flat_map(|one| one.labels.iter()).map(|(name, _)| name).collect();
    let rows = || series.iter().flat_map(|one| one.samples.iter().map(move |sample| (one, sample)));
    let label = |name: &str| {
        let texts = series.iter().flat_map(|one| {
            let value: Rc<str> = Rc::from(one.labels.get(name));
            one.samples.iter().map(move |_| Rc::clone(&value))
        });
        Field::texts(name, texts)
    };
    let ref_id = &question.target.ref_id;
    let value = if several { format!("Value #{ref_id}") } else { "Value".to_owned() };
    let mut fields = vec![Field::times(rows().map(|(_, (time_ms, _))| *time_ms as f64).collect())];
    fields.extend(names.into_iter().map(label));
    fields.push(Field::numbers(&value, rows().map(|(_, (_, value))| *value).collect()));
    Frame { ref_id: shared(ref_id), fields, ..Frame::default() }
}
