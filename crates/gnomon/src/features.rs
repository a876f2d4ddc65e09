//! `--enable-feature`: the switches, by Prometheus's names.

use std::collections::BTreeMap;

use api::Features;
use promql::{
    engine::EngineOptions,
    syntax::{
        ast::{AggregateOp, BinaryOp},
        function::FUNCTIONS,
        keywords,
    },
};

use wire::otlp::Delta;

use crate::args::WebArgs;

/// Switches that are not the engine's.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Switches {
    /// What becomes of OTLP's points that count from the one before.
    pub otlp_delta: Delta,
    /// Whether they are summed up.
    pub otlp_sums: bool,
    /// Whether the configuration is reloaded when its file changes.
    pub auto_reload: bool,
    /// Whether names and values can be searched.
    pub search: bool,
}

/// Sets the switches that are named.
///
/// # Errors
/// When a name is no switch; the message names those that are.
pub(crate) fn enable(names: &[String], engine: &mut EngineOptions) -> Result<Switches, String> {
    let mut switches = Switches::default();
    for name in names.iter().filter(|name| !name.is_empty()) {
        match name.as_str() {
            "promql-delayed-name-removal" => engine.delayed_name_removal = true,
            "promql-per-step-stats" => engine.per_step_stats = true,
            "otlp-deltatocumulative" => switches.otlp_sums = true,
            "otlp-native-delta-ingestion" => switches.otlp_delta = Delta::Keep,
            "search-api" => switches.search = true,
            "type-and-unit-labels" => engine.type_and_unit_labels = true,
            // Always on here.
            "exemplar-storage" | "metadata-wal-records" => {}
            name if engine.features.enable(name) => {}
            _ => {
                return Err(format!(
                    "--enable-feature: there is no feature {name:?}; there are promql-experimental-functions, \
                     promql-duration-expr, promql-extended-range-selectors, promql-binop-fill-modifiers, \
                     promql-delayed-name-removal, promql-per-step-stats, type-and-unit-labels, \
                     search-api, otlp-deltatocumulative and otlp-native-delta-ingestion"
                ));
            }
        }
    }
    if switches.otlp_sums && switches.otlp_delta == Delta::Keep {
        let why =
            "cannot enable otlp-deltatocumulative and otlp-native-delta-ingestion features at the same time";
        return Err(why.to_owned());
    }
    Ok(switches)
}

/// All that can be on or off, by area and name, as `/api/v1/features` tells it.
pub(crate) fn listed(engine: &EngineOptions, switches: &Switches, web: &WebArgs) -> Features {
    let experimental = engine.features.experimental_functions;
    let functions = FUNCTIONS.iter().map(|f| (f.name, !f.experimental || experimental));
    let operators = BinaryOp::ALL.into_iter().map(|op| (op.as_str(), true));
    let aggregations =
        AggregateOp::ALL.into_iter().map(|op| (op.as_str(), !op.is_experimental() || experimental));
    let operators = operators.chain(aggregations).chain([("=~", true), ("!~", true), ("@", true)]);
    BTreeMap::from([
        ("api", named(api(web, switches))),
        (
            "otlp_receiver",
            named([
                ("delta_conversion", switches.otlp_sums),
                ("native_delta_ingestion", switches.otlp_delta == Delta::Keep),
            ]),
        ),
        (
            "prometheus",
            named([
                ("agent_mode", false),
                ("auto_reload_config", switches.auto_reload),
                ("server_mode", true),
            ]),
        ),
        ("promql", named(keywords(&engine.features).chain(language(engine)))),
        ("promql_functions", named(functions)),
        ("promql_operators", named(operators)),
        ("service_discovery_providers", named([("static", true)])),
        ("tsdb", named([("exemplar_storage", true), ("native_histograms", true)])),
    ])
}

fn api(web: &WebArgs, switches: &Switches) -> [(&'static str, bool); 15] {
    [
        ("admin", web.enable_admin_api),
        ("exclude_alerts", true),
        ("label_values_match", true),
        ("lifecycle", web.enable_lifecycle),
        ("query_stats", true),
        ("openapi_3.1", true),
        ("openapi_3.2", true),
        ("query_warnings", true),
        ("otlp_write_receiver", web.enable_otlp_receiver),
        ("remote_write_receiver", web.enable_remote_write_receiver),
        ("search", switches.search),
        ("search_fuzz_alg_jarowinkler", true),
        ("search_fuzz_alg_subsequence", true),
        ("time_range_labels", true),
        ("time_range_series", true),
    ]
}

fn language(engine: &EngineOptions) -> [(&'static str, bool); 8] {
    [
        ("at_modifier", true),
        ("delayed_name_removal", engine.delayed_name_removal),
        ("duration_expr", engine.features.duration_expr),
        ("negative_offset", true),
        ("per_query_lookback_delta", true),
        ("per_step_stats", engine.per_step_stats),
        ("subqueries", true),
        ("type_and_unit_labels", engine.type_and_unit_labels),
    ]
}

fn named<'a>(switches: impl IntoIterator<Item = (&'a str, bool)>) -> BTreeMap<String, bool> {
    switches.into_iter().map(|(name, enabled)| (name.to_owned(), enabled)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_switched_on_by_name() {
        let mut engine = EngineOptions::default();
        let names = ["promql-experimental-functions", "", "promql-delayed-name-removal", "exemplar-storage"]
            .map(String::from);
        assert!(enable(&names, &mut engine).is_ok());
        assert!(engine.features.experimental_functions && engine.delayed_name_removal);
        assert!(!engine.features.duration_expr && !engine.type_and_unit_labels);
        let error = enable(&["promql-everything".to_owned()], &mut engine).unwrap_err();
        assert!(error.contains("\"promql-everything\"") && error.contains("promql-duration-expr"), "{error}");
    }
}
