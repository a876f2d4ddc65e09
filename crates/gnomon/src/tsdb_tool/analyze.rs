//! `gnomon tsdb analyze`: where series come from, which come and go, and what they take.

use std::{cmp::Reverse, collections::BTreeMap, io::Write, path::PathBuf};

use clap::Args;
use model::{duration::DurationMs, sort};
use tsdb::tool::{Analysis, PageKind};

use super::{Selector, open, selector};
use crate::Failure;

/// `gnomon tsdb analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// The data folder, or a snapshot.
    pub dir: PathBuf,
    /// Rows of each list.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub limit: usize,
    /// Series to look at.
    #[arg(long = "match", value_name = "SELECTOR", value_parser = selector)]
    pub selector: Option<Selector>,
}

pub(super) fn run(args: &AnalyzeArgs, out: &mut impl Write) -> Result<(), Failure> {
    let store = open(&args.dir)?;
    let matchers = args.selector.as_ref().map_or(&[][..], |Selector(matchers)| matchers);
    let analysis = store.analyze(matchers)?;
    let in_head = store.status(0).head.series;
    let duration_ms = analysis.range_ms.map_or(0, |(min_ms, max_ms)| max_ms.saturating_sub(min_ms));
    let labels = analysis.values_by_label();
    writeln!(out, "Parts: {}", store.part_infos().len())?;
    writeln!(out, "Duration: {}", DurationMs(duration_ms))?;
    writeln!(out, "Total Series: {}", analysis.series)?;
    writeln!(out, "Total Samples: {}", analysis.samples)?;
    writeln!(out, "Series in the log, not looked at: {in_head}")?;
    writeln!(out, "Label names: {}", labels.len())?;
    writeln!(out, "Postings (unique label pairs): {}", analysis.pairs.len())?;
    writeln!(out, "Postings entries (total label pairs): {}", analysis.entries)?;
    let mut list = |title: &str, rows: Vec<(String, u64)>| write_list(out, title, rows, args.limit);
    list(
        "Label pairs most involved in churning",
        churn(&analysis, duration_ms, |name, value| format!("{name}={value}")),
    )?;
    list("Label names most involved in churning", churn(&analysis, duration_ms, |name, _| name.to_owned()))?;
    let pair = |((name, value), count): (&(String, String), &u64)| (format!("{name}={value}"), *count);
    list("Most common label pairs", analysis.pairs.iter().map(pair).collect())?;
    let length = |values: &Vec<&str>| values.iter().map(|value| value.len() as u64).sum();
    let lengths = labels.iter().map(|(name, values)| (name.to_string(), length(values)));
    list("Label names with highest cumulative label value length", lengths.collect())?;
    let counts = labels.iter().map(|(name, values)| (name.to_string(), values.len() as u64));
    list("Highest cardinality labels", counts.collect())?;
    let metrics = analysis.metrics.values().map(|metric| (metric.name.clone(), metric.series));
    list("Highest cardinality metric names", metrics.collect())?;
    write_bytes(&analysis, args.limit, out)?;
    Ok(())
}

/// How many series' worth of the whole time a label's series were not there.
fn churn(analysis: &Analysis, duration_ms: i64, key: impl Fn(&str, &str) -> String) -> Vec<(String, u64)> {
    let mut uncovered: BTreeMap<String, u64> = BTreeMap::new();
    for ((name, value), ms) in &analysis.uncovered_ms {
        *uncovered.entry(key(name, value)).or_default() += ms;
    }
    let whole_ms = duration_ms.max(1).unsigned_abs();
    uncovered.into_iter().map(|(key, ms)| (key, ms / whole_ms)).collect()
}

fn write_list(
    out: &mut impl Write,
    title: &str,
    mut rows: Vec<(String, u64)>,
    limit: usize,
) -> Result<(), Failure> {
    sort::by_key(&mut rows, |(_, count)| Reverse(*count));
    writeln!(out, "\n{title}:")?;
    for (name, count) in rows.iter().take(limit) {
        writeln!(out, "{count} {name}")?;
    }
    Ok(())
}

/// What pages take, by how they are written and by metric.
fn write_bytes(analysis: &Analysis, limit: usize, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "\nPages and samples by encoding:")?;
    for (kind, (pages, samples)) in &analysis.pages {
        let name = match kind {
            PageKind::Constant => "constant",
            PageKind::Tokens => "tokens",
            PageKind::Integers => "integers",
        };
        writeln!(out, "{pages} {samples} {name}")?;
    }
    writeln!(out, "\nBytes, and bytes per sample, by metric:")?;
    for metric in analysis.largest_metrics(limit) {
        let per_sample = metric.bytes as f64 / metric.samples.max(1) as f64;
        writeln!(out, "{} {per_sample:.3} {}", metric.bytes, metric.name)?;
    }
    Ok(())
}
