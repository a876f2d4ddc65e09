//! `targets`: what is scraped, and how that goes.

use axum::{extract::State, response::Response};
use model::duration::DurationMs;
use scrape::TargetStatus;

use super::{Prometheus, answer};
use crate::{
    external::ExternalUrl,
    json::{Object, write_array, write_float, write_labels, write_moment},
    parameter::Parameters,
};

pub(super) async fn targets(State(state): State<Prometheus>, parameters: Parameters) -> Response {
    let wanted = parameters.get("state").to_lowercase();
    let (active, dropped) = match wanted.as_str() {
        "" | "any" => (true, true),
        other => (other == "active", other == "dropped"),
    };
    let pool = parameters.get("scrapePool");
    let targets = state.instance.targets();
    let shown = targets.iter().filter(|t| active && (pool.is_empty() || *t.scrape_pool == *pool));
    answer::object(|object| {
        write_array(object.field("activeTargets"), shown, |out, target| {
            write_target(out, target, &state.settings.external);
        });
        // Without relabelling no target is dropped; Prometheus counts them by pool all the same.
        write_array(object.field("droppedTargets"), [(); 0], |_, ()| {});
        if dropped {
            let mut counts = Object::new(object.field("droppedTargetCounts"));
            for pool in state.instance.scrape_pools() {
                counts.plain(&pool, 0);
            }
            counts.end();
        } else {
            object.plain("droppedTargetCounts", "null");
        }
    })
}

fn write_target(out: &mut String, target: &TargetStatus, external: &ExternalUrl) {
    let mut object = Object::new(out);
    write_labels(object.field("discoveredLabels"), &target.discovered_labels);
    write_labels(object.field("labels"), &target.labels);
    object
        .str("scrapePool", &target.scrape_pool)
        .str("scrapeUrl", &target.scrape_url)
        .str("globalUrl", &global_url(&target.scrape_url, external))
        .str("lastError", &target.last_error);
    write_moment(object.field("lastScrape"), target.last_scrape_ms);
    write_float(object.field("lastScrapeDuration"), target.last_scrape_duration.as_secs_f64());
    object
        .str("health", target.health.as_str())
        .str("scrapeInterval", &DurationMs(target.scrape_interval_ms).to_string())
        .str("scrapeTimeout", &DurationMs(target.scrape_timeout_ms).to_string());
    if !target.cause.is_empty() {
        object.str("cause", &target.cause).str("cure", &target.cure);
    }
    if !target.findings.is_empty() {
        write_array(object.field("findings"), &target.findings, |out, finding| {
            let mut object = Object::new(out);
            object
                .str("severity", finding.severity.as_str())
                .str("text", &finding.text)
                .str("cure", &finding.cure);
            object.end();
        });
    }
    object.end();
}

/// The address of a target as seen from other machines: loopback names become the name of this machine, and
/// this process's own address the one under which others reach it.
fn global_url(scrape_url: &str, external: &ExternalUrl) -> String {
    let Some((scheme, rest)) = scrape_url.split_once("://") else { return scrape_url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (host, port) = split_port(authority);
    if !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        return scrape_url.to_owned();
    }
    if port == Some(&external.listen_port.to_string()) {
        return format!("{}://{}{path}", external.scheme, external.host);
    }
    let (external_host, _) = split_port(&external.host);
    match port {
        Some(port) => format!("{scheme}://{external_host}:{port}{path}"),
        None => format!("{scheme}://{external_host}{path}"),
    }
}

/// Takes a port off; the colons within the brackets of an IPv6 address are none of its business.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_get_the_machines_name() {
        let external = ExternalUrl {
            scheme: "https".into(),
            host: "box:443".into(),
            listen_port: 9090,
            path: "/prom".into(),
        };
        for (url, expected) in [
            ("http://localhost:9090/metrics", "https://box:443/metrics"),
            ("http://127.0.0.1:8000/metrics?a=b", "http://box:8000/metrics?a=b"),
            ("http://[::1]/metrics", "http://box/metrics"),
            ("http://[::1]:8000/", "http://box:8000/"),
            ("http://10.0.0.1:9090/metrics", "http://10.0.0.1:9090/metrics"),
        ] {
            assert_eq!(global_url(url, &external), expected);
        }
    }
}
