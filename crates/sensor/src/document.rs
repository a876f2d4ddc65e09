//! The answer of `/sensor`, described in `docs/sensor.md`.

use model::civil::Civil;
use serde::Serialize;

use crate::source::Snapshot;

/// The whole answer.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    readings: Vec<Entry<'a>>,
}

/// One reading.
#[derive(Serialize)]
struct Entry<'a> {
    sensor: &'a str,
    name: &'a str,
    kind: &'static str,
    value: f64,
    unit: &'static str,
    source: &'static str,
    timestamp: String,
}

impl<'a> From<&'a Snapshot> for Document<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        let timestamp = Civil::from_ms(snapshot.at_ms).to_string();
        let readings = snapshot.readings.iter().map(|reading| Entry {
            sensor: &reading.sensor,
            name: &reading.name,
            kind: reading.kind.as_str(),
            value: reading.value,
            unit: reading.kind.unit(),
            source: snapshot.origin.as_str(),
            timestamp: timestamp.clone(),
        });
        Self { readings: readings.collect() }
    }
}
