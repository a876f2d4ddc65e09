//! Reading the log back after a start.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use model::{Appendable, Appender, SampleGroup, SeriesRef};

use super::{
    attachment::AttachedColumns,
    record::{Coverage, HEADER_BYTES, Header, Record, Samples, columns},
    segment::{Damage, SegmentReader},
    segment_name::{segment_name, segment_number},
};
use crate::{
    bits::Bits,
    codec::{
        labels::SetBlock,
        token::{self, Event, State},
        varint::{Decoded, Malformed, Reader},
    },
    disk::{Disk, ReadFile},
    error::Error,
};

/// What a replay found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replayed {
    /// Segments and their bytes.
    pub(crate) segments: BTreeMap<u64, u64>,
    /// Those that are damaged.
    pub(crate) damaged_segments: BTreeSet<u64>,
    pub(crate) records: u64,
    pub(crate) samples: u64,
    /// Damaged places with sound records after them.
    pub(crate) damaged: u64,
    /// Bytes there, and in segments whose header is damaged.
    pub(crate) damaged_bytes: u64,
    /// Sound records that could not be used because one before them is missing.
    pub(crate) unusable: u64,
    /// Bytes of unfinished records at ends of segments.
    pub(crate) torn_bytes: u64,
}

/// Where a replay puts what it reads.
pub(crate) trait Sink: Appendable {
    /// The series of all sets of a block, which are made when they are new; `None` for sets without labels.
    fn resolve_all(&self, sets: &SetBlock) -> Vec<Option<SeriesRef>>;

    /// Whether samples that take far more memory than their records are so many that `relieve` is to be called.
    fn is_full(&self) -> bool;
}

/// Bytes of records between two calls of `relieve`. A count of records would not do: a thousand samples out of
/// order make one record of some 10 kB, and take up to 230 kB of memory.
const BYTES_PER_STEP: usize = 64 << 10;

/// Reads all segments from `floor` on, in order, into `sink`, and removes those below it. Now and then calls
/// `relieve` with the segment at hand, so that memory need not hold all of them. Damage is counted and passed
/// over; what it made unreadable is lost until the group's next full record.
///
/// # Errors
/// [`Error::Io`] when the folder or a file cannot be read at all.
pub(crate) fn replay(
    disk: &dyn Disk,
    dir: &Path,
    floor: u64,
    sink: &dyn Sink,
    mut relieve: impl FnMut(u64),
) -> Result<Replayed, Error> {
    let files = disk.list(dir).map_err(Error::io("list", dir))?;
    let mut replayed = Replayed::default();
    let mut segments: Vec<_> =
        files.iter().filter_map(|(name, size)| Some((segment_number(name)?, *size))).collect();
    segments.sort_unstable();
    for (number, size) in segments {
        let path = dir.join(segment_name(number));
        if number < floor {
            disk.remove(&path).map_err(Error::io("remove", &path))?;
            continue;
        }
        replayed.segments.insert(number, size);
        let file = disk.open(&path).map_err(Error::io("open", &path))?;
        let mut segment = Segment::open(&*file, sink).map_err(Error::io("read", &path))?;
        while segment.step(&mut replayed).map_err(Error::io("read", &path))? {
            relieve(number);
        }
        let damage = segment.end(&mut replayed);
        relieve(number);
        if damage.gaps > 0 {
            replayed.damaged_segments.insert(number);
            tracing::warn!(
                segment = %path.display(), places = damage.gaps, bytes = damage.gap_bytes,
                "log segment is damaged; what can be read of it is kept"
            );
        }
    }
    Ok(replayed)
}

/// A segment that is being read back.
struct Segment<'a> {
    reader: SegmentReader<'a>,
    header: Option<Header>,
    groups: BTreeMap<u32, Columns>,
    sink: &'a dyn Sink,
}

impl<'a> Segment<'a> {
    fn open(file: &'a dyn ReadFile, sink: &'a dyn Sink) -> io::Result<Self> {
        let (reader, header) = SegmentReader::open(file)?;
        Ok(Self { reader, header, groups: BTreeMap::new(), sink })
    }

    /// Reads some records; false when there are no more.
    fn step(&mut self, replayed: &mut Replayed) -> io::Result<bool> {
        let Some(header) = self.header else { return Ok(false) };
        let mut bytes = 0;
        while bytes < BYTES_PER_STEP {
            let Some(payload) = self.reader.next()? else { return Ok(false) };
            bytes += payload.len();
            replayed.records += 1;
            let used = match Record::decode(payload) {
                Ok(Record::Columns { group, first, sets }) => {
                    let columns =
                        self.groups.entry(group).or_insert_with(|| Columns::new(self.sink.appender()));
                    columns.define(first, || self.sink.resolve_all(&sets))
                }
                Ok(Record::Samples(samples)) => {
                    let timestamp_ms = header.base_ms.wrapping_add(samples.offset_ms);
                    let columns = self.groups.get_mut(&samples.group).ok_or(Malformed);
                    columns.and_then(|c| c.apply(timestamp_ms, &samples)).map(|n| replayed.samples += n)
                }
                Err(Malformed) => Err(Malformed),
            };
            replayed.unusable += u64::from(used.is_err());
            if self.sink.is_full() {
                break;
            }
        }
        Ok(true)
    }

