//! `gnomon tsdb` on a folder that `gnomon tsdb bench` has filled.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Exit code and standard output.
fn tsdb(args: &[&str], dir: &Path) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_gnomon")).arg("tsdb").args(args).arg(dir).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    (out.status.code(), if text.is_empty() { String::from_utf8(out.stderr).unwrap() } else { text })
}

fn filled(folder: &Path) -> PathBuf {
    let dir = folder.join("data");
    let (code, text) = tsdb(&["bench", "--series=300", "--samples=40"], &dir);
    assert!(code == Some(0) && text.contains("written: 12000 samples, "), "{text}");
    dir
}

fn part(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().find(|path| path.extension().is_some_and(|e| e == "part")).unwrap()
}

#[test]
fn a_sound_folder_is_dumped_and_analyzed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = filled(folder.path());
    let (code, text) = tsdb(&["verify"], &dir);
    assert!(code == Some(0) && text.contains("with 300 series and 12000 samples, 0 log segments"), "{text}");
    let range = ["--min-time=1700000015000", "--max-time=1700000030000"];
    let (code, text) = tsdb(&["dump", "--match={n=\"1\"}", range[0], range[1]], &dir);
    let labels = r#"{__name__="bench_celsius", job="bench", n="1"}"#;
    let lines: Vec<_> = text.lines().map(|line| line.strip_prefix(labels).unwrap_or(line)).collect();
    assert!(code == Some(0) && lines.len() == 2, "{text}");
    assert!(lines[0].starts_with(" 2") && lines[0].ends_with(" 1700000015000"), "{text}");
    let (code, text) = tsdb(&["analyze", "--limit=2"], &dir);
    assert_eq!(code, Some(0), "{text}");
    for part in [
        "Total Series: 300\nTotal Samples: 12000\n",
        "\nMost common label pairs:\n300 job=bench\n100 __name__=bench_celsius\n",
        "\nHighest cardinality labels:\n300 n\n3 __name__\n",
        "\nPages and samples by encoding:\n100 4000 constant\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn damage_is_found_and_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let dir = filled(folder.path());
    let file = part(&dir);
    let mut bytes = fs::read(&file).unwrap();
    // In the first page, after the header.
    bytes[12] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let (code, text) = tsdb(&["verify"], &dir);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(&format!("{name}: byte 9: the checksum is wrong")), "{text}");
    let (code, text) = tsdb(&["repair"], &dir);
    assert!(code == Some(0) && text.contains(&format!("set aside: {name}.damaged\n")), "{text}");
    assert!(text.contains(" lost\n") && !text.contains(" 0 lost\n"), "{text}");
    let (code, text) = tsdb(&["verify"], &dir);
    assert!(code == Some(0) && text.contains(": 0 faults"), "{text}");
}

#[test]
fn what_is_no_data_folder_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["verify", "repair", "analyze", "dump"] {
        let (code, text) = tsdb(&[command], &folder.path().join("absent"));
        assert!(code == Some(1) && text.contains("absent"), "{command}: {text}");
    }
    fs::write(folder.path().join("file"), "x").unwrap();
    let (code, text) = tsdb(&["bench"], folder.path());
    assert!(code == Some(1) && text.contains("is not empty"), "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
