//! `gnomon lab`, short and fast.
#![allow(clippy::unwrap_used)] // In helpers of tests, too, a failure ends the test.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A laboratory with a folder for its files that nobody else uses.
fn lab(folder: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon"));
    command.arg("lab").args(flags).env("TMPDIR", folder).stderr(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// A laboratory whose parts run.
fn running(folder: &Path) -> Child {
    let mut lab = lab(folder, &["--duration=10m"]).spawn().unwrap();
    let mut lines = BufReader::new(lab.stderr.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "before  starting");
    wait_until("the sensor is scraped", || parts(folder).len() >= 2);
    lab
}

/// The ids of all processes that have a part's folder among their arguments or open files.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let is_part = |process: &PathBuf| {
        let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_link(file.path()).ok()).any(|file| file.starts_with(folder))
    };
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes.filter(is_part).collect()
}

fn groups(pid: u32) -> usize {
    let name = format!("gnomon-lab-{pid}-");
    let memory = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let own = memory
        .lines()
        .filter_map(|line| line.rsplit(':').next())
        .flat_map(|group| Path::new(group).ancestors());
    let roots = ["", "memory", "cpuacct"].map(|root| Path::new("/sys/fs/cgroup").join(root));
    let folders =
        own.flat_map(|group| roots.iter().map(|root| root.join(group.strip_prefix("/").unwrap_or(group))));
    let entries = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&name)).count()
}

fn wait_until(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        thread::sleep(Duration::from_millis(20));
    }
}

fn assert_nothing_is_left(folder: &Path, pid: u32) {
    assert_eq!(parts(folder), [] as [PathBuf; 0]);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    assert_eq!(groups(pid), 0);
}

#[test]
fn each_failure_before_is_named_by_its_fault_and_after_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("lab.html");
    let html = format!("--html={}", page.display());
    let lab = lab(folder.path(), &["--duration=5s", "--speedup=5", "--json", &html]).spawn().unwrap();
    let pid = lab.id();
    let output = lab.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let stack = &report["stacks"][0];
    let (before, after) = (&stack["before"]["sensors"][0], &stack["after"]["sensors"][0]);
    assert_eq!((&before["target"]["health"], &after["target"]["health"]), (&"down".into(), &"up".into()));
    assert_eq!(
        (&before["target"]["scrapes"]["worked"], &before["calls"]["answered"]),
        (&0.into(), &0.into())
    );
    for whole in [&after["target"]["scrapes"], &stack["after"]["scrapes"]] {
        assert!(whole["made"].as_u64() > Some(0) && whole["made"] == whole["worked"], "{report}");
    }
    let failures = stack["failures"].as_array().unwrap();
    for (what, fault) in [
        ("the target is DOWN", "content-type"),
        ("calls of /sensor failed", "route-error"),
        ("the sensor takes up to", "payload"),
    ] {
        let failure = failures.iter().find(|failure| failure["what"].as_str().unwrap().contains(what));
        let faults = failure.unwrap()["faults"].as_array().unwrap();
        assert!(faults.contains(&fault.into()), "{report}");
    }
    let spikes = stack["apart"]["sensors"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|sensor| sensor["target"]["failed_events"]["cpu_spike"].as_f64() > Some(0.0));
    assert!(spikes.map(|sensor| &sensor["job"]).any(|job| job == "cpu-loop"), "{report}");
    assert!(fs::read_to_string(&page).unwrap().contains("<svg"));
    fs::remove_file(page).unwrap();
    assert_nothing_is_left(folder.path(), pid);
}

#[test]
fn an_interrupt_leaves_nothing_running() {
    let folder = tempfile::tempdir().unwrap();
    let lab = running(folder.path());
    let pid = lab.id();
    assert!(Command::new("kill").args(["-INT", &pid.to_string()]).status().unwrap().success());
    let output = lab.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_nothing_is_left(folder.path(), pid);
}

#[test]
fn a_kill_leaves_nothing_running_either() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = running(folder.path());
    lab.kill().unwrap();
    lab.wait().unwrap();
    wait_until("all is cleared away", || {
        parts(folder.path()).is_empty() && fs::read_dir(folder.path()).unwrap().count() == 0
    });
    wait_until("the groups are gone", || groups(lab.id()) == 0);
}
