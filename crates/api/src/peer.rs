//! Who is at the other end of a connection.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::Extensions;

/// The peer's address. The server gives it with every request; those without have one in common.
pub(crate) fn address(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::from([0; 4]), |peer| peer.0.ip().to_canonical())
}
