//! Figures about the requests of a server, by route.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::Response,
};

use super::held_body::HeldBody;

/// Upper bounds of the latency buckets in seconds: those of `prometheus_http_request_duration_seconds`, and two
/// below them, because most answers here take less than the first of these.
pub const LATENCY_BOUNDS_SECONDS: [f64; 11] = [0.005, 0.025, 0.1, 0.2, 0.4, 1.0, 3.0, 8.0, 20.0, 60.0, 120.0];

/// Routes counted one by one; later ones are counted with those that match no route.
const ROUTES_MAX: usize = 128;

/// The handler under which requests that match no route are counted.
const OTHER: &str = "other";

/// The figures of one route.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RouteFigures {
    /// Requests by status code. The codes are those that handlers use, so they are few.
    pub requests: BTreeMap<u16, u64>,
    /// Requests in each bucket of [`LATENCY_BOUNDS_SECONDS`] and, last, those beyond; not cumulative.
    pub latency_buckets: [u64; LATENCY_BOUNDS_SECONDS.len() + 1],
    /// Seconds from the end of the request's head to the end of the answer, summed up.
    pub latency_sum_seconds: f64,
}

impl RouteFigures {
    fn add(&mut self, code: u16, seconds: f64) {
        *self.requests.entry(code).or_default() += 1;
        let bucket = LATENCY_BOUNDS_SECONDS.iter().take_while(|&&bound| seconds > bound).count();
        if let Some(count) = self.latency_buckets.get_mut(bucket) {
            *count += 1;
        }
        self.latency_sum_seconds += seconds;
    }
}

/// Counts the requests of one or more servers.
#[derive(Debug, Default)]
pub struct Traffic {
    routes: Mutex<BTreeMap<Box<str>, RouteFigures>>,
}

impl Traffic {
    /// The figures by handler: the route as Prometheus writes it, `/api/v1/label/:name/values`, or `other`.
    pub fn snapshot(&self) -> Vec<(Box<str>, RouteFigures)> {
        self.lock().iter().map(|(handler, figures)| (handler.clone(), figures.clone())).collect()
    }

    fn add(&self, route: Option<&str>, code: u16, seconds: f64) {
        let mut routes = self.lock();
        let handler = route.map_or_else(|| OTHER.to_owned(), handler_name);
        let known = routes.contains_key(handler.as_str()) || routes.len() < ROUTES_MAX;
        let handler = if known { handler } else { OTHER.to_owned() };
        routes.entry(handler.into()).or_default().add(code, seconds);
    }

    /// Counts stay usable after a panic elsewhere.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Box<str>, RouteFigures>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `/a/{b}/{*rest}` as `/a/:b/*rest`.
fn handler_name(route: &str) -> String {
    route.replace("{*", "*").replace('{', ":").replace('}', "")
}

/// Has every request of the router counted in `traffic`.
pub(super) fn count(router: Router, traffic: Arc<Traffic>) -> Router {
    router.layer(middleware::from_fn_with_state(traffic, observe))
}

async fn observe(State(traffic): State<Arc<Traffic>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let held = Answering { traffic, route, code: response.status().as_u16(), start };
    response.map(|body| Body::new(HeldBody::new(body, held)))
}

/// An answer on its way, counted when it is out.
struct Answering {
    traffic: Arc<Traffic>,
    route: Option<MatchedPath>,
    code: u16,
    start: Instant,
}

impl Drop for Answering {
    fn drop(&mut self) {
        let route = self.route.as_ref().map(MatchedPath::as_str);
        self.traffic.add(route, self.code, self.start.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_named_as_prometheus_names_them() {
        assert_eq!(handler_name("/api/v1/label/{name}/values"), "/api/v1/label/:name/values");
        assert_eq!(handler_name("/static/{*path}"), "/static/*path");
    }

    #[test]
    fn latencies_fall_into_buckets_by_their_upper_bound() {
        let traffic = Traffic::default();
        for seconds in [0.1, 0.100_1, 500.0] {
            traffic.add(Some("/metrics"), 200, seconds);
        }
        let figures = &traffic.snapshot()[0].1;
        assert_eq!(figures.requests, BTreeMap::from([(200, 3)]));
        assert_eq!(figures.latency_buckets, [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn routes_beyond_the_bound_are_counted_together() {
        let traffic = Traffic::default();
        (0..200).for_each(|i| traffic.add(Some(&format!("/{i}")), 200, 0.0));
        let routes = traffic.snapshot();
        assert!(routes.len() <= ROUTES_MAX + 1);
        assert_eq!(routes.iter().map(|(_, f)| f.latency_buckets[0]).sum::<u64>(), 200);
    }
}
