//! Reports as text for people.

use std::{
    io::{self, Write},
    time::Duration,
};

use model::duration::DurationMs;
use scrape::{
    Finding, Severity,
    doctor::{Answer, Churn, Cost, Report},
};

/// Columns of a line of text.
const WIDTH: usize = 100;

/// A mark before each finding, and columns up to where its text begins.
const INDENT: usize = 6;

/// Writes all reports, and what they come to.
pub(super) fn write(out: &mut dyn Write, reports: &[Report], in_colour: bool) -> io::Result<()> {
    for report in reports {
        write_report(out, report, in_colour)?;
    }
    let count = |severity| reports.iter().filter(|report| report.worst() == severity).count();
    let (fail, warn, good) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    if reports.len() == 1 {
        let verdict = match (fail, warn) {
            (1, _) => "A scrape of this target fails.",
            (_, 1) => "Scrapes of this target work, with warnings.",
            _ => "All is well.",
        };
        return writeln!(out, "{verdict}");
    }
    writeln!(out, "{} targets: {fail} would fail, {warn} with warnings, {good} good", reports.len())
}

fn write_report(out: &mut dyn Write, report: &Report, in_colour: bool) -> io::Result<()> {
    let bold = Style::new("1", in_colour);
    let job = if report.job.is_empty() { String::new() } else { format!("  job {}", report.job) };
    writeln!(out, "{}{job}\n", bold.paint(&report.url))?;
    for (name, figure) in figures(report) {
        writeln!(out, "  {name:<14}{figure}")?;
    }
    if !report.findings.is_empty() {
        writeln!(out)?;
    }
    for finding in &report.findings {
        write_finding(out, finding, in_colour)?;
    }
    write_tables(out, report, bold)?;
    writeln!(out)
}

/// Names and figures, those that there are.
fn figures(report: &Report) -> Vec<(&'static str, String)> {
    let mut figures = Vec::new();
    let status = match report.status {
        Some(200) => "yes, status 200".to_owned(),
        Some(status) => format!("yes, but status {status}"),
        None => "no answer that is HTTP".to_owned(),
    };
    figures.push(("answers", status));
    if let Some(answer) = &report.answer {
        figures.extend(answer_figures(answer, report.timeout));
    }
    if report.samples > 0 {
        figures.push(("samples", format!("{} of {} metrics", report.samples, report.metrics)));
    }
    figures.extend(report.churn.as_ref().map(|churn| ("churn", churn_figure(churn))));
    figures.extend(report.cost.iter().flat_map(cost_figures));
    figures
}

fn answer_figures(answer: &Answer, timeout: Duration) -> [(&'static str, String); 4] {
    let taken = if answer.is_accepted { "" } else { ", refused by Prometheus 3" };
    let header = if answer.content_type.is_empty() { "none" } else { &answer.content_type };
    let on_the_wire = match answer.wire_bytes {
        wire if wire == answer.body_bytes => ", not compressed".to_owned(),
        wire => format!(", {} on the wire", bytes(wire)),
    };
    [
        ("first byte", ms(answer.first_byte)),
        ("total", format!("{} of {} allowed", ms(answer.total), short(timeout))),
        ("size", format!("{}{on_the_wire}", bytes(answer.body_bytes))),
        ("content type", format!("{header}{taken}; read as {}", answer.format.as_str())),
    ]
}

fn churn_figure(churn: &Churn) -> String {
    let Churn { come, gone, interval, .. } = churn;
    format!("{come} series came, {gone} went within {:.1} s", interval.as_secs_f64())
}

fn cost_figures(cost: &Cost) -> Vec<(&'static str, String)> {
    let percent = cost.background_cores * 100.0;
    let cpu = format!("{} a scrape, {percent:.1} % of a core beside", ms(cost.scrape_cpu));
    let memory = cost.resident_bytes.iter().max().map(|&most| ("memory", bytes(most)));
    [("CPU", cpu)].into_iter().chain(memory).collect()
}

fn write_finding(out: &mut dyn Write, finding: &Finding, in_colour: bool) -> io::Result<()> {
    let (mark, code) = match finding.severity {
        Severity::Error => ("FAIL", "1;31"),
        Severity::Warning => ("WARN", "1;33"),
        Severity::Info => ("INFO", "1;36"),
    };
    write!(out, "{}  ", Style::new(code, in_colour).paint(mark))?;
    write_wrapped(out, &finding.text)?;
    write!(out, "{:INDENT$}", "")?;
    write_wrapped(out, &format!("→ {}", finding.cure))
}

/// Writes a text from the indentation on, broken at blanks. What a target sent may not steer the terminal.
fn write_wrapped(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let text: String = text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect();
    let mut column = INDENT;
    for (at, word) in text.split(' ').enumerate() {
        let columns = word.chars().count();
        if at > 0 && column + 1 + columns > WIDTH {
            write!(out, "\n{:INDENT$}", "")?;
            column = INDENT;
        } else if at > 0 {
            write!(out, " ")?;
            column += 1;
        }
        write!(out, "{word}")?;
        column += columns;
    }
    writeln!(out)
}

/// Where series come from.
fn write_tables(out: &mut dyn Write, report: &Report, bold: Style) -> io::Result<()> {
    let many = report.metrics_by_series.iter().filter(|row| row.series > 1);
    let metrics: Vec<_> = many.map(|row| (&*row.metric, row.series)).collect();
    let many = report.labels_by_values.iter().filter(|row| row.values > 1);
    let labels: Vec<_> = many.map(|row| (&*row.label, row.values)).collect();
    for (title, rows) in [("Series by metric", metrics), ("Values by label", labels)] {
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "\n  {}", bold.paint(title))?;
        for (name, count) in rows {
            writeln!(out, "  {count:>8}  {name}")?;
        }
    }
    Ok(())
}

/// A style of the terminal, or none.
#[derive(Clone, Copy)]
struct Style {
    code: &'static str,
    in_colour: bool,
}

impl Style {
    fn new(code: &'static str, in_colour: bool) -> Self {
        Self { code, in_colour }
    }

    fn paint(self, text: &str) -> String {
        if self.in_colour { format!("\x1b[{}m{text}\x1b[0m", self.code) } else { text.to_owned() }
    }
}

fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 100.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

fn short(time: Duration) -> DurationMs {
    DurationMs(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_wrapped_and_cannot_steer_the_terminal() {
        let finding = Finding {
            severity: Severity::Error,
            text: "word ".repeat(30) + "\x1b[31m",
            cure: "Mend it.".into(),
        };
        let mut out = Vec::new();
        write_finding(&mut out, &finding, false).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with("FAIL  word ") && out.ends_with("\n      → Mend it.\n"), "{out}");
        assert!(!out.contains('\x1b') && out.lines().all(|line| line.chars().count() <= WIDTH), "{out}");
        write_finding(&mut Vec::new(), &finding, true).unwrap();
    }

    #[test]
    fn figures_have_units() {
        assert_eq!([bytes(7), bytes(2048), bytes(3 << 20)], ["7 bytes", "2.0 KiB", "3.0 MiB"]);
        assert_eq!(ms(Duration::from_micros(1234)), "1.2 ms");
        assert_eq!(short(Duration::from_millis(10_500)).to_string(), "10s500ms");
    }
}
