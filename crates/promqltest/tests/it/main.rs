//! Scripts of queries against the engine.

#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod peer;
mod runner;

use std::path::{Path, PathBuf};

use promqltest::{Report, engine, run_file};

/// The scripts of a folder in order of their names; none when there is no such folder.
fn scripts(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let entries = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut scripts: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "test")).collect();
    scripts.sort();
    scripts
}

/// Runs all scripts of a folder, prints what fails, and adds up.
fn run_all(folder: &str) -> Report {
    let engine = engine();
    let mut total = Report::default();
    for path in scripts(folder) {
        let report = run_file(&path, &engine).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for failure in &report.failed {
            println!("{name}:{}: {}", failure.line, failure.message);
        }
        println!("{name}: {} passed, {} failed", report.passed, report.failed.len());
        total.passed += report.passed;
        total.failed.extend(report.failed);
    }
    println!("{folder}: {} passed, {} failed", total.passed, total.failed.len());
    total
}

#[test]
fn our_own_scripts_pass() {
    let report = run_all("conformance/promql");
    assert!(report.passed > 0 && report.failed.is_empty());
}

#[test]
fn all_of_the_shared_scripts_pass() {
    let report = run_all("../shared/promqltest");
    assert!(report.failed.is_empty(), "{} fail", report.failed.len());
}
