//! `gnomon tsdb bench`: a generated load on this disk.

use std::{fs, io::Write, path::PathBuf, sync::Arc, time::Instant};

use clap::Args;
use model::{
    Appendable, Budget, LabelSet, Queryable, SampleBlock, SampleGroup, SelectHints, clock::SystemClock,
};
use tsdb::{Options, Store};

use crate::Failure;

/// Memory of the store: what a server has by default on a machine with enough of it.
const BUDGET_BYTES: usize = 64 << 20;
/// Time between two scrapes of the load.
const INTERVAL_MS: i64 = 15_000;
/// Of a linear congruential generator of 64 bits, by Knuth.
const CHANCE_FACTOR: u64 = 6_364_136_223_846_793_005;
/// When the load begins: any time does.
const START_MS: i64 = 1_700_000_000_000;

/// `gnomon tsdb bench`.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// A folder that is empty or not there; the load stays in it.
    pub dir: PathBuf,
    /// Series.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    pub series: usize,
    /// Samples of each series.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    pub samples: usize,
}

pub(super) fn run(args: &BenchArgs, out: &mut impl Write) -> Result<(), Failure> {
    fs::create_dir_all(&args.dir)?;
    if fs::read_dir(&args.dir)?.next().is_some() {
        return Err(format!(
            "{} is not empty; name a folder that is, or none that is there",
            args.dir.display()
        )
        .into());
    }
    let options = Options { retention_ms: 0, head_bytes: BUDGET_BYTES / 4, ..Options::new(&args.dir) };
    let store = Store::open(options, Arc::new(SystemClock::default()), Budget::new(BUDGET_BYTES))?;
    let total = args.series as u64 * args.samples as u64;
    let per_second = |start: Instant| total as f64 / start.elapsed().as_secs_f64();
    let start = Instant::now();
    write(&store, args)?;
    writeln!(out, "written: {total} samples, {:.0} samples/s", per_second(start))?;
    let start = Instant::now();
    store.flush()?;
    store.maintain()?;
    writeln!(out, "flushed and merged in {:.2} s", start.elapsed().as_secs_f64())?;
    let start = Instant::now();
    let read = read(&store)?;
    writeln!(out, "read: {read} samples, {:.0} samples/s", per_second(start))?;
    let status = store.status(0);
    let (disk, written) = (status.disk_bytes() as f64, status.bytes_written() as f64);
    let each = |bytes: f64| bytes / total.max(1) as f64;
    writeln!(out, "on disk: {disk} bytes, {:.3} per sample", each(disk))?;
    writeln!(out, "written to disk: {written} bytes, {:.3} per sample", each(written))?;
    store.close()?;
    Ok(())
}

/// Counters, gauges with a decimal, and values that stand still, scrape by scrape; synced at the end. The values go
/// by chance, or series would share their pages, but by the same chance in each run.
fn write(store: &Store, args: &BenchArgs) -> Result<(), Failure> {
    let mut appender = store.appender();
    let labels = |n: usize| {
        let name = ["bench_total", "bench_celsius", "bench_info"][n % 3].to_owned();
        LabelSet::from_pairs([("__name__", name), ("job", "bench".to_owned()), ("n", n.to_string())])
    };
    let series = (0..args.series).map(|n| appender.resolve(&labels(n))).collect::<Result<Vec<_>, _>>()?;
    let mut values = vec![0.0; series.len()];
    let mut chance = 1u64;
    for scrape in 0..args.samples {
        for (n, value) in values.iter_mut().enumerate() {
            chance = chance.wrapping_mul(CHANCE_FACTOR).wrapping_add(1);
            *value = match n % 3 {
                0 => *value + (chance >> 33) as f64 % 13.0,
                1 => 20.0 + ((chance >> 33) % 50) as f64 / 10.0,
                _ => 1.0,
            };
        }
        let timestamp_ms = START_MS + scrape as i64 * INTERVAL_MS;
        appender.append(&SampleGroup {
            timestamp_ms,
            series: &series,
            values: &values,
            ..SampleGroup::default()
        })?;
        // As the thread of a server does in between.
        if scrape % 64 == 63 {
            store.maintain()?;
        }
    }
    appender.sync()?;
    Ok(())
}

fn read(store: &Store) -> Result<usize, Failure> {
    let querier = store.querier(i64::MIN, i64::MAX)?;
    let mut set = querier.select(&[], &SelectHints::default())?;
    let (mut block, mut samples) = (SampleBlock::default(), 0);
    while let Some(mut series) = set.next()? {
        block.clear();
        while series.read(&mut block)? {
            samples += block.len();
            block.clear();
        }
    }
    Ok(samples)
}
