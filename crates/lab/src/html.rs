//! The report as a page that needs nothing beside itself: no script, no font, no request.

use std::{fmt::Write as _, time::Duration};

use crate::{
    PartFigures, Report, Run, SensorFigures, StackReport,
    chart::{Curve, chart},
    markup::escape,
    symptom::clean_and_faulty,
    table::{FAULT_HEADS, endings, fault_cells, preamble, rows, title},
    unit::mib,
};

const STYLE: &str = include_str!("page.css");

/// The report as a page: the two runs of each stack, their curves, each fault alone, and what explains what.
pub fn page(report: &Report) -> String {
    let mut body = String::new();
    header(&mut body, report);
    body += "<section class=\"cards\">";
    report.stacks.iter().for_each(|stack| card(&mut body, stack));
    body += "</section>";
    curves(&mut body, report);
    comparison(&mut body, report);
    report.stacks.iter().for_each(|stack| faults(&mut body, stack));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Gnomon lab: before and after</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>{body}</main>\n\
         </body>\n</html>\n"
    )
}

fn header(out: &mut String, report: &Report) {
    *out += "<header><p class=\"mark\">Gnomon lab</p><h1>Before and after</h1>";
    for line in preamble(report) {
        // Writing to a string cannot fail.
        let _ = write!(out, "<p>{}</p>", escape(&line));
    }
    *out += "</header>";
}

/// What matters most of a stack, in large figures.
fn card(out: &mut String, stack: &StackReport) {
    let (before, after) = (&stack.before, &stack.after);
    let _ = write!(out, "<article><h2>{}</h2><dl>", escape(&title(stack)));
    let memory = |run: &Run| format!("{}<small>MiB</small>", mib(run.whole.memory_max_bytes as f64));
    let worked = |run: &Run| {
        let target = run.sensor().and_then(|sensor| sensor.target.as_ref());
        target
            .map_or_else(|| "–".to_owned(), |target| target.scrapes.share().replace(" %", "<small>%</small>"))
    };
    let state = |run: &Run| run.sensor().map(badge).unwrap_or_default();
    for (label, show) in [
        ("most memory, stack and sensor", &memory as &dyn Fn(&Run) -> String),
        ("scrapes of the sensor that worked", &worked),
        ("its target", &state),
    ] {
        let _ = write!(
            out,
            "<div><dt>{label}</dt><dd><span class=\"was\">{}</span><span class=\"to\" aria-label=\"then\">→</span>\
             <span class=\"is\">{}</span></dd></div>",
            show(before),
            show(after)
        );
    }
    *out += "</dl>";
    for ending in endings(stack) {
        let _ = write!(out, "<p class=\"alert\">{}</p>", escape(&ending));
    }
    *out += "</article>";
}

/// Memory and CPU, run by run, on the same scale for all stacks.
fn curves(out: &mut String, report: &Report) {
    let duration = Duration::from_secs_f64(report.duration_seconds);
    for (head, unit, curve) in [
        ("Memory", "MiB", memory_points as fn(&PartFigures) -> Vec<(Duration, f64)>),
        ("CPU", "% of a core", cpu_points),
    ] {
        let _ = write!(
            out,
            "<section><h2>{head} <small>{unit}</small></h2><p class=\"legend\"><span class=\"sensor\">sensor</span>\
             <span class=\"stack\">stack</span></p><div class=\"charts\">"
        );
        let charts = report.stacks.iter().flat_map(|stack| {
            [("before", &stack.before), ("after", &stack.after)]
                .map(|(when, run)| (format!("{}, {when}", title(stack)), run_curves(run, curve)))
        });
        let charts: Vec<_> = charts.collect();
        let max = charts.iter().flat_map(|(_, curves)| curves.iter().map(Curve::max)).fold(0.0, f64::max);
        for (name, curves) in &charts {
            let svg = chart(&format!("{head}, {name}"), unit, curves, max, duration);
            let _ = write!(out, "<figure><figcaption>{}</figcaption>{svg}</figure>", escape(name));
        }
        *out += "</div></section>";
    }
}

fn run_curves(run: &Run, points: fn(&PartFigures) -> Vec<(Duration, f64)>) -> Vec<Curve> {
    let stack = Curve { name: "stack", class: "stack", points: points(&run.stack) };
    let sensor =
        run.sensor().map(|sensor| Curve { name: "sensor", class: "sensor", points: points(&sensor.part) });
    [stack].into_iter().chain(sensor).collect()
}

