//! Names of metrics and labels, by the strategy that the configuration names.

use model::label::Quoted;

use super::{
    metric_char::{clean, is_metric_char},
    settings::OtlpSettings,
    unit::{Suffixes, suffixes},
};

/// What of a metric decides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gauge,
    /// A sum that only goes up.
    Counter,
    Other,
}

/// The name of a metric.
///
/// # Errors
/// When nothing is left of it, in the words of Prometheus.
pub(super) fn metric_name(
    name: &str,
    unit: &str,
    kind: Kind,
    settings: &OtlpSettings,
) -> Result<String, String> {
    let strategy = settings.translation;
    if !strategy.escapes() {
        let name = if strategy.adds_suffixes() { with_suffixes(name, unit, kind) } else { name.to_owned() };
        return if name.is_empty() { Err(empty_name("")) } else { Ok(name) };
    }
    let mut built = if strategy.adds_suffixes() {
        from_tokens(name, unit, kind)
    } else {
        let invalid = |c| !is_metric_char(c) && c != '_';
        name.split(invalid).filter(|token| !token.is_empty()).collect::<Vec<_>>().join("_")
    };
    if built.starts_with(|c: char| c.is_ascii_digit()) {
        built.insert(0, '_');
    }
    if built.is_empty() {
        return Err(empty_name(name));
    }
    if built != name && built.chars().all(|c| c == '_') {
        let (name, built) = (Quoted(name), Quoted(&built));
        return Err(format!("normalization for metric {name} resulted in invalid name {built}"));
    }
    Ok(built)
}

fn empty_name(name: &str) -> String {
    format!("normalization for metric {} resulted in empty name", Quoted(name))
}

/// The words of the name, then unit and type where they are not among them.
fn from_tokens(name: &str, unit: &str, kind: Kind) -> String {
    let mut tokens: Vec<&str> = name.split(|c| !is_metric_char(c)).filter(|t| !t.is_empty()).collect();
    let Suffixes { main, per } = suffixes(unit);
    let (mut main, per) = (clean(&main), clean(&per));
    let per = if per == "per_" { "" } else { per.strip_suffix('_').unwrap_or(&per) };
    let per = if tokens.contains(&per) { "" } else { per };
    if tokens.contains(&main.as_str()) {
        main.clear();
    } else if !per.is_empty() && main.ends_with('_') {
        main.pop();
    }
    tokens.extend([main.as_str(), per].into_iter().filter(|suffix| !suffix.is_empty()));
    if let Some(suffix) = type_suffix(unit, kind) {
        tokens.retain(|token| *token != suffix);
        tokens.push(suffix);
    }
    tokens.join("_")
}

/// The word for the type. Some senders count objects by the unit 1, so only gauges of it are ratios.
fn type_suffix(unit: &str, kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Counter => Some("total"),
        Kind::Gauge if unit == "1" => Some("ratio"),
        _ => None,
    }
}

/// The name as it is, with unit and type behind it.
fn with_suffixes(name: &str, unit: &str, kind: Kind) -> String {
    let without = |name: &str, suffix: &str| {
        // One more character goes: what was between the two.
        let rest = name.strip_suffix(suffix).filter(|rest| rest.len() > 1);
        let rest = rest.and_then(|rest| rest.char_indices().next_back().map(|(at, _)| at));
        rest.and_then(|at| name.get(..at)).unwrap_or(name).to_owned()
    };
    let kind = type_suffix(unit, kind);
    let mut name = kind.map_or_else(|| name.to_owned(), |suffix| without(name, suffix));
    let Suffixes { main, per } = suffixes(unit);
    if !per.is_empty() {
        name = without(&name, &per);
    }
    if !main.is_empty() && !name.ends_with(&main) {
        name = format!("{name}_{main}");
    }
    if !per.is_empty() {
        name = format!("{name}_{per}");
    }
    kind.map_or(name.clone(), |suffix| format!("{name}_{suffix}"))
}

/// The name of a label.
///
/// # Errors
/// When nothing but underscores is left of it, in the words of Prometheus.
pub(super) fn label_name(name: &str, settings: &OtlpSettings) -> Result<String, String> {
    if name.is_empty() {
        return Err("label name is empty".to_owned());
    }
    let only_underscores = |name: &str| name.chars().all(|c| c == '_');
    if !settings.translation.escapes() {
        return if only_underscores(name) {
            Err(format!("label name {} contains only underscores", Quoted(name)))
        } else {
            Ok(name.to_owned())
        };
    }
    let escaped = escape_label(name, settings.label_name_preserve_multiple_underscores);
    let prefix = if escaped.starts_with(|c: char| c.is_ascii_digit()) {
        "key_"
    } else if settings.label_name_underscore_sanitization
        && escaped.starts_with('_')
        && !escaped.starts_with("__")
    {
        "key"
    } else {
        ""
    };
    let escaped = format!("{prefix}{escaped}");
    if only_underscores(&escaped) {
        let (name, escaped) = (Quoted(name), Quoted(&escaped));
        return Err(format!("normalization for label name {name} resulted in invalid name {escaped}"));
    }
    Ok(escaped)
}

fn escape_label(name: &str, preserve_multiple_underscores: bool) -> String {
    let one = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    if preserve_multiple_underscores {
        return name.chars().map(one).collect();
    }
    // Two underscores on both sides mark a reserved name, and stay.
    let reserved = name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    let mut out = String::with_capacity(name.len());
    for c in reserved.unwrap_or(name).chars().map(one) {
        if c != '_' || !out.ends_with('_') {
            out.push(c);
        }
    }
    if reserved.is_some() { format!("__{out}__") } else { out }
}
