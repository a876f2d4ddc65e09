//! `--enable-feature`: the switches, by Prometheus's names.

use promql::engine::EngineOptions;

/// Sets the switches that are named.
///
/// # Errors
/// When a name is no switch; the message names those that are.
pub(crate) fn enable(names: &[String], engine: &mut EngineOptions) -> Result<(), String> {
    for name in names.iter().filter(|name| !name.is_empty()) {
        match name.as_str() {
            "promql-delayed-name-removal" => engine.delayed_name_removal = true,
            "promql-per-step-stats" => engine.per_step_stats = true,
            "type-and-unit-labels" => engine.type_and_unit_labels = true,
            name if engine.features.enable(name) => {}
            _ => {
                return Err(format!(
                    "--enable-feature: there is no feature {name:?}; there are promql-experimental-functions, \
                     promql-duration-expr, promql-extended-range-selectors, promql-binop-fill-modifiers, \
                     promql-delayed-name-removal, promql-per-step-stats and type-and-unit-labels"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_switched_on_by_name() {
        let mut engine = EngineOptions::default();
        let names = ["promql-experimental-functions", "", "promql-delayed-name-removal"].map(String::from);
        assert_eq!(enable(&names, &mut engine), Ok(()));
        assert!(engine.features.experimental_functions && engine.delayed_name_removal);
        assert!(!engine.features.duration_expr && !engine.type_and_unit_labels);
        let error = enable(&["promql-everything".to_owned()], &mut engine).unwrap_err();
        assert!(error.contains("\"promql-everything\"") && error.contains("promql-duration-expr"), "{error}");
    }
}
