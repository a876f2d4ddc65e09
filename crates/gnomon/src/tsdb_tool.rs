//! `gnomon tsdb`: what one does with a data folder by hand.

mod analyze;
mod bench;
mod dump;

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Args, Subcommand};
use model::{Budget, Matcher, clock::SystemClock};
use tsdb::{Options, Store, tool::Checked};

use crate::{Failure, report};

/// Memory of a repair; more than a server usually has, as nothing else runs.
const REPAIR_BYTES: usize = 256 << 20;

/// What to do with a data folder.
#[derive(Debug, Subcommand)]
pub(crate) enum TsdbCommand {
    /// Check every file of a data folder; exit code 1 when something is damaged.
    Verify(Folder),
    /// Write what can be read of damaged files anew and set them aside. No server may have the folder.
    Repair(Folder),
    /// Tell where series come from, which come and go, and what metrics take on disk.
    Analyze(analyze::AnalyzeArgs),
    /// Write samples as text, a line each.
    Dump(dump::DumpArgs),
    /// Write and read a generated load and tell how fast that was. The folder must be empty or not there.
    Bench(bench::BenchArgs),
}

/// A data folder.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// The data folder, or a snapshot.
    pub dir: PathBuf,
}

/// Runs a command; the exit code is 1 when something is wrong.
pub(crate) fn run(command: TsdbCommand) -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match command {
        TsdbCommand::Verify(folder) => verify(&folder.dir, &mut out),
        TsdbCommand::Repair(folder) => repair(&folder.dir, &mut out),
        TsdbCommand::Analyze(args) => analyze::run(&args, &mut out).map(|()| true),
        TsdbCommand::Dump(args) => dump::run(&args, &mut out).map(|()| true),
        TsdbCommand::Bench(args) => bench::run(&args, &mut out).map(|()| true),
    };
    match done.and_then(|sound| out.flush().map(|()| sound).map_err(Failure::from)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads has enough, as `head` does.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn verify(dir: &Path, out: &mut impl Write) -> Result<bool, Failure> {
    let checked = Checked::folder(dir)?;
    for fault in &checked.faults {
        writeln!(out, "{fault}")?;
    }
    let Checked { parts, series, samples, segments, records, journals, journal_records, tombstones, faults } =
        &checked;
    writeln!(
        out,
        "{parts} parts with {series} series and {samples} samples, {segments} log segments with {records} records, \
         {journals} journals with {journal_records} records, {tombstones} deletions: {} faults",
        faults.len()
    )?;
    Ok(faults.is_empty())
}

fn repair(dir: &Path, out: &mut impl Write) -> Result<bool, Failure> {
    // A folder that is misspelt should not be made.
    std::fs::read_dir(dir).map_err(|error| format!("cannot read {}: {error}", dir.display()))?;
    let (head_bytes, exemplars_max) = (REPAIR_BYTES / 4, usize::MAX);
    let options = Options { retention_ms: 0, head_bytes, exemplars_max, ..Options::new(dir) };
    let store = Store::open(options, Arc::new(SystemClock::default()), Budget::new(REPAIR_BYTES))?;
    let repaired = store.repair()?;
    for part in &repaired.parts {
        for fault in &part.faults {
            writeln!(out, "{fault}")?;
        }
        let (kept, lost) = (part.samples_kept, part.samples_lost);
        writeln!(out, "{}: {kept} samples written anew, {lost} lost", part.file)?;
    }
    if repaired.wal_damaged > 0 {
        let (places, bytes) = (repaired.wal_damaged, repaired.wal_damaged_bytes);
        writeln!(out, "log: {places} damaged places, {bytes} bytes lost")?;
    }
    for journal in &repaired.journals {
        writeln!(out, "{journal}: what can be read was written anew")?;
    }
    for file in &repaired.set_aside {
        writeln!(out, "set aside: {file}")?;
    }
    store.close()?;
    writeln!(out, "repaired: {} parts", repaired.parts.len())?;
    Ok(true)
}

/// Opens a folder to look at it.
fn open(dir: &Path) -> Result<Store, Failure> {
    Ok(Store::open_read_only(dir, Arc::new(SystemClock::default()))?)
}

fn selector(text: &str) -> Result<Selector, String> {
    promql::syntax::parse_selector(text).map(Selector).map_err(|error| error.to_string())
}

/// The matchers of a selector such as `up{job="x"}`.
#[derive(Clone, Debug)]
pub(crate) struct Selector(Vec<Matcher>);
