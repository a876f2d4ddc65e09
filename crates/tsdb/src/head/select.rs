//! The way out of the head: series by matchers, and their samples later, without holding any lock between.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{LabelSet, Matcher, Projection, Sample, SampleBlock};

use super::{
    Head,
    group::Group,
    index::{Index, Place},
    timeline::Times,
    window::{Progress, Seal, Source, Window},
};
use crate::query::postings::{LabelIndex, Rows};

/// Series looked up under one lock, so that new series do not wait long.
const SERIES_PER_STEP: usize = 256;

/// A series of the head and where its samples are.
pub(crate) struct HeadSeries {
    pub(crate) labels: LabelSet,
    pub(crate) chunks: Vec<HeadChunk>,
    /// In no order of time; of those with the same time the first one counts, and one in the chunks before.
    pub(crate) out_of_order: Option<Box<SampleBlock>>,
}

/// Samples of a series in one group, as the group was when the series was selected.
pub(crate) struct HeadChunk {
    view: Arc<GroupView>,
    source: Source,
    progress: Progress,
}

/// A group as it was at one moment: windows that are over, and the one that was open.
struct GroupView {
    group: Arc<Group>,
    seal: Seal,
    windows: Vec<Arc<Window>>,
    range_ms: (i64, i64),
    /// The timestamps of these windows and of the open one; empty where too few series share them.
    times: Mutex<Vec<Times>>,
}

/// So many series have to be in a group for its timestamps to be kept while the series are read: what is kept is
/// little then, compared to the samples of the head.
const SHARERS_MIN: usize = 16;

impl GroupView {
    fn new(group: &Arc<Group>) -> Option<Self> {
        let open = group.lock();
        let sealed = open.sealed.iter().filter_map(|window| window.range_ms());
        let range_ms = sealed.chain(open.range_ms()).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        let windows = open.sealed.clone();
        let shared = if open.ids.len() < SHARERS_MIN { 0 } else { windows.len() + 1 };
        let times = Mutex::new(std::iter::repeat_with(Times::default).take(shared).collect());
        Some(Self { group: Arc::clone(group), seal: Arc::clone(open.seal()), windows, range_ms, times })
    }
}

impl HeadChunk {
    /// The range of time in which there may be samples.
    pub(crate) fn range_ms(&self) -> (i64, i64) {
        self.view.range_ms
    }

    /// Appends the samples within a range of time, in order. Its end comes nearer where native histograms would take
    /// too much memory at once; samples beyond that end may be among those appended.
    pub(crate) fn read(&mut self, range_ms: &mut (i64, i64), block: &mut SampleBlock) {
        let GroupView { group, seal, windows, times, .. } = &*self.view;
        // A panic while the lock was held leaves at worst timestamps that are not of their window's length.
        let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
        let progress = &mut self.progress;
        for (at, window) in windows.iter().enumerate() {
            progress.go_to(at);
            let times = times.get_mut(at);
            window.read(self.source, range_ms, times.unwrap_or(&mut Times::default()), progress, block);
        }
        progress.go_to(windows.len());
        let times = times.get_mut(windows.len());
        group.read(seal, self.source, range_ms, times.unwrap_or(&mut Times::default()), progress, block);
    }
}

impl Head {
    /// The series that the matchers accept and that may have samples in a range of time, in no order and with the
    /// labels of a projection, if there is one; calls `admit` with the bytes of each before it is taken.
    ///
    /// # Errors
    /// What `admit` returns.
    pub(crate) fn select<E>(
        &self,
        matchers: &[Matcher],
        range_ms: (i64, i64),
        projection: Option<&Projection>,
        mut admit: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Vec<HeadSeries>, E> {
        let ids: Vec<u64> = {
            let index = self.read();
            let rows = crate::query::postings::select(&*index, matchers);
            let live = rows.into_iter().filter(|&row| index.place(row as usize) != Place::Dead);
            live.map(|row| index.id(row as usize)).collect()
        };
        let mut views = Views::default();
        let mut projected = projection.map(Projected::new);
        let mut found = Vec::new();
        for ids in ids.chunks(SERIES_PER_STEP) {
            let index = self.read();
            for row in ids.iter().filter_map(|&id| index.row(id)) {
                let chunks = views.chunks(&index, row, range_ms);
                let out_of_order = self.read_out_of_order(index.id(row), range_ms);
                if !chunks.is_empty() || out_of_order.is_some() {
                    let labels = match &mut projected {
                        Some(projected) => projected.labels(&index, row),
                        None => index.labels(row),
                    };
                    admit(
                        labels.as_bytes().len()
                            + size_of::<HeadSeries>()
                            + chunks.len() * size_of::<HeadChunk>()
                            + out_of_order.as_ref().map_or(0, |block| block.len() * size_of::<Sample>()),
                    )?;
                    found.push(HeadSeries { labels, chunks, out_of_order });
                }
            }
        }
        Ok(found)
    }
}

/// Makes the label sets of a projection. What is left of neighbours is often the same.
struct Projected<'p> {
    projection: &'p Projection,
    /// The pairs of the last set.
    pairs: Vec<u32>,
    last: LabelSet,
}

