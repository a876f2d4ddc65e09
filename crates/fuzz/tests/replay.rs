//! The inputs that are kept, replayed: those that once found something, and one or two of each kind.

use std::{fs, path::Path};

/// Replays the inputs of a target.
fn replay(name: &str) {
    let (_, target) = fuzz::TARGETS.into_iter().find(|(known, _)| *known == name).expect("a target");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let mut inputs: Vec<_> = fs::read_dir(&folder).expect("a folder of inputs").flatten().collect();
    inputs.sort_by_key(fs::DirEntry::path);
    assert!(!inputs.is_empty(), "{}", folder.display());
    target(b"");
    for input in inputs {
        target(&fs::read(input.path()).expect("an input"));
    }
}

macro_rules! replays {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed() {
            assert_eq!(fuzz::TARGETS.map(|(name, _)| name), [$(stringify!($name)),*]);
        }
    };
}

replays! {
    config_file dashboard_file data_folder evaluation exposition expression log_records matcher otlp
    parameter remote_read remote_write scrape_layout snappy
}
