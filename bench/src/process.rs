//! What the kernel says of a process and of its files.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

/// The tick of `/proc/PID/stat`, on every Linux that there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bytes that are resident now.
pub(crate) fn resident_bytes(pid: u32) -> io::Result<u64> {
    Ok(field(pid, "status", "VmRSS:")? << 10)
}

/// The most bytes that were ever resident.
pub(crate) fn peak_bytes(pid: u32) -> io::Result<u64> {
    Ok(field(pid, "status", "VmHWM:")? << 10)
}

/// Has the peak begin anew from what is resident now.
pub(crate) fn forget_peak(pid: u32) -> io::Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5")
}

/// Bytes of pages that the process made dirty, less those it dropped before they were written.
pub(crate) fn written_bytes(pid: u32) -> io::Result<u64> {
    Ok(field(pid, "io", "write_bytes:")?.saturating_sub(field(pid, "io", "cancelled_write_bytes:")?))
}

/// CPU time of the process, user and system, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> io::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = text.rsplit_once(") ").unwrap_or_default();
    let ticks = |index| fields.split(' ').nth(index).and_then(|text| text.parse::<f64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).ok_or_else(|| io::Error::other("a strange stat file"))?;
    Ok((user + system) / TICKS_PER_SECOND)
}

fn field(pid: u32, file: &str, key: &str) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|text| text.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("/proc/{pid}/{file} has no {key}")))
}

/// Bytes that the files of a folder take on disk, hard links counted once.
pub(crate) fn disk_bytes(folder: &Path) -> io::Result<u64> {
    let (mut folders, mut seen, mut sum) = (vec![folder.to_owned()], Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // A file may go while we look.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.is_file() && !seen.contains(&metadata.ino()) {
                seen.push(metadata.ino());
                sum += metadata.len();
            }
        }
    }
    Ok(sum)
}
