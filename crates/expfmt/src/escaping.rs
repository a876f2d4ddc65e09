//! How names outside of the old alphabet are written for readers that only know that.

use std::{borrow::Cow, fmt::Write};

use model::label::is_legacy_metric_name;

use crate::format::media_ranges;

/// What becomes of names that are not `[a-zA-Z_:][a-zA-Z0-9_:]*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escaping {
    /// They stay as they are, in quotes.
    AllowUtf8,
    /// Each character becomes an underscore.
    #[default]
    Underscores,
    /// Dots become `_dot_`, underscores and all others two underscores.
    Dots,
    /// Each character becomes its number between underscores, after `U__`.
    Values,
}

impl Escaping {
    const ALL: [Self; 4] = [Self::AllowUtf8, Self::Underscores, Self::Dots, Self::Values];

    /// What a reader with this `Accept` header understands. As in Prometheus, it counts whatever the format that
    /// it is named with, and of several that of the format that is liked best.
    pub fn negotiate(accept: &str) -> Self {
        let mut ranges: Vec<_> = media_ranges(accept).collect();
        ranges.sort_by_key(|range| std::cmp::Reverse(range.weight));
        let named = ranges.iter().filter_map(|range| Self::from_name(range.escaping));
        named.into_iter().next().unwrap_or_default()
    }

    /// The scheme of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str() == name)
    }

    /// The name in `Accept` and `Content-Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// The name as it is written; those in the old alphabet stay as they are.
    pub fn escape(self, name: &str) -> Cow<'_, str> {
        if self == Self::AllowUtf8 || is_legacy_metric_name(name) {
            return Cow::Borrowed(name);
        }
        let mut out = String::with_capacity(name.len() + 8);
        if self == Self::Values {
            out.push_str("U__");
        }
        for (at, c) in name.char_indices() {
            let legacy = c.is_ascii_alphabetic() || matches!(c, '_' | ':') || (at > 0 && c.is_ascii_digit());
            match (self, c) {
                (Self::Dots | Self::Values, '_') => out.push_str("__"),
                (Self::Dots, '.') => out.push_str("_dot_"),
                _ if legacy => out.push(c),
                (Self::Dots, _) => out.push_str("__"),
                // Writing to a string does not fail.
                (Self::Values, _) => _ = write!(out, "_{:x}_", c as u32),
                _ => out.push('_'),
            }
        }
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_by_each_scheme() {
        for (name, underscores, dots, values) in [
            ("up_total", "up_total", "up_total", "up_total"),
            ("http.status_code", "http_status_code", "http_dot_status__code", "U__http_2e_status__code"),
            ("0né", "_n_", "__n__", "U___30_n_e9_"),
        ] {
            assert_eq!(Escaping::AllowUtf8.escape(name), name);
            assert_eq!(Escaping::Underscores.escape(name), underscores);
            assert_eq!(Escaping::Dots.escape(name), dots);
            assert_eq!(Escaping::Values.escape(name), values);
        }
    }

    #[test]
    fn readers_get_the_scheme_of_what_they_like_best() {
        for (accept, scheme) in [
            ("", Escaping::Underscores),
            ("text/plain;escaping=none", Escaping::Underscores),
            ("text/plain;version=0.0.4;escaping=dots", Escaping::Dots),
            (
                "text/plain;version=0.0.4;q=0.3,application/openmetrics-text;version=1.0.0;\
                 escaping=allow-utf-8;q=0.6,text/plain;escaping=values;q=0.4",
                Escaping::AllowUtf8,
            ),
        ] {
            assert_eq!(Escaping::negotiate(accept), scheme, "{accept}");
        }
    }
}
