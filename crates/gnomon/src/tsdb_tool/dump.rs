//! `gnomon tsdb dump`: samples as text, as `promtool tsdb dump` writes them.

use std::{io::Write, path::PathBuf};

use clap::Args;
use model::{LabelSet, Queryable, SampleBlock, SelectHints, float::Shortest, label::Quoted};

use super::{Selector, open, selector};
use crate::Failure;

/// `gnomon tsdb dump`.
#[derive(Debug, Args)]
pub(crate) struct DumpArgs {
    /// The data folder, or a snapshot.
    pub dir: PathBuf,
    /// Series to dump. May be repeated.
    #[arg(long = "match", value_name = "SELECTOR", default_value = "{__name__=~\".+\"}", value_parser = selector)]
    pub selectors: Vec<Selector>,
    /// The oldest sample, in milliseconds since 1970.
    #[arg(long, value_name = "MS", default_value_t = i64::MIN, allow_negative_numbers = true)]
    pub min_time: i64,
    /// The newest sample, in milliseconds since 1970.
    #[arg(long, value_name = "MS", default_value_t = i64::MAX, allow_negative_numbers = true)]
    pub max_time: i64,
}

pub(super) fn run(args: &DumpArgs, out: &mut impl Write) -> Result<(), Failure> {
    let store = open(&args.dir)?;
    let querier = store.querier(args.min_time, args.max_time)?;
    for Selector(matchers) in &args.selectors {
        let mut set = querier.select(matchers, &SelectHints::default())?;
        let mut block = SampleBlock::default();
        while let Some(mut series) = set.next()? {
            let labels = braced(series.labels());
            block.clear();
            while series.read(&mut block)? {
                for (at, sample) in block.iter().enumerate() {
                    match block.histogram(at) {
                        Some(histogram) => writeln!(out, "{labels} {histogram} {}", sample.timestamp_ms)?,
                        None => writeln!(out, "{labels} {} {}", Shortest(sample.value), sample.timestamp_ms)?,
                    }
                }
                block.clear();
            }
        }
    }
    Ok(())
}

/// Labels with the metric's name among them.
fn braced(labels: &LabelSet) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={}", Quoted(value))).collect();
    format!("{{{}}}", pairs.join(", "))
}
