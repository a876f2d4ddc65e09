//! The questions of a panel, with everything put in.

use crate::{
    dashboard::{Panel, Target},
    source::RangeQuery,
    time::{StepRequest, TimeRange, Zone, align, parse_duration, target_step},
    variable::{Style, VariableValue, Variables, interpolate},
};

/// Questions that one panel may ask.
const QUESTIONS_MAX: usize = 200;
/// The shortest step: time is counted in milliseconds.
const STEP_MIN_MS: i64 = 1;

pub(super) struct Question<'a> {
    pub(super) target: &'a Target,
    pub(super) data_source: String,
    pub(super) expr: String,
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    /// `None` for an instant query, which is asked at the end.
    pub(super) step_ms: Option<i64>,
}

impl Question<'_> {
    /// As it is asked; `None` for an instant query.
    pub(super) fn range(&self) -> Option<RangeQuery<'_>> {
        let &Self { ref data_source, ref expr, start_ms, end_ms, .. } = self;
        Some(RangeQuery { data_source, expr, start_ms, end_ms, step_ms: self.step_ms? })
    }
}

/// What holds for all questions of a panel.
pub(crate) struct PlanContext<'a> {
    pub(crate) range: TimeRange,
    pub(crate) now_ms: i64,
    /// Pixels that the panel has for points.
    pub(crate) width: f32,
    pub(crate) variables: &'a Variables,
    pub(crate) zone: &'a Zone,
    pub(crate) scrape_interval_ms: f64,
}

/// The panel's own time range: `timeFrom` replaces the dashboard's, `timeShift` moves it back.
pub(crate) fn panel_range(panel: &Panel, context: &PlanContext<'_>) -> TimeRange {
    let duration = |source: &str| parse_duration(&context.variables.text(source)).map(|ms| ms as i64);
    let range = match duration(&panel.time_from) {
        Some(own_ms) => TimeRange { from_ms: context.now_ms - own_ms.max(1), to_ms: context.now_ms },
        None => context.range,
    };
    let shift_ms = duration(&panel.time_shift).unwrap_or(0);
    TimeRange { from_ms: range.from_ms - shift_ms, to_ms: range.to_ms - shift_ms }
}

pub(super) fn plan<'a>(panel: &'a Panel, context: &PlanContext<'_>) -> Vec<Question<'a>> {
    let range = panel_range(panel, context);
    let asked = |target: &&Target| !target.hide && !target.expr.trim().is_empty() && target.foreign.is_none();
    let targets = panel.targets.iter().filter(asked);
    targets.flat_map(|target| plan_target(panel, target, range, context)).take(QUESTIONS_MAX).collect()
}

fn plan_target<'a>(
    panel: &Panel,
    target: &'a Target,
    range: TimeRange,
    context: &PlanContext<'_>,
) -> Vec<Question<'a>> {
    let variables = context.variables;
    let range_ms = range.length_ms();
    let step = target_step(&StepRequest {
        range_ms,
        points_max: panel.max_data_points.unwrap_or(f64::from(context.width)),
        panel_min_ms: parse_duration(&variables.text(&panel.interval)),
        target_min: variables.text(&target.interval),
        scrape_interval_ms: context.scrape_interval_ms,
        factor: target.interval_factor,
    });
    let scope = |name: &str| {
        let built_in = step.variable(name, range_ms).map(VariableValue::single);
        built_in.or_else(|| variables.get(name))
    };
    let expr = interpolate(&target.expr, &scope, Style::PromQl).trim().to_owned();
    let data_source = variables.text(&target.data_source).trim().to_owned();
    let mut questions = Vec::new();
    if target.range || !target.instant {
        let step_ms = (step.step_ms as i64).max(STEP_MIN_MS);
        let aligned = |time_ms| align(time_ms, step_ms, context.zone.offset_ms(range.to_ms));
        let (start_ms, end_ms) = (aligned(range.from_ms), aligned(range.to_ms));
        questions.push(Question {
            target,
            data_source: data_source.clone(),
            expr: expr.clone(),
            start_ms,
            end_ms,
            step_ms: Some(step_ms),
        });
    }
    if target.instant {
        let (start_ms, end_ms) = (range.from_ms, range.to_ms);
        questions.push(Question { target, data_source, expr, start_ms, end_ms, step_ms: None });
    }
    questions
}
