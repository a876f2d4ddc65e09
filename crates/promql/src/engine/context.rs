//! What a running query shares between all parts of its evaluation: its limits, its account, its notes.

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    sync::atomic::Ordering,
    time::Duration,
};

use model::{Clock, Part, Queryable, Reservation};

use super::{
    Control, Engine, EngineOptions, Error, Stats,
    ahead::Helpers,
    annotation::{Annotations, Note, Repair},
    explain::Explanation,
};
use crate::syntax::ast::Span;

/// So many samples are looked at between two looks at the clock: some tens of microseconds.
const TICKS_PER_CHECK: usize = 4096;

/// So much of a thread's stack a query may use, in bytes: queries run on stacks of 1 MiB, and at the leaves there is
/// the store's decoding still to come. A chain of the longest length takes 600 KiB.
const STACK_MAX: usize = 832 * 1024;

/// What a running query shares between all parts of its evaluation.
pub(super) struct Context<'a> {
    pub(super) queryable: &'a dyn Queryable,
    pub(super) options: &'a EngineOptions,
    pub(super) lookback_delta_ms: i64,
    /// Who may read ahead for it.
    pub(super) helpers: &'a Helpers,
    control: &'a Control,
    text: &'a str,
    deadline: Duration,
    ticks: Cell<usize>,
    /// Where the stack was when the query began.
    stack_base: usize,
    reservation: RefCell<Reservation>,
    held_samples: Cell<usize>,
    held_samples_max: Cell<usize>,
    total_samples: Cell<u64>,
    /// Empty unless asked for.
    samples_per_step: RefCell<Vec<u64>>,
    samples_read: Cell<u64>,
    samples_read_per_step: RefCell<Vec<u64>>,
    /// What the parts of the query cost, if that was asked for.
    pub(super) explanation: Option<Explanation>,
    annotations: RefCell<Annotations>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        queryable: &'a dyn Queryable,
        engine: &'a Engine,
        control: &'a Control,
        text: &'a str,
        steps: usize,
    ) -> Self {
        let Engine { options, helpers } = engine;
        let by_step = vec![0; if control.per_step_stats { steps } else { 0 }];
        let timeout = control.timeout.map_or(options.timeout, |timeout| timeout.min(options.timeout));
        Self {
            queryable,
            options,
            lookback_delta_ms: control.lookback_delta_ms.unwrap_or(options.lookback_delta_ms),
            helpers,
            control,
            text,
            deadline: control.clock.monotonic().saturating_add(timeout),
            ticks: Cell::new(0),
            stack_base: stack_address(),
            reservation: RefCell::new(control.budget.open(Part::Query)),
            held_samples: Cell::new(0),
            held_samples_max: Cell::new(0),
            total_samples: Cell::new(0),
            samples_per_step: RefCell::new(by_step.clone()),
            samples_read: Cell::new(0),
            samples_read_per_step: RefCell::new(by_step),
            explanation: control.explain.then(Explanation::default),
            annotations: RefCell::default(),
        }
    }

    /// A part of the query as it is written.
    pub(super) fn written(&self, span: Span) -> Option<&'a str> {
        self.text.get(span.start..span.end)
    }

    /// Fails when evaluation has become nested so deeply that the stack may not last.
    ///
    /// The parser bounds the depth of the tree; but some operators take several times the stack of others.
    pub(super) fn check_stack(&self) -> Result<(), Error> {
        if self.stack_base.abs_diff(stack_address()) > STACK_MAX {
            return Err(Error::execution("expression is nested too deeply to be evaluated"));
        }
        Ok(())
    }

    /// Fails when time is up or the caller does not want the answer any more.
    pub(super) fn check(&self) -> Result<(), Error> {
        const WHERE: &str = "expression evaluation";
        if self.control.cancel.load(Ordering::Relaxed) {
            return Err(Error::Canceled(WHERE));
        }
        if self.control.clock.monotonic() >= self.deadline {
            return Err(Error::Timeout(WHERE));
        }
        Ok(())
    }

    /// Counts work, in samples, and checks from time to time.
    pub(super) fn tick(&self, work: usize) -> Result<(), Error> {
        let ticks = self.ticks.get() + work;
        if ticks < TICKS_PER_CHECK {
            self.ticks.set(ticks);
            return Ok(());
        }
        self.ticks.set(0);
        self.check()
    }

    pub(super) fn note(&self, note: Note, span: Span) {
        self.annotations.borrow_mut().add(note, span);
    }

    pub(super) fn note_repair(&self, name: &str, span: Span, repair: Repair) {
        self.annotations.borrow_mut().add_repair(name.to_owned(), span, repair);
    }

    pub(super) fn count_at(&self, step: usize, samples: u64) {
        self.total_samples.set(self.total_samples.get() + samples);
        if self.control.per_step_stats
            && let Some(slot) = self.samples_per_step.borrow_mut().get_mut(step)
        {
            *slot += samples;
        }
    }

    /// Counts samples that came from the store.
    pub(super) fn count_read_at(&self, step: usize, samples: u64) {
        self.samples_read.set(self.samples_read.get() + samples);
        if self.control.per_step_stats
            && let Some(slot) = self.samples_read_per_step.borrow_mut().get_mut(step)
        {
            *slot += samples;
        }
    }

    /// Samples that were looked at so far.
    pub(super) fn total_samples(&self) -> u64 {
        self.total_samples.get()
    }

    /// Samples that have come from the store so far.
    pub(super) fn samples_read(&self) -> u64 {
        self.samples_read.get()
    }

    pub(super) fn clock(&self) -> &'a dyn Clock {
        &*self.control.clock
    }

    /// Opens an account of nothing for a part of the query.
    pub(super) fn hold(&self) -> Held<'_> {
        Held {
            reservation: &self.reservation,
            held_samples: &self.held_samples,
            bytes: 0,
            samples: 0,
            query: self,
        }
    }

    /// What there is to say when it is over.
    pub(super) fn finish(self) -> (Vec<String>, Vec<String>, Stats) {
        let (warnings, infos) = self.annotations.into_inner().into_texts(self.text);
        let stats = Stats {
            total_samples: self.total_samples.get(),
            peak_samples: self.held_samples_max.get() as u64,
            samples_per_step: self.samples_per_step.into_inner(),
            samples_read: self.samples_read.get(),
            samples_read_per_step: self.samples_read_per_step.into_inner(),
            nodes: self.explanation.map(Explanation::finish).unwrap_or_default(),
        };
        (warnings, infos, stats)
    }
}

