//! The times of a range query as scripts write them.

use crate::word::{time, word};

/// Times from `start_ms` to `end_ms`, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    pub(crate) step_ms: i64,
}

/// `from <start> to <end> step <step>` and what follows.
pub(crate) fn parse_steps(text: &str) -> Result<(Steps, &str), String> {
    let mut rest = text;
    let mut times = [0; 3];
    for (name, value) in ["from", "to", "step"].into_iter().zip(&mut times) {
        let (found, after) = word(rest);
        if found != name {
            return Err(format!("expected {name:?} before {rest:?}"));
        }
        let (duration, after) = word(after);
        *value = time(duration, name)?;
        rest = after;
    }
    let [start_ms, end_ms, step_ms] = times;
    if end_ms < start_ms {
        return Err("invalid test definition, the end is before the start".to_owned());
    }
    Ok((Steps { start_ms, end_ms, step_ms }, rest))
}
