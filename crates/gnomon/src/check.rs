//! `gnomon check`: what `promtool check` tells about configuration files and metrics, with its exit codes.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use scrape::lint::{Linted, Problem, lint};

use crate::with_causes;

/// The exit code for metrics that can be scraped but break a rule, as promtool's.
const LINT: u8 = 3;

/// The longest exposition that is looked at: it is held in memory as a whole.
const BODY_BYTES_MAX: u64 = 256 << 20;

/// What `gnomon check` checks.
#[derive(Debug, Subcommand)]
pub(crate) enum CheckCommand {
    /// Check configuration files in Prometheus's format; exit code 1 when one is not valid.
    Config {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Look at the text alone, as promtool does with this flag; Gnomon looks at no more in any case.
        #[arg(long)]
        syntax_only: bool,
    },
    /// Check metrics in text on standard input for names and descriptions; exit code 3 when a rule is broken.
    Metrics {
        /// Tell the number of samples of each metric.
        #[arg(long)]
        extended: bool,
    },
}

/// Runs a command.
pub(crate) fn run(command: &CheckCommand) -> ExitCode {
    let (mut out, mut told) = (io::stdout().lock(), io::stderr().lock());
    let code = match command {
        CheckCommand::Config { files, .. } => check_files(files, &mut out, &mut told),
        CheckCommand::Metrics { extended } => {
            let mut body = Vec::new();
            let read = read_body(&mut io::stdin().lock(), &mut body);
            match read {
                Ok(_) => check_metrics(&body, *extended, &mut out, &mut told),
                Err(error) => writeln!(told, "error while linting: {error}").map(|()| 1),
            }
        }
    };
    // With standard output closed there is nobody to tell.
    ExitCode::from(code.unwrap_or(1))
}

/// Reads an exposition to its end.
fn read_body(from: &mut dyn Read, body: &mut Vec<u8>) -> io::Result<()> {
    let read = from.take(BODY_BYTES_MAX + 1).read_to_end(body)? as u64;
    if read > BODY_BYTES_MAX {
        return Err(io::Error::other(format!("the metrics have more than {BODY_BYTES_MAX} bytes")));
    }
    Ok(())
}

fn check_files(files: &[PathBuf], out: &mut dyn Write, told: &mut dyn Write) -> io::Result<u8> {
    let mut code = 0;
    for file in files {
        code |= u8::from(!check_file(file, out, told)?);
    }
    Ok(code)
}

fn check_file(file: &Path, out: &mut dyn Write, told: &mut dyn Write) -> io::Result<bool> {
    let name = file.display();
    writeln!(out, "Checking {name}")?;
    let loaded = config::load(file);
    match &loaded {
        Ok(_) => writeln!(out, " SUCCESS: {name} is valid prometheus config file syntax")?,
        Err(error) => writeln!(told, "  FAILED: {}", with_causes(error))?,
    }
    writeln!(out)?;
    Ok(loaded.is_ok())
}

fn check_metrics(body: &[u8], extended: bool, out: &mut dyn Write, told: &mut dyn Write) -> io::Result<u8> {
    let linted = match lint(body) {
        Ok(linted) => linted,
        Err(error) => {
            writeln!(told, "error while linting: {error}")?;
            return Ok(1);
        }
    };
    for Problem { metric, rule } in &linted.problems {
        writeln!(told, "{metric} {rule}")?;
    }
    if extended {
        write_counts(&linted, out)?;
    }
    Ok(if linted.problems.is_empty() { 0 } else { LINT })
}

/// Columns as wide as their longest cell and four blanks, as promtool's.
fn write_counts(linted: &Linted, out: &mut dyn Write) -> io::Result<()> {
    let total: usize = linted.samples.iter().map(|(_, samples)| samples).sum();
    let mut rows = vec![["Metric".to_owned(), "Cardinality".to_owned(), "Percentage".to_owned()]];
    for (metric, samples) in &linted.samples {
        let percent = *samples as f64 * 100.0 / total as f64;
        rows.push([metric.clone(), samples.to_string(), format!("{percent:.2}%")]);
    }
    rows.push(["Total".to_owned(), total.to_string(), "100%".to_owned()]);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.max().unwrap_or(0) + 4
    };
    let widths = [width(0), width(1), width(2)];
    for [metric, samples, percent] in &rows {
        let [first, second, third] = widths;
        writeln!(out, "{metric:first$}{samples:second$}{percent:third$}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(body: &str, extended: bool) -> (u8, String, String) {
        let (mut out, mut told) = (Vec::new(), Vec::new());
        let code = check_metrics(body.as_bytes(), extended, &mut out, &mut told).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(told).unwrap())
    }

    #[test]
    fn metrics_are_told_as_promtool_tells_them() {
        assert_eq!(checked("# HELP a A.\na 1\n", false), (0, String::new(), String::new()));
        let (code, _, told) = checked("a 1\n", false);
        assert_eq!((code, &*told), (LINT, "a no help text\n"));
        let (code, _, told) = checked("a{ 1\n", false);
        assert!(code == 1 && told.starts_with("error while linting: text format parsing error in line 1: "));
        let (_, out, _) = checked("# HELP a A.\na{x=\"1\"} 1\na{x=\"2\"} 1\n# HELP b B.\nb 1\n", true);
        assert_eq!(
            out,
            "Metric    Cardinality    Percentage    \n\
             a         2              66.67%        \n\
             b         1              33.33%        \n\
             Total     3              100%          \n"
        );
    }

    #[test]
    fn files_are_told_as_promtool_tells_them() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (folder.path().join("good.yml"), folder.path().join("bad.yml"));
        std::fs::write(&good, "scrape_configs: []\n").unwrap();
        std::fs::write(&bad, "scrape_config: []\n").unwrap();
        let (mut out, mut told) = (Vec::new(), Vec::new());
        assert_eq!(check_files(&[good.clone(), bad.clone()], &mut out, &mut told).unwrap(), 1);
        let (good, bad) = (good.display(), bad.display());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!(
                "Checking {good}\n SUCCESS: {good} is valid prometheus config file syntax\n\nChecking {bad}\n\n"
            )
        );
        let told = String::from_utf8(told).unwrap();
        assert!(told.starts_with(&format!("  FAILED: parsing YAML file {bad}: line 1, ")), "{told}");
    }
}
