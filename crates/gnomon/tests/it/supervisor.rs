//! What a service manager is told, on a real datagram socket.
#![allow(clippy::unwrap_used)] // In helpers of tests, too, a failure ends the test.

use std::{
    fs,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The first message that is not about the watchdog.
fn told(manager: &UnixDatagram) -> String {
    loop {
        let message = message(manager);
        if message != "WATCHDOG=1" {
            return message;
        }
    }
}

fn message(manager: &UnixDatagram) -> String {
    let mut buffer = [0; 256];
    manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = manager.recv(&mut buffer).unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

fn gnomon(args: &[&str], socket: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon"));
    command.args(args).env("NOTIFY_SOCKET", socket).env("WATCHDOG_USEC", "40000");
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn hang_up(program: &Child) {
    assert!(Command::new("kill").args(["-HUP", &program.id().to_string()]).status().unwrap().success());
}

#[test]
fn ready_watchdog_and_end_of_the_sensor_service_on_an_abstract_socket() {
    let name = format!("gnomon-test-{}", std::process::id());
    let manager = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let program = gnomon(&["sensor", "--listen=127.0.0.1:0", "--simulate"], &format!("@{name}"));
    assert_eq!(message(&manager), "READY=1");
    assert_eq!([message(&manager), message(&manager)], ["WATCHDOG=1", "WATCHDOG=1"]);
    assert_eq!(crate::terminate(program), Some(0));
    assert_eq!(told(&manager), "STOPPING=1");
}

#[test]
fn reloads_of_the_stack_good_and_bad_come_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let flag = |name: &str, path: &Path| format!("--{name}={}", path.display());
    let manager = UnixDatagram::bind(path("notify")).unwrap();
    fs::write(path("prometheus.yml"), "global: {}\n").unwrap();
    let [config, data] =
        [flag("config.file", &path("prometheus.yml")), flag("storage.tsdb.path", &path("data"))];
    let listen = ["--web.listen-address=127.0.0.1:0", "--dashboard.listen-address="];
    let program = gnomon(&["run", listen[0], listen[1], &config, &data], path("notify").to_str().unwrap());
    assert_eq!(told(&manager), "READY=1");
    for text in ["global: {}\n", "global: {wrong: 1}\n"] {
        fs::write(path("prometheus.yml"), text).unwrap();
        hang_up(&program);
        let reloading = told(&manager);
        let time = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap_or_default();
        assert!(time.parse::<u64>().is_ok(), "{text}{reloading}");
        assert_eq!(told(&manager), "READY=1", "{text}");
    }
    assert_eq!(crate::terminate(program), Some(0));
    assert_eq!(told(&manager), "STOPPING=1");
}