/// Roughly where the stack ends now.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0u8;
    std::hint::black_box(&raw const here) as usize
}

/// Memory and samples that a part of the query holds; given back when dropped.
pub(super) struct Held<'c> {
    reservation: &'c RefCell<Reservation>,
    held_samples: &'c Cell<usize>,
    bytes: usize,
    samples: usize,
    query: &'c dyn Limits,
}

/// The limits that an account is checked against.
trait Limits {
    fn samples_max(&self) -> usize;
    fn saw_samples(&self, held: usize);
}

impl Limits for Context<'_> {
    fn samples_max(&self) -> usize {
        self.options.max_samples
    }

    fn saw_samples(&self, held: usize) {
        self.held_samples_max.set(self.held_samples_max.get().max(held));
    }
}

impl Held<'_> {
    /// Takes more.
    ///
    /// # Errors
    /// When the budget has no such memory left, or the query holds too many samples.
    pub(super) fn grow(&mut self, bytes: usize, samples: usize, what: &dyn Display) -> Result<(), Error> {
        let held = self.held_samples.get() + samples;
        if held > self.query.samples_max() {
            return Err(Error::TooManySamples("query execution"));
        }
        let mut reservation = self.reservation.borrow_mut();
        if !reservation.grow(bytes) {
            let budget = reservation.budget();
            return Err(Error::Budget {
                what: what.to_string(),
                wanted_bytes: bytes,
                used_bytes: budget.used_bytes(),
                limit_bytes: budget.limit_bytes(),
            });
        }
        self.held_samples.set(held);
        self.query.saw_samples(held);
        self.bytes += bytes;
        self.samples += samples;
        Ok(())
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.reservation.borrow_mut().shrink(self.bytes);
        self.held_samples.set(self.held_samples.get() - self.samples);
    }
}
