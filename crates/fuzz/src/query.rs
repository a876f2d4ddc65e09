//! Expressions: read, printed, evaluated.

use std::{
    sync::{Arc, OnceLock, atomic::AtomicBool},
    time::{Duration, Instant},
};

use model::{
    Budget, FloatHistogram, LabelSet,
    clock::SystemClock,
    histogram::{Buckets, CUSTOM_SCHEMA},
    stale_nan,
};
use promql::{
    engine::{Control, Engine, EngineOptions},
    syntax::{Features, parse, pretty, selectors},
};
use promqltest::Store;

/// Memory for a query, which none exceeds.
const BUDGET_BYTES: usize = 8 << 20;
/// Time for a query.
const TIMEOUT: Duration = Duration::from_millis(500);
/// What a busy machine may add to it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads the bytes as an expression: what it prints reads as the same.
pub fn expression(bytes: &[u8]) {
    let Ok(expr) = parse(super::text(bytes), &Features::ALL) else { return };
    selectors(&expr);
    let printed = expr.to_string();
    for text in [printed.clone(), pretty(&expr)] {
        match parse(&text, &Features::ALL) {
            Ok(again) => assert_eq!(again.to_string(), printed),
            // What is printed may be longer and deeper than what was written.
            Err(error) => assert!(error.to_string().contains(" at most "), "{text:?}: {error}"),
        }
    }
}

/// Evaluates the bytes as an expression, at one time and over a range, on a small store.
pub fn evaluation(bytes: &[u8]) {
    static STORE: OnceLock<Store> = OnceLock::new();
    let store = STORE.get_or_init(store);
    let text = super::text(bytes);
    let options =
        EngineOptions { features: Features::ALL, max_samples: 1_000_000, ..EngineOptions::default() };
    let engine = Engine::new(options);
    let budget = Budget::new(BUDGET_BYTES);
    let control = Control {
        cancel: Arc::new(AtomicBool::new(false)),
        clock: Arc::new(SystemClock::default()),
        timeout: Some(TIMEOUT),
        budget: Arc::clone(&budget),
        lookback_delta_ms: None,
        per_step_stats: true,
        explain: true,
    };
    let started = Instant::now();
    drop(engine.instant(store, text, 600_000, &control));
    drop(engine.range(store, text, 0, 900_000, 15_000, &control));
    assert!(started.elapsed() < 2 * TIMEOUT + PATIENCE, "{text:?} took {:?}", started.elapsed());
    assert_eq!(budget.used_bytes(), 0, "{text:?} keeps memory");
}

/// Counters, gauges, classic and native histograms, with a gap, a reset, a marker and numbers that are none.
fn store() -> Store {
    let mut store = Store::default();
    for (n, job) in (0..).zip(["a", "b", "c"]) {
        let labels = |name: &str| LabelSet::from_pairs([("__name__", name), ("job", job), ("le", "1")]);
        for step in 0..60 {
            let at = step * 15_000 + n;
            let value = ((step + 7 * n) % 40) as f64;
            store.push(&labels("counter"), at, value);
            store.push(&labels("gauge"), at, if step == 9 { f64::NAN } else { value.sin() * 1e3 });
            store.push(&labels("target_info"), at, if step == 30 { stale_nan() } else { 1.0 });
            if step % 9 < 6 {
                store.push_histogram(&labels("native"), at, Arc::new(native(value, step)));
            }
        }
    }
    store
}

fn native(value: f64, step: i64) -> FloatHistogram {
    let custom = step % 20 > 15;
    FloatHistogram {
        schema: if custom { CUSTOM_SCHEMA } else { 1 },
        zero_threshold: if custom { 0.0 } else { 0.001 },
        zero_count: if custom { 0.0 } else { value },
        count: value * if custom { 7.0 } else { 8.0 },
        sum: value * 3.0,
        positive: Buckets::from_sorted(vec![(0, value * 2.0), (1, value * 5.0)]).unwrap(),
        custom_bounds: if custom { [1.0, 5.0].into() } else { [].into() },
        ..FloatHistogram::default()
    }
}
