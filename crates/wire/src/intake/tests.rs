use std::collections::BTreeMap;

use model::{Appended, Budget, Exemplar, LabelSet, Part, appender::ExemplarOutcome, stale_nan};

use super::*;
use crate::encode::{Series, encode, series};

/// A store that keeps samples in the order of their coming and judges them as the real one does.
#[derive(Default)]
struct Store {
    names: Vec<LabelSet>,
    newest: BTreeMap<u64, (i64, f64)>,
    groups: Vec<(i64, Vec<u64>)>,
    /// Handles below this are not valid any more.
    forgotten: u64,
    exemplars: Vec<Exemplar>,
    series_max: usize,
    /// Positions and sums of histograms.
    histograms: Vec<(usize, f64)>,
    /// Positions and start timestamps.
    starts: Vec<(usize, i64)>,
}

impl Appender for Store {
    fn resolve(&mut self, labels: &LabelSet) -> Result<SeriesRef, AppendError> {
        if let Some(series) = self.find(labels) {
            return Ok(series);
        }
        if self.names.len() == self.series_max {
            return Err(AppendError::SeriesLimit {
                series: self.series_max,
                used_bytes: 9,
                limit_bytes: 8,
                brought_bytes: 7,
            });
        }
        self.names.push(labels.clone());
        Ok(SeriesRef(self.names.len() as u64 - 1))
    }

    fn append(&mut self, group: &SampleGroup<'_>) -> Result<Appended, AppendError> {
        let mut appended = Appended::default();
        self.histograms.extend(group.histograms.iter().map(|(at, histogram)| (*at, histogram.sum)));
        self.starts.extend(group.start_timestamps_ms);
        self.groups.push((group.timestamp_ms, group.series.iter().map(|series| series.0).collect()));
        for (position, (series, &value)) in group.series.iter().zip(group.values).enumerate() {
            let newest = self.newest.get(&series.0);
            let outcome = match newest {
                _ if series.0 < self.forgotten => Some(Outcome::UnknownSeries),
                Some((at, _)) if *at > group.timestamp_ms => Some(Outcome::OutOfOrder),
                Some((at, old)) if *at == group.timestamp_ms && *old != value => Some(Outcome::Duplicate),
                _ => None,
            };
            match outcome {
                Some(outcome) => appended.rejected.push((position, outcome)),
                None => {
                    self.newest.insert(series.0, (group.timestamp_ms, value));
                    appended.accepted += 1;
                }
            }
        }
        Ok(appended)
    }

    fn find(&mut self, labels: &LabelSet) -> Option<SeriesRef> {
        let mut live = self.names.iter().enumerate().skip(self.forgotten as usize);
        live.find(|(_, known)| *known == labels).map(|(at, _)| SeriesRef(at as u64))
    }

    /// Judges by time alone.
    fn append_exemplars(&mut self, exemplars: &[(SeriesRef, Exemplar)]) -> Vec<(usize, ExemplarOutcome)> {
        let mut refused = Vec::new();
        for (at, (series, exemplar)) in exemplars.iter().enumerate() {
            if series.0 < self.forgotten {
                refused.push((at, ExemplarOutcome::UnknownSeries));
            } else if self.exemplars.last().is_some_and(|last| last.timestamp_ms > exemplar.timestamp_ms) {
                refused.push((at, ExemplarOutcome::OutOfOrder));
            } else {
                self.exemplars.push(exemplar.clone());
            }
        }
        refused
    }

    fn sync(&mut self) -> Result<(), AppendError> {
        Ok(())
    }
}

struct Rig {
    budget: Arc<Budget>,
    intake: Intake,
    store: Store,
}

impl Rig {
    fn new() -> Self {
        let budget = Budget::new(4 << 20);
        let cache = Arc::new(SeriesCache::new(1 << 20, budget.open(Part::Write)));
        let intake = Intake::new(cache, budget.open(Part::Write));
        Self { budget, intake, store: Store { series_max: 100, ..Store::default() } }
    }

    fn try_write(&mut self, protocol: Protocol, request: &[Series]) -> Result<Report, Error> {
        let body = snap::raw::Encoder::new().compress_vec(&encode(protocol, request)).unwrap();
        self.intake.write(protocol, &body, 1_000, &mut self.store)
    }

    /// Writes by 1.0 and gives the samples written and the reasons of those that were not.
    fn write(&mut self, request: &[Series]) -> (usize, Vec<String>) {
        let report = self.try_write(Protocol::V1, request).unwrap();
        let sent: usize = request.iter().map(|series| series.samples.len()).sum();
        assert_eq!(report.samples + report.samples_rejected, sent);
        (report.samples, report.rejections.iter().map(ToString::to_string).collect())
    }
}

