//! What each part of a query gave and cost.

use std::{cell::RefCell, time::Duration};

use model::{Clock, sort};

use super::{
    Error,
    context::Context,
    grid::Grid,
    plan::{Kind, Node},
    series::Sink,
};
use crate::syntax::ast::Span;

/// What a part of a query gave and cost, all parts within it included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStats {
    /// What it is, as in the trees of Prometheus: `aggregation`, `binaryExpr`, `call`, `matrixSelector`,
    /// `numberLiteral`, `stringLiteral`, `subquery`, `unaryExpr` or `vectorSelector`.
    pub kind: &'static str,
    /// Where it stands in the text, in bytes.
    pub span: Span,
    /// Series that it gave: of a range vector, those that were read.
    pub series: u64,
    /// Values that these had, over all steps.
    pub samples: u64,
    /// Samples that were read from the store for it.
    pub samples_read: u64,
    /// How long it took.
    pub time: Duration,
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "numberLiteral",
            Self::String(_) => "stringLiteral",
            Self::Negate(_) => "unaryExpr",
            Self::Binary(_) => "binaryExpr",
            Self::Aggregate(_) => "aggregation",
            Self::Call(_) | Self::RangeCall(_) => "call",
            Self::Vector(_) => "vectorSelector",
            Self::Matrix(_) => "matrixSelector",
        }
    }
}

/// Collects what the parts of a query cost.
#[derive(Default)]
pub(super) struct Explanation(RefCell<Vec<NodeStats>>);

impl Explanation {
    /// Adds to what is known of a part; a part that is evaluated several times counts each time.
    pub(super) fn add(&self, stats: NodeStats) {
        let mut nodes = self.0.borrow_mut();
        match nodes.iter_mut().find(|own| own.span == stats.span && own.kind == stats.kind) {
            Some(own) => {
                own.series += stats.series;
                own.samples += stats.samples;
                own.samples_read += stats.samples_read;
                own.time += stats.time;
            }
            None => nodes.push(stats),
        }
    }

    /// All parts, each before those within it.
    pub(super) fn finish(self) -> Vec<NodeStats> {
        let mut nodes = self.0.into_inner();
        sort::by_key(&mut nodes, |node| (node.span.start, std::cmp::Reverse(node.span.end)));
        nodes
    }
}

/// Measures a part while it runs. What its users do with the series that it hands on is not its own.
pub(super) struct Meter<'a> {
    clock: &'a dyn Clock,
    stats: NodeStats,
    began: Duration,
    read_before: u64,
    /// Time and samples read outside of it since it began.
    outside: (Duration, u64),
}

impl<'a> Meter<'a> {
    pub(super) fn begin(context: &Context<'a>, kind: &'static str, span: Span) -> Self {
        let clock = context.clock();
        let time = Duration::ZERO;
        let stats = NodeStats { kind, span, series: 0, samples: 0, samples_read: 0, time };
        Self {
            clock,
            stats,
            began: clock.monotonic(),
            read_before: context.samples_read(),
            outside: (time, 0),
        }
    }

    /// Counts a series that is handed on.
    pub(super) fn count(&mut self, samples: usize) {
        self.stats.series += 1;
        self.stats.samples += samples as u64;
    }

    /// Leaves what `work` takes to others.
    pub(super) fn pause<T>(&mut self, context: &Context<'_>, work: impl FnOnce() -> T) -> T {
        let (began, read_before) = (self.clock.monotonic(), context.samples_read());
        let done = work();
        self.outside.0 += self.clock.monotonic().saturating_sub(began);
        self.outside.1 += context.samples_read() - read_before;
        done
    }

    pub(super) fn end(mut self, context: &Context<'_>, explanation: &Explanation) {
        self.stats.time = self.clock.monotonic().saturating_sub(self.began).saturating_sub(self.outside.0);
        self.stats.samples_read = context.samples_read() - self.read_before - self.outside.1;
        explanation.add(self.stats);
    }
}

/// Evaluates a vector by `evaluate` and takes note of what it gave and cost.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    explanation: &Explanation,
    (node, grid): (&Node, Grid),
    evaluate: fn(&Context<'_>, &Node, Grid, Sink<'_>) -> Result<(), Error>,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let mut meter = Meter::begin(context, node.kind.name(), node.span);
    let done = evaluate(context, node, grid, &mut |series| {
        meter.count(series.column.samples());
        meter.pause(context, || sink(series))
    });
    meter.end(context, explanation);
    done
}
