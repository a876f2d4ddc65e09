//! Control groups of version 1 or 2, where the machine lets us make some.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use crate::process;

const ROOT: &str = "/sys/fs/cgroup";
/// How often a group is asked to go, and how long is waited between: a killed process takes a moment to leave.
const REMOVE_TRIES: u32 = 200;
const REMOVE_PAUSE: Duration = Duration::from_millis(10);

/// Which of the kernel's two interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// A tree of folders for each controller.
    V1,
    /// One tree.
    V2,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "cgroup v1",
            Self::V2 => "cgroup v2",
        })
    }
}

/// The folders in which all groups of a laboratory are made.
#[derive(Debug)]
pub(crate) struct Cgroups {
    version: Version,
    memory: PathBuf,
    /// The same as `memory` in version 2.
    cpu: PathBuf,
}

/// The group of a part.
#[derive(Debug)]
pub(crate) struct Group {
    version: Version,
    memory: PathBuf,
    cpu: PathBuf,
}

impl Cgroups {
    /// Makes the folders, within the process's own group or the closest one above it where that is allowed.
    ///
    /// # Errors
    /// When it is allowed nowhere.
    pub(crate) fn create(name: &str) -> io::Result<Self> {
        let root = Path::new(ROOT);
        let membership = fs::read_to_string("/proc/self/cgroup")?;
        if root.join("cgroup.controllers").exists() {
            let folder = first(parents(root, &membership, ""), |parent| delegated(parent, name))?;
            return Ok(Self { version: Version::V2, memory: folder.clone(), cpu: folder });
        }
        let make = |controller: &str| {
            let parents = parents(&root.join(controller), &membership, controller);
            first(parents, |parent| made(parent.join(name)))
        };
        let memory = make("memory")?;
        let cpu = make("cpuacct").inspect_err(|_| remove(&memory))?;
        Ok(Self { version: Version::V1, memory, cpu })
    }

    /// Which interface it is.
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// The folders, each once.
    pub(crate) fn folders(&self) -> Vec<&Path> {
        let mut folders = vec![self.memory.as_path(), self.cpu.as_path()];
        folders.dedup();
        folders
    }

    /// Makes a group with a hard limit of memory.
    pub(crate) fn group(&self, name: &str, memory_bytes: u64) -> io::Result<Group> {
        let group = Group { version: self.version, memory: self.memory.join(name), cpu: self.cpu.join(name) };
        fs::create_dir(&group.memory)?;
        if group.cpu != group.memory {
            fs::create_dir(&group.cpu)?;
        }
        let limit = match self.version {
            Version::V1 => "memory.limit_in_bytes",
            Version::V2 => "memory.max",
        };
        fs::write(group.memory.join(limit), memory_bytes.to_string())?;
        Ok(group)
    }
}

impl Group {
    /// The files that a process writes to in order to join.
    pub(crate) fn doors(&self) -> Vec<PathBuf> {
        let mut folders = vec![&self.memory, &self.cpu];
        folders.dedup();
        folders.into_iter().map(|folder| folder.join("cgroup.procs")).collect()
    }

    /// Memory of the group without pages of files. Those are charged to whoever touched a file first, so that the
    /// second run of a program would look smaller than its first.
    pub(crate) fn memory_bytes(&self) -> io::Result<u64> {
        let (charged, file, shared) = match self.version {
            Version::V1 => ("memory.usage_in_bytes", "total_cache", "total_shmem"),
            Version::V2 => ("memory.current", "file", "shmem"),
        };
        let charged: u64 = number(&fs::read_to_string(self.memory.join(charged))?)?;
        let stat = fs::read_to_string(self.memory.join("memory.stat"))?;
        // Shared memory is counted as a file's, and is none.
        let file = field(&stat, file)?.saturating_sub(field(&stat, shared)?);
        Ok(charged.saturating_sub(file))
    }

    /// CPU time, user and system.
    pub(crate) fn cpu_seconds(&self) -> io::Result<f64> {
        match self.version {
            Version::V1 => {
                number::<f64>(&fs::read_to_string(self.cpu.join("cpuacct.usage"))?).map(|ns| ns / 1e9)
            }
            Version::V2 => {
                field(&fs::read_to_string(self.cpu.join("cpu.stat"))?, "usage_usec").map(|us| us as f64 / 1e6)
            }
        }
    }

    /// Processes that the kernel killed because of the limit; 0 where it does not say.
    pub(crate) fn oom_kills(&self) -> u64 {
        let file = match self.version {
            Version::V1 => "memory.oom_control",
            Version::V2 => "memory.events",
        };
        let text = fs::read_to_string(self.memory.join(file)).unwrap_or_default();
        field(&text, "oom_kill").unwrap_or(0)
    }
}

