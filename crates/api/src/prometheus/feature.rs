//! `features`: what this process can do, by area.

use axum::{extract::State, response::Response};

use super::{Prometheus, answer};
use crate::json::write_label;

/// Names of operators are among the keys, so nothing is escaped for HTML.
pub(super) async fn features(State(state): State<Prometheus>) -> Response {
    answer::object(|object| {
        for (area, features) in &state.settings.features {
            write_switches(object.field(area), features);
        }
    })
}

fn write_switches(out: &mut String, features: &std::collections::BTreeMap<String, bool>) {
    out.push('{');
    for (i, (name, enabled)) in features.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_label(out, name);
        out.push_str(if *enabled { ":true" } else { ":false" });
    }
    out.push('}');
}
