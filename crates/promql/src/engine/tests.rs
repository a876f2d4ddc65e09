//! What scripts cannot say: limits, the account, statistics, and hostile expressions.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{
    Budget, Clock, LabelSet, Matcher, Part, Querier, Queryable, SampleBlock, SelectHints, SeriesSet,
    querier::QueryError,
};

use super::*;
use crate::syntax::Features;

/// Series in memory, each with a sample every ten seconds from time 0 on.
#[derive(Clone)]
struct Memory(Arc<Vec<(LabelSet, SampleBlock)>>);

impl Memory {
    fn new(series: usize, samples: i64) -> Self {
        let one = |i: usize| {
            let mut block = SampleBlock::default();
            (0..samples).for_each(|n| block.push(n * 10_000, (n * (i as i64 + 1)) as f64));
            (LabelSet::from_pairs([("__name__", "x_total"), ("i", &format!("{i:03}"))]), block)
        };
        Self(Arc::new((0..series).map(one).collect()))
    }
}

struct View {
    memory: Memory,
    mint_ms: i64,
    maxt_ms: i64,
}

struct Set {
    series: std::vec::IntoIter<(LabelSet, SampleBlock)>,
}

struct Stored {
    labels: LabelSet,
    block: SampleBlock,
    read: usize,
}

impl Queryable for Memory {
    fn querier(&self, mint_ms: i64, maxt_ms: i64) -> Result<Box<dyn Querier>, QueryError> {
        Ok(Box::new(View { memory: self.clone(), mint_ms, maxt_ms }))
    }
}

impl Querier for View {
    fn select(&self, matchers: &[Matcher], _: &SelectHints) -> Result<Box<dyn SeriesSet>, QueryError> {
        let accepts = |labels: &LabelSet| matchers.iter().all(|m| m.matches(labels.get(m.name())));
        let within = |block: &SampleBlock| {
            let mut cut = SampleBlock::default();
            let inside = |at: i64| (self.mint_ms..=self.maxt_ms).contains(&at);
            block.iter().filter(|s| inside(s.timestamp_ms)).for_each(|s| cut.push(s.timestamp_ms, s.value));
            cut
        };
        let all = self.memory.0.iter().filter(|(labels, _)| accepts(labels));
        let series: Vec<_> = all.map(|(labels, block)| (labels.clone(), within(block))).collect();
        Ok(Box::new(Set { series: series.into_iter() }))
    }

    fn label_names(&self, _: &[Matcher], _: usize) -> Result<Vec<String>, QueryError> {
        Ok(Vec::new())
    }

    fn label_values(&self, _: &str, _: &[Matcher], _: usize) -> Result<Vec<String>, QueryError> {
        Ok(Vec::new())
    }
}

impl SeriesSet for Set {
    fn next(&mut self) -> Result<Option<Box<dyn model::Series>>, QueryError> {
        let next = self.series.next();
        Ok(next.map(|(labels, block)| Box::new(Stored { labels, block, read: 0 }) as Box<dyn model::Series>))
    }
}

impl model::Series for Stored {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn read(&mut self, block: &mut SampleBlock) -> Result<bool, QueryError> {
        let before = self.read;
        for sample in self.block.iter().skip(before).take(1_000) {
            block.push(sample.timestamp_ms, sample.value);
            self.read += 1;
        }
        Ok(self.read > before)
    }
}

/// A clock that moves on by a millisecond each time it is looked at.
#[derive(Default)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now_ms(&self) -> i64 {
        0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn control(budget_bytes: usize) -> Control {
    Control {
        cancel: Arc::default(),
        clock: Arc::new(Ticking::default()),
        timeout: None,
        budget: Budget::new(budget_bytes),
        lookback_delta_ms: None,
        per_step_stats: true,
        explain: false,
    }
}

fn engine() -> Engine {
    Engine::new(EngineOptions { features: Features::ALL, ..EngineOptions::default() })
}

/// A range query over ten minutes, with 61 steps.
fn range(text: &str, control: &Control) -> Result<Outcome, Error> {
    engine().range(&Memory::new(50, 200), text, 600_000, 1_200_000, 10_000, control)
}

