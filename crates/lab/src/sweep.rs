//! What clears up behind the laboratory: a process that waits for its end, whatever ends it.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::{cgroup, process};

/// What names of folders begin with; nothing else is ever removed.
pub(crate) const PREFIX: &str = "gnomon-lab-";

/// How often a folder is removed that gets new files, and how long is waited between.
const REMOVE_TRIES: u32 = 100;
const REMOVE_PAUSE: Duration = Duration::from_millis(10);

/// The process; dropping it lets it clear up, and waits until it has.
#[derive(Debug)]
pub(crate) struct Sweeper(Child);

impl Sweeper {
    /// Starts `program lab-sweep`, which removes the folder and the groups once this process is gone or lets it.
    pub(crate) fn start(program: &Path, folder: &Path, groups: &[&Path]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg("lab-sweep").arg(folder).args(groups).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        process::outlive(&mut command);
        Ok(Self(command.spawn()?))
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // Should it be gone already, there is nothing to wait for.
        let _ = self.0.wait();
    }
}

/// Waits until standard input ends, then kills what is in the groups and removes them and the folder.
///
/// A path whose name is not that of a laboratory's is left alone.
pub fn sweep(folder: &Path, groups: &[PathBuf]) {
    // Whatever ends the wait, the laboratory is not there any more.
    let _ = io::stdin().read_to_end(&mut Vec::new());
    groups.iter().filter(|group| is_ours(group)).for_each(|group| cgroup::remove(group));
    if is_ours(folder) {
        remove(folder);
    }
}

/// Parts that are just being killed may write a last file meanwhile.
fn remove(folder: &Path) {
    for _ in 0..REMOVE_TRIES {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        thread::sleep(REMOVE_PAUSE);
    }
}

fn is_ours(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX))
}
