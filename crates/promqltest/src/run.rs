//! Runs scripts.

use std::{fs, io, path::Path, sync::Arc};

use model::{Budget, LabelSet, clock::SystemClock};
use promql::{
    engine::{Control, Engine, EngineOptions, Error, Outcome, Value, VectorSample},
    syntax::{Expr, Features, parse},
};

use crate::{
    compare::{annotations, compare, sample_values, scalar, vector},
    expect::Expectations,
    invariance::{fix, other_times},
    nhcb::ClassicHistograms,
    script::{Command, CommandKind, Eval, EvalTime, Load, parse_script},
    series::Point,
    steps::Steps,
    store::{Store, StoredSample, StoredValue},
};

/// Bytes that a query of a script may take.
const BUDGET_BYTES: usize = 256 << 20;

/// An engine as scripts expect it: the whole language, and the settings of Prometheus's own runner.
pub fn engine() -> Engine {
    Engine::new(EngineOptions {
        features: Features::ALL,
        delayed_name_removal: true,
        start_timestamps: true,
        ..EngineOptions::default()
    })
}

/// How a script went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Number of `eval` commands that gave what was expected.
    pub passed: usize,
    /// Commands that could not be read or carried out, and `eval` commands that gave something else.
    pub failed: Vec<Failure>,
}

/// A command that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Runs the script in a file.
///
/// # Errors
/// When the file cannot be read.
pub fn run_file(path: &Path, engine: &Engine) -> io::Result<Report> {
    Ok(run_script(&fs::read_to_string(path)?, engine))
}

/// Runs a script against an empty store.
pub fn run_script(text: &str, engine: &Engine) -> Report {
    let control = Control {
        cancel: Arc::default(),
        clock: Arc::new(SystemClock::default()),
        timeout: None,
        budget: Budget::new(BUDGET_BYTES),
        lookback_delta_ms: None,
        per_step_stats: false,
        explain: false,
    };
    let mut runner = Runner { engine, control, store: Store::default() };
    let mut report = Report::default();
    for command in parse_script(text) {
        let is_eval = matches!(command.kind, CommandKind::Eval(_));
        match runner.run(&command) {
            Ok(()) => report.passed += usize::from(is_eval),
            Err(failure) => report.failed.push(failure),
        }
    }
    report
}

struct Runner<'e> {
    engine: &'e Engine,
    control: Control,
    store: Store,
}

