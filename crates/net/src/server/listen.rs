//! From an address as a flag gives it to a listening socket.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
};

use socket2::{Domain, Socket, Type};
use tokio::net::TcpListener;

use super::holder;

/// Connections that the kernel queues until they are accepted; it caps the figure at `net.core.somaxconn`.
const BACKLOG: i32 = 1024;

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The text is no address.
    #[error("{flag}: {address:?} is no listen address ({reason}); write host:port or :port")]
    Address {
        /// The text.
        address: String,
        /// The flag that it came from.
        flag: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The host has no address.
    #[error("{flag}: cannot resolve the host of {address:?}")]
    Resolve {
        /// The address as given.
        address: String,
        /// The flag that it came from.
        flag: &'static str,
        /// The resolver's answer.
        source: io::Error,
    },
    /// Somebody else listens there.
    #[error(
        "cannot listen on {address}: the port is in use by {holder}; stop it, or choose another address with {flag}"
    )]
    InUse {
        /// The address as given.
        address: String,
        /// The flag that changes it.
        flag: &'static str,
        /// Name and process id of who listens there, or "another process" where the kernel does not tell.
        holder: String,
    },
    /// The kernel does not allow it.
    #[error(
        "cannot listen on {address}: permission denied; ports below 1024 need CAP_NET_BIND_SERVICE, {flag} takes another"
    )]
    Denied {
        /// The address as given.
        address: String,
        /// The flag that changes it.
        flag: &'static str,
    },
    /// The host is another machine's.
    #[error(
        "cannot listen on {address}: no interface of this machine has that address; {flag} takes another"
    )]
    NotLocal {
        /// The address as given.
        address: String,
        /// The flag that changes it.
        flag: &'static str,
    },
    /// Anything else.
    #[error("cannot listen on {address} (set by {flag})")]
    Listen {
        /// The address as given.
        address: String,
        /// The flag that changes it.
        flag: &'static str,
        /// The kernel's answer.
        source: io::Error,
    },
}

/// Binds and listens; see [`super::Server::bind`].
pub(super) fn bind(address: &str, flag: &'static str) -> Result<(TcpListener, SocketAddr), BindError> {
    let (host, port) =
        split(address).map_err(|reason| BindError::Address { address: address.to_owned(), flag, reason })?;
    let opened = if host.is_empty() {
        open_any(port)
    } else {
        let resolved = resolve(host, port);
        open(resolved.map_err(|source| BindError::Resolve { address: address.to_owned(), flag, source })?)
    };
    let listened = opened.and_then(TcpListener::from_std);
    listened.and_then(|l| l.local_addr().map(|a| (l, a))).map_err(|e| refused(e, address, flag, port))
}

fn split(address: &str) -> Result<(&str, u16), &'static str> {
    let (host, port) = address.rsplit_once(':').ok_or("missing port")?;
    let port = port.parse().map_err(|_| "the port is no number from 0 to 65535")?;
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').ok_or("missing ']'")?,
        None if host.contains(':') => return Err("too many colons; an IPv6 address stands in brackets"),
        None => host,
    };
    Ok((host, port))
}

/// The host's first IPv4 address, or else its first: what Go listens on.
fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    let v4 = addresses.iter().find(|a| a.is_ipv4());
    v4.or(addresses.first()).copied().ok_or_else(|| io::Error::other("the host has no address"))
}

/// Both families on one socket, or IPv4 alone where the kernel has no IPv6.
fn open_any(port: u16) -> io::Result<std::net::TcpListener> {
    match open((Ipv6Addr::UNSPECIFIED, port).into()) {
        Err(e) if e.kind() != io::ErrorKind::AddrInUse && e.kind() != io::ErrorKind::PermissionDenied => {
            open((Ipv4Addr::UNSPECIFIED, port).into())
        }
        opened => opened,
    }
}

fn open(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        socket.set_only_v6(false)?;
    }
    // Connections of a predecessor that wait out their last packets do not hold the port.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn refused(source: io::Error, address: &str, flag: &'static str, port: u16) -> BindError {
    let address = address.to_owned();
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            let holder = holder::of_port(port).unwrap_or_else(|| "another process".to_owned());
            BindError::InUse { address, flag, holder }
        }
        io::ErrorKind::PermissionDenied => BindError::Denied { address, flag },
        io::ErrorKind::AddrNotAvailable => BindError::NotLocal { address, flag },
        _ => BindError::Listen { address, flag, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(address: &str) -> String {
        bind(address, "--listen").unwrap_err().to_string()
    }

    #[test]
    fn addresses_are_split_as_go_splits_them() {
        assert_eq!(split(":8000"), Ok(("", 8000)));
        assert_eq!(split("localhost:80"), Ok(("localhost", 80)));
        assert_eq!(split("[::1]:9090"), Ok(("::1", 9090)));
        assert!(split("8000").is_err() && split("::1:80").is_err() && split("[::1:80").is_err());
        assert!(message("host:99999").contains("--listen: \"host:99999\" is no listen address"));
    }

    #[tokio::test]
    async fn a_port_alone_serves_both_families() {
        let (listener, address) = bind(":0", "--listen").unwrap();
        for ip in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
            let connected = tokio::net::TcpStream::connect((ip, address.port())).await;
            assert!(connected.is_ok() || ip.is_ipv6() && address.is_ipv4(), "{ip}: {connected:?}");
        }
        drop(listener);
    }

    #[tokio::test]
    async fn a_taken_port_names_its_holder_and_the_flag() {
        let (_listener, address) = bind("localhost:0", "--listen").unwrap();
        let message = message(&address.to_string());
        assert!(message.contains(&format!("(pid {})", std::process::id())), "{message}");
        assert!(message.ends_with("choose another address with --listen"), "{message}");
    }

    #[tokio::test]
    async fn the_address_of_another_machine_is_named() {
        assert!(message("192.0.2.1:0").contains("no interface of this machine"));
    }
}
