//! Files of dashboards.

use std::{fs, sync::Arc};

use dashboard::{Library, Provider};
use model::clock::SystemClock;

/// Puts the bytes into a dashboard file: it is shown, with its uid, or named as a problem.
pub fn dashboard_file(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fuzz.json"), bytes).unwrap();
    let providers = vec![Provider::plain(folder.path().to_owned())];
    let saved = folder.path().join("saved");
    let library = Library::open(&saved, providers, &[], Arc::new(SystemClock::default()));
    let found = library.list();
    assert_eq!(found.len() + library.problems().len(), 1);
    for entry in found {
        let shown = library.get(entry.uid()).unwrap().unwrap();
        assert!(shown.json.contains(entry.uid()) && !entry.summary.title.is_empty());
    }
}
