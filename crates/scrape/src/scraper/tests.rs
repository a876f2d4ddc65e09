use model::{LabelSet, clock::SystemClock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::watch,
};

use super::*;
use crate::{Health, Severity, TargetGroup, test_store::TestStore};

/// A target whose answer the test sets.
struct Exporter {
    address: String,
    answer: watch::Sender<(String, String)>,
    requests: watch::Receiver<String>,
}

impl Exporter {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answer = watch::Sender::new(("text/plain".to_owned(), "a 1\n".to_owned()));
        let (heard, requests) = watch::channel(String::new());
        let current = answer.subscribe();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (current, heard) = (current.clone(), heard.clone());
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    while let Ok(n @ 1..) = stream.read(&mut request).await {
                        heard.send_replace(String::from_utf8_lossy(&request[..n]).into_owned());
                        let (kind, body) = current.borrow().clone();
                        let len = body.len();
                        let head = format!(
                            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len}\r\n\r\n"
                        );
                        let _ = stream.write_all((head + &body).as_bytes()).await;
                    }
                });
            }
        });
        Self { address, answer, requests }
    }

    fn answer(&self, kind: &str, body: &str) {
        self.answer.send_replace((kind.to_owned(), body.to_owned()));
    }
}

struct Rig {
    store: TestStore,
    scraper: Scraper,
    budget: Arc<Budget>,
}

impl Rig {
    fn new() -> Self {
        let (store, budget) = (TestStore::new(), Budget::new(1 << 20));
        let clock = Arc::new(SystemClock::default());
        let scraper = Scraper::new(Arc::new(store.clone()), clock, Arc::clone(&budget), "1.2.3");
        Self { store, scraper, budget }
    }

    /// Waits until a scrape that starts after this call is over.
    async fn scraped(&self) {
        self.store.wait_groups(self.store.groups() + 2).await;
    }

    fn only_target(&self) -> TargetStatus {
        let mut targets = self.scraper.targets();
        assert_eq!(targets.len(), 1);
        targets.remove(0)
    }
}

fn config(addresses: &[&str]) -> ScrapeConfig {
    let targets = addresses.iter().map(|address| (*address).to_owned()).collect();
    ScrapeConfig {
        job_name: "j".into(),
        target_groups: vec![TargetGroup { targets, labels: LabelSet::empty() }],
        scrape_interval_ms: 40,
        scrape_timeout_ms: 40,
        ..ScrapeConfig::default()
    }
}

#[tokio::test]
async fn a_target_is_scraped_in_its_slots() {
    let (rig, exporter) = (Rig::new(), Exporter::start().await);
    exporter.answer("text/plain; version=0.0.4", "# HELP a Help.\n# TYPE a gauge\na 1\n");
    rig.scraper.apply(&[config(&[&exporter.address])]);
    assert_eq!(rig.only_target().health, Health::Unknown);
    rig.store.wait_groups(3).await;
    rig.scraper.stop();

    let times = rig.store.samples("a");
    assert!(times.len() >= 3, "{times:?}");
    let request = exporter.requests.borrow().to_ascii_lowercase();
    assert!(request.starts_with("get /metrics http/1.1\r\n"));
    assert!(request.contains("user-agent: gnomon/1.2.3\r\n"));
    assert!(request.contains("x-prometheus-scrape-timeout-seconds: 0.04\r\n"));
    let target = rig.only_target();
    assert_eq!((target.health, &*target.last_error, target.last_samples), (Health::Up, "", 1));
    assert_eq!(target.labels.get("instance"), exporter.address);
}

#[tokio::test]
async fn a_failure_is_named_with_cause_and_cure_and_passes() {
    let (rig, exporter) = (Rig::new(), Exporter::start().await);
    exporter.answer("text/html; charset=utf-8", "a 1\n");
    rig.scraper.apply(&[config(&[&exporter.address])]);
    rig.store.wait_groups(1).await;
    rig.scraped().await;
    let target = rig.only_target();
    assert_eq!(
        &*target.last_error,
        "received unsupported Content-Type \"text/html; charset=utf-8\" and no fallback_scrape_protocol \
         specified for target"
    );
    assert!(target.cause.contains("web page") && target.cure.contains("fallback_scrape_protocol"));
    assert_eq!(target.health, Health::Down);
    assert_eq!((target.findings[0].severity, &*target.findings[0].cure), (Severity::Error, &*target.cure));
    exporter.answer("text/plain", "a 1\na 2\n");
    rig.scraped().await;
    let target = rig.only_target();
    assert_eq!(
        (target.health, &*target.last_error, &*target.cause),
        (Health::Up, "", &*target.findings[0].text)
    );
    assert!(target.cause.contains("more than once"));
    assert!(rig.scraper.figures().failed >= 1);
}

#[tokio::test]
async fn metadata_is_known_by_target() {
    let (rig, exporter) = (Rig::new(), Exporter::start().await);
    exporter.answer("text/plain", "# HELP a Help \\\\.\n# TYPE a counter\na 1\n");
    rig.scraper.apply(&[config(&[&exporter.address])]);
    rig.store.wait_groups(1).await;
    let metadata = rig.scraper.metadata();
    let family = &metadata[0].families[0];
    assert_eq!((&*family.metric, &*family.metadata.help), ("a", "Help \\."));
    assert_eq!(family.metadata.kind, model::MetricType::Counter);
}

#[tokio::test]
async fn a_reload_keeps_moves_and_ends_targets() {
    let (rig, first, second) = (Rig::new(), Exporter::start().await, Exporter::start().await);
    second.answer("text/plain", "b 1\n");
    let both = config(&[&first.address, &second.address]);
    rig.scraper.apply(std::slice::from_ref(&both));
    while rig.store.exposed().len() < 2 {
        rig.scraped().await;
    }
    // Another timeout: the same series, which go on without a gap.
    let faster = ScrapeConfig { scrape_timeout_ms: 30, ..config(&[&first.address]) };
    rig.scraper.apply(&[faster]);
    assert!(rig.store.samples("b").last().unwrap().ends_with("stale"));
    let own = format!("up{{instance=\"{}\", job=\"j\"}}", second.address);
    assert!(rig.store.samples(&own).last().unwrap().ends_with("stale"));
    let before = rig.store.samples("a").len();
    rig.scraped().await;
    let samples = rig.store.samples("a");
    assert!(samples.len() > before && samples.iter().all(|sample| !sample.ends_with("stale")));
    assert_eq!(rig.only_target().scrape_timeout_ms, 30);

    rig.scraper.apply(&[]);
    assert!(rig.scraper.targets().is_empty());
    assert!(rig.store.samples("a").last().unwrap().ends_with("stale"));
}

#[tokio::test]
async fn memory_is_given_back() {
    let (rig, exporter) = (Rig::new(), Exporter::start().await);
    exporter.answer("text/plain", "# HELP a Help.\na 1\n");
    rig.scraper.apply(&[config(&[&exporter.address])]);
    rig.store.wait_groups(2).await;
    assert!(rig.budget.part_bytes(Part::Scrape) > 0);
    rig.scraper.apply(&[]);
    drop(rig.scraper);
    tokio::task::yield_now().await;
    assert_eq!(rig.budget.used_bytes(), 0);
}
