//! The script language: commands `load`, `clear` and `eval`, one paragraph each.

use crate::{
    expect::Expectations,
    series::{SeriesLine, parse_series},
    start_timestamp::{StartTimestamps, parse_start_timestamps},
    steps::{Steps, parse_steps},
    word::{number, time, word},
};

/// A command and the line that it starts on, counted from 1.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) line: usize,
    pub(crate) kind: CommandKind,
}

#[derive(Debug)]
pub(crate) enum CommandKind {
    Clear,
    Load(Load),
    Eval(Box<Eval>),
    /// It cannot be read.
    Malformed {
        line: usize,
        message: String,
    },
}

/// `load`: series with a point every so many milliseconds, the first one at time 0.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) step_ms: i64,
    /// Adds native histograms made of the classic ones.
    pub(crate) with_nhcb: bool,
    pub(crate) series: Vec<(SeriesLine, Option<StartTimestamps>)>,
}

/// The times at which an expression is evaluated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EvalTime {
    Instant(i64),
    Range(Steps),
}

/// `eval`: an expression and what it should give.
#[derive(Debug)]
pub(crate) struct Eval {
    pub(crate) expr: String,
    pub(crate) time: EvalTime,
    pub(crate) expected: Expectations,
}

/// Reads a script.
pub(crate) fn parse_script(text: &str) -> Vec<Command> {
    let lines: Vec<&str> =
        text.lines().map(str::trim).map(|l| if l.starts_with('#') { "" } else { l }).collect();
    let mut commands = Vec::new();
    let mut at = 0;
    while let Some(&first) = lines.get(at) {
        if first.is_empty() {
            at += 1;
            continue;
        }
        let word = first.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
        let body = lines.get(at + 1..).unwrap_or_default();
        let body = body.split(|line| line.is_empty()).next().unwrap_or_default();
        let (kind, used) = match word.as_str() {
            "clear" => (Ok(CommandKind::Clear), 0),
            w if w.starts_with("load") => (parse_load(first, body), body.len()),
            w if w.starts_with("eval") => parse_eval(first, body),
            _ => (Err((0, format!("invalid command {first:?}"))), 0),
        };
        let kind = kind
            .unwrap_or_else(|(offset, message)| CommandKind::Malformed { line: at + 1 + offset, message });
        commands.push(Command { line: at + 1, kind });
        at += 1 + used;
    }
    commands
}

/// A message and how many lines below the start of the command it belongs.
type LineError = (usize, String);

fn parse_load(first: &str, body: &[&str]) -> Result<CommandKind, LineError> {
    let (word, step) = first.split_once(char::is_whitespace).unwrap_or((first, ""));
    let with_nhcb = match word {
        "load" => false,
        "load_with_nhcb" => true,
        _ => return Err((0, "invalid load command. (load[_with_nhcb] <step:duration>)".to_owned())),
    };
    let step_ms = time(step.trim(), "step").map_err(|e| (0, e))?;
    let mut load = Load { step_ms, with_nhcb, series: Vec::new() };
    let mut pending: Option<StartTimestamps> = None;
    for (offset, line) in body.iter().enumerate() {
        let at_line = |message| (offset + 1, message);
        if let Some(starts) = parse_start_timestamps(line) {
            if pending.replace(starts.map_err(at_line)?).is_some() {
                return Err(at_line("@st line has no following sample line".to_owned()));
            }
            continue;
        }
        let series = parse_series(line).map_err(at_line)?;
        if let Some(starts) = &pending {
            check_pair(starts, &series).map_err(at_line)?;
        }
        load.series.push((series, pending.take()));
    }
    match pending {
        Some(_) => Err((body.len(), "@st line has no following sample line".to_owned())),
        None => Ok(CommandKind::Load(load)),
    }
}

fn check_pair(starts: &StartTimestamps, series: &SeriesLine) -> Result<(), String> {
    if starts.labels != series.labels {
        return Err("@st metric does not match the following sample line metric".to_owned());
    }
    let (starts, points) = (starts.offsets_ms.len(), series.points.len());
    if starts != points {
        return Err(format!("@st line has {starts} values but sample line has {points}"));
    }
    Ok(())
}

/// The command and how many lines of the body belong to it: a number ends it.
fn parse_eval(first: &str, body: &[&str]) -> (Result<CommandKind, LineError>, usize) {
    let used = body.iter().position(|line| number(line).is_some()).map_or(body.len(), |at| at + 1);
    let body = body.get(..used).unwrap_or(body);
    let parse = || {
        let (mode, time, expr) = parse_eval_line(first).map_err(|e| (0, e))?;
        let mut expected = Expectations::new(mode);
        for (offset, line) in body.iter().enumerate() {
            expected.parse_line(line).map_err(|e| (offset + 1, e))?;
        }
        expected.validate(matches!(time, EvalTime::Instant(_))).map_err(|e| (0, e))?;
        Ok(CommandKind::Eval(Box::new(Eval { expr: expr.to_owned(), time, expected })))
    };
    (parse(), used)
}

/// Mode, time and expression of the first line.
fn parse_eval_line(line: &str) -> Result<(&str, EvalTime, &str), String> {
    let (command, rest) = word(line);
    let mode = command.get("eval".len()..).unwrap_or("").trim_start_matches('_');
    let (kind, rest) = word(rest);
    match kind {
        "instant" => {
            let (at, after) = word(rest);
            let (at, expr) = if at == "at" { word(after) } else { ("0s", rest) };
            Ok((mode, EvalTime::Instant(time(at, "timestamp")?), expr))
        }
        "range" => {
            let (steps, expr) = parse_steps(rest)?;
            Ok((mode, EvalTime::Range(steps), expr))
        }
        _ => Err("invalid evaluation command. Must be either 'eval instant [at <time>] <query>' or \
                  'eval range from <from> to <to> step <step> <query>'"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_paragraphs() {
        let script = "load 1m\n a 1 2\n b@st -1m\n b 3\n\nclear\n# a comment\neval instant at 5m a + b\n {} 1\n\n\
                      eval range from 0 to 1m step 30s time()\n expect no_warn\n {} 0 30 60\neval instant at 1s 1\n 1\n\
                      load_with_nhcb 5m\nnonsense\n";
        let commands = parse_script(script);
        let lines: Vec<_> = commands.iter().map(|c| c.line).collect();
        assert_eq!(lines, [1, 6, 8, 11, 16]);
        let [load, _, eval, range, _] = &commands[..] else { panic!("not five commands") };
        assert!(
            matches!(&load.kind, CommandKind::Load(load) if load.step_ms == 60_000 && load.series.len() == 2)
        );
        let CommandKind::Eval(eval) = &eval.kind else { panic!("no eval") };
        assert_eq!(eval.expr, "a + b");
        assert!(matches!(eval.time, EvalTime::Instant(300_000)));
        // A paragraph ends with a blank line or a number.
        assert!(matches!(&range.kind, CommandKind::Malformed { line: 14, .. }));
    }

    #[test]
    fn malformed_commands_name_their_line() {
        for (script, line) in [
            ("load 1q", 1),
            ("load 1m\n a 1\n b x", 3),
            ("load 1m\n a@st 1m 1m\n a 1", 3),
            ("eval instant at 1m a\n {} 1 2", 1),
            ("eval range from 1m to 0 step 1m a", 1),
            ("evaluate a", 1),
            ("nonsense", 1),
        ] {
            let commands = parse_script(script);
            let found = match &commands[0].kind {
                CommandKind::Malformed { line, .. } => *line,
                other => panic!("{script}: {other:?}"),
            };
            assert_eq!(found, line, "{script}");
        }
    }
}
