//! One pass over a body: which samples it has, and where it departs from the target's layout.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    ops::Range,
};

use expfmt::{Attachment, Entry, Exemplar, Format, Parser, Sample};
use model::SeriesRef;

use crate::{
    error::ScrapeError,
    family::FamilyReader,
    layout::{Cursor, Layout, Line, Recognised},
};

/// Reads a body against the layout of the body before. Nothing is stored, resolved or changed by it.
pub(crate) struct Reading<'b, 'l> {
    parser: Parser<'b>,
    layout: &'l Layout,
    honor_timestamps: bool,
    sample_limit: u64,
    /// The place in the layout up to which the body repeats it, and the lines before it.
    pub(crate) cursor: Cursor,
    pub(crate) kept_lines: usize,
    /// The series of the last repeated line.
    pub(crate) previous: &'b [u8],
    /// Values of the repeated lines that have a handle.
    pub(crate) values: Vec<f64>,
    /// Positions in `values` and times of samples that have a time of their own.
    pub(crate) timestamps_ms: Vec<(usize, i64)>,
    /// Exemplars of repeated lines, at their positions in `values`.
    pub(crate) exemplars: Vec<LineExemplar<'b>>,
    /// Attachments of repeated lines: positions in `values`, and places in the list of attachments.
    pub(crate) attached: Vec<(usize, usize)>,
    attachments: &'b [Attachment],
    /// The place of the next attachment, and the sample that it belongs to.
    next_attachment: usize,
    attached_sample: usize,
    /// Samples in the body so far.
    pub(crate) samples: usize,
    /// What comes after the repeated lines.
    pub(crate) change: Option<Change<'b>>,
    /// What the body says about its families.
    pub(crate) families: FamilyReader<'b, 'l>,
}

/// The part of a body that is not as last time.
pub(crate) struct Change<'b> {
    pub(crate) lines: Vec<ChangedLine<'b>>,
    /// Exemplars, at their positions in `lines`.
    pub(crate) exemplars: Vec<LineExemplar<'b>>,
    /// Positions in `lines`, and places in the list of attachments.
    pub(crate) attached: Vec<(usize, usize)>,
    old: OldLines,
}

/// A sample of that part.
pub(crate) struct ChangedLine<'b> {
    pub(crate) text: &'b [u8],
    /// The handle, when the layout has it.
    pub(crate) series: Option<SeriesRef>,
    pub(crate) value: f64,
    pub(crate) timestamp_ms: Option<i64>,
}

/// An exemplar of a line.
#[derive(Clone, Copy)]
pub(crate) struct LineExemplar<'b> {
    /// Position of the line.
    pub(crate) at: usize,
    pub(crate) exemplar: Exemplar<'b>,
    /// The sample's own time, where it has one.
    pub(crate) sample_ms: Option<i64>,
}

impl<'b, 'l> Reading<'b, 'l> {
    /// `values` is an empty column whose allocation is used.
    pub(crate) fn new(
        body: &'b [u8],
        format: Format,
        layout: &'l Layout,
        families: FamilyReader<'b, 'l>,
        values: Vec<f64>,
    ) -> Self {
        Self {
            parser: Parser::new(body, format),
            layout,
            honor_timestamps: true,
            sample_limit: 0,
            cursor: layout.cursor(),
            kept_lines: 0,
            previous: &[],
            values,
            timestamps_ms: Vec::new(),
            exemplars: Vec::new(),
            attached: Vec::new(),
            attachments: &[],
            next_attachment: 0,
            attached_sample: usize::MAX,
            samples: 0,
            change: None,
            families,
        }
    }

    /// Whether timestamps count, and how many samples there may be (0: any number).
    pub(crate) fn with_rules(mut self, honor_timestamps: bool, sample_limit: u64) -> Self {
        (self.honor_timestamps, self.sample_limit) = (honor_timestamps, sample_limit);
        self
    }

    /// What samples have beside their lines.
    pub(crate) fn with_attachments(mut self, attachments: &'b [Attachment]) -> Self {
        self.attachments = attachments;
        self.attached_sample = attachments.first().map_or(usize::MAX, |attachment| attachment.sample);
        self
    }

    /// The place of the attachment that the sample at hand has.
    fn take_attachment(&mut self) -> usize {
        let place = self.next_attachment;
        self.next_attachment += 1;
        let next = self.attachments.get(self.next_attachment);
        self.attached_sample = next.map_or(usize::MAX, |attachment| attachment.sample);
        place
    }

    /// Reads the whole body.
    pub(crate) fn read(&mut self) -> Result<(), ScrapeError> {
        loop {
            // Of a line that repeats the layout's nothing of the series is looked at but its bytes.
            if let Some(known) = self.recognise(self.parser.remaining())
                && let Some(sample) = self.parser.sample_after(known.text_bytes)?
            {
                self.keep(known, &sample);
                continue;
            }
            if self.families.skip_repeated(&mut self.parser) {
                continue;
            }
            match self.parser.next()? {
                None => break,
                Some(Entry::Sample(sample)) => self.take(&sample),
                Some(Entry::Help { metric, text }) => self.families.help(metric, text),
                Some(Entry::Type { metric, kind }) => self.families.kind(metric, kind),
                Some(Entry::Unit { metric, unit }) => self.families.unit(metric, unit),
                Some(_) => {}
            }
        }
        self.families.end();
        if self.above_limit() {
            return Err(ScrapeError::SampleLimit { samples: self.samples, limit: self.sample_limit });
        }
        if self.change.is_none() && self.kept_lines < self.layout.len() {
            self.start_change();
        }
        Ok(())
    }

