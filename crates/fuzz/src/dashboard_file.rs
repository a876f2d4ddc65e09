//! Files of dashboards.

use std::{fs, sync::Arc};

use dashboard::{Library, Search};
use model::clock::SystemClock;

/// Puts the bytes into a dashboard file: it is shown, to the byte but for a uid that is made, or named as a problem.
pub fn dashboard_file(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fuzz.json"), bytes).unwrap();
    let library = Library::open(vec![folder.path().to_owned()], &[], Arc::new(SystemClock::default()));
    let found = library.search(&Search::default());
    assert_eq!(found.len() + library.problems().len(), 1);
    for summary in found {
        let shown = library.get(&summary.uid).unwrap().unwrap();
        assert!(shown.json.len() >= bytes.len() && !summary.title.is_empty());
    }
}
