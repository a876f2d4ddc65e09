//! Recorded scrapes of real programs, served at the pace at which they were taken.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use super::{Job, Reading, Run};
use crate::{
    body::Body,
    report::Table,
    server::{self, Kind, Server},
    target::Target,
};

/// Feeds all servers at the same time, each from targets of its own: the load is small and only bytes are
/// counted, so they do not disturb each other and the hour passes once.
pub(super) fn measure(
    servers: &[Kind],
    root: &Path,
    recordings: &Path,
    time: Duration,
    table: &mut Table,
) -> io::Result<()> {
    let folders = unpack(recordings, &root.join("recordings"))?;
    let mut running = Vec::new();
    for kind in servers {
        let targets = folders
            .iter()
            .map(|folder| Target::start(Body::recorded(folder)?))
            .collect::<io::Result<Vec<Target>>>()?;
        let folder = server::fresh_folder(root, "recorded", *kind)?;
        Run { kind: *kind, folder: folder.clone(), time, table }.configure(&[Job {
            name: "recorded",
            interval: "5s",
            targets: &targets,
        }])?;
        let server = Server::start(*kind, &folder, None)?;
        let before = Reading::take(&server, &targets)?;
        running.push((*kind, server, targets, before));
    }
    thread::sleep(time);
    for (kind, server, targets, before) in running {
        let after = Reading::take(&server, &targets)?;
        let name = |figure: &str| format!("{} min of real scrapes: {figure}", time.as_secs() / 60);
        let stored = server.disk_bytes()? as f64 / after.samples.max(1) as f64;
        table.set(kind, &name("disk bytes per sample, as it stands"), Some(0.3), stored, "");
        let written = after.written_bytes_per_sample(&before);
        table.set(kind, &name("bytes written per sample"), Some(1.0), written, "");
    }
    Ok(())
}

/// The folders of bodies, one for each target: those of `recordings`, and its archives unpacked into `root`.
fn unpack(recordings: &Path, root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(recordings)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            folders.push(path);
        } else if let Some(name) = name.strip_suffix(".tar.zst") {
            let folder = root.join(name);
            if !folder.exists() {
                unpack_archive(&path, &folder)?;
            }
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

fn unpack_archive(archive: &Path, folder: &Path) -> io::Result<()> {
    let partial = folder.with_extension("new");
    fs::create_dir_all(&partial)?;
    let mut tar = Command::new("tar");
    tar.args(["--use-compress-program=zstd --long=27", "-xf"]).arg(archive).arg("-C").arg(&partial);
    if !tar.status()?.success() {
        return Err(io::Error::other(format!(
            "cannot unpack {} (tar and zstd are needed)",
            archive.display()
        )));
    }
    fs::rename(&partial, folder)
}
