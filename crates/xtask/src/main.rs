//! House rules, checked by a program: `cargo xtask tidy`, a part of `make test`.
//!
//! Each broken rule is one line that names the file, the line where there is one, what is wrong and the cure.

mod tidy;

use std::{
    env,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

const USAGE: &str = "usage: cargo xtask tidy";

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            // When standard error is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a task; the answer is the number of broken rules, which it has printed.
fn run(arguments: &[String]) -> io::Result<usize> {
    if arguments != ["tidy"] {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE));
    }
    let manifest_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest_folder.ancestors().nth(2).unwrap_or(manifest_folder);
    let problems = tidy::check(root)?;
    let mut out = io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    match problems.len() {
        0 => writeln!(out, "tidy: all house rules hold")?,
        count => writeln!(out, "tidy: {count} broken")?,
    }
    Ok(problems.len())
}