    /// Counts what could not be read.
    fn end(self, replayed: &mut Replayed) -> Damage {
        let mut damage = self.reader.damage;
        if self.header.is_none() && damage.torn_bytes > HEADER_BYTES as u64 {
            // Longer than what a crash while the file was made leaves.
            damage = Damage { gaps: 1, gap_bytes: damage.torn_bytes, ..Damage::default() };
        }
        replayed.damaged += damage.gaps as u64;
        replayed.damaged_bytes += damage.gap_bytes;
        replayed.torn_bytes += damage.torn_bytes;
        replayed.unusable += damage.unusable;
        damage
    }
}

/// A group of a segment as far as it was read.
struct Columns {
    appender: Box<dyn Appender>,
    series: Vec<Option<SeriesRef>>,
    states: Vec<State>,
    /// Columns whose value is known.
    known: Bits,
    /// Which columns had a token in their last record, resets aside.
    changed: Bits,
    /// The next record's sequence number; `None` after a missing record, until one that repeats all values.
    next: Option<u8>,
    coverage: Coverage,
    /// The series and values of the columns covered.
    refs: Vec<SeriesRef>,
    values: Vec<f64>,
    /// Native histograms and start timestamps.
    attached: AttachedColumns,
    /// Whether all columns covered have a series and a value: then only those that change are looked at.
    settled: bool,
}

impl Columns {
    fn new(appender: Box<dyn Appender>) -> Self {
        Self {
            appender,
            series: Vec::new(),
            states: Vec::new(),
            known: Bits::default(),
            changed: Bits::default(),
            next: None,
            coverage: Coverage::new(),
            refs: Vec::new(),
            values: Vec::new(),
            attached: AttachedColumns::default(),
            settled: false,
        }
    }

    fn define(&mut self, first: u32, resolve: impl FnOnce() -> Vec<Option<SeriesRef>>) -> Decoded<()> {
        if first as usize != self.series.len() {
            // Columns before these are missing: none of this group can be placed until the next segment.
            return Err(Malformed);
        }
        self.series.append(&mut resolve());
        self.states.resize(self.series.len(), State::default());
        self.known.resize(self.series.len());
        self.changed.resize(self.series.len());
        Ok(())
    }

    fn apply(&mut self, timestamp_ms: i64, samples: &Samples<'_>) -> Decoded<u64> {
        if samples.reset {
            self.known.clear_all();
            self.changed.clear_all();
            self.attached.clear();
            self.settled = false;
            self.next = Some(samples.sequence);
        }
        if self.next != Some(samples.sequence) {
            self.next = None;
            return Err(Malformed);
        }
        let result = self.values_of(samples).and_then(|()| self.attach(timestamp_ms, samples));
        self.next = result.is_ok().then(|| samples.sequence.wrapping_add(1));
        result?;
        let group = SampleGroup {
            timestamp_ms,
            series: &self.refs,
            values: &self.values,
            histograms: &self.attached.histograms,
            start_timestamps_ms: &self.attached.start_timestamps_ms,
        };
        // Only a closed head takes nothing, and this one is being opened.
        Ok(self.appender.append(&group).map_or(0, |appended| appended.accepted as u64))
    }

    fn values_of(&mut self, samples: &Samples<'_>) -> Decoded<()> {
        if let Some(coverage) = &samples.coverage {
            self.coverage.clone_from(coverage);
            self.settled = false;
        }
        if self.coverage.last().is_some_and(|&(_, end)| end as usize > self.series.len()) {
            return Err(Malformed);
        }
        let covered = self.coverage.iter().map(|(start, end)| (end - start) as usize).sum();
        let (changed, tokens) = samples.changes(covered)?;
        changed.apply(&self.coverage, &mut self.changed)?;
        self.read_tokens(tokens)?;
        if samples.reset {
            self.changed.clear_all();
        }
        if !self.settled {
            self.settle(covered);
        }
        Ok(())
    }

    /// Reads the tokens of the columns that changed.
    fn read_tokens(&mut self, mut tokens: Reader<'_>) -> Decoded<()> {
        let mut place = 0;
        for &(start, end) in &self.coverage {
            let run = start as usize..end as usize;
            for column in self.changed.ones_in(run.clone()) {
                let state = self.states.get_mut(column).ok_or(Malformed)?;
                match token::read(&mut tokens, *state)? {
                    Event::Value { state: next, absolute } if absolute || self.known.get(column) => {
                        *state = next;
                    }
                    _ => return Err(Malformed),
                }
                self.known.set(column);
                if self.settled
                    && let Some(value) = self.values.get_mut(place + column - run.start)
                {
                    *value = f64::from_bits(state.bits);
                }
            }
            place += run.len();
        }
        if tokens.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    /// Gathers the native histograms and start timestamps of the columns covered.
    fn attach(&mut self, timestamp_ms: i64, samples: &Samples<'_>) -> Decoded<()> {
        let held = |column: u32| {
            let column = column as usize;
            self.series.get(column).is_some_and(Option::is_some) && self.known.get(column)
        };
        let held = columns(&self.coverage).filter(|&column| held(column)).zip(&self.values);
        self.attached.read(samples.attachments, timestamp_ms, held)
    }

    /// Gathers the series and values of the columns covered, those aside that have none.
    fn settle(&mut self, covered: usize) {
        self.refs.clear();
        self.values.clear();
        for column in columns(&self.coverage).map(|column| column as usize) {
            if let (Some(Some(series)), true) = (self.series.get(column), self.known.get(column)) {
                self.refs.push(*series);
                self.values.push(f64::from_bits(self.states.get(column).map_or(0, |state| state.bits)));
            }
        }
        self.settled = self.refs.len() == covered;
    }
}
