//! `--enable-feature`: the switches, by Prometheus's names.

use promql::{engine::EngineOptions, syntax::Features};

/// Sets the switches that are named.
///
/// # Errors
/// When a name is no switch; the message names those that are.
pub fn enable(names: &[String], syntax: &mut Features, engine: &mut EngineOptions) -> Result<(), String> {
    for name in names.iter().filter(|name| !name.is_empty()) {
        match name.as_str() {
            "promql-delayed-name-removal" => engine.delayed_name_removal = true,
            "type-and-unit-labels" => engine.type_and_unit_labels = true,
            name if syntax.enable(name) => {}
            _ => {
                return Err(format!(
                    "--enable-feature: there is no feature {name:?}; there are promql-experimental-functions, \
                     promql-duration-expr, promql-extended-range-selectors, promql-binop-fill-modifiers, \
                     promql-delayed-name-removal and type-and-unit-labels"
                ));
            }
        }
    }
    Ok(())
}
