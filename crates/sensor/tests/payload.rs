//! Alone in its process, because what it measures is the process's memory.

use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use sensor::{Fault, Settings};
use tower_service::Service;

#[tokio::test]
async fn a_payload_is_resident_while_its_scrape_is_answered() {
    // As the service itself tells it while it answers.
    let resident_bytes = async |faults| -> f64 {
        let settings = Settings { simulate: true, faults, ..Settings::default() };
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let response = sensor::service(settings).call(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
        line.unwrap().parse().unwrap()
    };
    let lean = resident_bytes(Vec::new()).await;
    let loaded = resident_bytes(vec![Fault::Payload]).await;
    assert!(loaded >= lean + 4.5 * 1024.0 * 1024.0, "{lean} {loaded}");
}
