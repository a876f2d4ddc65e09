//! The report as text, no wider than 100 columns.

use std::fmt::Write as _;

use model::duration::DurationMs;

use crate::{
    PartFigures, Report, Run, SensorFigures, StackReport,
    symptom::clean_and_faulty,
    unit::{mib, ms, percent},
};

const WIDTH: usize = 100;
const LABEL_WIDTH: usize = 31;
/// Two runs of two stacks fit beside the labels.
const COLUMN_WIDTH: usize = 17;

/// The report as text: the two runs side by side, each fault alone, and what explains what.
pub fn table(report: &Report) -> String {
    let mut out = String::new();
    for line in preamble(report) {
        wrap(&mut out, "", &line);
    }
    out.push('\n');
    comparison(&mut out, report);
    for stack in &report.stacks {
        faults(&mut out, stack);
        explanations(&mut out, stack);
    }
    out
}

/// What was done, in sentences.
pub(crate) fn preamble(report: &Report) -> Vec<String> {
    let Some(first) = report.stacks.first() else { return Vec::new() };
    let interval = |run: &Run| DurationMs(run.interval_ms);
    let duration = DurationMs((report.duration_seconds * 1_000.0) as i64);
    let limits = match report.limits {
        true => "limits 64 MiB for a sensor, 128 MiB for a stack",
        false => "no limits of memory",
    };
    let mut lines = vec![format!(
        "Runs of {duration}. Before: a sensor with four faults, scraped each {}. After: none, each {}.",
        interval(&first.before),
        interval(&first.after)
    )];
    if report.speedup > 1 {
        lines.push(format!(
            "Intervals and the CPU loop are divided by {}; the CPU of all else is that much higher.",
            report.speedup
        ));
    }
    lines.push(format!("Figures by {}; {limits}.", report.measured));
    lines
}

/// A row of the comparison: its label, and what to show of a run.
type Row = (&'static str, fn(&Run) -> String);

const ROWS: [Row; 10] = [
    ("sensor: memory, mean / max MiB", |run| run.sensor().map_or_else(dash, |sensor| memory(&sensor.part))),
    ("sensor: CPU, mean / max %", |run| run.sensor().map_or_else(dash, |sensor| cpu(&sensor.part))),
    ("stack: memory, mean / max MiB", |run| memory(&run.stack)),
    ("stack: CPU, mean / max %", |run| cpu(&run.stack)),
    ("both: memory, mean / max MiB", |run| memory(&run.whole)),
    ("scrapes that worked, sensor", |run| run.sensor().map_or_else(dash, scrapes)),
    ("scrapes that worked, all", |run| run.scrapes.map_or_else(dash, |scrapes| scrapes.share())),
    ("state of the sensor's target", |run| run.sensor().map_or_else(dash, state)),
    ("scrape duration, p99", |run| run.sensor().map_or_else(dash, p99)),
    ("calls of /sensor answered", |run| run.sensor().map_or_else(dash, |sensor| sensor.calls.share())),
];

/// The rows of the comparison: label and a cell for each run of each stack.
pub(crate) fn rows(report: &Report) -> impl Iterator<Item = (&'static str, Vec<String>)> {
    ROWS.iter().map(|(label, show)| (*label, runs(report).map(show).collect()))
}

fn runs(report: &Report) -> impl Iterator<Item = &Run> {
    report.stacks.iter().flat_map(|stack| [&stack.before, &stack.after])
}

/// A stack's name and version.
pub(crate) fn title(stack: &StackReport) -> String {
    let version = [&stack.after, &stack.before].into_iter().find_map(|run| run.version.as_deref());
    format!("{} {}", stack.stack.as_str(), version.unwrap_or_default()).trim_end().to_owned()
}

fn comparison(out: &mut String, report: &Report) {
    let titles = report.stacks.iter().flat_map(|stack| [title(stack), String::new()]);
    line(out, "", titles);
    line(out, "", report.stacks.iter().flat_map(|_| ["before".to_owned(), "after".to_owned()]));
    line(out, &"-".repeat(LABEL_WIDTH), runs(report).map(|_| "-".repeat(COLUMN_WIDTH - 2)));
    for (label, cells) in rows(report) {
        line(out, label, cells.into_iter());
    }
    for ending in report.stacks.iter().flat_map(endings) {
        wrap(out, "! ", &ending);
    }
}

/// The parts that ended before their run, in sentences.
pub(crate) fn endings(stack: &StackReport) -> Vec<String> {
    let of_run = |name: &'static str, run: &Run| {
        let stack_part = (stack.stack.as_str().to_owned(), &run.stack);
        let sensors = run.sensors.iter().map(|sensor| (format!("sensor {}", sensor.job), &sensor.part));
        let ended = [stack_part]
            .into_iter()
            .chain(sensors)
            .filter_map(|(part, figures)| Some(format!("{name}: {part} {}", figures.ended.as_ref()?)));
        ended.collect::<Vec<_>>()
    };
    let runs = [("before", &stack.before), ("after", &stack.after), ("apart", &stack.apart)];
    runs.into_iter().flat_map(|(name, run)| of_run(name, run)).collect()
}

/// The heads of the columns of [`fault_cells`].
pub(crate) const FAULT_HEADS: [&str; 8] =
    ["fault", "target", "scrapes", "p99", "MiB mean / max", "CPU % mean / max", "/sensor", "explains"];
const FAULT_WIDTHS: [usize; 8] = [13, 8, 8, 9, 15, 17, 8, 0];

