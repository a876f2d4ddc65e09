//! The page at `/`.

use std::fmt::Write;

use collect::{Kind, Reading};

use crate::{Fault, source::Snapshot};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;\
color-scheme:light dark}table{border-collapse:collapse;width:100%}td,th{padding:.3rem .5rem;text-align:left;\
border-bottom:1px solid #8884}tr .n{text-align:right;font-variant-numeric:tabular-nums}";

/// What the service is, what it reads now, and where to go from here.
pub(crate) fn render(snapshot: &Snapshot, faults: &[Fault]) -> String {
    let mut rows = String::new();
    for reading in &snapshot.readings {
        let (value, unit) = shown(reading);
        // Writing into a string cannot fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=n>{value}</td><td>{unit}</td></tr>",
            escape(&reading.name)
        );
    }
    let source = snapshot.origin.as_str();
    let faults = match faults {
        [] => String::new(),
        some => {
            let names: Vec<String> = some.iter().map(|f| format!("<code>{f}</code>")).collect();
            format!("<p><strong>Faults switched on:</strong> {}</p>", names.join(", "))
        }
    };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
<title>Gnomon sensor service</title><style>{STYLE}</style>\
<h1>Gnomon sensor service</h1>\
<p>Reads this machine's sensors, or simulates some, for a scraper to collect.</p>\
<ul><li><a href=/sensor>/sensor</a>: readings as JSON</li>\
<li><a href=/metrics>/metrics</a>: metrics for Prometheus and Gnomon</li></ul>{faults}\
<table><tr><th>Reading ({source})<th class=n>Value<th>Unit</tr>{rows}</table></html>\n"
    )
}

/// A value as people read it.
fn shown(reading: &Reading) -> (String, &'static str) {
    let value = reading.value;
    match reading.kind {
        Kind::Temperature => (format!("{value:.1}"), "°C"),
        Kind::Humidity | Kind::Battery => (format!("{:.1}", value * 100.0), "%"),
        Kind::Pressure => (format!("{:.1}", value / 100.0), "hPa"),
        Kind::Illuminance => (format!("{value:.0}"), "lx"),
        Kind::Acceleration | Kind::Vibration => (format!("{value:.2}"), "m/s²"),
        Kind::Fan => (format!("{value:.0}"), "rpm"),
        Kind::Voltage => (format!("{value:.2}"), "V"),
        Kind::Current => (format!("{value:.2}"), "A"),
        Kind::Power => (format!("{value:.1}"), "W"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