impl<'p> Projected<'p> {
    fn new(projection: &'p Projection) -> Self {
        Self { projection, pairs: Vec::new(), last: LabelSet::empty() }
    }

    fn labels(&mut self, index: &Index, row: usize) -> LabelSet {
        let kept = |pair: &&u32| self.projection.has(index.pair_text(**pair).0);
        let pairs = index.pairs_of(row).iter().filter(kept);
        if !pairs.clone().eq(&self.pairs) {
            let set = LabelSet::from_sorted(pairs.clone().map(|&pair| index.pair_text(pair)));
            (self.pairs, self.last) = (pairs.copied().collect(), set);
        }
        self.last.clone()
    }
}

/// The groups that a selection has come across.
#[derive(Default)]
struct Views(HashMap<*const Group, Option<Arc<GroupView>>>);

impl Views {
    fn chunks(&mut self, index: &Index, row: usize, range_ms: (i64, i64)) -> Vec<HeadChunk> {
        let id = index.id(row);
        let mut chunks = Vec::new();
        let mut add = |group: &Arc<Group>, column: u32| {
            let view =
                self.0.entry(Arc::as_ptr(group)).or_insert_with(|| GroupView::new(group).map(Arc::new));
            let overlaps =
                |view: &&Arc<GroupView>| view.range_ms.0 <= range_ms.1 && view.range_ms.1 >= range_ms.0;
            if let Some(view) = view.as_ref().filter(overlaps) {
                let (view, source) = (Arc::clone(view), Source { id, column });
                chunks.push(HeadChunk { view, source, progress: Progress::default() });
            }
        };
        for former in index.former.get(&id).into_iter().flatten() {
            add(&former.group, u32::MAX);
        }
        if let Place::Column { group, column } = index.place(row)
            && let Some(group) = index.group(group)
        {
            add(group, column);
        }
        chunks
    }
}

impl LabelIndex for Index {
    fn all(&self) -> Rows {
        (0..self.rows() as u32).collect()
    }

    fn value(&self, name: &str, value: &str) -> Rows {
        let (name, value) = (self.symbols.find(name), self.symbols.find(value));
        let pair = name.zip(value).and_then(|(name, value)| self.find_pair(name, value));
        pair.and_then(|pair| self.pairs.get(pair as usize))
            .map_or(Rows::new(), |p| p.postings.iter().collect())
    }

    fn values(&self, name: &str, accept: &mut dyn FnMut(&str) -> bool) -> Rows {
        let mut rows = Rows::new();
        for pair in self.pairs_named(name).iter().filter_map(|&pair| self.pairs.get(pair as usize)) {
            if accept(self.symbols.get(pair.value)) {
                rows.extend(pair.postings.iter());
            }
        }
        rows
    }
}

impl Head {
    /// Calls `visit` with each label name.
    pub(crate) fn visit_names(&self, visit: &mut dyn FnMut(&str)) {
        let index = self.read();
        for name in index.names.iter().filter(|name| name.pairs.iter().any(|&pair| index.is_used(pair))) {
            visit(index.symbols.get(name.name));
        }
    }

    /// Calls `visit` with each value of a label.
    pub(crate) fn visit_values(&self, name: &str, visit: &mut dyn FnMut(&str)) {
        let index = self.read();
        for &pair in index.pairs_named(name).iter().filter(|&&pair| index.is_used(pair)) {
            visit(index.pair_text(pair).1);
        }
    }

    /// True when there may be samples within a range of time.
    pub(crate) fn overlaps(&self, range_ms: (i64, i64)) -> bool {
        let overlap = |(first_ms, last_ms)| first_ms <= range_ms.1 && range_ms.0 <= last_ms;
        self.range_ms().is_some_and(overlap) || self.out_of_order_range_ms().is_some_and(overlap)
    }

    /// The range of time of the samples in the head that came in order.
    pub(crate) fn range_ms(&self) -> Option<(i64, i64)> {
        let groups: Vec<_> = self.read().groups.iter().flatten().map(Arc::clone).collect();
        let ranges = groups.iter().filter_map(|group| Some(GroupView::new(group)?.range_ms));
        ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}