/// What a sensor with one fault shows.
pub(crate) fn fault_cells(stack: &StackReport, sensor: &SensorFigures) -> [String; 8] {
    [
        sensor.job.clone(),
        state(sensor),
        sensor.target.as_ref().map_or_else(dash, |target| target.scrapes.share()),
        p99(sensor),
        memory(&sensor.part),
        cpu(&sensor.part),
        sensor.calls.share(),
        stack.explained_by(&sensor.job),
    ]
}

fn faults(out: &mut String, stack: &StackReport) {
    let interval = DurationMs(stack.apart.interval_ms);
    let _ = write!(out, "\n{}: each fault alone, scraped each {interval}\n", title(stack));
    let heads = FAULT_HEADS.map(str::to_owned);
    let rows = stack.apart.sensors.iter().map(|sensor| fault_cells(stack, sensor));
    for cells in [heads].into_iter().chain(rows) {
        let padded = cells.iter().zip(FAULT_WIDTHS).map(|(cell, width)| format!("{cell:<width$}"));
        let _ = writeln!(out, "{}", padded.collect::<String>().trim_end());
    }
}

fn explanations(out: &mut String, stack: &StackReport) {
    let _ = write!(out, "\n{}: what failed before, and the fault that explains it\n", title(stack));
    for failure in &stack.failures {
        let faults = match failure.faults.as_slice() {
            [] => "none of the faults alone".to_owned(),
            faults => faults.join(", "),
        };
        wrap(out, "  ", &format!("{}: {faults}", failure.what));
    }
    let Some((_, faulty)) = clean_and_faulty(&stack.apart) else { return };
    for (sensor, target) in faulty.filter_map(|sensor| Some((sensor, sensor.target.as_ref()?))) {
        for (label, text) in [("error", &target.last_error), ("cause", &target.cause), ("cure", &target.cure)]
        {
            if !text.is_empty() {
                wrap(out, "    ", &format!("{}, {label}: {text}", sensor.job));
            }
        }
    }
}

fn memory(part: &PartFigures) -> String {
    format!("{} / {}", mib(part.memory_mean_bytes), mib(part.memory_max_bytes as f64))
}

fn cpu(part: &PartFigures) -> String {
    format!("{} / {}", percent(part.cpu_mean_cores), percent(part.cpu_max_cores))
}

fn scrapes(sensor: &SensorFigures) -> String {
    let Some(target) = &sensor.target else { return dash() };
    format!("{} of {}", target.scrapes.worked, target.scrapes.made)
}

fn state(sensor: &SensorFigures) -> String {
    sensor.target.as_ref().map_or_else(dash, |target| target.state())
}

fn p99(sensor: &SensorFigures) -> String {
    sensor.target.as_ref().and_then(|target| target.scrape_p99_seconds).map_or_else(dash, ms)
}

fn dash() -> String {
    "–".to_owned()
}

fn line(out: &mut String, label: &str, cells: impl Iterator<Item = String>) {
    let cells: String = cells.map(|cell| format!("{cell:<COLUMN_WIDTH$}")).collect();
    let _ = writeln!(out, "{}", format!("{label:<LABEL_WIDTH$} {cells}").trim_end());
}

/// Words in lines of the width, each with the indent; a longer word has a line of its own.
fn wrap(out: &mut String, indent: &str, text: &str) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        }
        let before = if column == 0 { indent } else { " " };
        let _ = write!(out, "{before}{word}");
        column += before.len() + width;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_report::report;

    #[test]
    fn the_table_fits_and_holds_both_stacks() {
        let text = table(&report());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        for line in [
            "                                Gnomon 1.2.3                      Prometheus 1.2.3",
            "sensor: memory, mean / max MiB  8.5 / 17.0       1.0 / 2.0        8.5 / 17.0       1.0 / 2.0",
            "scrapes that worked, sensor     0 of 10          10 of 10         –                10 of 10",
            "scrapes that worked, all        50 %             50 %             –                50 %",
            "state of the sensor's target    DOWN             UP               –                UP",
            "scrape duration, p99            105 ms           2.0 ms           –                2.0 ms",
            "! before: Prometheus was killed for want of memory after 9 s",
            "content-type DOWN    0 %     2.0 ms   1.0 / 2.0      0.10 / 0.20      100 %   target down",
            "  the target is DOWN: content-type",
            "  it <rains>: none of the faults alone",
            "    content-type, cure: Send text/plain.",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }

    #[test]
    fn speed_and_missing_limits_are_told() {
        let told = preamble(&Report { speedup: 20, limits: false, ..report() }).join(" ");
        assert!(told.contains("divided by 20") && told.contains("no limits of memory"), "{told}");
    }

    #[test]
    fn the_json_has_units_in_its_names() {
        let json = serde_json::to_value(report()).unwrap();
        for (pointer, expected) in [
            ("/stacks/0/stack", "gnomon".into()),
            ("/stacks/0/before/stack/memory_max_bytes", (10 << 20).into()),
            ("/stacks/0/before/sensors/0/target/health", "down".into()),
            ("/stacks/0/failures/0/faults/0", "content-type".into()),
            ("/stacks/1/before/sensors/0/target", serde_json::Value::Null),
        ] {
            assert_eq!(json.pointer(pointer), Some(&expected), "{pointer}");
        }
        assert!(json.pointer("/stacks/0/before/stack/track").is_none());
    }
}
