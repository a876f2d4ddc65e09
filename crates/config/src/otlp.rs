//! The section `otlp`: how OTLP metrics become series.

use wire::otlp::{OtlpSettings, Promotion, Translation};

use crate::yaml::{Complaint, Fields, Path, scalar};

const NAMES: &str = "promote_resource_attributes";
const IGNORED: &str = "ignore_resource_attributes";
const ALL: &str = "promote_all_resource_attributes";

/// Reads the section.
pub(crate) fn read(fields: &Fields<'_>) -> OtlpSettings {
    let defaults = OtlpSettings::default();
    let flag = |key, default| fields.get(key, scalar::boolean).unwrap_or(default);
    OtlpSettings {
        translation: fields.get("translation_strategy", translation).unwrap_or_default(),
        promotion: read_promotion(fields, flag(ALL, false)),
        keep_identifying_resource_attributes: flag("keep_identifying_resource_attributes", false),
        convert_histograms_to_nhcb: flag("convert_histograms_to_nhcb", false),
        promote_scope_metadata: flag("promote_scope_metadata", false),
        label_name_underscore_sanitization: flag(
            "label_name_underscore_sanitization",
            defaults.label_name_underscore_sanitization,
        ),
        label_name_preserve_multiple_underscores: flag(
            "label_name_preserve_multiple_underscores",
            defaults.label_name_preserve_multiple_underscores,
        ),
    }
}

fn translation(node: &crate::yaml::Node) -> Result<Translation, Complaint> {
    let name = scalar::string(node)?;
    let found = Translation::ALL.into_iter().find(|strategy| strategy.as_str() == name);
    found.ok_or_else(|| {
        let names = Translation::ALL.map(Translation::as_str).join(", ");
        Complaint::new(format!("unsupported OTLP translation strategy {name:?}"))
            .cure(format!("write one of {names}"))
    })
}

fn read_promotion(fields: &Fields<'_>, all: bool) -> Promotion {
    if all {
        if fields.node(NAMES).is_some() {
            let message = format!("'{ALL}' and '{NAMES}' cannot be configured simultaneously");
            fields.complain(NAMES, Complaint::new(message).cure("remove one of the two"));
        }
        return Promotion::AllBut(read_names(fields, IGNORED, "ignored"));
    }
    if fields.node(IGNORED).is_some() {
        let message = format!("'{IGNORED}' cannot be configured unless '{ALL}' is true");
        fields.complain(IGNORED, Complaint::new(message).cure(format!("remove it, or set {ALL}")));
    }
    Promotion::Only(read_names(fields, NAMES, "promoted"))
}

/// Names of attributes, each once.
fn read_names(fields: &Fields<'_>, key: &str, adjective: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (i, (name, at)) in fields.strings(key).into_iter().enumerate() {
        let name = name.trim();
        let wrong = if name.is_empty() {
            format!("invalid '{key}': empty {adjective} OTel resource attribute")
        } else if names.iter().any(|known| known == name) {
            format!("invalid '{key}': duplicated {adjective} OTel resource attribute {name:?}")
        } else {
            names.push(name.to_owned());
            continue;
        };
        let path = Path::Key(fields.path, key);
        fields.report().add(at, &Path::Index(&path, i), Complaint::new(wrong).cure("remove it"));
    }
    names
}
