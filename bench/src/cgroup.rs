//! A control group for the server that is measured, of version 1 or 2, where the machine lets us make one.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

const ROOT: &str = "/sys/fs/cgroup";

/// The folders of one group; removed when dropped.
#[derive(Debug)]
pub(crate) struct Cgroup {
    memory: PathBuf,
    cpu: PathBuf,
    unified: bool,
}

impl Cgroup {
    /// Makes the group `name`, with a hard limit of memory if there is one; fails where groups are not writable.
    pub(crate) fn create(name: &str, memory_bytes: Option<u64>) -> io::Result<Self> {
        let root = Path::new(ROOT);
        let unified = root.join("cgroup.controllers").exists();
        let folder =
            |controller: &str| if unified { root.join(name) } else { root.join(controller).join(name) };
        let group = Self { memory: folder("memory"), cpu: folder("cpuacct"), unified };
        for folder in [&group.memory, &group.cpu] {
            fs::create_dir_all(folder)?;
        }
        if let Some(bytes) = memory_bytes {
            let file = if unified { "memory.max" } else { "memory.limit_in_bytes" };
            fs::write(group.memory.join(file), bytes.to_string())?;
        }
        Ok(group)
    }

    /// The files that a process writes its id to in order to join.
    pub(crate) fn doors(&self) -> Vec<PathBuf> {
        let mut folders = vec![&self.memory, &self.cpu];
        folders.dedup();
        folders.into_iter().map(|folder| folder.join("cgroup.procs")).collect()
    }

    /// CPU time of the group, in seconds.
    pub(crate) fn cpu_seconds(&self) -> io::Result<f64> {
        let read = |file: &str| fs::read_to_string(self.cpu.join(file));
        if self.unified {
            let text = read("cpu.stat")?;
            return Ok(number(text.split_whitespace().nth(1).unwrap_or_default())? / 1e6);
        }
        Ok(number(&read("cpuacct.usage")?)? / 1e9)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // The kernel lets a group go once its last process is gone, which may take a moment.
        for folder in [&self.memory, &self.cpu] {
            let gone = |_| fs::remove_dir(folder).is_ok() || !folder.exists();
            let _ = (0..100).any(|try_| {
                gone(try_) || {
                    thread::sleep(Duration::from_millis(10));
                    false
                }
            });
        }
    }
}

fn number(text: &str) -> io::Result<f64> {
    text.trim().parse().map_err(io::Error::other)
}
