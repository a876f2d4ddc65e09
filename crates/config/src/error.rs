//! Why a configuration file cannot be used.

use std::{fmt, io, path::PathBuf};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text is larger than any configuration for a small machine.
    #[error("configuration {name} has {size_bytes} bytes, at most {limit_bytes} are read")]
    TooLarge {
        /// The file's name.
        name: String,
        /// Its size.
        size_bytes: u64,
        /// The largest size that is read.
        limit_bytes: u64,
    },
    /// The text is not YAML, or says what it may not say.
    #[error("parsing YAML file {name}:{}", list(problems))]
    Invalid {
        /// The file's name.
        name: String,
        /// What is wrong, in the order of the text; never empty.
        problems: Vec<Problem>,
    },
}

/// A single problem in the same line; several below each other, indented.
fn list(problems: &[Problem]) -> String {
    match problems {
        [single] => format!(" {single}"),
        many => many.iter().map(|p| format!("\n  {p}")).collect(),
    }
}

/// A place in the text; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// One thing that is wrong with the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub at: Position,
    /// The key's path, as `scrape_configs[0].static_configs[1].targets`; empty for the text as a whole.
    pub path: String,
    /// What is wrong; Prometheus's wording where it has one.
    pub message: String,
    /// What to do about it; empty when the message says it all.
    pub cure: String,
}

/// `line 3, column 5: global.foo: field foo not found in type config.GlobalConfig; remove it`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.at.line, self.at.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if !self.cure.is_empty() {
            write!(f, "; {}", self.cure)?;
        }
        Ok(())
    }
}
