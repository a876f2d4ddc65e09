//! `gnomon test promql`: runs query scripts and tells which cases fail, and where.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Runs the scripts; the exit code is 1 when a case fails or a script cannot be read.
pub(crate) fn run(files: &[PathBuf]) -> ExitCode {
    let mut out = io::stdout().lock();
    let (mut passed, mut failed) = (0, 0);
    let engine = promqltest::engine();
    for file in files {
        match promqltest::run_file(file, &engine) {
            Ok(report) => {
                passed += report.passed;
                failed += report.failed.len();
                for failure in report.failed {
                    // With standard output closed there is nobody to tell.
                    let _ = writeln!(out, "{}:{}: {}", file.display(), failure.line, failure.message);
                }
            }
            Err(error) => {
                failed += 1;
                let _ = writeln!(out, "{}: {error}", file.display());
            }
        }
    }
    let _ = writeln!(out, "{passed} passed, {failed} failed");
    ExitCode::from(u8::from(failed > 0))
}
