//! What the process itself uses, for the `process_*` metrics, and what others use.

use std::{
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use crate::{Error, read_text};

/// Ticks per second in `/proc/<pid>/stat`: 100 on every architecture that Linux and Rust share.
const TICKS_PER_SECOND: f64 = 100.0;

/// One look at the process.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessFigures {
    /// User and system time of all threads, ended ones too, to 10 ms.
    pub cpu_seconds: f64,
    /// Resident set.
    pub resident_bytes: u64,
    /// Address space.
    pub virtual_bytes: u64,
    /// Limit of the address space; `None` without one.
    pub virtual_max_bytes: Option<u64>,
    /// Threads that live.
    pub threads: u64,
    /// File descriptors in use.
    pub open_fds: u64,
    /// Soft limit of file descriptors; `None` without one.
    pub max_fds: Option<u64>,
    /// Seconds since the Unix epoch, as the kernel's wall clock has it now.
    pub start_time_seconds: f64,
}

impl ProcessFigures {
    /// Reads the figures of the calling process below `proc`, usually `/proc`.
    ///
    /// # Errors
    /// When a file is missing or does not have the expected field.
    pub fn read(proc: &Path) -> Result<Self, Error> {
        let own = proc.join("self");
        let stat = Text::read(own.join("stat"))?;
        let status = Text::read(own.join("status"))?;
        let limits = Text::read(own.join("limits"))?;
        let boot_seconds: f64 = Text::read(proc.join("stat"))?.after("btime", "btime")?;
        Ok(Self {
            cpu_seconds: stat.cpu_seconds()?,
            resident_bytes: status.after::<u64>("VmRSS:", "VmRSS")? * 1024,
            virtual_bytes: status.after::<u64>("VmSize:", "VmSize")? * 1024,
            virtual_max_bytes: limits.limit("Max address space")?,
            threads: status.after("Threads:", "Threads")?,
            open_fds: open_fds(&own.join("fd"))?,
            max_fds: limits.limit("Max open files")?,
            start_time_seconds: boot_seconds + stat.seconds("starttime", 22)?,
        })
    }
}

/// Proportional set size of the calling process in bytes: pages that are shared count by their share.
///
/// The kernel walks all mappings for it, some tenths of a millisecond for a small process.
///
/// # Errors
/// When `smaps_rollup` cannot be read, for example on kernels before 4.14.
pub fn proportional_bytes(proc: &Path) -> Result<u64, Error> {
    Ok(Text::read(proc.join("self/smaps_rollup"))?.after::<u64>("Pss:", "Pss")? * 1024)
}

/// One look at another process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// User and system time of all threads, ended ones too, to 10 ms.
    pub cpu_seconds: f64,
    /// Resident set.
    pub resident_bytes: u64,
    /// The part of it that is pages of files, the program's own above all; 0 on kernels before 4.5, which do not say.
    pub resident_file_bytes: u64,
    /// The most that was resident since the start, or since [`forget_peak`].
    pub peak_bytes: u64,
}

impl Usage {
    /// Reads what process `pid` uses, below `proc`, usually `/proc`.
    ///
    /// # Errors
    /// When a file is missing, as it is once the process has ended, or does not have the expected field.
    pub fn read(proc: &Path, pid: u32) -> Result<Self, Error> {
        let folder = proc.join(pid.to_string());
        let status = Text::read(folder.join("status"))?;
        Ok(Self {
            cpu_seconds: Text::read(folder.join("stat"))?.cpu_seconds()?,
            resident_bytes: status.after::<u64>("VmRSS:", "VmRSS")? * 1024,
            resident_file_bytes: status.after::<u64>("RssFile:", "RssFile").unwrap_or(0) * 1024,
            peak_bytes: status.after::<u64>("VmHWM:", "VmHWM")? * 1024,
        })
    }
}

/// Has the peak of process `pid` begin anew from what is resident now.
///
/// # Errors
/// When the process has ended or is somebody else's, or the kernel was built without this.
pub fn forget_peak(proc: &Path, pid: u32) -> io::Result<()> {
    fs::write(proc.join(pid.to_string()).join("clear_refs"), "5")
}

