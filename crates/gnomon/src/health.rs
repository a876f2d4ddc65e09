//! `gnomon health`: whether a running stack answers, for the health checks of containers.

use std::{
    io::{self, Write},
    time::Duration,
};

use config::{BasicAuth, load_web};
use net::probe::{Probed, probe};

use crate::{
    Failure,
    args::{AddressArgs, HealthArgs},
    with_causes,
};

/// For each of connecting, asking and being answered.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Asks, and says in a line what was answered.
///
/// # Errors
/// When the stack does not answer, or answers that it is not ready.
pub(crate) fn run(args: &HealthArgs) -> Result<(), Failure> {
    let url = match &args.url {
        Some(url) => url.clone(),
        None => own_url(&args.address)?,
    };
    let url: http::Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
    let said = match probe(&url, TIMEOUT)? {
        Probed::Status(200..=299) => "ready",
        // Who asks has no password. That somebody is there to ask for it is all there is to know.
        Probed::Status(401) => "answers and asks for a password",
        Probed::WantsCertificate => "answers and asks for a certificate",
        Probed::Status(503) => return Err(format!("{url}: not ready (503)").into()),
        Probed::Status(status) => return Err(format!("{url}: answered {status}").into()),
    };
    // With standard output closed there is nobody to tell.
    let _ = writeln!(io::stdout(), "{url}: {said}");
    Ok(())
}

/// Where `gnomon run` with the same flags and environment answers whether it is ready.
fn own_url(args: &AddressArgs) -> Result<String, Failure> {
    let listen = args.listen.first().ok_or("--web.listen-address: no address")?;
    let (host, port) = listen.rsplit_once(':').ok_or_else(|| format!("{listen}: missing port"))?;
    let host = match host {
        "" => "localhost",
        "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        host => host,
    };
    let secured = if args.web_config.is_empty() {
        false
    } else {
        load_web(args.web_config.as_ref(), BasicAuth::Taken)
            .map_err(|error| with_causes(&error))?
            .tls
            .is_some()
    };
    let scheme = if secured { "https" } else { "http" };
    Ok(format!("{scheme}://{host}:{port}{}/-/ready", args.prefix()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    #[test]
    fn an_address_for_all_interfaces_is_asked_at_loopback() {
        for (flags, expected) in [
            (&["--web.listen-address=:9090"][..], "http://localhost:9090/-/ready"),
            (&["--web.listen-address=0.0.0.0:80", "--web.listen-address=x:1"], "http://127.0.0.1:80/-/ready"),
            (&["--web.listen-address=[::]:80", "--web.route-prefix=a/"], "http://[::1]:80/a/-/ready"),
            (&["--web.external-url=https://box.example/p/"], "http://127.0.0.1:9090/p/-/ready"),
        ] {
            let cli = Cli::parse_from([&["gnomon", "health"][..], flags].concat());
            let Command::Health(args) = cli.command else { panic!("another command") };
            assert_eq!(own_url(&args.address).unwrap(), expected);
        }
    }
}
