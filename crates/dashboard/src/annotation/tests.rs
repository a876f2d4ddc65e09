use std::fs;

use model::{Budget, Part, clock::SystemClock};

use super::*;

fn open(folder: &Path) -> Annotations {
    let memory = Budget::new(64 << 20).open(Part::Dashboard);
    Annotations::open(folder, memory, Arc::new(SystemClock::default())).unwrap()
}

fn note(text: &str, time_ms: i64, tags: &[&str]) -> Annotation {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    Annotation { text: text.to_owned(), time_ms, end_ms: time_ms, tags, ..Annotation::default() }
}

fn texts(annotations: &Annotations, search: AnnotationSearch) -> Vec<String> {
    let found = annotations.search(&AnnotationSearch { limit: 100, ..search }, |_| true);
    found.into_iter().map(|one| one.text).collect()
}

#[test]
fn annotations_are_found_by_time_and_tags_and_last() {
    let dir = tempfile::tempdir().unwrap();
    let annotations = open(dir.path());
    annotations.add(note("old", 10, &["a"])).unwrap();
    let id = annotations.add(note("new", 20, &["a", "b"])).unwrap();
    annotations.add(Annotation { end_ms: 5, ..note("range", 15, &[]) }).unwrap();
    annotations.update(id, |one| one.text = "newer".to_owned()).unwrap();
    for annotations in [&annotations, &open(dir.path())] {
        let all = AnnotationSearch::default();
        assert_eq!(texts(annotations, all.clone()), ["newer", "range", "old"]);
        let times = AnnotationSearch { from_ms: Some(11), to_ms: Some(19), ..all.clone() };
        assert_eq!(texts(annotations, times), ["range"]);
        let tags = AnnotationSearch { tags: vec!["a".into(), "b".into()], ..all };
        assert_eq!(texts(annotations, tags.clone()), ["newer"]);
        assert_eq!(texts(annotations, AnnotationSearch { any_tag: true, ..tags }), ["newer", "old"]);
        assert_eq!(annotations.tags("A", 10, |_| true), [("a".to_owned(), 2)]);
        let is_seen = |one: &Annotation| one.text == "old";
        assert_eq!(annotations.tags("", 10, is_seen), [("a".to_owned(), 1)]);
        let seen = annotations.search(&AnnotationSearch { limit: 1, ..AnnotationSearch::default() }, is_seen);
        assert_eq!(seen.len(), 1, "what is not seen takes none of the limit");
    }
    assert_eq!(annotations.delete(|one| one.id == id).unwrap(), 1);
    assert!(matches!(annotations.update(id, |_| {}), Err(AnnotationError::NotFound)));
    assert!(matches!(annotations.add(note("", 1, &[])), Err(AnnotationError::TextEmpty)));
    let long = "x".repeat(TEXT_BYTES_MAX + 1);
    assert!(matches!(annotations.add(note(&long, 1, &[])), Err(AnnotationError::TooLarge { .. })));
    assert_eq!(texts(&open(dir.path()), AnnotationSearch::default()), ["range", "old"]);
}

#[test]
fn a_line_that_was_cut_short_costs_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let annotations = open(dir.path());
    annotations.add(note("first", 1, &[])).unwrap();
    annotations.add(note("second", 2, &[])).unwrap();
    let path = dir.path().join("annotations.jsonl");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 10]).unwrap();
    let annotations = open(dir.path());
    assert_eq!(texts(&annotations, AnnotationSearch::default()), ["first"]);
    annotations.add(note("third", 3, &[])).unwrap();
    assert_eq!(texts(&open(dir.path()), AnnotationSearch::default()), ["third", "first"]);
}

/// The file grew past what is read, and the newest lines were gone at the next start.
#[test]
fn the_file_does_not_grow_past_what_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let annotations = open(dir.path());
    // Six bytes each in JSON.
    let long = "\u{1}".repeat(TEXT_BYTES_MAX);
    let id = annotations.add(note(&long, 1, &[])).unwrap();
    for n in 0..60 {
        annotations.update(id, |one| one.time_ms = n).unwrap();
    }
    let path = dir.path().join("annotations.jsonl");
    assert!(fs::metadata(&path).unwrap().len() < 5_000_000, "60 lines have 5,900,000 bytes");

    let file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.set_len(journal::FILE_BYTES_MAX + 1).unwrap();
    assert_eq!(texts(&open(dir.path()), AnnotationSearch::default()), [long.as_str()]);
    let aside = fs::metadata(dir.path().join("annotations.jsonl.damaged")).unwrap();
    assert_eq!(aside.len(), journal::FILE_BYTES_MAX + 1, "all of it");
}

#[test]
fn numbers_are_given_once() {
    let dir = tempfile::tempdir().unwrap();
    let annotations = open(dir.path());
    annotations.add(note("first", 1, &[])).unwrap();
    let last = annotations.add(note("last", 2, &[])).unwrap();
    annotations.delete(|_| true).unwrap();
    // A line that was cut short makes the file be written anew.
    let path = dir.path().join("annotations.jsonl");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "{").unwrap();
    for _ in 0..2 {
        assert_eq!(open(dir.path()).state().journal.next_id(), last + 1);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"removed\":2}\n");
}

#[test]
fn the_oldest_give_way_and_the_file_stays_small() {
    let dir = tempfile::tempdir().unwrap();
    let annotations = open(dir.path());
    let large = "x".repeat(TEXT_BYTES_MAX);
    for n in 0..300 {
        annotations.add(note(&large, n, &[])).unwrap();
    }
    let bytes = annotations.state().size_bytes();
    assert!(bytes <= BYTES_MAX && bytes > BYTES_MAX - 2 * TEXT_BYTES_MAX, "{bytes}");
    let first = *annotations.state().by_id.keys().next().unwrap();
    annotations.update(first, |one| one.tags = vec!["x".repeat(TAG_BYTES_MAX); TAGS_MAX]).unwrap();
    assert!(annotations.get(first).is_some() && annotations.state().size_bytes() <= BYTES_MAX);
    let reopened = open(dir.path());
    assert_eq!(
        reopened.search(&AnnotationSearch { limit: 1, ..Default::default() }, |_| true)[0].time_ms,
        299
    );
    assert_eq!(reopened.state().by_id.len(), annotations.state().by_id.len());
}

#[test]
fn without_memory_none_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let memory = Budget::new(600).open(Part::Dashboard);
    let annotations = Annotations::open(dir.path(), memory, Arc::new(SystemClock::default())).unwrap();
    annotations.add(note("fits", 1, &[])).unwrap();
    assert!(matches!(annotations.add(note("does not", 1, &[])), Err(AnnotationError::Memory { .. })));
    assert_eq!(texts(&annotations, AnnotationSearch::default()), ["fits"]);
}
