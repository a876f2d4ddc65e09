//! `gnomon lab`: makes the runs and tells of them.

use std::{
    env, fs,
    io::{self, Write},
    path::Path,
};

use lab::{Report, Settings};

use crate::{Failure, args::LabArgs, signal::Shutdown};

/// Makes the runs and prints their figures.
///
/// # Errors
/// When a part does not start, a signal ends it, or the figures cannot be written.
pub(crate) async fn run(args: LabArgs) -> Result<(), Failure> {
    let program = env::current_exe().map_err(|error| format!("cannot find the own program: {error}"))?;
    let LabArgs { duration, speedup, prometheus, json, html } = args;
    let settings = Settings { program, prometheus, duration, speedup };
    let shutdown = Shutdown::on_signals()?;
    let report = tokio::select! {
        report = lab::run(&settings) => report?,
        () = shutdown.begun() => return Err("interrupted; nothing is left of it".into()),
    };
    if let Some(path) = &html {
        write_page(path, &report)?;
    }
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        out.write_all(lab::table(&report).as_bytes())?;
    }
    Ok(())
}

fn write_page(path: &Path, report: &Report) -> Result<(), Failure> {
    fs::write(path, lab::page(report)).map_err(|error| format!("{}: {error}", path.display()).into())
}