const QUERIES: [&str; 8] = [
    "x_total",
    "sum by (i) (rate(x_total[5m]))",
    "x_total / on(i) x_total",
    "x_total and on(i) x_total",
    "topk(3, x_total)",
    "max_over_time(rate(x_total[5m])[5m:10s])",
    "quantile(0.5, x_total)",
    "label_replace(x_total, \"j\", \"$1\", \"i\", \"(.*)\")",
];

#[test]
fn a_query_ends_when_its_time_is_up_or_nobody_waits_for_it() {
    for text in QUERIES {
        let hurried = Control { timeout: Some(Duration::from_millis(20)), ..control(1 << 30) };
        let error = range(text, &hurried).unwrap_err().to_string();
        assert_eq!(error, "query timed out in expression evaluation", "{text}");
        let unwanted = control(1 << 30);
        unwanted.cancel.store(true, Ordering::Relaxed);
        let error = range(text, &unwanted).unwrap_err().to_string();
        assert_eq!(error, "query was canceled in expression evaluation", "{text}");
    }
}

#[test]
fn memory_is_paid_for_and_given_back() {
    for text in QUERIES {
        let rich = control(1 << 30);
        let outcome = range(text, &rich).unwrap();
        assert!(outcome.stats.peak_samples > 0, "{text}");
        assert_eq!(rich.budget.part_bytes(Part::Query), 0, "{text}");
        let poor = control(2_000);
        let error = range(text, &poor).unwrap_err();
        assert!(matches!(error, Error::Budget { limit_bytes: 2_000, .. }), "{text}: {error}");
        assert_eq!(poor.budget.part_bytes(Part::Query), 0, "{text}");
    }
    let error = range("x_total{i=\"001\"}", &control(100)).unwrap_err().to_string();
    assert!(error.contains("selector {i=\"001\",__name__=\"x_total\"}"), "{error}");
}

#[test]
fn a_query_holds_a_limited_number_of_samples() {
    let options = EngineOptions { max_samples: 1_000, ..EngineOptions::default() };
    let engine = Engine::new(options);
    let run = |text| engine.range(&Memory::new(50, 200), text, 600_000, 1_200_000, 10_000, &control(1 << 30));
    let error = run("x_total").unwrap_err().to_string();
    assert_eq!(error, "query processing would load too many samples into memory in query execution");
    // An aggregate holds its groups only, however many series there are.
    let stats = run("sum(x_total)").unwrap().stats;
    assert_eq!((stats.peak_samples, stats.total_samples), (122, 50 * 61));
}

#[test]
fn samples_are_counted_by_step() {
    let stats = |text| range(text, &control(1 << 30)).unwrap().stats;
    assert!(stats("x_total").samples_per_step.iter().all(|&n| n == 50));
    assert!(stats("rate(x_total[1m])").samples_per_step.iter().all(|&n| n == 50 * 6));
    assert!(stats("x_total @ 600").samples_per_step.iter().all(|&n| n == 50));
    assert!(stats("max_over_time(x_total[1m:20s])").samples_per_step.iter().all(|&n| n == 50 * 3));
}

/// Samples that several windows have in common are read once.
#[test]
fn samples_read_are_those_that_come_from_the_store() {
    let read = |text| {
        let stats = range(text, &control(1 << 30)).unwrap().stats;
        assert_eq!(stats.samples_read, stats.samples_read_per_step.iter().sum::<u64>());
        (stats.samples_read, stats.samples_read_per_step[..2].to_vec())
    };
    assert_eq!(read("x_total"), (50 * 61, vec![50, 50]));
    assert_eq!(read("rate(x_total[1m])"), (50 * 66, vec![50 * 6, 50]));
    assert_eq!(read("x_total @ 600"), (50, vec![50, 0]));
    assert_eq!(read("max_over_time(x_total[1m:20s])").0, 50 * 33);
}

#[test]
fn each_part_of_a_query_is_explained() {
    let text = "sum by (i) (rate(x_total[1m])) > 2";
    let stats = range(text, &Control { explain: true, ..control(1 << 30) }).unwrap().stats;
    let parts: Vec<_> = stats
        .nodes
        .iter()
        .map(|node| (node.kind, &text[node.span.start..node.span.end], node.series, node.samples_read))
        .collect();
    assert_eq!(
        parts,
        [
            ("binaryExpr", text, 30, 50 * 66),
            ("aggregation", "sum by (i) (rate(x_total[1m]))", 50, 50 * 66),
            ("call", "rate(x_total[1m])", 50, 50 * 66),
            ("matrixSelector", "x_total[1m]", 50, 50 * 66),
        ]
    );
    assert!(stats.nodes.iter().all(|node| !node.time.is_zero()));
    assert!(range(text, &control(1 << 30)).unwrap().stats.nodes.is_empty());
}

