//! Finds the process that listens on a port, for the error of one who cannot.

use std::fs;

/// Processes looked at, and files of each: enough for any small machine, and over in well under a second.
const PROCESSES_MAX: usize = 4096;
const FILES_MAX: usize = 1024;

/// The state `LISTEN` in `/proc/net/tcp`.
const LISTEN: &str = "0A";

/// Name and process id of who listens on the port; `None` where that is not for this user to see.
pub(super) fn of_port(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"].iter().find_map(|table| listener_inode(table, port))?;
    let socket = format!("socket:[{inode}]");
    let mut processes = fs::read_dir("/proc").ok()?.flatten().filter_map(process_id).take(PROCESSES_MAX);
    let holder = processes.find(|&id| holds(id, &socket))?;
    let name = fs::read_to_string(format!("/proc/{holder}/comm")).ok()?;
    Some(format!("{} (pid {holder})", name.trim()))
}

/// The id, unless the entry is one of the files beside the processes.
fn process_id(entry: fs::DirEntry) -> Option<u32> {
    entry.file_name().to_str()?.parse().ok()
}

fn listener_inode(table: &str, port: u16) -> Option<String> {
    let suffix = format!(":{port:04X}");
    let text = fs::read_to_string(table).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let local = fields.next()?;
        let state = fields.nth(1)?;
        let inode = fields.nth(5)?;
        (local.ends_with(&suffix) && state == LISTEN).then(|| inode.to_owned())
    })
}

fn holds(process: u32, socket: &str) -> bool {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else { return false };
    files
        .flatten()
        .take(FILES_MAX)
        .any(|f| fs::read_link(f.path()).is_ok_and(|target| target.as_os_str() == socket))
}
