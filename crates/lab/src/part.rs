//! A process of a stack, and what it takes.

use std::{
    fs::{self, File},
    io,
    net::{SocketAddr, TcpListener},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use collect::process::{Usage, forget_peak};
use tokio::time::{Instant, sleep};

use crate::{
    Error, PartFigures,
    ask::Asker,
    cgroup::Group,
    process::bind,
    track::{Sample, Track},
};

const PROC: &str = "/proc";
/// Longest wait for a part that starts.
const START: Duration = Duration::from_secs(60);
const START_PAUSE: Duration = Duration::from_millis(20);
/// As much of a log's end is shown, in bytes.
const LOG_SHOWN: usize = 600;

/// A part that runs; killed when dropped.
#[derive(Debug)]
pub(crate) struct Part {
    /// What it is called.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    group: Option<Group>,
    log: PathBuf,
    track: Track,
    ended: Option<String>,
}

/// How a part is started.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    /// What it is called.
    pub name: String,
    /// Its binary.
    pub program: &'a Path,
    /// What it is told.
    pub arguments: Vec<String>,
    /// Where it will listen.
    pub address: SocketAddr,
    /// The group that it joins, if there is one.
    pub group: Option<Group>,
    /// Its folder, which gets its log.
    pub folder: &'a Path,
}

impl Part {
    /// Starts it with an empty environment: what is set for the user's own stack is not meant for this one.
    pub(crate) fn start(start: Start<'_>) -> Result<Self, Error> {
        let Start { name, program, arguments, address, group, folder } = start;
        let log = folder.join("log");
        let failed = |source| Error::Start { part: name.clone(), program: program.to_owned(), source };
        let (out, err) = File::create(&log).and_then(|file| Ok((file.try_clone()?, file))).map_err(failed)?;
        let mut command = Command::new(program);
        command.args(arguments).env_clear().stdin(Stdio::null()).stdout(out).stderr(err);
        bind(&mut command, &group.as_ref().map(Group::doors).unwrap_or_default()).map_err(failed)?;
        let child = command.spawn().map_err(failed)?;
        Ok(Self { name, address, child, group, log, track: Track::default(), ended: None })
    }

    /// Waits until it answers with 200.
    ///
    /// # Errors
    /// When it ends before, or takes a minute.
    pub(crate) async fn wait_until_ready(&mut self, path: &str) -> Result<(), Error> {
        let asker = Asker::new(self.address);
        let deadline = Instant::now() + START;
        while !asker.answers(path).await {
            if let Some(ending) = self.look_for_end() {
                return Err(Error::Ended { part: self.name.clone(), ending, log: self.log_end() });
            }
            if Instant::now() >= deadline {
                let seconds = START.as_secs();
                return Err(Error::NotReady { part: self.name.clone(), seconds, log: self.log_end() });
            }
            sleep(START_PAUSE).await;
        }
        Ok(())
    }

    /// Looks at what it takes, `at` after the beginning of the run; nothing once it has ended.
    pub(crate) fn look(&mut self, at: Duration) {
        if self.ended.is_some() {
            return;
        }
        match self.sample(at) {
            Ok(sample) => self.track.push(sample),
            // It cannot be looked at because it is gone, or about to be.
            Err(_) => {
                let ending =
                    self.look_for_end().map(|ending| format!("{ending} after {:.0} s", at.as_secs_f64()));
                self.ended = ending;
            }
        }
    }

    fn sample(&self, at: Duration) -> io::Result<Sample> {
        let proc = Path::new(PROC);
        let usage = Usage::read(proc, self.child.id()).map_err(io::Error::other)?;
        // Where the peak cannot begin anew it is that of the whole run, which is as good for the most of all.
        let _ = forget_peak(proc, self.child.id());
        let (memory_bytes, cpu_seconds) = match &self.group {
            Some(group) => (group.memory_bytes()? + usage.resident_file_bytes, group.cpu_seconds()?),
            None => (usage.resident_bytes, usage.cpu_seconds),
        };
        // What a group is charged for has no peak that leaves out pages of files. That of the process is as much higher.
        let peak_bytes = memory_bytes + usage.peak_bytes.saturating_sub(usage.resident_bytes);
        Ok(Sample { at, memory_bytes, peak_bytes, cpu_seconds })
    }

    /// Whether the last look found it gone.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// How it ended, if it has.
    fn look_for_end(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        let out_of_memory = self.group.as_ref().is_some_and(|group| group.oom_kills() > 0);
        Some(if out_of_memory { "was killed for want of memory".to_owned() } else { describe(status) })
    }

    pub(crate) fn track(&self) -> &Track {
        &self.track
    }

    /// The figures of the whole run.
    pub(crate) fn figures(&self) -> PartFigures {
        PartFigures { ended: self.ended.clone(), ..PartFigures::of(&self.track) }
    }

    fn log_end(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let end = text.get(text.len().saturating_sub(LOG_SHOWN)..).unwrap_or_default();
        String::from_utf8_lossy(end).trim().to_owned()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Nobody will use what it might still write. It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("was killed by signal {signal}"),
        (None, code) => format!("ended with exit code {}", code.unwrap_or_default()),
    }
}

/// An address on the loopback interface that nobody listened on a moment ago.
pub(crate) fn free_address() -> Result<SocketAddr, Error> {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(Error::Port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::kill;

    fn shell(folder: &Path, script: &str) -> Part {
        let arguments = vec!["-c".to_owned(), script.to_owned()];
        let (name, program, address) = ("part".to_owned(), Path::new("/bin/sh"), free_address().unwrap());
        Part::start(Start { name, program, arguments, address, group: None, folder }).unwrap()
    }

    #[tokio::test]
    async fn a_part_that_does_not_start_is_told_with_the_end_of_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut part = shell(folder.path(), "echo no such sensor; exit 3");
        let error = part.wait_until_ready("/").await.unwrap_err().to_string();
        let expected = "part ended with exit code 3 before it was ready; its log ends with: no such sensor";
        assert_eq!(error, expected);
    }

    #[tokio::test]
    async fn a_part_that_ends_early_is_told_with_how() {
        let folder = tempfile::tempdir().unwrap();
        let mut part = shell(folder.path(), "kill -STOP $$");
        part.look(Duration::ZERO);
        assert!(part.figures().memory_max_bytes > 0 && !part.has_ended());
        kill(i32::try_from(part.child.id()).unwrap());
        while !part.has_ended() {
            sleep(START_PAUSE).await;
            part.look(Duration::from_secs(9));
        }
        assert_eq!(part.figures().ended.unwrap(), "was killed by signal 9 after 9 s");
    }
}
