//! The newest exemplars, by series.

use std::collections::{BTreeMap, HashMap, VecDeque};

use model::{
    Exemplar, LabelSet, Matcher, Reservation, SeriesExemplars, SeriesRef, appender::ExemplarOutcome,
    exemplar::EXEMPLAR_LABEL_CHARS_MAX, querier::QueryError,
};

use super::{ExemplarFigures, record};
use crate::{journal::Content, query::admit};

/// Exemplars in the order of their arrival, and for each series in the order of their times. When there is no
/// room for one more, that which came first gives way.
pub(crate) struct Ring {
    max: usize,
    limit_bytes: usize,
    account: Reservation,
    /// By number; those that are gone are given again.
    series: Vec<Option<Series>>,
    free: Vec<u32>,
    by_labels: BTreeMap<LabelSet, u32>,
    by_ref: HashMap<SeriesRef, u32>,
    /// The series of each exemplar.
    arrivals: VecDeque<u32>,
    appended: u64,
    out_of_order: u64,
}

struct Series {
    labels: LabelSet,
    /// Its last handle, if it came with one.
    handle: Option<SeriesRef>,
    /// Never empty: times ascend, which is the order of arrival, too.
    exemplars: VecDeque<Exemplar>,
}

/// An exemplar was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) series: u32,
    pub(super) is_new_series: bool,
}

impl Ring {
    /// An empty ring for at most `max` exemplars and so many bytes.
    pub(super) fn new(max: usize, limit_bytes: usize, account: Reservation) -> Self {
        Self {
            max,
            limit_bytes,
            account,
            series: Vec::new(),
            free: Vec::new(),
            by_labels: BTreeMap::new(),
            by_ref: HashMap::new(),
            arrivals: VecDeque::new(),
            appended: 0,
            out_of_order: 0,
        }
    }

    /// Takes an exemplar of a series whose labels `labels` gives; `None` when it is there already or none are
    /// kept.
    pub(super) fn append(
        &mut self,
        handle: SeriesRef,
        exemplar: &Exemplar,
        labels: impl FnOnce() -> Option<LabelSet>,
    ) -> Result<Option<Taken>, ExemplarOutcome> {
        if self.max == 0 {
            return Ok(None);
        }
        if exemplar.label_chars() > EXEMPLAR_LABEL_CHARS_MAX {
            return Err(ExemplarOutcome::LabelsTooLong);
        }
        let known = self.by_ref.get(&handle).copied();
        let (number, taken) = match known {
            Some(number) => (Some(number), self.append_known(number, exemplar)?),
            None => {
                let labels = labels().ok_or(ExemplarOutcome::UnknownSeries)?;
                let taken = self.append_labelled(&labels, exemplar)?;
                (self.by_labels.get(&labels).copied(), taken)
            }
        };
        let number = taken.map_or(number, |taken| Some(taken.series));
        if let Some(number) = number.filter(|_| known.is_none() || taken.is_some_and(|t| t.is_new_series)) {
            self.set_handle(number, handle);
        }
        self.appended += u64::from(taken.is_some());
        Ok(taken)
    }

    /// Takes an exemplar that the journal has.
    pub(super) fn restore(&mut self, labels: &LabelSet, exemplar: &Exemplar) {
        // What does not fit is not wanted any more.
        let _ = if self.max > 0 { self.append_labelled(labels, exemplar) } else { Ok(None) };
    }

    fn append_labelled(
        &mut self,
        labels: &LabelSet,
        exemplar: &Exemplar,
    ) -> Result<Option<Taken>, ExemplarOutcome> {
        if let Some(&number) = self.by_labels.get(labels) {
            return self.append_known(number, exemplar);
        }
        self.make_room(series_bytes(labels) + exemplar_bytes(exemplar))?;
        let series =
            Series { labels: labels.clone(), handle: None, exemplars: VecDeque::from([exemplar.clone()]) };
        let number = self.free.pop().unwrap_or(self.series.len() as u32);
        match self.series.get_mut(number as usize) {
            Some(slot) => *slot = Some(series),
            None => self.series.push(Some(series)),
        }
        self.by_labels.insert(labels.clone(), number);
        self.arrivals.push_back(number);
        Ok(Some(Taken { series: number, is_new_series: true }))
    }

    fn append_known(&mut self, number: u32, exemplar: &Exemplar) -> Result<Option<Taken>, ExemplarOutcome> {
        let Some(newest) = self.get(number).and_then(|series| series.exemplars.back()) else {
            return Err(ExemplarOutcome::UnknownSeries);
        };
        if newest.is_same(exemplar) {
            return Ok(None);
        }
        if comes_before(exemplar, newest) {
            self.out_of_order += 1;
            return Err(ExemplarOutcome::OutOfOrder);
        }
        let labels = self.get(number).map(|series| series.labels.clone()).unwrap_or_default();
        self.make_room(exemplar_bytes(exemplar))?;
        let Some(series) = self.series.get_mut(number as usize).and_then(Option::as_mut) else {
            // It was the oldest itself and has given way.
            self.account.shrink(exemplar_bytes(exemplar));
            return self.append_labelled(&labels, exemplar);
        };
        series.exemplars.push_back(exemplar.clone());
        self.arrivals.push_back(number);
        Ok(Some(Taken { series: number, is_new_series: false }))
    }

