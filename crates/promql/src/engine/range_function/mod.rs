//! Functions of range vectors: a window slides over each series, and the function is computed from it at each
//! step.

mod absent;
mod changes;
mod extended;
mod histogram_over_time;
mod instant_rate;
mod ordered;
mod over_time;
mod rate;
mod regression;
mod sliding;
mod start_time;

use model::LabelSet;

use super::{
    Error,
    annotation::Note,
    column::Column,
    context::Context,
    evaluate::{self, Scalars},
    explain::Meter,
    feed::Feed,
    grid::Grid,
    plan::{Range, RangeCall, Source},
    selector,
    series::{Distinct, Series, Sink, without_metadata},
    subquery,
    value::SampleValue,
    window::Window,
};
use crate::syntax::ast::{Extended, Span};
use sliding::Sliding;

use absent::vector as absent;
pub(super) use over_time::Mean;

/// What a function computes from a window: nothing, when there is not enough in it.
type Computed = Result<Option<SampleValue>, Error>;

/// A function of a range vector.
#[derive(Clone, Copy, Debug)]
pub(super) struct RangeFunction {
    name: &'static str,
    compute: fn(&Input<'_>, &mut State) -> Computed,
}

/// What a function is computed from.
struct Input<'a> {
    context: &'a Context<'a>,
    window: &'a Window<'a>,
    /// The time of evaluation.
    time_ms: i64,
    /// The window as it was asked for; with `anchored` and `smoothed` there are samples around it.
    start_ms: i64,
    end_ms: i64,
    range_ms: i64,
    extended: Extended,
    /// There are several windows over each series.
    slides: bool,
    /// The other arguments at this step.
    scalars: &'a [f64],
    labels: &'a LabelSet,
    /// Where notes point.
    span: Span,
}

/// What a function remembers from one window of a series to the next.
#[derive(Default)]
struct State {
    resets: rate::Resets,
    changes: changes::Changes,
    sums: Sliding<sliding::Sum>,
    maxima: Sliding<sliding::Max>,
    minima: Sliding<sliding::Min>,
    deviations: Sliding<sliding::Deviation>,
    trends: Sliding<regression::Trend>,
    smoothings: Sliding<regression::Smoothing>,
    ordered: ordered::Ordered,
}

impl State {
    /// Makes ready for another series.
    fn reset(&mut self) {
        self.resets.reset();
        self.changes.reset();
        self.sums.reset();
        self.maxima.reset();
        self.minima.reset();
        self.deviations.reset();
        self.trends.reset();
        self.smoothings.reset();
        self.ordered.reset();
    }
}

impl Input<'_> {
    fn scalar(&self, at: usize) -> f64 {
        self.scalars.get(at).copied().unwrap_or(f64::NAN)
    }

    fn note(&self, note: fn(String) -> Note) {
        self.context.note(note(self.labels.metric_name().to_owned()), self.span);
    }

    /// Notes that histograms are left out where a function is of floats only.
    fn note_ignored_histograms(&self) {
        if !self.window.histograms().is_empty() {
            self.note(Note::IgnoredInMixedRange);
        }
    }

    /// True, and noted, when there are floats and histograms.
    fn is_mixed(&self) -> bool {
        let mixed = !self.window.floats().is_empty() && !self.window.histograms().is_empty();
        if mixed {
            self.note(Note::MixedFloatsHistograms);
        }
        mixed
    }
}

