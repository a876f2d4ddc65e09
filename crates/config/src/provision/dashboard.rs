//! `dashboards/*.yaml`: where dashboard files are.

use std::path::{Path as FilePath, PathBuf};

use dashboard::{Place, Provider};

use super::{
    entry::{check_organization, check_version, entries, text},
    file,
};
use crate::{
    Error,
    yaml::{Complaint, Fields, Key, Schema, scalar},
};

const FILE: Schema = Schema {
    type_name: "dashboards.configV1",
    place: "at the top of the file",
    keys: &[Key::read("apiVersion"), Key::read("providers")],
};

const PROVIDER: Schema = Schema {
    type_name: "dashboards.configs",
    place: "in an entry of providers",
    keys: &[
        Key::read("name"),
        Key::read("type"),
        Key::read("orgId"),
        Key::read("orgName"),
        Key::read("folder"),
        Key::read("folderUid"),
        Key::read("folderUID"),
        Key::read("editable"),
        Key::read("options"),
        Key::read("disableDeletion"),
        Key::read("updateIntervalSeconds"),
        Key::read("allowUiUpdates"),
    ],
};

const OPTIONS: Schema = Schema {
    type_name: "map[string]interface{}",
    place: "under options",
    keys: &[Key::read("path"), Key::read("folder"), Key::read("foldersFromFilesStructure")],
};

const ALL: [&Schema; 3] = [&FILE, &PROVIDER, &OPTIONS];

/// Reads the providers of dashboards of a provisioning folder, and what is wrong with files that say nothing usable.
/// Blocks on the disk; reads the process's environment, and the files that `$__file{...}` names.
pub fn load_dashboards(provisioning: &FilePath) -> (Vec<Provider>, Vec<Error>) {
    let (files, errors) = file::read_all(&provisioning.join(file::DASHBOARDS), &ALL, &FILE, read);
    (files.into_iter().flatten().collect(), errors)
}

fn read(fields: &Fields<'_>) -> Vec<Provider> {
    check_version(fields);
    entries(fields, "providers", &PROVIDER, read_provider)
}

fn read_provider(fields: &Fields<'_>) -> Provider {
    check_organization(fields);
    match text(fields, "type").as_str() {
        "" | "file" => {}
        other => {
            let complaint = Complaint::new(format!("type {other} is not supported"));
            fields.complain("type", complaint.cure("write type: file"));
        }
    }
    // Read for their types: files are looked at whenever somebody asks.
    fields.get("editable", scalar::boolean);
    fields.get("updateIntervalSeconds", scalar::signed);
    let options = fields.section("options", &OPTIONS, |options| {
        let structure = options.get("foldersFromFilesStructure", scalar::boolean).unwrap_or(false);
        let path = [text(options, "path"), text(options, "folder")].into_iter().find(|path| !path.is_empty());
        (path.unwrap_or_default(), structure)
    });
    let (path, structure) = options.unwrap_or_default();
    if path.is_empty() {
        let complaint = Complaint::new("Failed to load dashboards. path param is not a string");
        fields.complain("options", complaint.cure("write the folder of the files as path under options"));
    }
    Provider::plain(PathBuf::from(path))
        .named(text(fields, "name"))
        .placed(place(fields, structure))
        .updatable(fields.get("allowUiUpdates", scalar::boolean).unwrap_or(false))
        .undeletable(fields.get("disableDeletion", scalar::boolean).unwrap_or(false))
}

fn place(fields: &Fields<'_>, structure: bool) -> Place {
    let title = text(fields, "folder");
    let uid = ["folderUid", "folderUID"].map(|key| text(fields, key)).concat();
    if !structure {
        return Place::Folder { title, uid };
    }
    if !title.is_empty() || !uid.is_empty() {
        let message = "'folder' and 'folderUID' should be empty using 'foldersFromFilesStructure' option";
        fields.complain("folder", Complaint::new(message).cure("remove one of them"));
    }
    Place::Structure
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn load(text: &str) -> (Vec<Provider>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(file::DASHBOARDS)).unwrap();
        fs::write(folder.path().join(file::DASHBOARDS).join("x.yaml"), text).unwrap();
        let (found, errors) = load_dashboards(folder.path());
        let place = format!("{}/", folder.path().join(file::DASHBOARDS).display());
        (found, errors.iter().map(|error| error.to_string().replace(&place, "")).collect())
    }

    #[test]
    fn providers_are_read_as_grafana_reads_them() {
        let (found, errors) = load(
            "apiVersion: 1\nproviders:\n- name: mine\n  orgId: 1\n  folder: Attic\n  folderUid: attic\n  type: file\n  \
             disableDeletion: true\n  updateIntervalSeconds: 10\n  allowUiUpdates: true\n  \
             options: {path: /etc/$CARGO_PKG_NAME}\n\
             - name: tree\n  options: {path: /x, foldersFromFilesStructure: true}\n",
        );
        assert_eq!(errors, [""; 0]);
        let attic = Place::Folder { title: "Attic".into(), uid: "attic".into() };
        let path = format!("/etc/{}", env!("CARGO_PKG_NAME"));
        let mine = Provider::plain(path.into()).named("mine").placed(attic).updatable(true).undeletable(true);
        assert_eq!(found, [mine, Provider::plain("/x".into()).named("tree")]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let (found, errors) = load(
            "apiVersion: 1\nproviders:\n- name: a\n  type: git\n  folder: X\n  options: {foldersFromFilesStructure: true}\n  \
             allowUIUpdates: true\n",
        );
        assert!(found.is_empty());
        assert_eq!(
            errors,
            ["parsing YAML file x.yaml:\
              \n  line 4, column 9: providers[0].type: type git is not supported; write type: file\
              \n  line 5, column 11: providers[0].folder: 'folder' and 'folderUID' should be empty using \
              'foldersFromFilesStructure' option; remove one of them\
              \n  line 6, column 12: providers[0].options: Failed to load dashboards. path param is not a string; \
              write the folder of the files as path under options\
              \n  line 7, column 3: providers[0].allowUIUpdates: field allowUIUpdates not found in type \
              dashboards.configs; did you mean \"allowUiUpdates\"?"]
        );
    }
}
