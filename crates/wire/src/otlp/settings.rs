//! How OTLP is translated.

/// The section `otlp` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtlpSettings {
    /// What becomes of names.
    pub translation: Translation,
    /// The resource attributes that become labels of all series.
    pub promotion: Promotion,
    /// Whether `target_info` keeps the attributes that `job` and `instance` are made of.
    pub keep_identifying_resource_attributes: bool,
    /// Whether histograms become native ones with custom buckets.
    pub convert_histograms_to_nhcb: bool,
    /// Whether name, version, schema and attributes of the scope become labels.
    pub promote_scope_metadata: bool,
    /// Whether escaped label names that begin with one underscore get `key` in front.
    pub label_name_underscore_sanitization: bool,
    /// Whether several underscores in a row stay in escaped label names.
    pub label_name_preserve_multiple_underscores: bool,
}

impl Default for OtlpSettings {
    /// Prometheus's defaults.
    fn default() -> Self {
        Self {
            translation: Translation::default(),
            promotion: Promotion::default(),
            keep_identifying_resource_attributes: false,
            convert_histograms_to_nhcb: false,
            promote_scope_metadata: false,
            label_name_underscore_sanitization: true,
            label_name_preserve_multiple_underscores: true,
        }
    }
}

/// Strategies for names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Translation {
    /// Other characters become underscores; unit and type are added to the name.
    #[default]
    UnderscoreEscapingWithSuffixes,
    /// Other characters become underscores.
    UnderscoreEscapingWithoutSuffixes,
    /// Names stay as they are; unit and type are added.
    NoUtf8EscapingWithSuffixes,
    /// Names stay as they are.
    NoTranslation,
}

impl Translation {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::UnderscoreEscapingWithSuffixes,
        Self::UnderscoreEscapingWithoutSuffixes,
        Self::NoUtf8EscapingWithSuffixes,
        Self::NoTranslation,
    ];

    /// The name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnderscoreEscapingWithSuffixes => "UnderscoreEscapingWithSuffixes",
            Self::UnderscoreEscapingWithoutSuffixes => "UnderscoreEscapingWithoutSuffixes",
            Self::NoUtf8EscapingWithSuffixes => "NoUTF8EscapingWithSuffixes",
            Self::NoTranslation => "NoTranslation",
        }
    }

    pub(super) fn escapes(self) -> bool {
        matches!(self, Self::UnderscoreEscapingWithSuffixes | Self::UnderscoreEscapingWithoutSuffixes)
    }

    pub(super) fn adds_suffixes(self) -> bool {
        matches!(self, Self::UnderscoreEscapingWithSuffixes | Self::NoUtf8EscapingWithSuffixes)
    }
}

/// Which resource attributes become labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promotion {
    /// These.
    Only(Vec<String>),
    /// All but these.
    AllBut(Vec<String>),
}

impl Default for Promotion {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

impl Promotion {
    pub(super) fn includes(&self, attribute: &str) -> bool {
        match self {
            Self::Only(names) => names.iter().any(|name| name == attribute),
            Self::AllBut(names) => !names.iter().any(|name| name == attribute),
        }
    }
}

/// What becomes of points that count from the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delta {
    /// They are refused.
    #[default]
    Refuse,
    /// They are stored as they are, with an unknown type.
    Keep,
}