#[test]
fn samples_come_in_groups_by_time_whatever_the_order_of_the_request() {
    for protocol in [Protocol::V1, Protocol::V2] {
        let mut rig = Rig::new();
        let request = [
            series("a", "x", &[(10, 1.0), (20, 2.0)]),
            series("b", "x", &[(10, 3.0), (20, 4.0), (30, stale_nan())]),
        ];
        let report = rig.try_write(protocol, &request).unwrap();
        assert_eq!((report.samples, report.rejections_total), (5, 0));
        assert_eq!(rig.store.groups, [(10, vec![0, 1]), (20, vec![0, 1]), (30, vec![1])]);
        assert!(model::is_stale(rig.store.newest[&1].1));
        assert_eq!(rig.store.names[0].to_string(), r#"a{job="x"}"#);
    }
}

#[test]
fn a_bad_series_or_sample_does_not_hold_up_the_others() {
    let mut rig = Rig::new();
    let labels = |pairs: &[(&str, &str)]| {
        let labels = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Series { labels, samples: vec![(10, 1.0)], ..Series::default() }
    };
    let request = [
        series("a", "x", &[(10, 1.0), (2_000, 1.0)]),
        labels(&[("job", "x")]),
        labels(&[("__name__", "b"), ("", "x")]),
        labels(&[("__name__", "b"), ("job", "x"), ("job", "y")]),
        labels(&[("__name__", "b"), ("empty", ""), ("a", &"v".repeat(1 << 14))]),
        labels(&[("z", "1"), ("__name__", "c"), ("empty", "")]),
    ];
    let (written, reasons) = rig.write(&request);
    assert_eq!(written, 2);
    assert_eq!(reasons[0], r#"invalid metric name or labels, got {job="x"}"#);
    assert_eq!(reasons[2], r#"invalid labels for series, labels b{job="y"}, duplicated label job"#);
    assert!(reasons[3].starts_with("labels too long: 16402 bytes, at most 16384") && reasons[3].len() < 700);
    assert_eq!(reasons[4], r#"out of bounds: timestamp is too far in the future for series a{job="x"}"#);
    assert_eq!(rig.store.names.iter().map(ToString::to_string).collect::<Vec<_>>()[1], r#"c{z="1"}"#);
    let (written, reasons) = rig.write(&[series("a", "x", &[(5, 1.0), (10, 1.0)])]);
    assert_eq!((written, &*reasons), (1, &[r#"out of order sample for series a{job="x"}"#.to_owned()][..]));
}

#[test]
fn a_series_stands_in_a_group_once() {
    let mut rig = Rig::new();
    let request = [series("a", "x", &[(10, 1.0), (10, 2.0)]), series("a", "x", &[(10, 1.0), (20, 2.0)])];
    let (written, reasons) = rig.write(&request);
    assert_eq!(
        (written, &*reasons),
        (3, &["duplicate sample for timestamp for series a{job=\"x\"}".into()][..])
    );
    assert_eq!(rig.store.groups, [(10, vec![0]), (10, vec![0]), (10, vec![0]), (20, vec![0])]);
}

#[test]
fn a_series_that_the_store_has_forgotten_is_looked_up_again() {
    let mut rig = Rig::new();
    rig.write(&[series("a", "x", &[(10, 1.0)]), series("b", "x", &[(10, 1.0)])]);
    rig.store.forgotten = 2;
    let again = [series("b", "x", &[(20, 1.0), (30, 1.0)]), series("a", "x", &[(20, 1.0)])];
    assert_eq!(rig.write(&again), (3, vec![]));
    assert_eq!(rig.store.newest[&2], (30, 1.0));
    assert_eq!(rig.store.names.len(), 4);
}

#[test]
fn held_series_are_taken_when_there_is_no_room_for_new_ones() {
    let mut rig = Rig::new();
    rig.store.series_max = 1;
    let request = |ms| [series("a", "x", &[(ms, 1.0)]), series("b", "x", &[(ms, 1.0)])];
    for ms in [10, 20] {
        let (written, reasons) = rig.write(&request(ms));
        assert_eq!(written, 1);
        assert!(reasons[0].starts_with("no room for a new series: 1 series use 9"), "{reasons:?}");
    }
}

#[test]
fn histograms_are_written_and_those_that_are_none_are_named() {
    let mut rig = Rig::new();
    let sound = FloatHistogram { integer: true, sum: 2.5, ..FloatHistogram::default() };
    let wrong = FloatHistogram { count: 3.0, ..sound.clone() };
    let request = [Series {
        histograms: vec![(10, sound.clone()), (20, wrong), (30, sound)],
        start_ms: 5,
        ..series("a", "x", &[(9, 1.0)])
    }];
    for (protocol, starts) in [(Protocol::V1, vec![]), (Protocol::V2, vec![(0, 5); 3])] {
        let report = rig.try_write(protocol, &request).unwrap();
        assert_eq!((report.samples, report.histograms, report.samples_rejected), (1, 2, 1));
        assert_eq!((&*rig.store.histograms, &rig.store.starts), (&[(0, 2.5); 2][..], &starts));
        assert_eq!(
            report.rejections[0].to_string(),
            "0 observations found in buckets, but the Count field is 3: histogram's observation count should \
             equal the number of observations found in the buckets (in absence of NaN) for series a{job=\"x\"}"
        );
        rig = Rig::new();
    }
}

#[test]
fn what_is_not_stored_is_counted() {
    let mut rig = Rig::new();
    let many: Vec<_> = (0..20).map(|_| series("", "x", &[(10, 1.0)])).collect();
    let report = rig.try_write(Protocol::V2, &many).unwrap();
    assert_eq!((report.rejections.len(), report.rejections_total), (REJECTIONS_MAX, 20));
    assert_eq!(report.invalid_labels, 20);
}

#[test]
fn a_request_takes_no_more_than_the_budget_and_gives_it_back() {
    let mut rig = Rig::new();
    let samples: Vec<_> = (0..200_000).map(|i| (i % 1_000, 1.0)).collect();
    let error = rig.try_write(Protocol::V1, &[series("a", "x", &samples)]).unwrap_err();
    assert!(matches!(error, Error::Memory { .. }), "{error}");
    assert_eq!(rig.store.groups, []);
    assert!(rig.budget.used_bytes() < 1 << 20);
    assert_eq!(rig.write(&[series("a", "x", &samples[..1_000])]), (1_000, vec![]));
    let bomb = [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0; 20]].concat();
    let error = rig.intake.write(Protocol::V1, &bomb, 0, &mut rig.store).unwrap_err();
    assert!(matches!(error, Error::TooLarge { bytes: 0xffff_ffff, .. }), "{error}");
}

/// Room for histograms and start timestamps was looked for when samples before them were appended already.
#[test]
fn a_request_is_appended_whole_or_not_at_all_however_little_memory_there_is() {
    let histogram = FloatHistogram { integer: true, ..FloatHistogram::default() };
    let request =
        [Series { histograms: vec![(10, histogram)], start_ms: 5, ..series("a", "x", &[(9, 1.0)]) }];
    let written = |left_bytes: usize| {
        let mut rig = Rig::new();
        let mut others = rig.budget.open(Part::Query);
        assert!(others.grow(rig.budget.limit_bytes() - rig.budget.used_bytes() - left_bytes));
        let done = rig.try_write(Protocol::V2, &request);
        assert_eq!(rig.store.groups.len(), if done.is_ok() { 2 } else { 0 }, "{left_bytes} bytes left");
        done.is_ok()
    };
    let fits = (0..256).filter(|kib| written(kib << 10)).count();
    assert!((1..255).contains(&fits), "{fits}");
}

#[test]
fn exemplars_find_their_series_and_do_not_make_them() {
    let mut rig = Rig::new();
    let with = |name: &str, samples: &[(i64, f64)], exemplars: &[(i64, f64)]| Series {
        exemplars: exemplars.into(),
        ..series(name, "x", samples)
    };
    for protocol in [Protocol::V1, Protocol::V2] {
        let (at, again) = if protocol == Protocol::V1 { (10, 20) } else { (30, 40) };
        let request = [
            with("a", &[], &[(at, 1.0), (2_000, 2.0)]),
            with("a", &[(at, 1.0)], &[]),
            with("unknown", &[], &[(at, 1.0)]),
        ];
        let report = rig.try_write(protocol, &request).unwrap();
        assert_eq!((report.samples, report.exemplars, report.exemplars_rejected), (1, 1, 2));
        // The cache knows a handle that the store has forgotten.
        rig.store.forgotten = rig.store.names.len() as u64;
        let request = [with("a", &[(again, 2.0)], &[(again, 3.0), (1, 0.0)])];
        let report = rig.try_write(protocol, &request).unwrap();
        assert_eq!((report.exemplars, report.exemplars_rejected), (1, 1));
        assert_eq!(report.rejections_total, usize::from(protocol == Protocol::V2), "only 2.0 hears of it");
    }
    let taken: Vec<_> = rig.store.exemplars.iter().map(|e| (e.timestamp_ms, e.labels.to_string())).collect();
    assert_eq!(taken, [10, 20, 30, 40].map(|ms| (ms, r#"{trace_id="abc"}"#.to_owned())));
    assert!(rig.store.names.iter().all(|labels| labels.metric_name() == "a"));
}