fn memory_points(part: &PartFigures) -> Vec<(Duration, f64)> {
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    part.track.samples().iter().map(|sample| (sample.at, mebibytes(sample.peak_bytes))).collect()
}

fn cpu_points(part: &PartFigures) -> Vec<(Duration, f64)> {
    part.track.cpu_cores().map(|(at, cores)| (at, cores * 100.0)).collect()
}

fn comparison(out: &mut String, report: &Report) {
    *out += "<section><h2>All figures</h2><div class=\"scroll\"><table><thead><tr><td></td>";
    for stack in &report.stacks {
        let _ = write!(out, "<th colspan=\"2\" scope=\"colgroup\">{}</th>", escape(&title(stack)));
    }
    *out += "</tr><tr><td></td>";
    for _ in &report.stacks {
        *out += "<th scope=\"col\">before</th><th scope=\"col\">after</th>";
    }
    *out += "</tr></thead><tbody>";
    for (label, cells) in rows(report) {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(label));
        for cell in cells {
            let _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        *out += "</tr>";
    }
    *out += "</tbody></table></div></section>";
}

fn faults(out: &mut String, stack: &StackReport) {
    let _ = write!(out, "<section><h2>Each fault alone <small>{}</small></h2>", escape(&title(stack)));
    *out += "<div class=\"scroll\"><table><thead><tr>";
    for head in FAULT_HEADS {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(head));
    }
    *out += "</tr></thead><tbody>";
    for sensor in &stack.apart.sensors {
        let [job, _, rest @ ..] = fault_cells(stack, sensor);
        let _ = write!(out, "<tr><th scope=\"row\">{}</th><td>{}</td>", escape(&job), badge(sensor));
        for cell in rest {
            let _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        *out += "</tr>";
    }
    *out += "</tbody></table></div>";
    explanations(out, stack);
    *out += "</section>";
}

fn explanations(out: &mut String, stack: &StackReport) {
    *out += "<h3>What failed before, and why</h3><ul class=\"failures\">";
    for failure in &stack.failures {
        let _ = write!(out, "<li><span>{}</span>", escape(&failure.what));
        let faults = failure.faults.iter().map(|fault| format!("<code>{}</code>", escape(fault)));
        match faults.collect::<String>().as_str() {
            "" => *out += "<em>none of the faults alone</em></li>",
            faults => *out += &format!("<span>{faults}</span></li>"),
        }
    }
    *out += "</ul>";
    let Some((_, faulty)) = clean_and_faulty(&stack.apart) else { return };
    for (sensor, target) in faulty.filter_map(|sensor| Some((sensor, sensor.target.as_ref()?))) {
        let told = [("error", &target.last_error), ("cause", &target.cause), ("cure", &target.cure)];
        if told.iter().all(|(_, text)| text.is_empty()) {
            continue;
        }
        let _ = write!(out, "<dl class=\"told\"><dt><code>{}</code></dt>", escape(&sensor.job));
        for (label, text) in told.iter().filter(|(_, text)| !text.is_empty()) {
            let _ = write!(out, "<dd><b>{label}</b><span>{}</span></dd>", escape(text));
        }
        *out += "</dl>";
    }
}

/// The state of a sensor's target, in its colour.
fn badge(sensor: &SensorFigures) -> String {
    let Some(target) = &sensor.target else { return "–".to_owned() };
    let class = match target.health.as_str() {
        "up" => "up",
        "down" => "down",
        _ => "unknown",
    };
    format!("<span class=\"badge {class}\">{}</span>", escape(&target.state()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_report::report;

    #[test]
    fn the_page_holds_all_and_asks_nobody() {
        let page = page(&report());
        for part in [
            "Gnomon 1.2.3",
            "Prometheus 1.2.3",
            "<span class=\"badge down\">DOWN</span>",
            "<td>8.5 / 17.0</td>",
            "it &lt;rains&gt;",
            "unsupported Content-Type &quot;text/html&quot;",
            "killed for want of memory",
            "default-src 'none'",
        ] {
            assert!(page.contains(part), "{part}");
        }
        for part in ["<script", "http://", "https://", "url(", "@import", "NaN"] {
            assert!(!page.contains(part), "{part}");
        }
        assert_eq!(page.matches("<svg").count(), 8);
    }
}