    fn get(&self, number: u32) -> Option<&Series> {
        self.series.get(number as usize)?.as_ref()
    }

    pub(super) fn labels(&self, number: u32) -> Option<&LabelSet> {
        self.get(number).map(|series| &series.labels)
    }

    fn set_handle(&mut self, number: u32, handle: SeriesRef) {
        if let Some(series) = self.series.get_mut(number as usize).and_then(Option::as_mut)
            && let Some(old) = series.handle.replace(handle)
        {
            self.by_ref.remove(&old);
        }
        self.by_ref.insert(handle, number);
    }

    /// Takes so many bytes for one more; the oldest give way where they have to.
    fn make_room(&mut self, bytes: usize) -> Result<(), ExemplarOutcome> {
        while self.arrivals.len() >= self.max || self.account.bytes() + bytes > self.limit_bytes {
            if !self.drop_oldest() {
                return Err(ExemplarOutcome::NoRoom);
            }
        }
        while !self.account.grow(bytes) {
            if !self.drop_oldest() {
                return Err(ExemplarOutcome::NoRoom);
            }
        }
        Ok(())
    }

    /// Drops the exemplar that came first; false when there is none.
    fn drop_oldest(&mut self) -> bool {
        let Some(number) = self.arrivals.pop_front() else { return false };
        let Some(slot) = self.series.get_mut(number as usize) else { return true };
        let Some(series) = slot else { return true };
        if let Some(gone) = series.exemplars.pop_front() {
            self.account.shrink(exemplar_bytes(&gone));
        }
        if series.exemplars.is_empty() {
            self.account.shrink(series_bytes(&series.labels));
            self.by_labels.remove(&series.labels);
            if let Some(handle) = series.handle {
                self.by_ref.remove(&handle);
            }
            *slot = None;
            self.free.push(number);
        }
        true
    }

    /// Changes how many there may be.
    pub(super) fn set_max(&mut self, max: usize) {
        self.max = max;
        while self.arrivals.len() > max && self.drop_oldest() {}
        self.arrivals.shrink_to_fit();
    }

    pub(super) fn select(
        &self,
        (mint_ms, maxt_ms): (i64, i64),
        selectors: &[&[Matcher]],
        account: &mut Reservation,
    ) -> Result<Vec<SeriesExemplars>, QueryError> {
        let mut found = Vec::new();
        for (labels, &number) in &self.by_labels {
            let accepts = |selector: &&[Matcher]| selector.iter().all(|m| m.matches(labels.get(m.name())));
            let Some(series) = self.get(number).filter(|_| selectors.iter().any(accepts)) else { continue };
            let within = |exemplar: &&Exemplar| (mint_ms..=maxt_ms).contains(&exemplar.timestamp_ms);
            let exemplars: Vec<Exemplar> = series.exemplars.iter().filter(within).cloned().collect();
            if exemplars.is_empty() {
                continue;
            }
            // The labels are those of the ring, as long as it has them.
            admit(account, exemplars.iter().map(exemplar_bytes).sum::<usize>() + series_bytes(labels))?;
            found.push(SeriesExemplars { series: labels.clone(), exemplars });
        }
        Ok(found)
    }

    pub(super) fn figures(&self) -> ExemplarFigures {
        let oldest = self.arrivals.front().and_then(|&number| self.get(number)?.exemplars.front());
        ExemplarFigures {
            held: self.arrivals.len(),
            series: self.by_labels.len(),
            max: self.max,
            oldest_ms: oldest.map(|exemplar| exemplar.timestamp_ms),
            appended: self.appended,
            out_of_order: self.out_of_order,
            journal_bytes: 0,
        }
    }
}

/// Whether an exemplar may not follow another one: Prometheus orders those of one time by value and then by a
/// hash of their labels, here it is the labels themselves.
fn comes_before(exemplar: &Exemplar, newest: &Exemplar) -> bool {
    let time = exemplar.timestamp_ms.cmp(&newest.timestamp_ms);
    let order = time.then_with(|| exemplar.value.total_cmp(&newest.value));
    order.then_with(|| exemplar.labels.cmp(&newest.labels)).is_lt()
}

/// Bytes of an exemplar: its place with the free ones beside it, two counters before the labels, and its turn.
fn exemplar_bytes(exemplar: &Exemplar) -> usize {
    2 * size_of::<Exemplar>() + 2 * size_of::<usize>() + exemplar.labels.as_bytes().len() + 8
}

/// Bytes of a series: its place, its labels, and the entries of both maps.
fn series_bytes(labels: &LabelSet) -> usize {
    2 * size_of::<Series>() + labels.as_bytes().len() + 128
}

impl Content for Ring {
    fn for_each_record(&self, each: &mut dyn FnMut(&[u8])) {
        for (labels, &number) in &self.by_labels {
            each(&record::series(number, labels));
        }
        let mut next = vec![0usize; self.series.len()];
        for &number in &self.arrivals {
            let Some(at) = next.get_mut(number as usize) else { continue };
            if let Some(exemplar) = self.get(number).and_then(|series| series.exemplars.get(*at)) {
                each(&record::exemplar(number, exemplar));
            }
            *at += 1;
        }
    }

    fn bytes(&self) -> usize {
        self.account.bytes()
    }
}