/// Kills what is in a folder of groups, and removes them all.
pub(crate) fn remove(folder: &Path) {
    let groups: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
        .unwrap_or_default();
    for group in groups.iter().map(PathBuf::as_path).chain([folder]) {
        for _ in 0..REMOVE_TRIES {
            let members = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
            members.lines().filter_map(|pid| pid.parse().ok()).for_each(process::kill);
            if fs::remove_dir(group).is_ok() || !group.exists() {
                break;
            }
            thread::sleep(REMOVE_PAUSE);
        }
    }
}

/// The own group of a hierarchy and all above it, the closest first. In a container the own one is often the root
/// that is seen, whatever the membership says.
fn parents(root: &Path, membership: &str, controller: &str) -> Vec<PathBuf> {
    let own = membership.lines().find_map(|line| {
        let (_, line) = line.split_once(':')?;
        let (controllers, group) = line.split_once(':')?;
        controllers.split(',').any(|name| name == controller).then_some(group)
    });
    let own = Path::new(own.unwrap_or("/"));
    own.ancestors().map(|group| root.join(group.strip_prefix("/").unwrap_or(group))).collect()
}

/// The first folder that can be made; the last refusal when none can.
fn first(parents: Vec<PathBuf>, make: impl Fn(&Path) -> io::Result<PathBuf>) -> io::Result<PathBuf> {
    let mut refusal = io::Error::from(io::ErrorKind::NotFound);
    for parent in parents {
        match make(&parent) {
            Ok(folder) => return Ok(folder),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn made(folder: PathBuf) -> io::Result<PathBuf> {
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// A group of version 2 whose groups account for memory. The kernel wants no process in any group above those, so
/// that the own one is often refused.
fn delegated(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let folder = made(parent.join(name))?;
    let enable = |group: &Path| fs::write(group.join("cgroup.subtree_control"), "+memory");
    // Where the parent has the controller already, it need not be ours to change.
    let enabled = enable(&folder).or_else(|_| enable(parent).and_then(|()| enable(&folder)));
    enabled.inspect_err(|_| remove(&folder))?;
    Ok(folder)
}

/// The number after a key that stands alone at the beginning of a line.
fn field(text: &str, key: &str) -> io::Result<u64> {
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let value = lines.filter(|(name, _)| *name == key).map(|(_, value)| value).next();
    number(value.ok_or_else(|| io::Error::other(format!("no {key}")))?)
}

fn number<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> io::Result<T> {
    text.trim().parse().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_tried_from_the_own_one_upwards() {
        let membership = "5:pids:/\n4:cpu,cpuacct:/a/b\n0::/c\n";
        let paths = |controller| parents(Path::new("/r"), membership, controller);
        assert_eq!(paths("cpuacct"), ["/r/a/b", "/r/a", "/r/"].map(PathBuf::from));
        assert_eq!(paths(""), ["/r/c", "/r/"].map(PathBuf::from));
        assert_eq!(paths("memory"), [PathBuf::from("/r/")]);
    }

    #[test]
    fn figures_are_read_from_both_versions() {
        let folder = tempfile::tempdir().unwrap();
        for (version, files) in [
            (
                Version::V1,
                [
                    ("memory.usage_in_bytes", "5000\n"),
                    ("memory.stat", "cache 7\ntotal_cache 1100\ntotal_shmem 100\n"),
                    ("cpuacct.usage", "1500000000\n"),
                    ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
                ],
            ),
            (
                Version::V2,
                [
                    ("memory.current", "5000\n"),
                    ("memory.stat", "anon 4\nfile 1100\nshmem 100\n"),
                    ("cpu.stat", "usage_usec 1500000\nuser_usec 1\n"),
                    ("memory.events", "low 0\noom 3\noom_kill 2\n"),
                ],
            ),
        ] {
            files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
            let group = Group { version, memory: folder.path().into(), cpu: folder.path().into() };
            assert_eq!(group.memory_bytes().unwrap(), 4_000);
            assert_eq!(group.cpu_seconds().unwrap(), 1.5);
            assert_eq!(group.oom_kills(), 2);
        }
    }

    #[test]
    fn a_group_has_its_limit_and_its_doors() {
        for (version, limit, doors) in
            [(Version::V1, "memory.limit_in_bytes", 2), (Version::V2, "memory.max", 1)]
        {
            let root = tempfile::tempdir().unwrap();
            let folder = |name: &str| if doors == 1 { root.path().into() } else { root.path().join(name) };
            let groups = Cgroups { version, memory: folder("memory"), cpu: folder("cpuacct") };
            assert_eq!(groups.folders().len(), doors);
            groups.folders().iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
            let group = groups.group("part", 64 << 20).unwrap();
            assert_eq!(fs::read_to_string(groups.memory.join("part").join(limit)).unwrap(), "67108864");
            assert_eq!(group.doors().len(), doors);
        }
    }

    #[test]
    fn a_folder_that_is_no_group_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = first(vec![folder.path().join("missing")], |parent| made(parent.join("x"))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
