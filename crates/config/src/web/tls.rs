//! `tls_server_config`.

use std::{
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use model::with_causes;
use net::tls::{self, ClientAuth, Known, Part, Pem, ServerConfig, TlsError, TlsSettings, Version};

use crate::yaml::{Complaint, Fields, Path, scalar};

/// Keys of which each alone says that TLS is wanted.
const ENABLING: [&str; 7] =
    ["cert_file", "cert", "key_file", "key", "client_ca_file", "client_ca", "client_auth_type"];

/// What TLS there is to be, and the files that it was read from; `None` when there is none, or, after a note in
/// the report, when it cannot be had.
pub(super) fn read(
    fields: &Fields<'_>,
    folder: &FilePath,
    http2: bool,
) -> Option<(Arc<ServerConfig>, Vec<PathBuf>)> {
    let (min_version, max_version) = read_versions(fields);
    let client_allowed_sans = fields.node("client_allowed_sans").is_some().then(|| texts(fields));
    let client_auth = read_client_auth(fields);
    let cipher_suites = read_names(fields, "cipher_suites", "cipher", tls::cipher_suite);
    let curves = read_names(fields, "curve_preferences", "curve", tls::curve);
    let prefer_server = fields.get("prefer_server_cipher_suites", scalar::boolean).unwrap_or(true);
    let wanted = ENABLING.iter().any(|key| is_given(fields, key));
    let cert = read_pem(fields, "cert", "cert_file", folder);
    let key = read_pem(fields, "key", "key_file", folder);
    let client_ca = read_pem(fields, "client_ca", "client_ca_file", folder);
    for (pem, name) in [(&cert, "cert"), (&key, "key")] {
        if wanted && pem.is_none() {
            let complaint = Complaint::new(format!("missing one of {name} or {name}_file"));
            fields.complain(&format!("{name}_file"), complaint.cure(format!("add {name}_file")));
        }
    }
    let settings = TlsSettings {
        cert: cert?,
        key: key?,
        client_ca,
        client_auth,
        client_allowed_sans,
        min_version,
        max_version,
        cipher_suites,
        curves,
        prefer_server_cipher_suites: prefer_server,
        http2,
    };
    if fields.report().has_problems() {
        return None;
    }
    let files = [Some(&settings.cert), Some(&settings.key), settings.client_ca.as_ref()];
    let files = files.into_iter().flatten().filter_map(|pem| match pem {
        Pem::File(path) => Some(path.clone()),
        Pem::Inline(_) => None,
    });
    match settings.build() {
        Ok(config) => Some((config, files.collect())),
        Err(error) => {
            complain(fields, &error);
            None
        }
    }
}

fn is_given(fields: &Fields<'_>, key: &str) -> bool {
    fields.node(key).is_some_and(|node| scalar::string(node).is_ok_and(|text| !text.is_empty()))
}

/// A text that is not empty.
pub(crate) fn text(fields: &Fields<'_>, key: &str) -> Option<String> {
    fields.get(key, scalar::string).filter(|text| !text.is_empty())
}

fn texts(fields: &Fields<'_>) -> Vec<String> {
    fields.strings("client_allowed_sans").into_iter().map(|(text, _)| text).collect()
}

/// The file comes before the text, as in Prometheus.
pub(crate) fn read_pem(fields: &Fields<'_>, inline: &str, file: &str, folder: &FilePath) -> Option<Pem> {
    match text(fields, file) {
        Some(path) => Some(Pem::File(folder.join(path))),
        None => text(fields, inline).map(Pem::Inline),
    }
}

fn read_client_auth(fields: &Fields<'_>) -> ClientAuth {
    let read = fields.get("client_auth_type", |node| {
        let name = scalar::string(node)?;
        ClientAuth::from_name(&name).ok_or_else(|| {
            Complaint::new(format!("invalid ClientAuth: {name}")).cure(
                "write NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven or \
                 RequireAndVerifyClientCert",
            )
        })
    });
    read.unwrap_or(ClientAuth::None)
}

/// The oldest and the newest version; those before 1.2 are never spoken.
pub(crate) fn read_versions(fields: &Fields<'_>) -> (Version, Version) {
    let read = |key| {
        fields.get(key, |node| {
            let name = scalar::string(node)?;
            Version::from_name(&name).ok_or_else(|| {
                Complaint::new(format!("unknown TLS version: {name}")).cure("write TLS12 or TLS13")
            })
        })
    };
    let min = read("min_version").unwrap_or(Version::Tls12);
    let max = read("max_version").unwrap_or(Version::Tls13);
    if max < Version::Tls12 {
        let complaint = Complaint::new("versions before TLS 1.2 are not spoken");
        fields.complain("max_version", complaint.cure("write TLS12 or TLS13"));
    } else if max < min {
        let complaint = Complaint::new("min_version is above max_version");
        fields.complain("min_version", complaint.cure("write the older one here"));
    }
    (min, max)
}

/// A list of names of something; what Go has and rustls has not is passed over.
fn read_names<T>(
    fields: &Fields<'_>,
    key: &str,
    kind: &str,
    find: impl Fn(&str) -> Option<Known<T>>,
) -> Vec<T> {
    let path = Path::Key(fields.path, key);
    let (mut found, mut elsewhere) = (Vec::new(), false);
    for (i, (name, at)) in fields.strings(key).iter().enumerate() {
        match find(name) {
            Some(Known::Here(value)) => found.push(value),
            Some(Known::Elsewhere) => elsewhere = true,
            None => {
                let complaint =
                    Complaint::new(format!("unknown {kind}: {name}")).cure("write Go's name of it");
                fields.report().add(*at, &Path::Index(&path, i), complaint);
            }
        }
    }
    if found.is_empty() && elsewhere {
        let complaint = Complaint::new(format!("no {kind} of this list is there"));
        fields.complain(key, complaint.cure("remove it; the defaults are safe"));
    }
    found
}

/// Notes why there is no TLS at the key that is to be changed.
fn complain(fields: &Fields<'_>, error: &TlsError) {
    let (name, cure) = match error.part() {
        Part::Cert => ("cert", "write a PEM file with the certificate and the chain behind it"),
        Part::Key => ("key", "write the PEM file with the key of that certificate"),
        Part::Ca | Part::ClientCa => {
            ("client_ca", "write a PEM file with authorities, and a client_auth_type")
        }
        Part::ClientAuth => ("client_auth_type", "add client_ca_file"),
        Part::Choice => ("min_version", "remove versions, cipher_suites and curve_preferences"),
    };
    let file = format!("{name}_file");
    let key = if fields.node(&file).is_some() { &file } else { name };
    fields.complain(key, Complaint::new(with_causes(error)).cure(cure));
}
