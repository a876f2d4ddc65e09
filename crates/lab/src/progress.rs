//! How far it is, on standard error: a line that is written over at a terminal, else a line for each run.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use crate::{plan::Phase, unit::mib};

const BAR_WIDTH: usize = 20;

/// Tells how far the runs are.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: bool,
    duration: Duration,
    /// The second that was told last.
    told: Option<u64>,
    /// Whether the line at the terminal goes on.
    open: bool,
}

impl Progress {
    pub(crate) fn new(duration: Duration) -> Self {
        Self { terminal: io::stderr().is_terminal(), duration, told: None, open: false }
    }

    /// A run is about to begin.
    pub(crate) fn begin(&mut self, phase: &Phase) {
        self.told = None;
        self.write(&format!("{:<7} starting", phase.name));
    }

    /// A run goes on; `stacks` are their names and the bytes that they take.
    pub(crate) fn show<'a>(
        &mut self,
        phase: &Phase,
        at: Duration,
        stacks: impl Iterator<Item = (&'a str, u64)>,
    ) {
        let second = at.as_secs();
        if !self.terminal || self.told.replace(second) == Some(second) {
            return;
        }
        let parts = stacks.map(|(name, bytes)| format!("  {name} {} MiB", mib(bytes as f64)));
        let (bar, parts) = (bar(at, self.duration), parts.collect::<String>());
        self.write(&format!("{:<7} {bar} {} of {}{parts}", phase.name, clock(at), clock(self.duration)));
    }

    /// A run is over.
    pub(crate) fn end(&mut self, phase: &Phase) {
        self.write(&format!("{:<7} {} done", phase.name, clock(self.duration)));
        self.close();
    }

    fn write(&mut self, line: &str) {
        self.open = self.terminal;
        let mut out = io::stderr().lock();
        // With standard error closed there is nobody to tell.
        let _ = if self.terminal { write!(out, "\r\x1b[K{line}") } else { writeln!(out, "{line}") };
        let _ = out.flush();
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            let _ = writeln!(io::stderr());
        }
    }
}

impl Drop for Progress {
    /// What is written next, an error perhaps, begins on a line of its own.
    fn drop(&mut self) {
        self.close();
    }
}

fn bar(at: Duration, duration: Duration) -> String {
    let share = at.as_secs_f64() / duration.as_secs_f64().max(f64::MIN_POSITIVE);
    let full = ((share * BAR_WIDTH as f64) as usize).min(BAR_WIDTH);
    format!("[{}{}]", "#".repeat(full), ".".repeat(BAR_WIDTH - full))
}

fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_and_stays_full() {
        let bar = |seconds| bar(Duration::from_secs(seconds), Duration::from_secs(10));
        assert_eq!(bar(5), "[##########..........]");
        assert_eq!(bar(99), format!("[{}]", "#".repeat(20)));
        assert_eq!(clock(Duration::from_secs(65)), "1:05");
    }
}