/// The function of a name.
pub(super) fn lookup(name: &str) -> Option<RangeFunction> {
    const FUNCTIONS: [RangeFunction; 27] = [
        of("absent_over_time", over_time::present),
        of("avg_over_time", over_time::avg),
        of("changes", changes::changes),
        of("count_over_time", over_time::count),
        of("delta", rate::delta),
        of("deriv", regression::deriv),
        of("double_exponential_smoothing", regression::double_exponential_smoothing),
        of("first_over_time", over_time::first),
        of("idelta", instant_rate::idelta),
        of("increase", rate::increase),
        of("irate", instant_rate::irate),
        of("last_over_time", over_time::last),
        of("mad_over_time", over_time::mad),
        of("max_over_time", over_time::max),
        of("min_over_time", over_time::min),
        of("predict_linear", regression::predict_linear),
        of("present_over_time", over_time::present),
        of("quantile_over_time", over_time::quantile),
        of("rate", rate::rate),
        of("resets", changes::resets),
        of("stddev_over_time", over_time::stddev),
        of("stdvar_over_time", over_time::stdvar),
        of("sum_over_time", over_time::sum),
        of("ts_of_first_over_time", over_time::ts_of_first),
        of("ts_of_last_over_time", over_time::ts_of_last),
        of("ts_of_max_over_time", over_time::ts_of_max),
        of("ts_of_min_over_time", over_time::ts_of_min),
    ];
    FUNCTIONS.into_iter().find(|function| function.name == name)
}

const fn of(name: &'static str, compute: fn(&Input<'_>, &mut State) -> Computed) -> RangeFunction {
    RangeFunction { name, compute }
}

impl RangeFunction {
    /// True when it gives the same at all steps for the same window.
    pub(super) fn is_invariant(&self) -> bool {
        self.name != "predict_linear"
    }

    /// Samples around the window would mislead most functions.
    pub(super) fn check_modifier(&self, extended: Extended) -> Result<(), Error> {
        let (modifier, allowed): (_, &[&str]) = match extended {
            Extended::No => return Ok(()),
            Extended::Anchored => ("anchored", &["changes", "delta", "increase", "rate", "resets"]),
            Extended::Smoothed => ("smoothed", &["delta", "increase", "rate"]),
        };
        if allowed.contains(&self.name) {
            return Ok(());
        }
        let (allowed, name) = (allowed.join(", "), self.name);
        Err(Error::execution(format!(
            "{modifier} modifier can only be used with: {allowed} - not with {name}"
        )))
    }

    fn keeps_name(&self) -> bool {
        matches!(self.name, "last_over_time" | "first_over_time")
    }

    fn is_of_counters(&self) -> bool {
        matches!(self.name, "rate" | "increase")
    }
}

/// Evaluates a call and hands its series on.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    call: &RangeCall,
    known_distinct: bool,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    if call.function.name == "absent_over_time" {
        return absent(context, call, grid, sink);
    }
    let mut distinct = Distinct::new(context, known_distinct || call.function.keeps_name(), grid.steps);
    each_series(context, call, grid, &mut |series| {
        distinct.check(context, &series)?;
        sink(series)
    })
}

/// The series that the function gives, names dropped as it takes.
#[inline(never)]
fn each_series(context: &Context<'_>, call: &RangeCall, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let scalars: Vec<Scalars> =
        call.scalars.iter().map(|arg| evaluate::scalar(context, arg, grid)).collect::<Result<_, _>>()?;
    let reads = matches!(call.range.source, Source::Selector(_));
    let kind = if reads { "matrixSelector" } else { "subquery" };
    let mut meter = context.explanation.as_ref().map(|_| Meter::begin(context, kind, call.range.span));
    let mut sweep =
        Sweep { context, call, scalars, grid, window: Window::new(context), state: State::default(), reads };
    let done = match &call.range.source {
        Source::Selector(selector) => {
            let mut held = context.hold();
            held.grow(grid.steps * size_of::<f64>(), 0, &**selector)?;
            selector::each(context, selector, &mut |series, block| {
                let labels = series.labels().clone();
                let mut feed = Feed::of_selector(context, selector, series, block);
                sweep.series(labels, false, &mut feed, &mut meter, sink)
            })
        }
        Source::Subquery { expr, step_ms } => {
            let inner = subquery::grid(context, &call.range, *step_ms, grid)?;
            let (series, _held) = subquery::evaluate(context, expr, inner)?;
            series.into_iter().try_for_each(|series| {
                context.check()?;
                let mut feed = Feed::of_column(inner, &series.column);
                sweep.series(series.labels.clone(), series.drop_name, &mut feed, &mut meter, sink)
            })
        }
    };
    if let (Some(meter), Some(explanation)) = (meter, &context.explanation) {
        meter.end(context, explanation);
    }
    done
}

