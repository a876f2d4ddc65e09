//! What is found about a target, as a user reads it.

use crate::diagnosis::Diagnosis;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Scrapes work, but something is wrong or dear.
    Warning,
    /// Scrapes fail.
    Error,
}

impl Severity {
    /// The word in the API: `info`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is to be known about a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was found, in a sentence.
    pub text: String,
    /// What to do about it, in a sentence.
    pub cure: String,
}

impl Finding {
    pub(crate) fn new(severity: Severity, text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { severity, text: text.into(), cure: cure.into() }
    }

    pub(crate) fn info(text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Severity::Info, text, cure)
    }

    pub(crate) fn warning(text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Severity::Warning, text, cure)
    }

    /// A diagnosis of that severity.
    pub(crate) fn diagnosed(severity: Severity, Diagnosis { cause, cure }: Diagnosis) -> Self {
        Self::new(severity, cause, cure)
    }
}
