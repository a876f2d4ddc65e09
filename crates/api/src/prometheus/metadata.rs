//! `metadata` and `targets/metadata`: types, help texts and units of metrics.

use std::collections::{BTreeMap, BTreeSet};

use axum::{extract::State, response::Response};
use model::{FamilyMetadata, LabelSet, Metadata};

use super::{Prometheus, answer, selection::parse_selector};
use crate::{
    error::ApiError,
    json::{Object, write_array, write_labels},
    parameter::{Parameters, parse_integer},
};

/// `metadata`: by metric, equal entries of several targets once. Of a metric that no target speaks of stands here
/// what the store was told last, by remote write or by a target that is gone.
pub(super) async fn by_metric(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let limit = number(&parameters, "limit")?.unwrap_or(usize::MAX);
    let per_metric = number(&parameters, "limit_per_metric")?.filter(|&n| n > 0).unwrap_or(usize::MAX);
    let metric = parameters.get("metric");
    let told = match metric {
        "" => state.metadata.metadata(),
        metric => state.metadata.metadata_of(metric).into_iter().collect(),
    };
    let targets = state.instance.target_metadata();
    let mut metrics: BTreeMap<&str, BTreeSet<&Metadata>> = BTreeMap::new();
    for family in targets.iter().flat_map(|t| wanted(&t.families, metric)) {
        let entries = metrics.entry(&family.metric).or_default();
        if entries.len() < per_metric {
            entries.insert(&family.metadata);
        }
    }
    for family in &told {
        metrics.entry(&family.metric).or_insert_with(|| BTreeSet::from([&family.metadata]));
    }
    Ok(answer::object(|object| {
        for (metric, entries) in metrics.into_iter().take(limit) {
            write_array(object.field(metric), entries, |out, metadata| {
                Object::new(out)
                    .str("type", metadata.kind.as_str())
                    .str("unit", &metadata.unit)
                    .str("help", &metadata.help)
                    .end();
            });
        }
    }))
}

/// `targets/metadata`: by target. As in Prometheus, only whole targets are left out by the limit.
pub(super) async fn by_target(
    State(state): State<Prometheus>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let limit = number(&parameters, "limit")?.unwrap_or(usize::MAX);
    let selector = match parameters.get("match_target") {
        "" => Vec::new(),
        text => parse_selector(text).map_err(|why| ApiError::parameter("match_target", why))?,
    };
    let metric = parameters.get("metric");
    let targets = state.instance.target_metadata();
    let mut rows: Vec<(&LabelSet, &FamilyMetadata)> = Vec::new();
    for target in targets.iter().filter(|t| selector.iter().all(|m| m.matches(t.labels.get(m.name())))) {
        if rows.len() >= limit {
            break;
        }
        rows.extend(wanted(&target.families, metric).map(|family| (&target.labels, family)));
    }
    Ok(answer::success(|out| {
        write_array(out, rows, |out, (labels, family)| write_row(out, labels, family, metric.is_empty()));
    }))
}

fn write_row(out: &mut String, labels: &LabelSet, family: &FamilyMetadata, with_name: bool) {
    let mut object = Object::new(out);
    write_labels(object.field("target"), labels);
    if with_name {
        object.str("metric", &family.metric);
    }
    let metadata = &family.metadata;
    object.str("type", metadata.kind.as_str()).str("help", &metadata.help).str("unit", &metadata.unit).end();
}

fn wanted<'a, F: AsRef<FamilyMetadata> + 'a>(
    families: &'a [F],
    metric: &'a str,
) -> impl Iterator<Item = &'a FamilyMetadata> {
    families.iter().map(AsRef::as_ref).filter(move |family| metric.is_empty() || *family.metric == *metric)
}

/// A number of results; `None` when it is not given or negative.
fn number(parameters: &Parameters, name: &str) -> Result<Option<usize>, ApiError> {
    match parameters.get(name) {
        "" => Ok(None),
        text => match parse_integer(text) {
            Ok(number) => Ok(usize::try_from(number).ok()),
            Err(_) => Err(ApiError::bad_data(format_args!("{name} must be a number"))),
        },
    }
}