/// CPU time that the calling thread has used so far, user and system, to some nanoseconds.
pub fn thread_cpu() -> Duration {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Time since the machine's start, without that in which it slept: the clock that all its processes share.
pub fn monotonic() -> Duration {
    clock(libc::CLOCK_MONOTONIC)
}

fn clock(id: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec that lives through the call.
    #[expect(unsafe_code, reason = "the standard library does not tell these clocks")]
    let status = unsafe { libc::clock_gettime(id, &raw mut time) };
    debug_assert_eq!(status, 0, "Linux has had these clocks since 2.6");
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The directory's own descriptor is in it while it is read, as in every other client library's figure.
fn open_fds(directory: &Path) -> Result<u64, Error> {
    let entries =
        fs::read_dir(directory).map_err(|source| Error::Read { path: directory.to_owned(), source })?;
    Ok(entries.count() as u64)
}

/// A file's text, which knows its path for errors.
struct Text {
    path: PathBuf,
    text: String,
}

impl Text {
    fn read(path: PathBuf) -> Result<Self, Error> {
        match read_text(&path) {
            Ok(text) => Ok(Self { path, text }),
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    fn missing(&self, field: &'static str) -> Error {
        Error::Missing { path: self.path.clone(), field }
    }

    /// The first word after `key` on the line that begins with it.
    fn after<T: FromStr>(&self, key: &str, field: &'static str) -> Result<T, Error> {
        let rest = self.text.lines().find_map(|line| line.strip_prefix(key));
        let word = rest.and_then(|rest| rest.split_ascii_whitespace().next());
        word.and_then(|w| w.parse().ok()).ok_or_else(|| self.missing(field))
    }

    /// A field of `stat` by its number in proc(5). The second, the command, may hold blanks and parentheses.
    fn stat_field<T: FromStr>(&self, field: &'static str, number: usize) -> Result<T, Error> {
        let after_command = self.text.rsplit_once(')').map(|(_, rest)| rest);
        let word = after_command.and_then(|rest| rest.split_ascii_whitespace().nth(number - 3));
        word.and_then(|w| w.parse().ok()).ok_or_else(|| self.missing(field))
    }

    /// A field of `stat` that counts ticks.
    fn seconds(&self, field: &'static str, number: usize) -> Result<f64, Error> {
        self.stat_field::<f64>(field, number).map(|ticks| ticks / TICKS_PER_SECOND)
    }

    /// User and system time of `stat`.
    fn cpu_seconds(&self) -> Result<f64, Error> {
        Ok(self.seconds("utime", 14)? + self.seconds("stime", 15)?)
    }

    /// The soft limit of a line of `limits`.
    fn limit(&self, name: &'static str) -> Result<Option<u64>, Error> {
        let word: String = self.after(name, name)?;
        if word == "unlimited" {
            return Ok(None);
        }
        word.parse().map(Some).map_err(|_| self.missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_from_their_fields() {
        let proc = tempfile::tempdir().unwrap();
        let own = proc.path().join("self");
        fs::create_dir_all(own.join("fd/0")).unwrap();
        let stat = "7 (a) b) S 1 7 7 0 -1 0 1 0 0 0 150 50 0 0 20 0 3 0 2500 8192 2 18446744073709551615";
        fs::write(own.join("stat"), stat).unwrap();
        fs::write(own.join("status"), "Name:\ta\nVmSize:\t  8 kB\nVmRSS:\t  4 kB\nThreads:\t3\n").unwrap();
        let limits =
            "Max open files            1024  4096  files\nMax address space  unlimited  unlimited  bytes\n";
        fs::write(own.join("limits"), limits).unwrap();
        fs::write(proc.path().join("stat"), "cpu 1 2\nbtime 1700000000\n").unwrap();
        let expected = ProcessFigures {
            cpu_seconds: 2.0,
            resident_bytes: 4096,
            virtual_bytes: 8192,
            virtual_max_bytes: None,
            threads: 3,
            open_fds: 1,
            max_fds: Some(1024),
            start_time_seconds: 1_700_000_025.0,
        };
        assert_eq!(ProcessFigures::read(proc.path()).unwrap(), expected);

        fs::write(own.join("status"), "Name:\ta\n").unwrap();
        let error = ProcessFigures::read(proc.path()).unwrap_err().to_string();
        assert!(error.ends_with("self/status has no VmRSS"), "{error}");
    }

    #[test]
    fn a_thread_that_works_uses_cpu_time() {
        let start = thread_cpu();
        (0..1_000_000u64).for_each(|i| {
            std::hint::black_box(i);
        });
        assert!(thread_cpu() > start);
    }

    #[test]
    fn this_very_process_has_figures() {
        let figures = ProcessFigures::read(Path::new("/proc")).unwrap();
        assert!(figures.resident_bytes > 100_000 && figures.threads >= 1 && figures.open_fds >= 3);
        assert!(figures.start_time_seconds > 1.7e9);
        let shared = proportional_bytes(Path::new("/proc"));
        assert!(shared.is_err() || shared.is_ok_and(|bytes| bytes > 0));
        let usage = Usage::read(Path::new("/proc"), std::process::id()).unwrap();
        assert!(usage.peak_bytes >= usage.resident_bytes && usage.resident_bytes > 100_000);
        assert!(usage.resident_file_bytes < usage.resident_bytes);
    }
}
