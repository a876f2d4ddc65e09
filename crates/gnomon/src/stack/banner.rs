//! What a person reads on the terminal when the stack has started.

use std::{
    fmt,
    io::{self, Write},
    path::Path,
};

use collect::process::proportional_bytes;

const MIB: f64 = 1_048_576.0;

/// Addresses, data folder, memory, and the admin's password when it is new.
pub(super) struct Banner<'a> {
    pub sensor: Option<String>,
    pub web: String,
    pub dashboards: Option<String>,
    pub data: &'a Path,
    pub new_password: Option<String>,
    pub budget_bytes: usize,
}

impl Banner<'_> {
    /// Prints it to standard output.
    pub(super) fn print(&self) {
        // With standard output closed there is nobody to tell.
        let _ = writeln!(io::stdout(), "{self}");
    }
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "gnomon {}", env!("CARGO_PKG_VERSION"))?;
        if let Some(url) = &self.dashboards {
            writeln!(f, "  dashboards  {url}/d/edge-stack")?;
        }
        if let Some(password) = &self.new_password {
            writeln!(f, "              log in as admin with {password} (shown this once)")?;
        }
        writeln!(f, "  Prometheus  {}", self.web)?;
        if let Some(url) = &self.sensor {
            writeln!(f, "  sensor      {url}/sensor")?;
        }
        let folder = self.data.canonicalize().unwrap_or_else(|_| self.data.to_owned());
        writeln!(f, "  data        {}", folder.display())?;
        let budget = self.budget_bytes as f64 / MIB;
        match proportional_bytes("/proc".as_ref()) {
            Ok(bytes) => write!(
                f,
                "  memory      {:.1} MiB now, {budget:.0} MiB at most for data and queries",
                bytes as f64 / MIB
            ),
            Err(_) => write!(f, "  memory      {budget:.0} MiB at most for data and queries"),
        }
    }
}
