//! Moments and spans that something happened in, as curves are marked with them.

use crate::{
    Error,
    dashboard::{AnnotationQuery, Dashboard, HandMade},
    source::{AnnotationSearch, RangeQuery, Series, Source, SourceError},
    theme::{Color, Theme},
    time::{TimeRange, parse_duration},
    variable::{Style, Variables, interpolate},
};

/// Step where none is given, ms, and points that are asked for at most.
const STEP_MS: f64 = 60_000.0;
const STEP_MIN_MS: f64 = 1_000.0;
const POINTS_MAX: f64 = 11_000.0;
/// Annotations that one query may bring.
const ANNOTATIONS_MAX: usize = 500;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Annotation {
    pub(crate) start_ms: i64,
    /// The same for a moment.
    pub(crate) end_ms: i64,
    pub(crate) color: Color,
    /// The panel that alone shows it; 0 for all.
    pub(crate) panel_id: i64,
}

/// Asks for all annotations of a dashboard. A query that fails brings none.
///
/// # Errors
/// When the source can answer no more.
pub(crate) fn find(
    dashboard: &Dashboard,
    range: TimeRange,
    variables: &Variables,
    theme: Theme,
    source: &mut dyn Source,
) -> Result<Vec<Annotation>, Error> {
    let mut all = Vec::new();
    for query in &dashboard.annotations {
        let color = theme.named(&query.color);
        let found = match &query.hand_made {
            Some(made) => by_hand(made, &dashboard.uid, range, variables, color, source),
            None => by_query(query, range, variables, color, source),
        };
        match found {
            Ok(found) => all.extend(found),
            Err(SourceError::Over(why)) => return Err(Error::Source(why)),
            Err(SourceError::Query(_)) => {}
        }
    }
    Ok(all)
}

fn by_hand(
    made: &HandMade,
    dashboard_uid: &str,
    range: TimeRange,
    variables: &Variables,
    color: Color,
    source: &mut dyn Source,
) -> Result<Vec<Annotation>, SourceError> {
    let tags: Vec<String> = made.tags.iter().map(|tag| variables.text(tag)).collect();
    if tags.is_empty() && dashboard_uid.is_empty() {
        return Ok(Vec::new());
    }
    let TimeRange { from_ms: start_ms, to_ms: end_ms } = range;
    let (any_tag, limit) = (made.any_tag, made.limit.min(ANNOTATIONS_MAX));
    let search = AnnotationSearch { dashboard_uid, tags: &tags, any_tag, start_ms, end_ms, limit };
    let found = source.annotations(&search)?.into_iter().take(limit);
    let read = |one: crate::source::HandAnnotation| Annotation {
        start_ms: one.start_ms,
        end_ms: one.end_ms,
        color,
        panel_id: if tags.is_empty() { one.panel_id } else { 0 },
    };
    Ok(found.map(read).collect())
}

fn by_query(
    query: &AnnotationQuery,
    range: TimeRange,
    variables: &Variables,
    color: Color,
    source: &mut dyn Source,
) -> Result<Vec<Annotation>, SourceError> {
    let asked = parse_duration(&variables.text(&query.step)).unwrap_or(STEP_MS);
    let step_ms = asked.max((range.length_ms() / POINTS_MAX).ceil()).max(STEP_MIN_MS) as i64;
    let start_ms = range.from_ms - range.from_ms.rem_euclid(step_ms);
    let end_ms = range.to_ms.saturating_add((-range.to_ms).rem_euclid(step_ms));
    let expr = interpolate(&query.expr, &|name| variables.get(name), Style::PromQl);
    let data_source = variables.text(&query.data_source);
    let (expr, data_source) = (expr.as_str(), data_source.trim());
    let series = source.range(&RangeQuery { data_source, expr, start_ms, end_ms, step_ms })?;
    let spans = series.iter().flat_map(|one| spans(one, query.value_is_time, step_ms));
    let read = |(start_ms, end_ms)| Annotation { start_ms, end_ms, color, panel_id: 0 };
    Ok(spans.map(read).take(ANNOTATIONS_MAX).collect())
}

/// Where a series is not zero; samples that follow one another are one span.
fn spans(series: &Series, value_is_time: bool, step_ms: i64) -> Vec<(i64, i64)> {
    if value_is_time {
        let times = series.samples.iter().map(|(_, value)| *value as i64).filter(|time_ms| *time_ms > 0);
        return times.map(|time_ms| (time_ms, time_ms)).take(ANNOTATIONS_MAX).collect();
    }
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for &(time_ms, value) in &series.samples {
        if value == 0.0 || value.is_nan() {
            continue;
        }
        match spans.last_mut() {
            Some((_, end_ms)) if time_ms - *end_ms <= step_ms => *end_ms = time_ms,
            _ => spans.push((time_ms, time_ms)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_one_span() {
        let samples = vec![(0, 1.0), (60, 1.0), (120, 0.0), (180, 2.0), (300, 1.0)];
        let series = Series { samples, ..Series::default() };
        assert_eq!(spans(&series, false, 60), [(0, 60), (180, 180), (300, 300)]);
        let times = Series { samples: vec![(0, 5_000.0), (1, 0.0)], ..Series::default() };
        assert_eq!(spans(&times, true, 60), [(5_000, 5_000)]);
    }
}
