//! The servers that are compared, each started alone in a group of its own.

use std::{
    env, fmt,
    fs::{self, OpenOptions},
    io,
    net::{SocketAddr, TcpListener},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{cgroup::Cgroup, client, process};

/// Longest wait for a server that starts.
const START: Duration = Duration::from_secs(60);
/// Joins the groups whose doors come before `--`, then becomes the program.
const JOIN: &str = r#"while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done; shift; exec "$@""#;

/// A program that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// This project.
    Gnomon,
    /// The field's reference.
    Prometheus,
    /// The one known for little memory and disk.
    VictoriaMetrics,
}

impl Kind {
    /// All of them, in the order of the table's columns.
    pub(crate) const ALL: [Self; 3] = [Self::Gnomon, Self::Prometheus, Self::VictoriaMetrics];

    /// The name of its program.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Gnomon => "gnomon",
            Self::Prometheus => "prometheus",
            Self::VictoriaMetrics => "victoria-metrics",
        }
    }

    /// Its arguments, all else on its defaults.
    fn arguments(self, folder: &str, api: &str, dashboard: &str) -> Vec<String> {
        let (config, data) = (format!("{folder}prometheus.yml"), format!("{folder}data"));
        match self {
            Self::Gnomon => vec![
                "run".to_owned(),
                format!("--config.file={config}"),
                format!("--storage.tsdb.path={data}"),
                format!("--web.listen-address={api}"),
                format!("--dashboard.listen-address={dashboard}"),
                "--web.enable-remote-write-receiver".to_owned(),
            ],
            Self::Prometheus => vec![
                format!("--config.file={config}"),
                format!("--storage.tsdb.path={data}"),
                format!("--web.listen-address={api}"),
                "--web.enable-remote-write-receiver".to_owned(),
            ],
            Self::VictoriaMetrics => vec![
                format!("-promscrape.config={config}"),
                format!("-storageDataPath={data}"),
                format!("-httpListenAddr={api}"),
            ],
        }
    }

    /// The command line as a reader may type it.
    pub(crate) fn command_line(self) -> String {
        let arguments = self.arguments("", "127.0.0.1:PORT", "127.0.0.1:PORT");
        format!("{} {}", self.program(), arguments.join(" "))
    }

    /// The program, where the environment says it is.
    fn path(self) -> io::Result<PathBuf> {
        let variable = |name| {
            env::var_os(name).ok_or_else(|| io::Error::other(format!("{name} is not set: use `make bench`")))
        };
        match self {
            Self::Gnomon => Ok(PathBuf::from(variable("GNOMON")?)),
            _ => Ok(Path::new(&variable("GNOMON_PEERS")?).join(self.program())),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gnomon => "Gnomon",
            Self::Prometheus => "Prometheus",
            Self::VictoriaMetrics => "VictoriaMetrics",
        })
    }
}

/// A server that runs; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    // Declared after the process so that it is dropped after it.
    group: Option<Cgroup>,
    address: SocketAddr,
    data: PathBuf,
}

impl Server {
    /// Starts `kind` on `folder`, which holds `prometheus.yml` and gets the data, and waits until it answers
    /// queries. Without writable groups there is no limit.
    pub(crate) fn start(kind: Kind, folder: &Path, memory_bytes: Option<u64>) -> io::Result<Self> {
        let server = Self::spawn(kind, folder, memory_bytes)?;
        server.wait_for("vector(1)")?;
        Ok(server)
    }

    /// As [`Server::start`] without a limit, with settings for Gnomon beside its defaults.
    pub(crate) fn start_set(kind: Kind, folder: &Path, gnomon: &[(&str, &str)]) -> io::Result<Self> {
        let settings = if kind == Kind::Gnomon { gnomon } else { &[] };
        let server = Self::spawn_set(kind, folder, None, settings)?;
        server.wait_for("vector(1)")?;
        Ok(server)
    }

    /// Starts it without waiting.
    pub(crate) fn spawn(kind: Kind, folder: &Path, memory_bytes: Option<u64>) -> io::Result<Self> {
        Self::spawn_set(kind, folder, memory_bytes, &[])
    }

    fn spawn_set(
        kind: Kind,
        folder: &Path,
        memory_bytes: Option<u64>,
        settings: &[(&str, &str)],
    ) -> io::Result<Self> {
        // Several benches may run at once, and one of them several servers of a kind: each has its own group.
        let name =
            format!("gnomon-bench-{}-{}", std::process::id(), folder.display().to_string().replace('/', "-"));
        let group = Cgroup::create(&name, memory_bytes).ok();
        let (address, dashboard) = (free_address()?, free_address()?);
        let slashed = format!("{}/", folder.display());
        let log = OpenOptions::new().create(true).append(true).open(folder.join("log"))?;
        let child = Command::new("sh")
            .args(["-c", JOIN, "sh"])
            .args(group.iter().flat_map(Cgroup::doors))
            .arg("--")
            .arg(kind.path()?)
            .args(kind.arguments(&slashed, &address.to_string(), &dashboard.to_string()))
            .args(settings.iter().map(|(flag, value)| format!("--{flag}={value}")))
            .env("GNOMON_ADMIN_PASSWORD", "bench")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self { child, group, address, data: folder.join("data") })
    }

    /// Waits until `expression` has a value.
    pub(crate) fn wait_for(&self, expression: &str) -> io::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < START {
            if let Ok(Some(_)) = client::value(self.address, expression) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err(io::Error::other(format!(
            "no answer to {expression} within {START:?}; see {}",
            self.data.display()
        )))
    }

    /// Ends it in good order.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        Command::new("kill").arg(self.id().to_string()).status()?;
        self.child.wait().map(drop)
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where its API is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether a group holds it, so that a limit of memory holds too.
    pub(crate) fn is_confined(&self) -> bool {
        self.group.is_some()
    }

    /// CPU seconds taken since it was started.
    pub(crate) fn cpu_seconds(&self) -> io::Result<f64> {
        match &self.group {
            Some(group) => group.cpu_seconds(),
            None => process::cpu_seconds(self.child.id()),
        }
    }

    /// Bytes that are resident now.
    pub(crate) fn resident_bytes(&self) -> io::Result<u64> {
        process::resident_bytes(self.child.id())
    }

    /// The most bytes that were ever resident.
    pub(crate) fn peak_bytes(&self) -> io::Result<u64> {
        process::peak_bytes(self.child.id())
    }

    /// Bytes it had the kernel write.
    pub(crate) fn written_bytes(&self) -> io::Result<u64> {
        process::written_bytes(self.child.id())
    }

    /// Bytes of its files.
    pub(crate) fn disk_bytes(&self) -> io::Result<u64> {
        process::disk_bytes(&self.data)
    }

    /// How it ended; nothing while it runs.
    pub(crate) fn ending(&mut self) -> io::Result<Option<String>> {
        let describe = |status: ExitStatus| match status.signal() {
            Some(signal) => format!("killed by signal {signal}"),
            None => format!("ended with {status}"),
        };
        Ok(self.child.try_wait()?.map(describe))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on the loopback interface that nobody listened on a moment ago.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// The folder of a server in a workload.
pub(crate) fn folder(root: &Path, workload: &str, kind: Kind) -> PathBuf {
    root.join(workload).join(kind.program())
}

/// A fresh folder for one run.
pub(crate) fn fresh_folder(root: &Path, workload: &str, kind: Kind) -> io::Result<PathBuf> {
    let folder = folder(root, workload, kind);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
