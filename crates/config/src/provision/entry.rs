//! What the files of all kinds have in common.

use crate::yaml::{Complaint, Fields, Path, Schema, scalar};

/// Notes a file of another version than the one that is read.
pub(super) fn check_version(fields: &Fields<'_>) {
    if fields.get("apiVersion", scalar::unsigned).is_none_or(|version| version != 1) {
        let complaint = Complaint::new("only version 1 of these files is read");
        fields.complain("apiVersion", complaint.cure("write apiVersion: 1"));
    }
}

/// Notes an entry for an organization that is not there.
pub(super) fn check_organization(fields: &Fields<'_>) {
    let organization = fields.get("orgId", scalar::unsigned).unwrap_or(1);
    if organization > 1 {
        let complaint = Complaint::new(format!("there is no organization {organization}"));
        fields.complain("orgId", complaint.cure("remove it; there is one organization, 1"));
    }
}

/// The entries of a list of mappings.
pub(super) fn entries<T>(
    fields: &Fields<'_>,
    key: &str,
    schema: &Schema,
    read: impl Fn(&Fields<'_>) -> T,
) -> Vec<T> {
    let list = Path::Key(fields.path, key);
    let nodes = fields.items(key, &format!("[]*{}", schema.type_name)).iter().enumerate();
    let opened = nodes.filter_map(|(i, node)| {
        let path = Path::Index(&list, i);
        Fields::open(fields.report(), node, &path, schema).map(|entry| read(&entry))
    });
    opened.collect()
}

/// A text; empty when it was not given.
pub(super) fn text(fields: &Fields<'_>, key: &str) -> String {
    fields.get(key, scalar::string).unwrap_or_default()
}
