use std::os::unix::fs::PermissionsExt;

use super::*;

fn definition(name: &str) -> Definition {
    let url = "http://vm:8428".to_owned();
    Definition { name: name.into(), kind: PROMETHEUS.into(), url, ..Definition::default() }
}

fn provisioned(definition: Definition) -> Provisioned {
    Provisioned { definition, editable: false, prune: false }
}

fn open() -> (tempfile::TempDir, DataSources) {
    let folder = tempfile::tempdir().unwrap();
    let sources = DataSources::open(folder.path()).unwrap();
    (folder, sources)
}

/// Names, the default one with a star.
fn names(sources: &DataSources) -> Vec<String> {
    let star = |source: &DataSource| if source.definition.is_default { "*" } else { "" };
    sources.all().iter().map(|source| source.definition.name.clone() + star(source)).collect()
}

#[test]
fn what_is_saved_is_there_after_a_restart_and_for_nobody_else() {
    let (folder, sources) = open();
    assert_eq!(names(&sources), ["Prometheus*"]);
    let secret = Secrets([("basicAuthPassword".to_owned(), "hunter2".to_owned())].into());
    let added = sources.add(Definition { secure_json_data: secret, ..definition("vm") }).unwrap();
    assert_eq!((added.id, added.version, added.definition.uid.len()), (2, 1, 14));

    let sources = DataSources::open(folder.path()).unwrap();
    assert_eq!(sources.find(Key::Id(2)).unwrap(), added);
    let mode = folder.path().join(FILE).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let mut changed = definition("VM");
    changed.is_default = true;
    let updated = sources.update(Key::Name("vm"), changed.clone(), Some(1)).unwrap();
    assert_eq!(updated.definition.secure_json_data.get("basicAuthPassword"), Some("hunter2"));
    assert_eq!((updated.version, &updated.definition.uid), (2, &added.definition.uid));
    assert!(matches!(sources.update(Key::Id(2), changed, Some(1)), Err(DataSourceError::OldVersion)));
    assert_eq!(names(&sources), ["Prometheus", "VM*"]);

    assert!(matches!(sources.add(definition("VM")), Err(DataSourceError::NameExists)));
    assert!(matches!(sources.remove(Key::Uid(OWN_UID)), Err(DataSourceError::ReadOnly)));
    sources.remove(Key::Id(2)).unwrap();
    assert_eq!(sources.add(definition("next")).unwrap().id, 3, "numbers are given once");
}

#[test]
fn files_say_what_there_is() {
    let (_folder, sources) = open();
    sources.add(definition("by hand")).unwrap();
    let gone = Provisioned { prune: true, ..provisioned(definition("pruned")) };
    let wanted = Provisioning {
        sources: vec![provisioned(definition("Prometheus")), gone],
        deleted: vec!["by hand".into()],
        ..Provisioning::default()
    };
    sources.provision(&wanted).unwrap();
    assert_eq!(names(&sources), ["Gnomon*", "Prometheus", "pruned"], "the own store steps aside");
    let source = sources.find(Key::Uid("PBFA97CFB590B2093")).unwrap();
    assert!(source.read_only && source.version == 1);
    sources.provision(&wanted).unwrap();
    assert_eq!(sources.find(Key::Name("Prometheus")).unwrap(), source, "nothing changed");

    // The file for a Prometheus with the uid of the own store: the own store is where that was.
    let own = Definition { uid: OWN_UID.into(), is_default: true, ..definition("Metrics") };
    sources.provision(&Provisioning { sources: vec![provisioned(own)], ..Provisioning::default() }).unwrap();
    assert_eq!(names(&sources), ["Metrics*", "Prometheus"]);
    let own = sources.find(Key::Name("Metrics")).unwrap();
    assert!(own.is_own() && own.id == OWN_ID && own.read_only);
    sources.provision(&Provisioning { incomplete: true, ..Provisioning::default() }).unwrap();
    assert_eq!(names(&sources), ["Metrics*", "Prometheus"]);
    sources.provision(&Provisioning::default()).unwrap();
    assert_eq!(names(&sources), ["Gnomon*", "Prometheus"]);
}

#[test]
fn files_that_contradict_each_other_change_nothing() {
    let (_folder, sources) = open();
    let default = |name| provisioned(Definition { is_default: true, ..definition(name) });
    let same_uid = |name| provisioned(Definition { uid: "u".into(), ..definition(name) });
    for (wanted, expected) in [
        (
            vec![default("a"), default("b")],
            "only one data source can be the default; \"a\" and \"b\" say that they are",
        ),
        (vec![same_uid("a"), same_uid("b")], "data source with the same uid already exists"),
        (vec![provisioned(definition(""))], "data source \"\" cannot be kept: a data source needs a name"),
    ] {
        let error =
            sources.provision(&Provisioning { sources: wanted, ..Provisioning::default() }).unwrap_err();
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        assert_eq!(error.to_string() + &cause.unwrap_or_default(), expected);
        assert_eq!(names(&sources), ["Prometheus*"]);
    }
}

#[test]
fn a_damaged_file_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), "{\"sources\": 1}").unwrap();
    let sources = DataSources::open(folder.path()).unwrap();
    assert_eq!(names(&sources), ["Prometheus*"]);
    assert!(folder.path().join("datasources.json.damaged").exists());
}

/// The file grew past what is read: all data sources were gone after the next start.
#[test]
fn what_could_not_be_read_again_is_not_written() {
    let (folder, sources) = open();
    // A byte in memory is six in JSON.
    let nested = |depth: usize| {
        let text = format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        Definition { json_data: serde_json::from_str(&text).unwrap(), ..definition("deep") }
    };
    assert!(matches!(sources.add(nested(101)), Err(DataSourceError::Invalid { .. })));
    sources.add(nested(100)).unwrap();
    let secret = Secrets([("key".to_owned(), "\u{1}".repeat(60_000))].into());
    let big = |n| Definition { secure_json_data: secret.clone(), ..definition(&format!("s{n}")) };
    sources.add(big(0)).unwrap();
    let wanted: Vec<_> = (2..SOURCES_MAX).map(|n| provisioned(big(n))).collect();
    let refused = sources.provision(&Provisioning { sources: wanted, ..Provisioning::default() });
    assert!(matches!(refused, Err(DataSourceError::FileTooLarge { .. })), "{refused:?}");
    assert_eq!(names(&DataSources::open(folder.path()).unwrap()), ["deep", "Prometheus*", "s0"]);
    std::fs::write(folder.path().join(FILE), vec![b' '; FILE_BYTES_MAX as usize + 1]).unwrap();
    assert_eq!(names(&DataSources::open(folder.path()).unwrap()), ["Prometheus*"]);
    let aside = folder.path().join("datasources.json.damaged").metadata().unwrap();
    assert_eq!(aside.len(), FILE_BYTES_MAX + 1, "all of it");
}

#[test]
fn there_are_not_more_than_fit() {
    let (_folder, sources) = open();
    for i in 0..SOURCES_MAX {
        sources.add(definition(&i.to_string())).unwrap();
    }
    assert!(matches!(sources.add(definition("x")), Err(DataSourceError::TooMany { count_max: SOURCES_MAX })));
}
