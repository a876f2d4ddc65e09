//! Series selectors in parameters: `match[]`.

use model::Matcher;

use crate::parameter::Parameters;

/// Reads a selector such as `up{job="x"}`.
pub(super) fn parse_selector(text: &str) -> Result<Vec<Matcher>, String> {
    promql::syntax::parse_selector(text).map_err(|error| error.to_string())
}

/// Reads all values of `match[]`; each has to ask for something.
pub(super) fn parse_selectors(parameters: &Parameters) -> Result<Vec<Vec<Matcher>>, String> {
    let texts = parameters.all("match[]");
    let selectors = texts.map(parse_selector).collect::<Result<Vec<_>, _>>()?;
    if selectors.iter().any(|matchers| matchers.iter().all(|m| m.matches(""))) {
        return Err("match[] must contain at least one non-empty matcher".to_owned());
    }
    Ok(selectors)
}
