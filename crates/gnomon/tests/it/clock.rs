//! A machine that begins in 1970, with the real binary: `libfaketime` shows it the time that a file names.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

/// Where Debian's `faketime` and others have it.
const LIBRARIES: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];

#[test]
fn samples_taken_before_the_clock_is_set_wait_for_it() {
    let Some(library) = LIBRARIES.into_iter().find(|library| Path::new(library).exists()) else {
        return println!("skipped: libfaketime is not installed");
    };
    let folder = tempfile::tempdir().unwrap();
    let time = folder.path().join("time");
    fs::write(&time, "@1970-01-01 00:00:10").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_gnomon"))
        .args(["up", "--simulate", "--scrape-interval=500ms", "--log.level=info"])
        .args(["sensor", "web", "dashboard"].map(|part| format!("--{part}.listen-address=127.0.0.1:0")))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", &time)
        .envs([("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = channel();
    let log = BufReader::new(program.stderr.take().unwrap());
    thread::spawn(move || log.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
    let told = |what: &str| {
        let mut seen = String::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) {
            if line.contains(what) {
                return line;
            }
            seen += &format!("{line}\n");
        }
        panic!("no {what:?} in the log:\n{seen}")
    };
    told("the clock is not set");
    fs::write(&time, "@2100-01-01 00:00:00").unwrap();
    let line = told("the clock is set");
    assert!(!line.contains("samples=0"), "{line}");
    assert_eq!(crate::terminate(program), Some(0));
}
