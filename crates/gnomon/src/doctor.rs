//! `gnomon doctor`: looks at targets and tells what is wrong with them, as text or JSON.

mod json;
mod text;

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
};

use model::{clock::SystemClock, sort};
use scrape::{
    Severity,
    doctor::{Report, Settings, Subject, examine},
};
use tokio::task::JoinSet;

use crate::{Failure, args::DoctorArgs, block_on, report, with_causes};

/// Targets that are looked at together; more would disturb what is measured.
const TOGETHER_MAX: usize = 8;

const TIMEOUT_MS: i64 = 10_000;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The exit code for warnings.
const WARNINGS: u8 = 1;
/// The exit code for scrapes that would fail, and for targets that are none.
const FAILS: u8 = 2;

/// Looks at all targets; the exit code tells the worst that was found.
pub(crate) fn run(args: &DoctorArgs) -> ExitCode {
    let mut code = 0;
    let done = block_on(async {
        let settings = Settings {
            interval: (!args.once).then_some(args.interval),
            version: VERSION.into(),
            body_bytes_max: usize::try_from(args.body_size_limit)?,
        };
        let reports = examine_all(subjects(args)?, &settings).await?;
        code = reports.iter().map(|report| exit_code(report.worst())).max().unwrap_or(0);
        print(&reports, args.json)
    });
    match done {
        Ok(()) => ExitCode::from(code),
        Err(error) => {
            report(error.as_ref());
            ExitCode::from(FAILS)
        }
    }
}

fn exit_code(worst: Severity) -> u8 {
    match worst {
        Severity::Info => 0,
        Severity::Warning => WARNINGS,
        Severity::Error => FAILS,
    }
}

/// What is to be looked at.
///
/// # Errors
/// When any of it is no target: what is not looked at is not well.
fn subjects(args: &DoctorArgs) -> Result<Vec<Subject>, Failure> {
    let timeout_ms = args.timeout.map(|timeout| i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX));
    let Some(file) = &args.config else {
        let timeout_ms = timeout_ms.unwrap_or(TIMEOUT_MS);
        let subjects = args.urls.iter().map(|url| Ok(Subject::from_url(url, timeout_ms, VERSION)?));
        return subjects.collect();
    };
    let config = config::load(file).map_err(|error| with_causes(&error))?;
    let mut all = Vec::new();
    for job in &config.scrape_configs {
        let (subjects, errors) = Subject::of_job(job, timeout_ms, VERSION);
        if let Some(error) = errors.first() {
            return Err(format!("job {}: {error}", job.job_name).into());
        }
        all.extend(subjects);
    }
    Ok(all)
}

/// Reports in the order of the targets.
async fn examine_all(subjects: Vec<Subject>, settings: &Settings) -> Result<Vec<Report>, Failure> {
    let clock = Arc::new(SystemClock::default());
    let mut reports = Vec::new();
    for together in subjects.chunks(TOGETHER_MAX) {
        let mut running = JoinSet::new();
        for (at, subject) in together.iter().cloned().enumerate() {
            let (clock, settings) = (Arc::clone(&clock), settings.clone());
            running.spawn(async move { (at, examine(&subject, &settings, &*clock).await) });
        }
        let mut done = Vec::new();
        while let Some(report) = running.join_next().await {
            done.push(report?);
        }
        sort::by_key(&mut done, |(at, _)| *at);
        reports.extend(done.into_iter().map(|(_, report)| report));
    }
    Ok(reports)
}

fn print(reports: &[Report], as_json: bool) -> Result<(), Failure> {
    let out = io::stdout();
    let in_colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut out = BufWriter::new(out.lock());
    if as_json {
        serde_json::to_writer_pretty(&mut out, &json::reports(reports))?;
        writeln!(out)?;
    } else {
        text::write(&mut out, reports, in_colour)?;
    }
    Ok(out.flush()?)
}
