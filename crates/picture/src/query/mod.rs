//! What a panel asks, and how the answers become frames.

mod frames;
mod plan;

use std::rc::Rc;

use model::{Reservation, histogram::Bucket};

pub(crate) use frames::bound_of;
pub(crate) use plan::{PlanContext, panel_range};
use plan::{Question, plan};

use crate::{
    Error,
    dashboard::{Panel, TargetFormat},
    frame::Frame,
    source::{Exemplar, InstantQuery, Series, Source, SourceError},
};

/// Series that one target may bring into a panel.
pub(crate) const SERIES_MAX: usize = 1000;

/// Exemplars that one panel draws.
const EXEMPLARS_MAX: usize = 2000;

/// What a panel's targets gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) frames: Vec<Frame>,
    /// Single measurements beside the curves.
    pub(crate) exemplars: Vec<Exemplar>,
    /// Why targets failed, each reason once.
    pub(crate) errors: Vec<String>,
    /// What is not shown of the answers.
    pub(crate) notices: Vec<String>,
}

/// Asks all questions of a panel; a failing target leaves the others their results.
///
/// # Errors
/// When the source can answer no more, or the account gives no room for an answer.
pub(crate) fn ask(
    panel: &Panel,
    context: &PlanContext<'_>,
    source: &mut dyn Source,
    account: &mut Reservation,
) -> Result<Answers, Error> {
    let questions = plan(panel, context);
    let mut targets: Vec<&str> = questions.iter().map(|question| question.target.ref_id.as_str()).collect();
    targets.dedup();
    let mut answers = Answers::default();
    for question in &questions {
        match ask_one(question, source) {
            Ok(series) => {
                let bytes = series.iter().map(|series| size_bytes(series, question.target.format)).sum();
                if !account.grow(bytes) {
                    return Err(Error::budget(bytes, account.budget()));
                }
                if series.len() > SERIES_MAX {
                    let count = series.len();
                    answers.notices.push(format!("the first {SERIES_MAX} of {count} series are shown"));
                }
                answers.frames.extend(frames::of_answer(question, series, targets.len() > 1));
            }
            Err(SourceError::Over(why)) => return Err(Error::Source(why)),
            Err(SourceError::Query(why)) if answers.errors.contains(&why) => {}
            Err(SourceError::Query(why)) => answers.errors.push(why),
        }
        ask_exemplars(question, source, &mut answers.exemplars)?;
    }
    Ok(answers)
}

fn ask_one(question: &Question<'_>, source: &mut dyn Source) -> Result<Vec<Series>, SourceError> {
    match (question.range(), question) {
        (Some(query), _) => source.range(&query),
        (None, Question { data_source, expr, end_ms, .. }) => {
            source.instant(&InstantQuery { data_source, expr, time_ms: *end_ms })
        }
    }
}

/// Curves are worth drawing without their exemplars, so a failure is none of the panel.
fn ask_exemplars(
    question: &Question<'_>,
    source: &mut dyn Source,
    found: &mut Vec<Exemplar>,
) -> Result<(), Error> {
    let Some(query) = question.range().filter(|_| question.target.exemplar) else { return Ok(()) };
    match source.exemplars(&query) {
        Ok(exemplars) => found.extend(exemplars.into_iter().take(EXEMPLARS_MAX.saturating_sub(found.len()))),
        Err(SourceError::Over(why)) => return Err(Error::Source(why)),
        Err(SourceError::Query(_)) => {}
    }
    Ok(())
}

/// Bytes that a series takes as a frame, or as rows of a table, whose cells are texts too.
fn size_bytes(series: &Series, format: TargetFormat) -> usize {
    let cells = match format {
        TargetFormat::Table => (series.labels.len() + 2) * size_of::<Rc<str>>() + size_of::<usize>(),
        _ => 2 * size_of::<f64>(),
    };
    let buckets: usize = series.histograms.iter().map(|(_, buckets)| buckets.len()).sum();
    let histograms = series.histograms.len() * 2 * size_of::<f64>() + buckets * size_of::<Bucket>();
    size_of::<Frame>() + 512 + series.samples.len() * cells + 2 * series.labels.as_bytes().len() + histograms
}

/// A text shared by frames.
fn shared(text: &str) -> Rc<str> {
    Rc::from(text)
}