/// Slides a window over one series after the other.
struct Sweep<'c> {
    context: &'c Context<'c>,
    call: &'c RangeCall,
    scalars: Vec<Scalars>,
    grid: Grid,
    window: Window<'c>,
    state: State,
    /// The samples come from the store.
    reads: bool,
}

impl Sweep<'_> {
    fn series(
        &mut self,
        labels: LabelSet,
        drop_name: bool,
        feed: &mut Feed<'_>,
        meter: &mut Option<Meter<'_>>,
        sink: Sink<'_>,
    ) -> Result<(), Error> {
        let looked_at = self.context.total_samples();
        let column = self.column(&labels, feed)?;
        if let Some(meter) = meter {
            meter.count((self.context.total_samples() - looked_at) as usize);
        }
        if column.is_absent() {
            return Ok(());
        }
        self.note_if_no_counter(&labels, &column);
        let drop_name = drop_name || !self.call.function.keeps_name();
        let drop_now = drop_name && !self.context.options.delayed_name_removal;
        let labels = if drop_now { without_metadata(&labels) } else { labels };
        let series = Series { labels, drop_name, column };
        match meter {
            Some(meter) => meter.pause(self.context, || sink(series)),
            None => sink(series),
        }
    }

    fn column(&mut self, labels: &LabelSet, feed: &mut Feed<'_>) -> Result<Column, Error> {
        self.window.reset();
        self.state.reset();
        let mut column = Column::new(self.grid.steps);
        let mut at_step = Vec::with_capacity(self.scalars.len());
        let range = &self.call.range;
        for (step, time_ms) in self.grid.times() {
            let end_ms = range.end_ms(time_ms);
            let start_ms = end_ms.saturating_sub(range.range_ms);
            let (from_ms, to_ms) = around(self.context, range, start_ms, end_ms);
            self.window.slide(feed, from_ms, to_ms)?;
            if self.window.is_empty() {
                continue;
            }
            self.grid.count(self.context, step, self.window.samples());
            if self.reads {
                self.grid.count_read(self.context, step, self.window.came());
            }
            at_step.clear();
            at_step.extend(self.scalars.iter().map(|scalar| scalar.at(step)));
            let input = Input {
                context: self.context,
                window: &self.window,
                time_ms,
                start_ms,
                end_ms,
                range_ms: range.range_ms,
                extended: range.extended,
                slides: self.grid.steps > 1,
                scalars: &at_step,
                labels,
                span: self.call.note_span,
            };
            if let Some(value) = (self.call.function.compute)(&input, &mut self.state)? {
                column.set(step, value);
            }
        }
        Ok(column)
    }

    fn note_if_no_counter(&self, labels: &LabelSet, column: &Column) {
        let name = labels.metric_name();
        let floats = column.iter().any(|(_, point)| matches!(point, super::column::Point::Float(_)));
        if !self.call.function.is_of_counters() || name.is_empty() || !floats {
            return;
        }
        let note = if self.context.options.type_and_unit_labels {
            let label = labels.get("__type__");
            if matches!(label, "counter" | "histogram") {
                return;
            }
            Note::PossibleNonCounterType { name: name.to_owned(), label: label.to_owned() }
        } else {
            if ["_total", "_sum", "_count", "_bucket"].iter().any(|suffix| name.ends_with(suffix)) {
                return;
            }
            Note::PossibleNonCounter(name.to_owned())
        };
        self.context.note(note, self.call.note_span);
    }
}

/// The window with what `anchored` and `smoothed` look at around it.
pub(super) fn around(context: &Context<'_>, range: &Range, start_ms: i64, end_ms: i64) -> (i64, i64) {
    let lookback_ms = context.lookback_delta_ms;
    match range.extended {
        Extended::No => (start_ms, end_ms),
        Extended::Anchored => (start_ms.saturating_sub(lookback_ms), end_ms),
        Extended::Smoothed => (start_ms.saturating_sub(lookback_ms), end_ms.saturating_add(lookback_ms)),
    }
}
