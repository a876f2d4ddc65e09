//! Sensor and process figures from the kernel's files.
//!
//! Everything is read through a root path, so that tests can lay out a machine of their own. The number of
//! files and the bytes read of each are bounded. Reads block: a slow chip takes up to a second.
//!
//! ```
//! let sensors = collect::Sensors::discover(std::path::Path::new("/sys"));
//! for reading in sensors.read().readings {
//!     println!("{} {} {}", reading.sensor, reading.value, reading.kind.unit());
//! }
//! ```

pub mod process;
pub mod sensor;

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

pub use process::ProcessFigures;
pub use sensor::{Kind, Reading, Sensors, Sweep};

/// Why a figure of the process cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// The file does not have what it should.
    #[error("{} has no {field}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        field: &'static str,
    },
}

/// The kernel's small text files: the longest read here, `/proc/stat` of many processors, is cut short after
/// this, and what is looked for in it stands in front.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// The text of a small file, cut at [`FILE_BYTES_MAX`]; the kernel may put any bytes into it.
fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