    #[inline(always)]
    fn recognise(&self, text: &[u8]) -> Option<Recognised> {
        if self.change.is_some() {
            return None;
        }
        self.layout.recognise(self.cursor, self.previous, text)
    }

    /// A sample that was parsed in full: after blanks, or where the layout has another line.
    fn take(&mut self, sample: &Sample<'b>) {
        let known = self.recognise(sample.series);
        match known.filter(|known| known.text_bytes == sample.series.len()) {
            Some(known) => self.keep(known, sample),
            None => self.change(sample),
        }
    }

    #[inline(always)]
    fn keep(&mut self, known: Recognised, sample: &Sample<'b>) {
        let timestamp_ms = sample.timestamp_ms.filter(|_| self.honor_timestamps);
        if timestamp_ms.is_some() != known.line.timed {
            return self.change(sample);
        }
        let attached = self.samples == self.attached_sample;
        self.samples += 1;
        if self.above_limit() {
            return;
        }
        if attached {
            let place = self.take_attachment();
            if !known.line.repeated {
                self.attached.push((self.values.len(), place));
            }
        }
        if !known.line.repeated {
            if let Some(timestamp_ms) = timestamp_ms {
                self.timestamps_ms.push((self.values.len(), timestamp_ms));
            }
            if let Some(&exemplar) = self.parser.exemplar() {
                self.exemplars.push(LineExemplar {
                    at: self.values.len(),
                    exemplar,
                    sample_ms: timestamp_ms,
                });
            }
            self.values.push(sample.value);
        }
        self.kept_lines += 1;
        (self.cursor, self.previous) = (known.next, sample.series);
    }

    fn change(&mut self, sample: &Sample<'b>) {
        let attached = self.samples == self.attached_sample;
        self.samples += 1;
        if self.above_limit() {
            return;
        }
        let timestamp_ms = sample.timestamp_ms.filter(|_| self.honor_timestamps);
        let exemplar = self.parser.exemplar().copied();
        let attachment = attached.then(|| self.take_attachment());
        let change = self.start_change();
        change.attached.extend(attachment.map(|place| (change.lines.len(), place)));
        if let Some(exemplar) = exemplar {
            change.exemplars.push(LineExemplar { at: change.lines.len(), exemplar, sample_ms: timestamp_ms });
        }
        let series = change.old.find(sample.series);
        let line = ChangedLine { text: sample.series, series, value: sample.value, timestamp_ms };
        change.lines.push(line);
    }

    fn start_change(&mut self) -> &mut Change<'b> {
        self.change.get_or_insert_with(|| Change {
            lines: Vec::new(),
            exemplars: Vec::new(),
            attached: Vec::new(),
            old: OldLines::new(self.layout, self.cursor, self.previous),
        })
    }

    /// Samples above the limit are counted, no more.
    #[inline]
    fn above_limit(&self) -> bool {
        self.sample_limit > 0 && self.samples as u64 > self.sample_limit
    }
}

impl Change<'_> {
    /// The handles of the layout's lines that the body does not have any more.
    pub(crate) fn gone(&self) -> impl Iterator<Item = (SeriesRef, Line)> + '_ {
        self.old.lines.iter().filter(|old| !old.seen).filter_map(|old| Some((old.series?, old.line)))
    }
}

/// The layout's lines from the first change on, to be found by their bytes: at the next position first, by
/// hash on a miss.
struct OldLines {
    text: Vec<u8>,
    lines: Vec<OldLine>,
    next: usize,
    by_hash: Option<(RandomState, HashMap<u64, usize>)>,
}

struct OldLine {
    text: Range<usize>,
    line: Line,
    series: Option<SeriesRef>,
    seen: bool,
}

impl OldLines {
    fn new(layout: &Layout, cursor: Cursor, previous: &[u8]) -> Self {
        let mut old = Self { text: Vec::new(), lines: Vec::new(), next: 0, by_hash: None };
        layout.for_each_from(cursor, previous, |text, line, position| {
            let start = old.text.len();
            old.text.extend_from_slice(text);
            let series = position.and_then(|position| layout.series.get(position)).copied();
            old.lines.push(OldLine { text: start..old.text.len(), line, series, seen: false });
        });
        old
    }

    /// The handle of a line, once. A line that comes again is a new one: resolving it will show that it is
    /// the same series.
    fn find(&mut self, text: &[u8]) -> Option<SeriesRef> {
        let at = if self.is(self.next, text) { self.next } else { self.find_by_hash(text)? };
        let found = self.lines.get_mut(at).filter(|found| !found.seen)?;
        found.seen = found.series.is_some();
        self.next = at + 1;
        found.series
    }

    fn find_by_hash(&mut self, text: &[u8]) -> Option<usize> {
        let (hasher, index) = self.by_hash.get_or_insert_with(|| {
            let hasher = RandomState::new();
            let mut index = HashMap::with_capacity(self.lines.len());
            for (at, line) in self.lines.iter().enumerate() {
                let bytes = self.text.get(line.text.clone()).unwrap_or_default();
                index.entry(hasher.hash_one(bytes)).or_insert(at);
            }
            (hasher, index)
        });
        let at = *index.get(&hasher.hash_one(text))?;
        self.is(at, text).then_some(at)
    }

    fn is(&self, at: usize, text: &[u8]) -> bool {
        let line = self.lines.get(at);
        line.and_then(|line| self.text.get(line.text.clone())) == Some(text)
    }
}
