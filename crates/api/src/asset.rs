//! The built front end and the pages that it draws.

use std::io::{self, Read, Write};

use axum::{
    Router,
    extract::State,
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use net::server::accepts_gzip;

use crate::{
    external::ExternalUrl,
    first_data::Readers,
    grafana::has_session,
    method::{self, GET_HEAD, endpoint},
};

/// The paths that the front end knows; each is answered with its one page, which then draws what is asked for.
const PAGES: [&str; 17] = [
    "/",
    "/login",
    "/dashboards",
    "/dashboard/new",
    "/dashboard/import",
    "/dashboard/snapshots",
    "/dashboard/snapshot/{key}",
    "/d/{*dashboard}",
    "/explore",
    "/graph",
    "/query",
    "/targets",
    "/profile",
    "/admin/users",
    "/org/serviceaccounts",
    "/connections/datasources",
    "/datasources",
];

/// Bytes of an asset at most, for the clients that have to have it decompressed.
const PLAIN_BYTES_MAX: u64 = 16 << 20;

/// The page that draws all others.
const INDEX: &str = "index.html";

const MISSING: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Gnomon</title>\n\
    <h1>Gnomon runs, without its pages</h1>\n<p>The front end was not built into this program. \
    <code>make build</code> builds both.</p>\n<p>The HTTP API works: <a href=\"/api/v1/targets\">targets</a>.</p>\n";

/// How the paths in the built page begin, and its title.
const BASE: &str = "\"./";
const TITLE: &str = "<title>Gnomon</title>";

/// The files of the built front end by path, each compressed with gzip.
#[derive(Clone, Debug)]
pub struct Assets {
    files: &'static [(&'static str, &'static [u8])],
    /// The page where it is not the built one.
    index: Option<Bytes>,
    /// The path that browsers find the server under, without a slash at its end.
    base: String,
}

impl Assets {
    /// Takes pairs of path (`index.html`, `assets/index-BxYz.js`) and gzip member; without any, pages say that
    /// the front end was not built.
    pub const fn new(files: &'static [(&'static str, &'static [u8])]) -> Self {
        Self { files, index: None, base: String::new() }
    }

    /// The same for a server that browsers find under a path, with a title of its own.
    ///
    /// # Errors
    /// When the built page is not compressed as it has to be.
    pub fn placed(mut self, external: &ExternalUrl, title: &str) -> io::Result<Self> {
        if let Some(index) = self.get(INDEX) {
            let mut page = String::new();
            GzDecoder::new(&*index.gzip).take(PLAIN_BYTES_MAX).read_to_string(&mut page)?;
            let base = format!("\"{}/", escaped(&external.path));
            let page = page.replace(BASE, &base).replacen(TITLE, &titled(title), 1);
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(page.as_bytes())?;
            self.index = Some(encoder.finish()?.into());
        }
        self.base.clone_from(&external.path);
        Ok(self)
    }

    fn get(&self, path: &str) -> Option<Asset> {
        let (path, gzip) = *self.files.iter().find(|(name, _)| *name == path)?;
        let own = self.index.clone().filter(|_| path == INDEX);
        Some(Asset { path, gzip: own.unwrap_or(Bytes::from_static(gzip)) })
    }
}

fn titled(title: &str) -> String {
    format!("<title>{}</title>", escaped(title))
}

/// A text as it stands in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Routes for the pages and, as the fallback, for everything that they load.
pub(crate) fn routes(assets: Assets, readers: Readers) -> Router {
    let page = endpoint(GET_HEAD, move |assets, uri, headers| page(assets, readers, uri, headers));
    let router = PAGES.iter().fold(Router::new(), |router, path| router.route(path, page.clone()));
    router.fallback(file).with_state(assets)
}

async fn page(State(assets): State<Assets>, readers: Readers, uri: Uri, headers: HeaderMap) -> Response {
    let Some(index) = assets.get(INDEX) else { return Html(MISSING).into_response() };
    let mut response = index.respond(&headers);
    if let Some(links) = readers.links(&assets.base, uri.path(), has_session(&headers)) {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}

async fn file(State(assets): State<Assets>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    match assets.get(uri.path().trim_start_matches('/')) {
        Some(asset) if method == Method::GET || method == Method::HEAD => asset.respond(&headers),
        _ => method::not_found().await,
    }
}

struct Asset {
    path: &'static str,
    gzip: Bytes,
}

impl Asset {
    fn respond(self, request: &HeaderMap) -> Response {
        let tag = self.tag();
        let mut response = if is_known(request, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else if accepts_gzip(request) {
            ([(header::CONTENT_ENCODING, "gzip")], self.gzip.clone()).into_response()
        } else {
            self.plain()
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(self.path)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control()));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }

    fn plain(&self) -> Response {
        let mut plain = Vec::new();
        match GzDecoder::new(&*self.gzip).take(PLAIN_BYTES_MAX).read_to_end(&mut plain) {
            Ok(_) => plain.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// A gzip member ends with checksum and length of what it holds. Weak, since there are two encodings.
    fn tag(&self) -> String {
        let end = self.gzip.last_chunk::<8>().copied().unwrap_or_default();
        format!("W/\"{:016x}\"", u64::from_le_bytes(end))
    }

    /// Files under `assets/` carry a hash of their content in the name: another content, another name.
    fn cache_control(&self) -> &'static str {
        if self.path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
    }
}

fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    known.flat_map(|v| v.split(',')).any(|known| known.trim() == tag)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
