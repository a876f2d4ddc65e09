//! The binary as a person or a service manager starts and stops it.

mod admin;
mod clock;
mod health;
mod lab;
mod supervisor;
mod tsdb_tool;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Ends a program by SIGTERM; its exit code, or `None` when it goes on.
#[expect(clippy::unwrap_used, reason = "called by tests only")]
fn terminate(mut program: Child) -> Option<i32> {
    let pid = program.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(program.wait()));
    match ended.recv_timeout(Duration::from_secs(30)) {
        Ok(status) => status.unwrap().code(),
        Err(_) => {
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            None
        }
    }
}

// `gnomon up 2>&1 | head` once made a process that no SIGTERM ended: the log line about the signal could not be
// written, the complaint about that panicked, and with it went the task that watches for signals.
#[test]
fn a_program_that_nobody_listens_to_can_be_ended() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gnomon"))
        .args(["sensor", "--listen=127.0.0.1:0", "--simulate"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(program.stderr.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    drop(log);
    assert_eq!(terminate(program), Some(0), "{line}");
}
