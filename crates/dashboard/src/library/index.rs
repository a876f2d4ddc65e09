//! What the library holds, by uid, made of files, what was saved, and what is built in.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use model::sort;

use super::{
    BuiltIn, Entry, FileProblem, Provider, Summary,
    entry::{DashboardFile, Source},
    file,
    folder::{Folder, Folders},
    shelf::Saved,
    summary, walk,
};
use crate::sealed_file::Digest;

/// The dashboard files by path, so that of two files with one uid always the same is taken.
pub(super) type Files = BTreeMap<PathBuf, Arc<DashboardFile>>;

/// What there is, ready to be searched.
#[derive(Default)]
pub(super) struct Index {
    pub(super) by_uid: HashMap<String, Entry>,
    pub(super) folders: Folders,
    pub(super) problems: Vec<FileProblem>,
}

/// Looks at the files of providers; those whose stamp is the same are not read again.
pub(super) fn look_at_files(providers: &[Arc<Provider>], mut known: Files) -> (Files, Vec<FileProblem>) {
    let (mut files, mut problems) = (Files::new(), Vec::new());
    for provider in providers {
        let (found, unseen) = walk::walk(&provider.path);
        problems.extend(unseen);
        for found in found {
            let same = known
                .remove(&found.path)
                .filter(|file| file.stamp == found.stamp && Arc::ptr_eq(&file.provider, provider));
            let path = found.path.clone();
            files.insert(path, same.unwrap_or_else(|| Arc::new(read(found, provider))));
        }
    }
    (files, problems)
}

fn read(found: walk::Found, provider: &Arc<Provider>) -> DashboardFile {
    let walk::Found { path, name, folder: subfolder, stamp } = found;
    let text = file::read(&path).map_err(|e| e.to_string());
    let digest = text.as_ref().map(|text| Digest::of(text.as_bytes())).unwrap_or_default();
    let summary = text.and_then(|text| Summary::parse(&text, &name)).map(Arc::new);
    DashboardFile { path, name, subfolder, provider: Arc::clone(provider), stamp, digest, summary }
}

impl Index {
    /// Files come before what was saved under the same uid, unless that is a change of the very file; both come
    /// before what is built in.
    pub(super) fn new(
        files: &Files,
        saved: &HashMap<String, Arc<Saved>>,
        folders: &BTreeMap<String, Arc<Folder>>,
        built_in: &[BuiltIn],
        problems: Vec<FileProblem>,
    ) -> Self {
        let folders = Folders::new(folders.values().cloned());
        let mut index = Self { by_uid: HashMap::new(), folders, problems };
        for file in files.values() {
            index.add_file(file, saved);
        }
        for saved in saved.values() {
            if !index.by_uid.contains_key(&saved.summary.uid) {
                index.add_saved(saved, None);
            }
        }
        for BuiltIn { summary, text } in built_in {
            let id = summary::made_id(&summary.uid);
            let source = Source::BuiltIn(*text);
            let entry = Entry { summary: Arc::clone(summary), id, folder: None, source };
            index.by_uid.entry(summary.uid.clone()).or_insert(entry);
        }
        sort::by(&mut index.problems, |a, b| a.path.cmp(&b.path));
        index
    }

    fn add_file(&mut self, file: &Arc<DashboardFile>, saved: &HashMap<String, Arc<Saved>>) {
        let summary = match &file.summary {
            Ok(summary) => summary,
            Err(message) => {
                self.problems.push(file.problem(message.clone()));
                return;
            }
        };
        if let Some(first) = self.by_uid.get(&summary.uid).and_then(Entry::file) {
            let (first, uid) = (Path::display(&first.path), &summary.uid);
            let message = format!("{first} has the uid {uid:?} already; change one of them");
            self.problems.push(file.problem(message));
            return;
        }
        let folder = file.provider.folder(file.subfolder.as_deref());
        let folder = folder.map(|(title, uid)| self.folders.of_files(title, uid));
        let saved = saved.get(&summary.uid);
        if let Some(saved) = saved.filter(|_| file.provider.allow_ui_updates)
            && saved.newest.base_sha256 == file.digest.to_hex()
        {
            self.add_saved(saved, Some(file));
            return;
        }
        if saved.is_some_and(|saved| saved.newest.base_sha256.is_empty()) {
            let message = format!("a saved dashboard with the uid {:?} is hidden by this file", summary.uid);
            self.problems.push(file.problem(message));
        }
        self.by_uid.insert(summary.uid.clone(), Entry::of_file(file, summary, folder));
    }

    fn add_saved(&mut self, saved: &Arc<Saved>, file: Option<&Arc<DashboardFile>>) {
        let entry = Entry {
            summary: Arc::clone(&saved.summary),
            id: saved.newest.id,
            folder: self.folders.get(&saved.newest.folder_uid).cloned(),
            source: Source::Saved(Arc::clone(saved), file.cloned()),
        };
        self.by_uid.insert(saved.summary.uid.clone(), entry);
    }
}
