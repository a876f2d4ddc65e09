//! `info`: adds the labels of info metrics, such as `target_info`, to the series of the same target.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use model::{LabelSet, LabelSetBuilder, METRIC_NAME, MatchOp, Matcher};

use super::arg;
use crate::{
    engine::{
        Error,
        column::{Column, Point},
        context::Context,
        evaluate,
        grid::Grid,
        plan::{Call, Kind, Node, Selector, Source},
        selector::{self, Take},
        series::{Collector, Distinct, Series, Sink, in_braces},
    },
    syntax::ast::Extended,
};

/// The labels that say what an info metric is about.
const IDENTIFYING: [&str; 2] = ["instance", "job"];

/// Hands on the series of the first argument with the labels that info metrics add.
#[inline(never)]
pub(super) fn vector(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let base = arg(call, 0)?;
    let wanted = Wanted::new(call)?;
    let mut collector = Collector::new(context, "the series of info()");
    evaluate::vector(context, base, grid, &mut |series| collector.push(series))?;
    let (all, _held) = collector.merged()?;
    // Info series are not enriched themselves.
    let is_info = |labels: &LabelSet| wanted.names.iter().all(|m| m.matches(labels.metric_name()));
    let targets = all.iter().map(|series| &series.labels).filter(|labels| !is_info(labels));
    let infos = match wanted.matchers(targets)? {
        Some(matchers) => Infos::select(context, matchers, base, grid)?,
        None => Infos::default(),
    };
    let mut distinct = Distinct::new(context, false, grid.steps);
    let mut emit = |series: Series| {
        distinct.check_labels(&series.labels, &series.column)?;
        sink(series)
    };
    for series in all {
        context.tick(grid.steps)?;
        if is_info(&series.labels) {
            emit(series)?;
        } else {
            infos.enrich(&wanted, series, &mut emit)?;
        }
    }
    Ok(())
}

/// Which info metrics, and which of their labels, are wanted.
struct Wanted {
    /// Conditions on the metric name.
    names: Vec<Matcher>,
    /// Conditions on the labels to be added: only these are, if there are any.
    data: Vec<Matcher>,
}

impl Wanted {
    fn new(call: &Call) -> Result<Self, Error> {
        let given = match call.args.get(1).map(|node| &node.kind) {
            Some(Kind::Vector(selector)) => selector.matchers.clone(),
            _ => Vec::new(),
        };
        let (mut names, data): (Vec<_>, Vec<_>) = given.into_iter().partition(|m| m.name() == METRIC_NAME);
        let positive = |m: &Matcher| matches!(m.op(), MatchOp::Equal | MatchOp::Regex);
        if !names.iter().any(positive) {
            let default = if names.is_empty() {
                matcher(MatchOp::Equal, METRIC_NAME, "target_info")
            } else {
                matcher(MatchOp::Regex, METRIC_NAME, ".+_info")
            };
            names.insert(0, default?);
        }
        Ok(Self { names, data })
    }

    /// What selects the info series of some targets; `None` when these cannot have any.
    fn matchers<'a>(
        &self,
        targets: impl Iterator<Item = &'a LabelSet>,
    ) -> Result<Option<Vec<Matcher>>, Error> {
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for labels in targets {
            for name in IDENTIFYING {
                let value = labels.get(name);
                if !value.is_empty() {
                    values.entry(name).or_default().insert(value);
                }
            }
        }
        if values.is_empty() {
            return Ok(None);
        }
        let mut matchers = Vec::new();
        for (name, values) in values {
            let escaped: Vec<String> = values.into_iter().map(regex::escape).collect();
            matchers.push(matcher(MatchOp::Regex, name, &escaped.join("|"))?);
        }
        matchers.extend(self.data.iter().chain(&self.names).cloned());
        Ok(Some(matchers))
    }
}

fn matcher(op: MatchOp, name: &str, value: &str) -> Result<Matcher, Error> {
    Matcher::new(op, name, value).map_err(|error| Error::execution(error.to_string()))
}

/// The info series, by the target that they are about.
#[derive(Default)]
struct Infos {
    /// Their values are the times of their samples, in milliseconds.
    series: Vec<Series>,
    /// Metric name and identifying labels to positions in `series`.
    by_target: HashMap<LabelSet, Vec<usize>>,
    names: BTreeSet<Box<str>>,
}

impl Infos {
    fn select(context: &Context<'_>, matchers: Vec<Matcher>, base: &Node, grid: Grid) -> Result<Self, Error> {
        let (at_ms, offset_ms) = first_selector(base).unwrap_or((None, 0));
        let (from_ms, to_ms) = at_ms.map_or((grid.start_ms, grid.end_ms()), |at| (at, at));
        let selector = Selector {
            labels: None,
            matchers,
            at_ms,
            offset_ms,
            extended: Extended::No,
            mint_ms: from_ms
                .saturating_sub(offset_ms)
                .saturating_sub(context.lookback_delta_ms)
                .saturating_add(1),
            maxt_ms: to_ms.saturating_sub(offset_ms),
            statistics_only: false,
        };
        let mut infos = Self::default();
        let mut held = context.hold();
        selector::taking(context, &selector, Take::TimestampMs, grid, &mut |series| {
            if series.column.has_histograms() {
                let labels = in_braces(&series.labels);
                let message = format!("this should be an info metric, with float samples: {labels}");
                return Err(Error::Execution(message));
            }
            held.grow(series.column.size_bytes(), series.column.samples(), &"info series")?;
            infos.names.insert(series.labels.metric_name().into());
            let target = target(series.labels.metric_name(), &series.labels);
            infos.by_target.entry(target).or_default().push(infos.series.len());
            infos.series.push(series);
            Ok(())
        })?;
        Ok(infos)
    }