/// Of many series the next ones are read while the query works on those before.
#[test]
fn series_that_are_read_ahead_are_all_there() {
    let memory = Memory::new(200, 6_000);
    let sum = |text, control: &Control| {
        let outcome = engine().instant(&memory, text, 60_000_000, control)?;
        match outcome.value {
            Value::Vector(samples) => Ok::<_, Error>((samples.len(), samples[0].value.as_float().unwrap())),
            value => panic!("{value:?}"),
        }
    };
    let all: i64 = (1..=200).map(|n| n * (5_999 * 6_000 / 2)).sum();
    let text = "sum(sum_over_time(x_total[60000s]))";
    assert_eq!(sum(text, &control(1 << 30)).unwrap(), (1, all as f64));
    assert_eq!(sum("x_total", &control(1 << 30)).unwrap(), (200, 5_999.0));
    // Little memory: it is done without.
    assert_eq!(sum("sum(x_total)", &control(100_000)).unwrap().0, 1);
    let hurried = Control { timeout: Some(Duration::from_millis(100)), ..control(1 << 30) };
    assert!(matches!(sum("x_total", &hurried), Err(Error::Timeout(_))));
}

/// As many operators as a machine may write: they are evaluated on the stack of a test's thread.
#[test]
fn long_chains_are_evaluated() {
    let text = (0..600).map(|n| format!("x_total{{i=\"{n:03}\"}}")).collect::<Vec<_>>().join(" or ");
    match range(&text, &control(1 << 30)).unwrap().value {
        Value::Matrix(series) => assert_eq!(series.len(), 50),
        value => panic!("{value:?}"),
    }
}

#[test]
fn the_lookback_of_a_query_goes_before_that_of_the_engine() {
    let count = |lookback_delta_ms| {
        let control = Control { lookback_delta_ms, ..control(1 << 30) };
        // The last sample is at 1990 s.
        match engine().instant(&Memory::new(3, 200), "x_total", 2_100_000, &control).unwrap().value {
            Value::Vector(samples) => samples.len(),
            value => panic!("{value:?}"),
        }
    };
    assert_eq!((count(None), count(Some(110_000)), count(Some(110_001))), (3, 0, 3));
}

#[test]
fn only_scalars_and_vectors_are_evaluated_over_a_range() {
    for (text, kind) in [("x_total[5m]", "range vector"), ("\"a\"", "string")] {
        let error = range(text, &control(1 << 30)).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)));
        let message = "range query, must be Scalar or instant Vector";
        assert_eq!(error.to_string(), format!("invalid expression type {kind:?} for {message}"));
    }
}

#[test]
fn hostile_expressions_end() {
    let nested = |open: &str, close: &str| open.repeat(90) + "x_total" + &close.repeat(90);
    for text in [
        "x_total".to_owned() + &" + on(i) x_total".repeat(250),
        "x_total".to_owned() + &" or x_total".repeat(250),
        nested("-(", ")"),
        nested("sum without (i) (", ")"),
        "max_over_time(x_total[100y:1ms])".to_owned(),
        nested("max_over_time(", "[1m:10s])"),
        "x_total offset -292y".to_owned(),
        "rate(x_total[292y] @ 9e12 offset -290y)".to_owned(),
        "predict_linear(x_total[1h] @ -9e12, 1e308)".to_owned(),
        "vector(1) ^ 1e308 % 0".to_owned(),
        "year(vector(1e300)) + hour(vector(-1e300)) + month(vector(NaN))".to_owned(),
        "histogram_quantile(NaN, x_total)".to_owned(),
        "topk(1e15, x_total)".to_owned(),
        "quantile_over_time(NaN, x_total[1h])".to_owned(),
    ] {
        let outcome = range(&text, &control(1 << 24));
        assert!(outcome.is_ok() || !outcome.unwrap_err().to_string().is_empty());
    }
}
