//! What a dashboard marks on its curves: where an expression is not zero, and what people noted by hand.

use serde_json::{Value, json};

use super::read::{foreign_kind, source_name};
use crate::json::Json;

/// Queries of annotations that one dashboard may have.
const QUERIES_MAX: usize = 50;
/// Annotations made by hand that one query shows unless it says how many.
const LIMIT: f64 = 100.0;

/// One of the dashboard's queries for annotations.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnnotationQuery {
    /// Set for annotations that are made by hand.
    pub(crate) hand_made: Option<HandMade>,
    /// A named colour or a code.
    pub(crate) color: String,
    pub(crate) data_source: String,
    pub(crate) expr: String,
    pub(crate) step: String,
    /// Whether values are the times, in milliseconds.
    pub(crate) value_is_time: bool,
}

/// Which annotations made by hand are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct HandMade {
    /// Those of all dashboards with these tags; without tags those of this dashboard.
    pub(crate) tags: Vec<String>,
    pub(crate) any_tag: bool,
    pub(crate) limit: usize,
}

impl AnnotationQuery {
    /// Those that are switched on.
    pub(super) fn read_all(list: &Value) -> Vec<Self> {
        let is_built_in = |one: &Value| one.at("builtIn").number() == Some(1.0);
        // A dashboard that says nothing of those made by hand shows its own.
        let built_in = json!({ "builtIn": 1, "iconColor": "blue" });
        let built_in = Some(&built_in).filter(|_| !list.objects().any(is_built_in));
        let all = built_in.into_iter().chain(list.objects()).take(QUERIES_MAX);
        all.filter(|one| one.at("enable").flag() != Some(false)).filter_map(Self::read).collect()
    }

    fn read(json: &Value) -> Option<Self> {
        let target = json.at("target");
        let expr = json.at("expr").text().or_else(|| target.at("expr").text()).unwrap_or_default();
        let source = json.at("datasource");
        let by_hand = json.at("builtIn").number() == Some(1.0) || source_name(source) == "-- Grafana --";
        let asks = !expr.is_empty() && foreign_kind(source).is_none();
        (by_hand || asks).then(|| Self {
            hand_made: by_hand.then(|| HandMade::read(if target.is_object() { target } else { json })),
            color: json.at("iconColor").text().unwrap_or_else(|| "red".to_owned()),
            data_source: source_name(source),
            expr,
            step: json.at("step").text_or_empty(),
            value_is_time: json.at("useValueForTime").is_true()
                || json.at("useValueForTime").as_str() == Some("on"),
        })
    }
}

impl HandMade {
    fn read(json: &Value) -> Self {
        let by_tags = json.at("type").as_str() == Some("tags");
        Self {
            tags: if by_tags { json.at("tags").texts() } else { Vec::new() },
            any_tag: json.at("matchAny").is_true(),
            limit: json.at("limit").number().unwrap_or(LIMIT).clamp(0.0, 10.0 * LIMIT) as usize,
        }
    }
}
