//! From a file or a text to a configuration.

use std::{
    fs::File,
    io::{self, Read},
    path::Path as FilePath,
};

use crate::{
    Config, Error, Global,
    error::Problem,
    otlp, schema,
    scrape_config::read_scrape_configs,
    storage::Storage,
    yaml::{self, Fields, Path, Report, scalar},
};

/// Bytes of a file; ten thousand targets, one to a line, take a third of it.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Reads a configuration file. Blocks on the disk; reads the process's environment.
///
/// # Errors
/// [`Error::Read`] when there is no such file, else as [`Config::parse`].
pub fn load(path: &FilePath) -> Result<Config, Error> {
    let text = read(path)?;
    Config::parse(&text, &path.display().to_string())
}

/// The text of a file, not more than a configuration can have. Blocks on the disk.
pub(crate) fn read(path: &FilePath) -> Result<String, Error> {
    let read_error = |source| Error::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(read_error)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(read_error)?;
    String::from_utf8(bytes)
        .map_err(|e| read_error(io::Error::new(io::ErrorKind::InvalidData, e.utf8_error())))
}

/// Refuses a text that no configuration needs.
pub(crate) fn check_size(text: &str, name: &str) -> Result<(), Error> {
    let size_bytes = text.len() as u64;
    if size_bytes > FILE_BYTES_MAX {
        return Err(Error::TooLarge { name: name.to_owned(), size_bytes, limit_bytes: FILE_BYTES_MAX });
    }
    Ok(())
}

impl Config {
    /// Reads the text of a `prometheus.yml`; `name` is its path: what errors call it, and where the paths in it begin.
    ///
    /// `$NAME` and `${NAME}` in the values of `external_labels`, and nowhere else, are replaced by the
    /// process's environment.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above 1 MiB, [`Error::Invalid`] with everything that is wrong.
    pub fn parse(text: &str, name: &str) -> Result<Self, Error> {
        Self::parse_with(text, name, &|variable| std::env::var(variable).ok())
    }

    /// The same with an environment of the caller's.
    ///
    /// # Errors
    /// As [`Config::parse`].
    pub fn parse_with(
        text: &str,
        name: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        check_size(text, name)?;
        let invalid = |problems: Vec<Problem>| Error::Invalid { name: name.to_owned(), problems };
        let root = yaml::parse(text).map_err(|problem| invalid(vec![problem]))?;
        let report = Report::new(&schema::ALL);
        let folder = FilePath::new(name).parent().unwrap_or(FilePath::new(""));
        let config = Fields::open(&report, &root, &Path::Root, &schema::CONFIG)
            .map(|fields| read_config(&fields, folder, environment))
            .unwrap_or_default();
        match report.into_problems() {
            problems if problems.is_empty() => Ok(config),
            problems => Err(invalid(problems)),
        }
    }
}

fn read_config(
    fields: &Fields<'_>,
    folder: &FilePath,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Config {
    let global = fields.section("global", &schema::GLOBAL, |f| Global::read(f, environment));
    let global = global.unwrap_or_default();
    let runtime_gogc = fields.section("runtime", &schema::RUNTIME, |f| f.get("gogc", scalar::signed));
    let scrape_configs = read_scrape_configs(fields, &global, folder);
    let storage = fields.section("storage", &schema::STORAGE, Storage::read).unwrap_or_default();
    let otlp = fields.section("otlp", &schema::OTLP, otlp::read);
    Config { global, runtime_gogc: runtime_gogc.flatten(), scrape_configs, storage, otlp }
}
