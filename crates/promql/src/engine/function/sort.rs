//! `sort` and its kin: they put the samples of an instant query into an order.

use std::cmp::Ordering;

use super::{arg, string_arg};
use crate::{
    engine::{
        Error,
        annotation::Note,
        column::Point,
        context::Context,
        evaluate,
        grid::Grid,
        plan::Call,
        series::{Collector, Series, Sink},
    },
    syntax::ast::Span,
};

/// A series and where it stood.
type Place<'s> = (usize, &'s Series);

/// Sorts by value, NaN last and in the opposite order, as it comes about in Prometheus; histograms are dropped.
#[inline(never)]
pub(super) fn by_value(
    context: &Context<'_>,
    call: &Call,
    descending: bool,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let value = |series: &Series| match series.column.get(0) {
        Some(Point::Float(value)) => value,
        _ => f64::NAN,
    };
    let order = |(at_a, a): &Place<'_>, (at_b, b): &Place<'_>| {
        let (a, b) = (value(a), value(b));
        if a.is_nan() && b.is_nan() {
            return at_b.cmp(at_a);
        }
        let by_value = if descending { b.partial_cmp(&a) } else { a.partial_cmp(&b) };
        by_value.unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
    };
    let mut drop_histograms = |mut series: Series| {
        series.column.drop_histograms();
        series
    };
    sorted(context, call, span, grid, sink, &mut drop_histograms, order)
}

/// Sorts by labels in turn, numbers in them by their value; then by all labels.
#[inline(never)]
pub(super) fn by_label(
    context: &Context<'_>,
    call: &Call,
    descending: bool,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let names: Vec<&str> = (1..call.args.len()).map(|at| string_arg(call, at)).collect::<Result<_, _>>()?;
    let order = |(_, a): &Place<'_>, (_, b): &Place<'_>| {
        let by_names = names.iter().map(|name| natural(a.labels.get(name), b.labels.get(name)));
        let order = by_names.fold(Ordering::Equal, Ordering::then).then_with(|| a.labels.cmp(&b.labels));
        if descending { order.reverse() } else { order }
    };
    sorted(context, call, span, grid, sink, &mut |series| series, order)
}

fn sorted(
    context: &Context<'_>,
    call: &Call,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
    change: &mut dyn FnMut(Series) -> Series,
    order: impl Fn(&Place<'_>, &Place<'_>) -> Ordering,
) -> Result<(), Error> {
    let node = arg(call, 0)?;
    if grid.steps > 1 {
        context.note(Note::SortInRange, span);
        return evaluate::vector(context, node, grid, &mut |series| sink(change(series)));
    }
    let mut collector = Collector::new(context, "the series to sort");
    evaluate::vector(context, node, grid, &mut |series| collector.push(change(series)))?;
    let mut places: Vec<Place<'_>> = collector.series.iter().enumerate().collect();
    places.sort_by(order);
    places.into_iter().try_for_each(|(_, series)| sink(series.clone()))
}

/// Compares texts so that runs of digits count by their value.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let ((left, rest_a), (right, rest_b)) = (chunk(a), chunk(b));
        let order = match (number(left), number(right)) {
            (Some(left), Some(right)) => by_digits(left, right),
            _ => left.cmp(right),
        };
        if order != Ordering::Equal || left.is_empty() {
            return order.then_with(|| a.len().cmp(&b.len()));
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// The first run of digits, or of anything else, and what follows it.
fn chunk(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

fn number(chunk: &str) -> Option<&str> {
    chunk.starts_with(|c: char| c.is_ascii_digit()).then_some(chunk)
}

fn by_digits(a: &str, b: &str) -> Ordering {
    let (short_a, short_b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    let by_value = short_a.len().cmp(&short_b.len()).then_with(|| short_a.cmp(short_b));
    by_value.then_with(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_sort_by_value() {
        let mut texts = ["b1", "a10", "a2", "a", "", "a02", "7", "10", "a2b"];
        texts.sort_by(|a, b| natural(a, b));
        assert_eq!(texts, ["", "7", "10", "a", "a2", "a2b", "a02", "a10", "b1"]);
    }
}
