//! `web.yml`: how a server is secured and who may ask it, in the format of Prometheus's exporter toolkit.

mod schema;
pub(crate) mod tls;

use std::{collections::BTreeMap, path::Path as FilePath, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};
use net::{
    basic_auth::{Users, bcrypt_cost},
    server::{RateLimit, WebConfig},
};

use crate::{
    Error,
    error::Problem,
    file,
    scrape_config::quoted,
    yaml::{self, Complaint, Fields, Path, Report, scalar},
};

/// Whether a server takes its users from the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasicAuth {
    /// They are let in, and nobody else.
    Taken,
    /// The server has users of its own; a file with users is wrong.
    Refused,
}

/// Headers that may be set, and the values that they may have; any where there are none.
const HEADERS: [(&str, &[&str]); 5] = [
    ("Content-Security-Policy", &[]),
    ("Strict-Transport-Security", &[]),
    ("X-Content-Type-Options", &["nosniff"]),
    ("X-Frame-Options", &["deny", "sameorigin"]),
    ("X-XSS-Protection", &[]),
];

/// Reads a web configuration, and the certificates and keys that it names. Blocks on the disk.
///
/// # Errors
/// [`Error::Read`] when there is no such file, [`Error::Invalid`] with everything that is wrong; certificates
/// and keys that cannot be used are among it.
pub fn load_web(path: &FilePath, basic_auth: BasicAuth) -> Result<WebConfig, Error> {
    let text = file::read(path)?;
    let name = path.display().to_string();
    file::check_size(&text, &name)?;
    let invalid = |problems: Vec<Problem>| Error::Invalid { name: name.clone(), problems };
    let root = yaml::parse(&text).map_err(|problem| invalid(vec![problem]))?;
    let report = Report::new(&schema::ALL);
    let folder = path.parent().unwrap_or(FilePath::new(""));
    let config = Fields::open(&report, &root, &Path::Root, &schema::WEB)
        .map(|fields| read(&fields, folder, basic_auth));
    match (config, report.into_problems()) {
        (Some(mut config), problems) if problems.is_empty() => {
            config.files.push(path.to_owned());
            Ok(config)
        }
        (_, problems) => Err(invalid(problems)),
    }
}

fn read(fields: &Fields<'_>, folder: &FilePath, basic_auth: BasicAuth) -> WebConfig {
    let http = fields.section("http_server_config", &schema::HTTP, |http| {
        (http.get("http2", scalar::boolean).unwrap_or(true), read_headers(http))
    });
    let (http2, headers) = http.unwrap_or((true, HeaderMap::new()));
    let users = read_users(fields, basic_auth);
    let rate_limit = fields.section("rate_limit", &schema::RATE_LIMIT, read_rate_limit).flatten();
    let tls = fields.section("tls_server_config", &schema::TLS, |tls| tls::read(tls, folder, http2));
    let (tls, files) = tls.flatten().unzip();
    WebConfig { tls, headers, users, rate_limit, files: files.unwrap_or_default() }
}

fn read_headers(fields: &Fields<'_>) -> HeaderMap {
    const KEY: &str = "headers";
    let path = Path::Key(fields.path, KEY);
    let mut headers = HeaderMap::new();
    for entry in fields.entries(KEY, "map[string]string") {
        match scalar::string(&entry.node).and_then(|value| header(&entry.key, &value)) {
            Ok((name, value)) => _ = headers.insert(name, value),
            Err(complaint) => fields.report().add(entry.node.at, &Path::Key(&path, &entry.key), complaint),
        }
    }
    headers
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Complaint> {
    let Some((known, allowed)) = HEADERS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<_> = HEADERS.iter().map(|(name, _)| *name).collect();
        return Err(Complaint::new(format!("HTTP header {} can not be configured", quoted(name)))
            .cure(format!("remove it; those that can are {}", known.join(", "))));
    };
    if !allowed.is_empty() && !allowed.contains(&value) {
        let list: Vec<_> = allowed.iter().map(|value| quoted(value)).collect();
        let message = format!("invalid value for {name}. Expected one of: [{}]", list.join(" "));
        return Err(Complaint::new(format!("{message}, but got: {}", quoted(value))));
    }
    let name = HeaderName::from_bytes(known.as_bytes());
    match (name, HeaderValue::from_str(value)) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        _ => Err(Complaint::new(format!("{} cannot be sent as a header", quoted(value)))
            .cure("write it in a line of printable characters")),
    }
}

fn read_users(fields: &Fields<'_>, basic_auth: BasicAuth) -> Users {
    const KEY: &str = "basic_auth_users";
    let path = Path::Key(fields.path, KEY);
    let mut hashes = BTreeMap::new();
    for entry in fields.entries(KEY, "map[string]config.Secret") {
        let hash = scalar::string(&entry.node).and_then(|hash| match bcrypt_cost(&hash) {
            Some(_) => Ok(hash),
            None => Err(Complaint::new(format!("the password of {} is no bcrypt hash", quoted(&entry.key)))
                .cure(format!("write what `htpasswd -nBC 10 {}` prints behind the colon", entry.key))),
        });
        match hash {
            Ok(hash) => _ = hashes.insert(entry.key.clone(), hash),
            Err(complaint) => fields.report().add(entry.node.at, &Path::Key(&path, &entry.key), complaint),
        }
    }
    if basic_auth == BasicAuth::Refused && !hashes.is_empty() {
        let complaint = Complaint::new("the dashboards have users of their own, who log in");
        fields.complain(KEY, complaint.cure("remove it"));
    }
    Users::new(hashes)
}

fn read_rate_limit(fields: &Fields<'_>) -> Option<RateLimit> {
    let interval_ms = fields.get("interval", scalar::duration_ms).and_then(|ms| u64::try_from(ms).ok());
    let burst = fields.get("burst", scalar::unsigned).unwrap_or(0);
    let interval_ms = interval_ms.filter(|&ms| ms > 0)?;
    if burst == 0 {
        let complaint = Complaint::new("with a burst of 0 no request would be answered");
        fields.complain("burst", complaint.cure("write the number of requests that may come at once"));
    }
    Some(RateLimit::new(Duration::from_millis(interval_ms), u32::try_from(burst).unwrap_or(u32::MAX)))
}
