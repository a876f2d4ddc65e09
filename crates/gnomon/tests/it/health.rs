//! `gnomon health` against servers that answer one thing.
#![allow(clippy::unwrap_used)] // In helpers of tests, too, a failure ends the test.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

fn health(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon"));
    command.arg("health").args(args).envs(environment.iter().copied());
    command.output().unwrap()
}

/// A server that answers one request, and what it was asked for.
fn server(status: &'static str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let mut request = String::new();
        while stream.read_line(&mut request).unwrap() > 2 {}
        write!(stream.get_mut(), "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
        request
    });
    (address, asked)
}

#[test]
fn the_exit_code_says_whether_the_stack_is_ready() {
    for (status, code, said) in [
        ("200 OK", 0, "ready"),
        ("401 Unauthorized", 0, "asks for a password"),
        ("503 Service Unavailable", 1, "not ready"),
        ("404 Not Found", 1, "answered 404"),
    ] {
        let (address, asked) = server(status);
        let output = health(&[&format!("--web.listen-address={address}"), "--web.route-prefix=/prom"], &[]);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(output.status.code(), Some(code), "{status}: {text}");
        assert!(text.contains(said), "{text}");
        assert!(asked.join().unwrap().starts_with("GET /prom/-/ready HTTP/1.1\r\n"));
    }
}

#[test]
fn the_address_comes_from_the_environment_or_an_url() {
    let (address, asked) = server("200 OK");
    assert!(health(&[], &[("GNOMON_WEB_LISTEN_ADDRESS", &address)]).status.success());
    assert!(asked.join().unwrap().starts_with("GET /-/ready "));
    let (address, asked) = server("200 OK");
    assert!(health(&[&format!("http://{address}/metrics")], &[]).status.success());
    assert!(asked.join().unwrap().starts_with("GET /metrics "));

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = health(&[&format!("http://{free}/")], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no answer"));
}
