//! `gnomon manual FOLDER`: writes the man pages and the shell completions for packages. Only in builds with the feature
//! `manual`, as nobody needs it on a device, and no part of the command line that it describes.

use std::{fs, path::Path};

use clap::CommandFactory;
use clap_complete::{Shell, generate_to};

use crate::{Failure, args::Cli};

/// The shells that Debian has folders for.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// Writes `man/*.1` and `completions/*` into a folder.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    let [man, completions] = ["man", "completions"].map(|name| folder.join(name));
    fs::create_dir_all(&man)?;
    clap_mangen::generate_to(Cli::command(), man)?;
    fs::create_dir_all(&completions)?;
    for shell in SHELLS {
        generate_to(shell, &mut Cli::command(), "gnomon", &completions)?;
    }
    Ok(())
}
