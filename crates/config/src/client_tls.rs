//! `tls_config`: how connections to targets are secured.

use std::path::Path as FilePath;

use net::tls::{ClientTlsSettings, Pem};

use crate::{
    web::tls::{read_pem, read_versions, text},
    yaml::{Complaint, Fields, scalar},
};

/// Reads the section; paths in it begin at the folder of the configuration file.
pub(crate) fn read(fields: &Fields<'_>, folder: &FilePath) -> ClientTlsSettings {
    for name in ["ca", "cert", "key"] {
        let file = format!("{name}_file");
        if text(fields, name).is_some() && text(fields, &file).is_some() {
            let complaint = Complaint::new(format!("at most one of {name} and {file} must be configured"));
            fields.complain(&file, complaint.cure("remove one of them"));
        }
    }
    let settings = ClientTlsSettings {
        ca: read_pem(fields, "ca", "ca_file", folder),
        cert: read_pem(fields, "cert", "cert_file", folder),
        key: read_pem(fields, "key", "key_file", folder),
        server_name: text(fields, "server_name").unwrap_or_default(),
        insecure_skip_verify: fields.get("insecure_skip_verify", scalar::boolean).unwrap_or(false),
        ..with_versions(fields)
    };
    check_pair(fields, "key", "certificate", settings.cert.as_ref(), settings.key.as_ref());
    check_pair(fields, "cert", "key", settings.key.as_ref(), settings.cert.as_ref());
    settings
}

fn with_versions(fields: &Fields<'_>) -> ClientTlsSettings {
    let (min_version, max_version) = read_versions(fields);
    ClientTlsSettings { min_version, max_version, ..ClientTlsSettings::default() }
}

/// A certificate is of no use without its key, and the other way round.
fn check_pair(fields: &Fields<'_>, missing: &str, given: &str, one: Option<&Pem>, other: Option<&Pem>) {
    if one.is_some() && other.is_none() {
        let message = format!(
            "exactly one of {missing} or {missing}_file must be configured when a client {given} is configured"
        );
        let file = format!("{missing}_file");
        fields.complain(&file, Complaint::new(message).cure(format!("add {file}")));
    }
}
