//! Generated queries against a real Prometheus that has the same samples: any difference is a bug.
//!
//! `GNOMON_SEED` and `GNOMON_QUERIES` choose other queries, and more of them.

mod answer;
mod data;
mod generator;
mod prometheus;
mod remote_write;

use std::{env, fmt::Display, str::FromStr, sync::Arc};

use model::{Appendable, Budget, Part, clock::SystemClock};
use promql::{
    engine::{Control, Engine, EngineOptions},
    syntax::{Expr, Features, ValueType, ast::ExprKind, parse},
};
use tempfile::TempDir;
use tsdb::{Options, Store};
use wire::{Intake, Protocol, SeriesCache};

use answer::Answer;
use data::{END_MS, START_MS, SeriesData};
use generator::Generator;
use prometheus::Prometheus;

/// Queries of an ordinary run: some ten seconds.
const QUERIES: usize = 1_000;

/// How many differences are printed.
const SHOWN_MAX: usize = 20;

/// When a query is evaluated.
#[derive(Clone, Copy)]
enum Times {
    Instant(i64),
    /// Start, end and step.
    Range(i64, i64, i64),
}

fn setting<T: FromStr<Err: Display>>(name: &str, default: T) -> T {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|e| panic!("{name}: {e}")),
        Err(_) => default,
    }
}

#[test]
fn generated_queries_are_answered_as_by_prometheus() {
    let Some(binary) = testkit::peer("prometheus") else { return };
    let series = data::series();
    let ours = Ours::new(&series);
    let theirs = Prometheus::start(&binary, &series);
    let seed = setting("GNOMON_SEED", 1);
    let mut generator = Generator::new(seed);
    let mut differences = 0;
    for _ in 0..setting("GNOMON_QUERIES", QUERIES) {
        let text = generator.expression();
        let times = generator.times();
        if let Some(difference) = difference(&text, times, &ours, &theirs) {
            differences += 1;
            if differences <= SHOWN_MAX {
                println!("{}", smallest(&text, times, &ours, &theirs).unwrap_or(difference));
            }
        }
    }
    assert_eq!(differences, 0, "GNOMON_SEED={seed}");
}

/// Wording that changed after 3.5: what may stand in brackets, and names of tokens that had none.
const REWORDED: [&str; 3] = ["duration", "<Item", "unexpected colon"];

#[test]
fn broken_expressions_are_refused_in_the_same_words() {
    let Some(binary) = testkit::peer("prometheus") else { return };
    let theirs = Prometheus::start(&binary, &[]);
    let mut generator = Generator::new(setting("GNOMON_SEED", 1));
    for _ in 0..setting("GNOMON_QUERIES", QUERIES) {
        let text = generator.broken();
        // Functions since 3.14, elsewhere only after `@`.
        if text.contains("start()") || text.contains("end()") {
            continue;
        }
        let ours = parse(&text, &Features { experimental_functions: true, ..Features::NONE });
        let refused = ours.err().map(|e| e.to_string());
        let theirs = theirs.refusal(&text);
        if !theirs.as_deref().is_some_and(|e| REWORDED.iter().any(|word| e.contains(word))) {
            assert_eq!(refused, theirs, "{text}");
        }
    }
}

/// Our engine with the same samples and features.
struct Ours {
    store: Store,
    /// Where the store is.
    _folder: TempDir,
    engine: Engine,
    control: Control,
}

impl Ours {
    /// Takes the series as they are sent to the other, by remote write, the first half of them into a part.
    fn new(series: &[SeriesData]) -> Self {
        let folder = TempDir::new().unwrap();
        let budget = Budget::new(1 << 28);
        let options = Options { retention_ms: 0, ..Options::new(folder.path()) };
        let store = Store::open(options, Arc::new(SystemClock::default()), Arc::clone(&budget)).unwrap();
        let cache = Arc::new(SeriesCache::new(1 << 20, budget.open(Part::Write)));
        let mut intake = Intake::new(cache, budget.open(Part::Write));
        let middle_ms = (START_MS + END_MS) / 2;
        for span_ms in [i64::MIN..middle_ms, middle_ms..i64::MAX] {
            let half: Vec<_> = series.iter().map(|one| one.within(&span_ms)).collect();
            let request = remote_write::request(&half);
            let report = intake.write(Protocol::V1, &request, i64::MAX, &mut *store.appender()).unwrap();
            assert_eq!(report.rejections_total, 0);
            if span_ms.end == middle_ms {
                store.flush().unwrap();
            }
        }
        let features = Features { experimental_functions: true, ..Features::NONE };
        let control = Control {
            cancel: Default::default(),
            clock: Arc::new(SystemClock::default()),
            timeout: None,
            budget: Budget::new(1 << 28),
            lookback_delta_ms: None,
            per_step_stats: false,
            explain: false,
        };
        Self {
            store,
            _folder: folder,
            engine: Engine::new(EngineOptions { features, ..EngineOptions::default() }),
            control,
        }
    }

    fn answer(&self, text: &str, times: Times) -> Answer {
        let (store, control) = (&self.store, &self.control);
        Answer::of(match times {
            Times::Instant(at_ms) => self.engine.instant(store, text, at_ms, control),
            Times::Range(start_ms, end_ms, step_ms) => {
                self.engine.range(store, text, start_ms, end_ms, step_ms, control)
            }
        })
    }
}

fn difference(text: &str, times: Times, ours: &Ours, theirs: &Prometheus) -> Option<String> {
    let (a, b) = (ours.answer(text, times), theirs.answer(text, times));
    let what = a.difference(&b)?;
    let times = match times {
        Times::Instant(at_ms) => format!("at {at_ms}"),
        Times::Range(start_ms, end_ms, step_ms) => format!("from {start_ms} to {end_ms} step {step_ms}"),
    };
    Some(format!("{text}\n  {times}: {what}"))
}

/// The difference of the shortest part of the expression that differs.
fn smallest(text: &str, times: Times, ours: &Ours, theirs: &Prometheus) -> Option<String> {
    let expr = parse(text, &Features::ALL).ok()?;
    let mut texts = Vec::new();
    collect_parts(&expr, &mut texts);
    texts.sort_by_key(String::len);
    texts.iter().find_map(|text| difference(text, times, ours, theirs))
}

/// The texts of all parts that are queries by themselves.
fn collect_parts(expr: &Expr, texts: &mut Vec<String>) {
    if matches!(expr.value_type(), ValueType::Scalar | ValueType::Vector) {
        texts.push(expr.to_string());
    }
    match &expr.kind {
        ExprKind::Paren(inner) => collect_parts(inner, texts),
        ExprKind::Unary(unary) => collect_parts(&unary.expr, texts),
        ExprKind::Binary(binary) => {
            collect_parts(&binary.lhs, texts);
            collect_parts(&binary.rhs, texts);
        }
        ExprKind::Aggregate(aggregate) => {
            collect_parts(&aggregate.expr, texts);
            aggregate.param.iter().for_each(|param| collect_parts(param, texts));
        }
        ExprKind::Call(call) => call.args.iter().for_each(|arg| collect_parts(arg, texts)),
        ExprKind::Subquery(subquery) => collect_parts(&subquery.expr, texts),
        ExprKind::Number { .. } | ExprKind::String(_) | ExprKind::Vector(_) | ExprKind::Matrix(_) => {}
    }
}
