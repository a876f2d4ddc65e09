//! What the tests of several crates share: real servers to compare with. Only tests depend on it, so it panics
//! where a test would.

mod http;
mod prometheus;
mod victoria_metrics;

use std::{
    env,
    path::{Path, PathBuf},
};

pub use http::Response;
pub use prometheus::Prometheus;
pub use victoria_metrics::VictoriaMetrics;

/// The program of a peer: from the folder that `GNOMON_PEERS` names, or where `make peers` puts it.
///
/// Without one a line on standard output says that the test is skipped.
pub fn peer(name: &str) -> Option<PathBuf> {
    let given = env::var_os("GNOMON_PEERS").map(PathBuf::from);
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin");
    let found = given.into_iter().chain([built]).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        #[allow(clippy::print_stdout)]
        {
            println!("skipped: no {name} in GNOMON_PEERS or target/peers/bin (make peers)");
        }
    }
    found
}
