//! What is saved, and what is left of it after crashes and damage.

use super::*;
use crate::Role;

fn json(title: &str, more: &str) -> String {
    format!(r#"{{"title":"{title}"{more}}}"#)
}

fn save(library: &Library, json: &str) -> Result<Entry, ChangeError> {
    library.save(&Save { json, user: "eva", message: "why", ..Save::default() })
}

fn save_over(library: &Library, json: &str) -> Result<Entry, ChangeError> {
    library.save(&Save { json, overwrite: true, ..Save::default() })
}

fn put(library: &Library, json: &str, folder_uid: &str) -> Result<Entry, ChangeError> {
    library.save(&Save { json, folder_uid, ..Save::default() })
}

fn create(library: &Library, uid: &str, parent_uid: &str) -> Result<Arc<Folder>, ChangeError> {
    library.create_folder(&NewFolder { uid, title: uid, parent_uid, ..NewFolder::default() }, "eva")
}

#[test]
fn what_is_saved_is_there_after_a_restart_with_all_fields() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    let first = save(&library, r#"{ "odd": 1.0, "id": null, "title": "Fan", "x": [1e400] }"#).unwrap();
    assert_eq!((first.version(), first.id, first.uid().len()), (1, 1, 14));
    let uid = first.uid();
    let second = json("Fans", &format!(r#","uid":"{uid}","version":1,"tags":["a"]"#));
    assert_eq!(save(&library, &second).unwrap().version(), 2);

    let (library, _) = open(dir.path());
    let shown = library.get(uid).unwrap().unwrap();
    assert_eq!(shown.json, format!(r#"{{"title":"Fans","uid":"{uid}","version":2,"tags":["a"],"id":1}}"#));
    assert_eq!((shown.entry.created().by, shown.entry.summary.tags[0].as_str()), ("eva".to_owned(), "a"));
    let (version, text) = library.version(uid, 1).unwrap();
    assert_eq!((version.message.as_str(), version.saved.by.as_str()), ("why", "eva"));
    let fields = format!(r#"{{"odd":1.0,"id":1,"title":"Fan","x":[1e400],"uid":"{uid}","version":1}}"#);
    assert_eq!(text, fields);
    assert_eq!(library.restore(uid, 1, "tom").unwrap().version(), 3);
    let versions = library.versions(uid).unwrap();
    let numbers: Vec<_> = versions.iter().map(|v| (v.version, v.parent_version, v.restored_from)).collect();
    assert_eq!(numbers, [(3, 2, 1), (2, 1, 0), (1, 0, 0)]);

    library.delete(uid).unwrap();
    assert!(library.get(uid).unwrap().is_none() && open(dir.path()).0.entry(uid).is_none());
    assert!(matches!(library.delete(uid), Err(ChangeError::NotFound)));
}

#[test]
fn conflicts_are_refused_as_grafana_refuses_them() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    save(&library, &json("Fan", r#","uid":"fan""#)).unwrap();
    save(&library, &json("Pump", r#","uid":"pump""#)).unwrap();
    let error = |json: &str| save(&library, json).unwrap_err();
    assert!(matches!(error(&json("Fan", r#","uid":"fan""#)), ChangeError::VersionMismatch));
    assert!(matches!(error(&json("Fan", "")), ChangeError::SameName));
    assert!(matches!(error(&json("Fan", r#","uid":"pump","version":1"#)), ChangeError::SameName));
    assert!(matches!(error(&json("X", r#","uid":"pump","id":1,"version":1"#)), ChangeError::SameUid));
    assert!(matches!(error(&json("X", r#","id":77"#)), ChangeError::NotFound));
    assert!(matches!(error(&json(" ", "")), ChangeError::TitleEmpty));
    assert!(matches!(error(&json("X", r#","uid":"a/b""#)), ChangeError::UidInvalid));
    assert!(matches!(error(&json("X", &format!(r#","uid":"{}""#, "x".repeat(41)))), ChangeError::UidTooLong));
    assert!(matches!(error("[1]"), ChangeError::Invalid(_)));
    assert!(matches!(put(&library, &json("X", ""), "none"), Err(ChangeError::FolderNotFound)));
    let many = format!(r#","panels":[{}{{}}]"#, "{},".repeat(10_000));
    assert!(matches!(error(&json("X", &many)), ChangeError::TooManyPanels { panels: 10_001, .. }));
    let huge = format!(r#","x":"{}""#, "x".repeat(DASHBOARD_BYTES_MAX));
    assert!(matches!(error(&json("X", &huge)), ChangeError::TooLarge { .. }));
    let deep = format!(r#","x":{}1{}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(save(&library, &json("Deep", &deep)).unwrap().version(), 1);

    assert_eq!(save_over(&library, &json("Fan", r#","uid":"fan""#)).unwrap().version(), 1, "nothing changed");
    assert_eq!(save_over(&library, &json("Fan", r#","uid":"fan","x":1"#)).unwrap().version(), 2);
    let replaced = save_over(&library, &json("Fan", "")).unwrap();
    assert_eq!((replaced.uid(), replaced.version()), ("fan", 3), "the one of the same name");
}

#[test]
fn only_the_last_versions_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    for n in 0..25 {
        save_over(&library, &json("Fan", &format!(r#","uid":"fan","n":{n}"#))).unwrap();
    }
    let large = "x".repeat(3 << 20);
    for n in 0..4 {
        save_over(&library, &json("Large", &format!(r#","uid":"large","n":{n},"x":"{large}""#))).unwrap();
    }
    for library in [&library, &open(dir.path()).0] {
        let versions = |uid| library.versions(uid).unwrap().iter().map(|v| v.version).collect::<Vec<_>>();
        assert_eq!(versions("fan"), (6..=25).rev().collect::<Vec<_>>());
        assert_eq!(versions("large"), [4, 3]);
        assert!(matches!(library.version("fan", 5), Err(ChangeError::VersionNotFound)));
    }
}

/// Nothing could be saved any more once old versions filled the shelf.
#[test]
fn old_versions_give_way_when_the_shelf_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    let large = "x".repeat(4_000_000);
    let save = |uid: &str, n: u32| {
        save_over(&library, &json(uid, &format!(r#","uid":"{uid}","n":{n},"x":"{large}""#)))
    };
    for (dashboard, n) in (0..9).flat_map(|dashboard| [(dashboard, 0), (dashboard, 1)]) {
        save(&format!("d{dashboard}"), n).unwrap();
    }
    for library in [&library, &open(dir.path()).0] {
        let kept = (0..9).map(|n| library.versions(&format!("d{n}")).unwrap().len());
        assert_eq!(kept.sum::<usize>(), 16, "64 MiB");
        assert_eq!(library.versions("d8").unwrap().len(), 2);
    }
    let full = (9..20).map(|n| save(&format!("d{n}"), 0)).find_map(Result::err);
    assert!(matches!(full, Some(ChangeError::Full { .. })), "the newest versions stay");
    assert!(library.entry("d15").is_some() && library.entry("d16").is_none());
}

#[test]
fn a_crash_leaves_the_version_before() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    save(&library, &json("Fan", r#","uid":"fan""#)).unwrap();
    let fan = dir.path().join(".saved/fan");
    // Between writing and renaming; between renaming the folder and emptying it.
    fs::write(fan.join("0000000002.json.new"), "{").unwrap();
    fs::create_dir(dir.path().join(".saved/.deleted-pump")).unwrap();
    let (library, _) = open(dir.path());
    assert_eq!(library.entry("fan").unwrap().version(), 1);
    assert_eq!(library.problems(), []);
    assert_eq!(fs::read_dir(&fan).unwrap().count(), 1);
    assert_eq!(fs::read_dir(dir.path().join(".saved")).unwrap().count(), 1);
}

#[test]
fn a_damaged_version_is_set_aside_and_the_one_before_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    save(&library, &json("Fan", r#","uid":"fan""#)).unwrap();
    save_over(&library, &json("Fan", r#","uid":"fan","more":1"#)).unwrap();
    let fan = dir.path().join(".saved/fan");
    let newest = fan.join("0000000002.json");
    let whole = fs::read(&newest).unwrap();
    for at in (0..whole.len()).step_by(37) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x01;
        fs::write(&newest, if at % 2 == 0 { &damaged } else { &whole[..at] }).unwrap();
        _ = fs::remove_file(fan.join("0000000002.json.damaged"));
        let (library, _) = open(dir.path());
        assert_eq!((library.entry("fan").unwrap().version(), library.problems().len()), (1, 1), "byte {at}");
    }
    let (library, _) = open(dir.path());
    assert!(library.problems()[0].path.ends_with("fan/0000000002.json.damaged"), "it is named again");
    let next = save_over(&library, &json("Fan", r#","uid":"fan","more":2"#)).unwrap();
    assert_eq!(next.version(), 3, "numbers are not used twice");
}

#[test]
fn folders_lie_in_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    for (uid, parent) in [("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "")] {
        create(&library, uid, parent).unwrap();
    }
    assert!(matches!(create(&library, "f", "d"), Err(ChangeError::FolderTooDeep)));
    assert!(matches!(create(&library, "a", ""), Err(ChangeError::FolderSameUid)));
    assert!(matches!(create(&library, "x", "none"), Err(ChangeError::FolderNotFound)));
    assert!(matches!(library.move_folder("a", "c", ""), Err(ChangeError::FolderCircular)));
    assert!(matches!(library.move_folder("a", "e", ""), Err(ChangeError::FolderTooDeep)));
    library.move_folder("c", "e", "").unwrap();
    let stale = FolderChange { title: Some("C"), version: Some(1), ..FolderChange::default() };
    assert!(matches!(library.update_folder("c", &stale, ""), Err(ChangeError::FolderVersionMismatch)));
    let change = FolderChange { version: None, ..stale };
    assert_eq!(library.update_folder("c", &change, "tom").unwrap().version, 3);
    let lost = FolderChange { title: Some("X"), parent_uid: Some("none"), ..FolderChange::default() };
    assert!(matches!(library.update_folder("c", &lost, ""), Err(ChangeError::FolderNotFound)));
    put(&library, &json("Deep", r#","uid":"deep""#), "d").unwrap();
    assert!(matches!(put(&library, &json("A", r#","uid":"a""#), ""), Err(ChangeError::SameUid)));

    let (library, _) = open(dir.path());
    let parents: Vec<_> = library.folder_parents("d").iter().map(|f| f.title.clone()).collect();
    assert_eq!(parents, ["e", "C"]);
    assert_eq!((library.folder_counts("e"), library.folder_counts("a")), ((2, 1), (1, 0)));
    let uids = |folders: Vec<Arc<Folder>>| folders.iter().map(|f| f.uid.clone()).collect::<Vec<_>>();
    assert_eq!(uids(library.subfolders("")), ["a", "e"]);
    let in_d = Search { folder_uids: vec!["d".into()], ..Search::default() };
    assert_eq!(library.search(&in_d)[0].uid(), "deep");
    library.delete_folder("e").unwrap();
    assert!(library.entry("deep").is_none() && library.folder("d").is_none());
    assert_eq!(uids(open(dir.path()).0.subfolders("")), ["a"]);

    fs::write(dir.path().join(".saved/folders.json"), "{").unwrap();
    let (library, _) = open(dir.path());
    assert!(library.problems()[0].message.contains("set aside") && library.subfolders("").is_empty());
}

/// The file grew past what is read: all folders were gone after the next start.
#[test]
fn more_folders_than_can_be_read_again_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let title = "x".repeat(5_000);
    let create = |library: &Library, title| {
        library.create_folder(&NewFolder { title, description: "\u{b6}", ..NewFolder::default() }, "eva")
    };
    let (library, _) = open(dir.path());
    create(&library, "first").unwrap();
    let file = dir.path().join(".saved/folders.json");
    let nearly = "x".repeat((4 << 20) - 1_000);
    fs::write(&file, fs::read_to_string(&file).unwrap().replace('\u{b6}', &nearly)).unwrap();
    let (library, _) = open(dir.path());
    assert!(matches!(create(&library, "\u{1}"), Err(ChangeError::Invalid(_))));
    assert!(matches!(create(&library, &title), Err(ChangeError::Full { what: "bytes of folders", .. })));
    assert_eq!((library.folders().len(), open(dir.path()).0.folders().len()), (1, 1));
}

#[test]
fn files_cannot_be_changed_unless_their_provider_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("files/Attic/fan.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, json("Fan", r#","uid":"fan","version":7"#)).unwrap();
    let clock = Arc::new(HandClock::default());
    let provider = Provider::plain(dir.path().join("files")).named("mine");
    let saved = dir.path().join("saved");
    let library = Library::open(&saved, vec![provider.clone()], &HOME, clock.clone());
    let fan = library.entry("fan").unwrap();
    let attic = fan.folder_uid().to_owned();
    assert!(!fan.can_save() && !fan.can_delete() && fan.file_name() == "Attic/fan.json");
    let changed = json("Fan", r#","uid":"fan","version":7,"changed":1"#);
    assert!(matches!(put(&library, &changed, &attic), Err(ChangeError::Provisioned)));
    assert!(matches!(library.delete("fan"), Err(ChangeError::CannotDelete)));
    assert!(matches!(library.delete_folder(&attic), Err(ChangeError::FolderHoldsFiles)));

    library.provide(vec![provider.updatable(true)]);
    let fan = put(&library, &changed, &attic).unwrap();
    assert_eq!((fan.version(), fan.can_delete(), fan.folder_uid()), (8, false, attic.as_str()));
    assert!(library.get("fan").unwrap().unwrap().json.contains("changed"));
    assert!(!library.folder(&attic).unwrap().provisioned, "something saved is in it");
    // The file is the newest again once it changes.
    fs::write(&file, json("Fan 2", r#","uid":"fan""#)).unwrap();
    clock.advance();
    assert_eq!(library.get("fan").unwrap().unwrap().entry.summary.title, "Fan 2");
    assert!(library.version("fan", 8).unwrap().1.contains("changed"), "what was saved is not lost");
    assert_eq!(put(&library, &json("Fan 3", r#","uid":"fan""#), "").unwrap().version(), 9);
    assert_eq!(library.problems(), []);
}

#[test]
fn what_is_built_in_can_be_changed_and_had_back() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    let id = library.entry("home").unwrap().id;
    let changed = save(&library, &json("My home", r#","uid":"home","version":0"#)).unwrap();
    assert_eq!((changed.id, changed.version(), changed.is_built_in()), (id, 1, false));
    library.delete("home").unwrap();
    assert!(library.entry("home").unwrap().is_built_in());
    assert!(matches!(library.delete("home"), Err(ChangeError::CannotDelete)));
}

#[test]
fn dashboards_outlive_their_files_where_the_provider_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (files, saved) = (dir.path().join("files"), dir.path().join("saved"));
    fs::create_dir(&files).unwrap();
    fs::write(files.join("fan.json"), json("Fan", r#","uid":"fan","version":7"#)).unwrap();
    let clock = Arc::new(HandClock::default());
    let attic = Place::Folder { title: "Attic".into(), uid: "attic".into() };
    let provider = Provider::plain(files.clone()).placed(attic).undeletable(true);
    let library = Library::open(&saved, vec![provider.clone()], &HOME, clock.clone());
    library.keep_files().unwrap();
    let id = library.entry("fan").unwrap().id;
    assert!(!library.entry("fan").unwrap().can_save(), "as long as there is its file");
    fs::write(files.join("fan.json"), json("Fans", r#","uid":"fan""#)).unwrap();
    clock.advance();
    library.keep_files().unwrap();
    library.keep_files().unwrap();
    assert_eq!(library.versions("fan").unwrap().len(), 2, "a copy for each change");

    fs::remove_file(files.join("fan.json")).unwrap();
    let again = Library::open(&saved, vec![provider], &HOME, clock);
    let entry = again.entry("fan").unwrap();
    assert_eq!((entry.summary.title.as_str(), entry.folder_uid(), entry.id), ("Fans", "attic", id));
    assert!(entry.can_save() && entry.can_delete());
}

/// Each change began with what the others had read, and all but the last were lost.
#[test]
fn grants_that_are_changed_at_once_are_all_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    library.set_grants("home", Vec::new()).unwrap();
    std::thread::scope(|scope| {
        for id in 0..20 {
            let grant = Grant { grantee: Grantee::User(id), permission: Permission::View };
            let library = &library;
            scope.spawn(move || library.change_grants("home", |grants| grants.push(grant)).unwrap());
        }
    });
    assert_eq!(library.grants("home").len(), 20);
    let many = library.change_grants("home", |grants| grants.extend(grants.clone().repeat(5)));
    assert!(matches!(many, Err(ChangeError::Full { .. })) && library.grants("home").len() == 20);
}

/// Dashboards whose folder was lost lay at the top, open to everybody.
#[test]
fn what_was_in_a_lost_folder_is_open_to_admins_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = open(dir.path());
    for (uid, parent) in [("attic", ""), ("box", "attic")] {
        create(&library, uid, parent).unwrap();
    }
    put(&library, &json("Fan", r#","uid":"fan""#), "attic").unwrap();
    put(&library, &json("Lamp", r#","uid":"lamp""#), "").unwrap();
    library.set_grants("attic", Vec::new()).unwrap();
    let asker = |role| Asker { role, id: 2, teams: Vec::new() };
    let editor = asker(Role::Editor);
    let may = |library: &Library, uid| library.permission(uid, &editor);
    let finds = |library: &Library| {
        let allowed = Some((asker(Role::Editor), Permission::View));
        let found = library.search(&Search { allowed, ..Search::default() });
        found.iter().map(|found| found.uid().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((may(&library, "fan"), may(&library, "lamp")), (None, Some(Permission::Edit)));

    let file = dir.path().join(".saved/folders.json");
    let text = fs::read_to_string(&file).unwrap();
    // The outer folder is lost, and then all of them.
    for text in [text.replace(r#""uid":"attic""#, r#""uid":"loft""#), "{".to_owned()] {
        fs::write(&file, text).unwrap();
        let (library, _) = open(dir.path());
        assert_eq!((may(&library, "fan"), may(&library, "box")), (None, None));
        assert!(library.grants("fan").is_empty() && library.is_lost_folder("attic"));
        assert!(finds(&library).iter().all(|uid| ["home", "lamp", "loft"].contains(&uid.as_str())));
        assert_eq!(library.permission("fan", &asker(Role::Admin)), Some(Permission::Admin));
        let stolen = json("Fan", r#","uid":"fan","x":1"#);
        let save = Save { json: &stolen, overwrite: true, asker: Some(&editor), ..Save::default() };
        assert!(matches!(library.save(&save), Err(ChangeError::Denied)));
        assert!(matches!(library.restore("fan", 1, ""), Err(ChangeError::FolderNotFound)));
    }
    let (library, _) = open(dir.path());
    save_over(&library, &json("Fan", r#","uid":"fan""#)).unwrap();
    assert_eq!(may(&library, "fan"), Some(Permission::Edit), "an admin put it at the top");
}

#[test]
fn nothing_is_open_to_anybody_while_the_grants_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let (library, clock) = open(dir.path());
    let grant = Grant { grantee: Grantee::Team(7), permission: Permission::Edit };
    library.set_grants("home", vec![grant]).unwrap();
    let asker = |role, teams| Asker { role, id: 2, teams };
    let may = |library: &Library, role, teams| library.permission("home", &asker(role, teams));
    assert_eq!(may(&library, Role::Editor, vec![]), None);
    assert_eq!(may(&library, Role::Viewer, vec![7]), Some(Permission::Edit));

    let path = dir.path().join(".saved/permissions.json");
    let (sound, providers) = (fs::read(&path).unwrap(), Vec::new());
    fs::write(&path, "{").unwrap();
    let damaged = Library::open(&dir.path().join(".saved"), providers, &HOME, clock.clone());
    assert_eq!(may(&damaged, Role::Viewer, vec![7]), None);
    assert_eq!(may(&damaged, Role::Admin, vec![]), Some(Permission::Admin));
    assert!(damaged.set_grants("home", Vec::new()).is_err() && damaged.problems().len() == 1);
    fs::write(&path, sound).unwrap();
    let mended = Library::open(&dir.path().join(".saved"), Vec::new(), &HOME, clock);
    assert_eq!(may(&mended, Role::Viewer, vec![7]), Some(Permission::Edit));
}
