use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use super::*;

mod saved;

/// A clock that stands still until it is told.
#[derive(Default)]
struct HandClock(AtomicU64);

impl HandClock {
    fn advance(&self) {
        self.0.fetch_add(LOOK_AGAIN_AFTER.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

static HOME: [(&str, Text); 1] =
    [("home.json", || r#"{"uid": "home", "title": "Home", "tags": ["a", "b"]}"#.to_owned())];

fn open(folder: &Path) -> (Library, Arc<HandClock>) {
    let clock = Arc::new(HandClock::default());
    let providers = vec![Provider::plain(folder.to_owned())];
    (Library::open(&folder.join(".saved"), providers, &HOME, clock.clone()), clock)
}

fn titles(library: &Library) -> Vec<String> {
    library.list().iter().map(|entry| entry.summary.title.clone()).collect()
}

#[test]
fn files_are_listed_and_changes_are_seen() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("Kitchen")).unwrap();
    fs::write(dir.path().join("Kitchen/oven.json"), r#"{"title": "Oven", "panels": [1e400]}"#).unwrap();
    fs::write(dir.path().join("notes.txt"), "no dashboard").unwrap();
    fs::write(dir.path().join(".hidden.json"), "{").unwrap();
    let (library, clock) = open(dir.path());
    assert_eq!(titles(&library), ["Home", "Oven"]);

    let oven = library.list().remove(1);
    let uid = oven.uid();
    assert_eq!(oven.folder.as_ref().unwrap().title, "Kitchen");
    assert_eq!(oven.summary.url, format!("/d/{uid}/oven"));
    let text = library.get(uid).unwrap().unwrap().json;
    let id = oven.id;
    assert_eq!(text, format!(r#"{{"title":"Oven","panels":[1e400],"id":{id},"uid":"{uid}","version":0}}"#));

    fs::write(dir.path().join("Kitchen/oven.json"), r#"{"title": "Hot oven"}"#).unwrap();
    assert_eq!(titles(&library), ["Home", "Oven"], "looked again too soon");
    clock.advance();
    assert_eq!(titles(&library), ["Home", "Hot oven"]);
    // The uid hangs on the file's name, so links to it stay.
    assert_eq!(library.list()[1].uid(), uid);

    fs::write(dir.path().join("Kitchen/oven.json"), r#"{"title": "Hot ov"#).unwrap();
    assert!(matches!(library.get(uid), Err(LibraryError::Invalid { .. })));
    fs::remove_file(dir.path().join("Kitchen/oven.json")).unwrap();
    assert!(matches!(library.get(uid), Err(LibraryError::Read { .. })));
    clock.advance();
    assert_eq!(titles(&library), ["Home"]);
    assert!(library.get(uid).unwrap().is_none());
}

#[test]
fn a_bad_file_is_named_and_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.json", "{\n  \"title\": \"A\",\n  oops\n}"),
        ("b.json", r#"{"panels": []}"#),
        ("c.json", r#"{"title": "C", "uid": "../x"}"#),
        ("d.json", r#"{"title": "D", "uid": "same"}"#),
        ("e.json", r#"{"title": "E", "uid": "same"}"#),
        ("f.json", r#"["title"]"#),
        ("g.json", &format!("{{\"x\": {}", "[".repeat(100_000))),
        ("h.json", &format!(r#"{{"title": "H", "x": "{}"}}"#, "x".repeat(5 << 20))),
    ] {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let (library, _) = open(dir.path());
    assert_eq!(titles(&library), ["D", "Home"]);
    let problems = library.problems();
    let parts = [
        "line 3 column 3",
        "title",
        "illegal",
        "d.json has the uid",
        "not a JSON object",
        "EOF while parsing a list",
        "larger",
    ];
    let names = ["a.json", "b.json", "c.json", "e.json", "f.json", "g.json", "h.json"];
    for ((problem, part), name) in problems.iter().zip(parts).zip(names) {
        assert!(problem.path.ends_with(name) && problem.message.contains(part), "{problem:?}");
    }
    assert_eq!(problems.len(), names.len(), "{problems:#?}");
}

#[test]
fn a_folder_may_come_later_and_a_file_replaces_what_is_built_in() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("dashboards");
    let (library, clock) = open(&folder);
    assert!(library.problems()[0].message.starts_with("cannot read the folder"));
    assert!(library.get("home").unwrap().unwrap().entry.is_built_in());

    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("x.json"), r#"{"title": "My home", "uid": "home"}"#).unwrap();
    clock.advance();
    assert_eq!((titles(&library), library.problems()), (vec!["My home".to_owned()], vec![]));
    assert!(!library.get("home").unwrap().unwrap().entry.is_built_in());
}

#[test]
fn search_is_by_part_of_the_title_and_by_all_tags() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("x.json"), r#"{"title": "Homework", "tags": ["b"]}"#).unwrap();
    let (library, _) = open(dir.path());
    for (text, tags, count) in
        [("HOME", &[][..], 2), ("work", &[], 1), ("", &["b"], 2), ("", &["a", "b"], 1), ("x", &[], 0)]
    {
        let tags = tags.iter().map(|t| (*t).to_owned()).collect();
        let search = Search { text: text.into(), tags, ..Search::default() };
        assert_eq!(library.search(&search).len(), count, "{text:?}");
    }
}

#[test]
fn resources_are_listed_by_their_name_and_title() {
    let dir = tempfile::tempdir().unwrap();
    let resource = r#"{"apiVersion": "dashboard.grafana.app/v2beta1", "metadata": {"name": "disks"},
        "spec": {"title": "Disks", "tags": ["edge"], "elements": {}, "layout": {}}}"#;
    fs::write(dir.path().join("disks.json"), resource).unwrap();
    let (library, _) = open(dir.path());
    let disks = library.get("disks").unwrap().unwrap();
    assert_eq!((disks.entry.summary.title.as_str(), disks.json.as_str()), ("Disks", resource));
    assert_eq!(disks.entry.summary.tags, ["edge"]);
}