    /// Hands a series on, in pieces where the info series change.
    fn enrich(&self, wanted: &Wanted, series: Series, sink: Sink<'_>) -> Result<(), Error> {
        let candidates: Vec<&[usize]> = self
            .names
            .iter()
            .filter_map(|name| self.by_target.get(&target(name, &series.labels)))
            .map(Vec::as_slice)
            .collect();
        let mut pieces: Vec<(Vec<usize>, Column)> = Vec::new();
        for (step, point) in series.column.iter() {
            let chosen = candidates.iter().map(|c| self.newest(c, step)).collect::<Result<Vec<_>, _>>()?;
            let chosen: Vec<usize> = chosen.into_iter().flatten().collect();
            let piece = match pieces.iter().position(|(own, _)| *own == chosen) {
                Some(at) => pieces.get_mut(at),
                None => {
                    pieces.push((chosen, Column::new(series.column.steps())));
                    pieces.last_mut()
                }
            };
            if let Some((_, column)) = piece {
                column.set(step, point.to_value());
            }
        }
        for (chosen, column) in pieces {
            // A condition that an absent label does not meet filters.
            if chosen.is_empty() && !wanted.data.iter().all(|m| m.matches("")) {
                continue;
            }
            let labels = self.add_labels(wanted, &series.labels, &chosen)?;
            sink(Series { labels, drop_name: series.drop_name, column })?;
        }
        Ok(())
    }

    /// The info series of one name with the newest sample at a step.
    fn newest(&self, candidates: &[usize], step: usize) -> Result<Option<usize>, Error> {
        let mut newest: Option<(f64, usize)> = None;
        for &at in candidates {
            let Some(Point::Float(time_ms)) = self.series.get(at).and_then(|s| s.column.get(step)) else {
                continue;
            };
            match newest {
                Some((before_ms, existing)) if before_ms == time_ms => {
                    let name =
                        |at: usize| self.series.get(at).map(|s| in_braces(&s.labels)).unwrap_or_default();
                    let (existing, new) = (name(existing), name(at));
                    return Err(Error::execution(format!(
                        "found duplicate series for info metric: existing {existing} @ {time_ms}, new {new} @ {time_ms}"
                    )));
                }
                Some((before_ms, _)) if before_ms > time_ms => {}
                _ => newest = Some((time_ms, at)),
            }
        }
        Ok(newest.map(|(_, at)| at))
    }

    fn add_labels(&self, wanted: &Wanted, base: &LabelSet, chosen: &[usize]) -> Result<LabelSet, Error> {
        let mut added = LabelSetBuilder::default();
        for info in chosen.iter().filter_map(|&at| self.series.get(at)) {
            for (name, value) in info.labels.iter().filter(|(name, _)| *name != METRIC_NAME) {
                if !wanted.data.is_empty() && !wanted.data.iter().any(|m| m.name() == name) {
                    continue;
                }
                let before = added.get(name);
                if !before.is_empty() && before != value {
                    return Err(Error::execution(format!("conflicting label: {name}")));
                }
                if base.get(name).is_empty() {
                    added.set(name, value);
                }
            }
        }
        let mut labels = LabelSetBuilder::new(base);
        for (name, value) in added.build().iter() {
            labels.set(name, value);
        }
        Ok(labels.build())
    }
}

/// What a series is about, for an info metric of a name.
fn target(name: &str, labels: &LabelSet) -> LabelSet {
    let identifying = IDENTIFYING.map(|label| (label, labels.get(label)));
    LabelSet::from_pairs([(METRIC_NAME, name)].into_iter().chain(identifying))
}

/// The `@` and the offset of the first selector in an expression, with the offsets of the subqueries around it as
/// far as no `@` fixes the time.
fn first_selector(node: &Node) -> Option<(Option<i64>, i64)> {
    match &node.kind {
        Kind::Vector(selector) => Some((selector.at_ms, selector.offset_ms)),
        Kind::Matrix(range) => first_in_source(&range.source, range.at_ms, range.offset_ms),
        Kind::RangeCall(call) => {
            let range = &call.range;
            first_in_source(&range.source, range.at_ms, range.offset_ms)
        }
        Kind::Negate(inner) => first_selector(inner),
        Kind::Binary(binary) => first_selector(&binary.lhs).or_else(|| first_selector(&binary.rhs)),
        Kind::Aggregate(aggregate) => first_selector(&aggregate.expr),
        Kind::Call(call) => call.args.iter().find_map(first_selector),
        Kind::Number(_) | Kind::String(_) => None,
    }
}

fn first_in_source(source: &Source, at_ms: Option<i64>, offset_ms: i64) -> Option<(Option<i64>, i64)> {
    match source {
        Source::Selector(_) => Some((at_ms, offset_ms)),
        Source::Subquery { expr, .. } => match first_selector(expr)? {
            (None, inner_ms) => Some((at_ms, inner_ms.saturating_add(offset_ms))),
            fixed => Some(fixed),
        },
    }
}