impl Runner<'_> {
    fn run(&mut self, command: &Command) -> Result<(), Failure> {
        let failure = |message| Failure { line: command.line, message };
        match &command.kind {
            CommandKind::Clear => self.store.clear(),
            CommandKind::Load(load) => self.load(load).map_err(failure)?,
            CommandKind::Eval(eval) => self.eval(eval).map_err(failure)?,
            CommandKind::Malformed { line, message } => {
                return Err(Failure { line: *line, message: message.clone() });
            }
        }
        Ok(())
    }

    fn load(&mut self, load: &Load) -> Result<(), String> {
        let mut classic = ClassicHistograms::default();
        for (series, starts) in &load.series {
            let mut floats = Vec::new();
            for (at, point) in series.points.iter().enumerate() {
                let Some(point) = point else { continue };
                let timestamp_ms = load.step_ms * at as i64;
                let offset_ms = starts.as_ref().and_then(|s| s.offsets_ms.get(at).copied().flatten());
                let value = match point {
                    Point::Float(value) => StoredValue::Float(*value),
                    Point::Histogram { value, .. } => StoredValue::Histogram(value.clone()),
                };
                if let StoredValue::Float(value) = &value {
                    floats.push((timestamp_ms, *value));
                }
                let start_timestamp_ms = offset_ms.map(|offset_ms| timestamp_ms + offset_ms);
                self.store.insert(&series.labels, timestamp_ms, StoredSample { value, start_timestamp_ms });
            }
            if load.with_nhcb {
                classic.collect(&series.labels, floats.into_iter());
            }
        }
        for (labels, samples) in classic.convert()? {
            for (timestamp_ms, histogram) in samples {
                let value = StoredValue::Histogram(histogram);
                self.store.insert(&labels, timestamp_ms, StoredSample { value, start_timestamp_ms: None });
            }
        }
        Ok(())
    }

    fn eval(&self, eval: &Eval) -> Result<(), String> {
        let expected = &eval.expected;
        match eval.time {
            EvalTime::Range(steps) => self.range(&eval.expr, steps, expected),
            EvalTime::Instant(time_ms) => {
                self.instant(&eval.expr, time_ms, expected)?;
                let Ok(mut expr) = parse(&eval.expr, &Features::ALL) else { return Ok(()) };
                let time_ms = expected.range_vector.map_or(time_ms, |steps| steps.end_ms);
                if fix(&mut expr, time_ms) {
                    self.invariant(&expr, time_ms, expected)?;
                }
                Ok(())
            }
        }
    }

    fn invariant(&self, fixed: &Expr, time_ms: i64, expected: &Expectations) -> Result<(), String> {
        let text = fixed.to_string();
        other_times(time_ms).into_iter().try_for_each(|time_ms| {
            let wrong = |e| format!("as `{text}` at {time_ms} ms: {e}");
            self.instant(&text, time_ms, expected).map_err(wrong)
        })
    }

    /// Checks the answer, and that a range query over the same time gives it too.
    fn instant(&self, text: &str, time_ms: i64, expected: &Expectations) -> Result<(), String> {
        let result = self.engine.instant(&self.store, text, time_ms, &self.control);
        let Some(outcome) = checked(result, expected)? else {
            return Ok(());
        };
        compare(expected, expected.range_vector, &outcome.value)?;
        let depends = ["start()", "end()", "range()", "step()"].iter().any(|call| text.contains(call));
        let is_plain = matches!(outcome.value, Value::Vector(_) | Value::Scalar { .. });
        if depends || !is_plain {
            return Ok(());
        }
        self.instant_in_range(text, time_ms, expected, &outcome).map_err(|e| format!("in range mode: {e}"))
    }

    fn instant_in_range(
        &self,
        text: &str,
        time_ms: i64,
        expected: &Expectations,
        instant: &Outcome,
    ) -> Result<(), String> {
        const MINUTE_MS: i64 = 60_000;
        let (start_ms, end_ms) = (time_ms - MINUTE_MS, time_ms + MINUTE_MS);
        let outcome = self.engine.range(&self.store, text, start_ms, end_ms, MINUTE_MS, &self.control);
        let outcome = outcome.map_err(|e| e.to_string())?;
        if expected.ordered {
            return Ok(());
        }
        let at_time = samples_at(&outcome.value, time_ms)?;
        match (&instant.value, at_time.first()) {
            (Value::Scalar { .. }, Some(sample)) => {
                scalar(expected, sample.value.as_float().ok_or("the scalar is a histogram")?)
            }
            (Value::Scalar { .. }, None) => Err("there is no value at that time".to_owned()),
            _ => vector(expected, &at_time),
        }
    }

    fn range(&self, text: &str, steps: Steps, expected: &Expectations) -> Result<(), String> {
        let Steps { start_ms, end_ms, step_ms } = steps;
        let result = self.engine.range(&self.store, text, start_ms, end_ms, step_ms, &self.control);
        match checked(result, expected)? {
            Some(outcome) => compare(expected, Some(steps), &outcome.value),
            None => Ok(()),
        }
    }
}

/// Checks failure and annotations; `None` when it failed as it should.
fn checked(result: Result<Outcome, Error>, expected: &Expectations) -> Result<Option<Outcome>, String> {
    match (result.map_err(|e| e.to_string()), &expected.fail) {
        (Ok(outcome), None) => {
            annotations("warn", &expected.warnings, &outcome.warnings)?;
            annotations("info", &expected.infos, &outcome.infos)?;
            Ok(Some(outcome))
        }
        (Ok(_), Some(_)) => Err("expected an error but got none".to_owned()),
        (Err(error), None) => Err(format!("error evaluating query: {error}")),
        (Err(error), Some(pattern)) if pattern.matches(&error) => Ok(None),
        (Err(error), Some(pattern)) => {
            Err(format!("expected error matching {:?}, but got: {error}", pattern.as_str()))
        }
    }
}

/// The samples that the series of a matrix have at one time.
fn samples_at(value: &Value, time_ms: i64) -> Result<Vec<VectorSample>, String> {
    let Value::Matrix(series) = value else { return Err("the result is no matrix".to_owned()) };
    if !series.is_sorted_by(|a, b| a.labels < b.labels) {
        return Err("matrix results should always be sorted by labels, each label set once".to_owned());
    }
    let sample = |labels: &LabelSet, samples: Vec<_>| {
        let found = samples.into_iter().find(|(timestamp_ms, _)| *timestamp_ms == time_ms);
        found.map(|(timestamp_ms, value)| VectorSample { labels: labels.clone(), timestamp_ms, value })
    };
    Ok(series.iter().filter_map(|one| sample(&one.labels, sample_values(one))).collect())
}
