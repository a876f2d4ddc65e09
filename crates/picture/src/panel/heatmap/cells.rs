//! What a heatmap shows: counts by time and by bucket.

use model::{histogram::Bucket, sort};
use serde_json::Value as JsonValue;

use crate::{
    drawing::Drawing,
    frame::Frame,
    json::Json,
    panel::Scene,
    query::bound_of,
    time::{TimeRange, parse_duration},
    unit::number::nice_step,
};

/// Cells of one heatmap.
const CELLS_MAX: usize = 100_000;
/// Columns and bands of values that are sorted into buckets here.
const COLUMNS: f64 = 60.0;
const BANDS: f64 = 30.0;
const BANDS_MAX: usize = 300;
/// Widths of columns that people read easily, in seconds.
const NICE_S: [f64; 17] = [
    1.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0,
    43_200.0, 86_400.0,
];

/// A band of values, from above `low` to `high`.
#[derive(Clone, Debug, Default)]
pub(super) struct Band {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) label: String,
    /// Whether its label is its upper end.
    pub(super) is_bound: bool,
}

pub(super) struct Cells {
    /// Ends of the columns, ms, ascending.
    pub(super) times: Vec<f64>,
    /// Width of a column.
    pub(super) step_ms: f64,
    pub(super) bands: Vec<Band>,
    /// Band by band; NaN where there is nothing.
    pub(super) counts: Vec<f64>,
    /// Whether bands stand one above the other whatever their width.
    pub(super) ordinal: bool,
}

impl Cells {
    /// The cells of a panel; `None` when there is no memory for them, which the drawing then says.
    pub(super) fn new(scene: &Scene<'_>, drawing: &mut Drawing) -> Option<Self> {
        let samples: usize = scene.frames.iter().map(Frame::rows).sum();
        let native = scene.frames.iter().any(|frame| !frame.histograms.is_empty());
        let cells = if native { CELLS_MAX } else { CELLS_MAX.min(4 * samples) };
        if !drawing.reserve((samples + cells) * size_of::<f64>()) {
            return None;
        }
        let options = &scene.panel.options;
        Some(match options.at("calculate").is_true() {
            _ if native => from_histograms(scene),
            true => from_values(scene, options.at("calculation")),
            false => from_buckets(scene),
        })
    }

    fn empty(times: Vec<f64>, step_ms: f64, bands: Vec<Band>, ordinal: bool) -> Self {
        let columns = (CELLS_MAX / bands.len().max(1)).min(times.len());
        let times = times.get(times.len() - columns..).unwrap_or_default().to_vec();
        let counts = vec![f64::NAN; times.len() * bands.len()];
        Self { times, step_ms, bands, counts, ordinal }
    }

    fn cell(&mut self, band: usize, column: usize) -> Option<&mut f64> {
        self.counts.get_mut(band * self.times.len() + column)
    }

    /// The least and the highest count; `None` when there are none.
    pub(super) fn limits(&self) -> Option<(f64, f64)> {
        let finite = || self.counts.iter().copied().filter(|count| count.is_finite());
        let (least, most) =
            (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        (least <= most).then_some((least.min(0.0), most))
    }
}

/// Each series is a bucket already, by its name.
fn from_buckets(scene: &Scene<'_>) -> Cells {
    let names = scene.names();
    let fields = scene.frames.iter().flat_map(|frame| frame.numbers().map(move |field| (frame, field)));
    let mut rows: Vec<_> =
        fields.take(BANDS_MAX).map(|(frame, field)| (names.shown(field, frame), frame, field)).collect();
    let numeric = rows.iter().all(|(name, ..)| bound_of(name).is_some());
    if numeric {
        sort::by(&mut rows, |(a, ..), (b, ..)| {
            bound_of(a).unwrap_or(0.0).total_cmp(&bound_of(b).unwrap_or(0.0))
        });
    }
    let band = |(name, ..): &(String, &Frame, _)| Band {
        low: f64::NEG_INFINITY,
        high: bound_of(name).unwrap_or(f64::NAN),
        label: name.clone(),
        is_bound: numeric,
    };
    let (times, step_ms) = columns(scene);
    let bands = rows.iter().map(band).collect();
    let mut cells = Cells::empty(times, step_ms, bands, true);
    for (at, (_, frame, field)) in rows.iter().enumerate() {
        let Some(time) = frame.time() else { continue };
        for (time, value) in time.values.numbers().iter().zip(field.values.numbers()) {
            let column = cells.times.binary_search_by(|other| other.total_cmp(time)).ok();
            if let Some(cell) = column.and_then(|column| cells.cell(at, column)) {
                *cell = *value;
            }
        }
    }
    cells
}

/// The times of all frames, and the distance between neighbours.
fn columns(scene: &Scene<'_>) -> (Vec<f64>, f64) {
    let times = scene.frames.iter().filter_map(|frame| frame.time());
    let mut times: Vec<f64> = times.flat_map(|time| time.values.numbers()).copied().collect();
    sort::by(&mut times, f64::total_cmp);
    times.dedup();
    let asked = scene.frames.iter().filter_map(|frame| frame.step_ms).fold(0.0, f64::max);
    let steps = times.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?));
    let step_ms = if asked > 0.0 { asked } else { steps.fold(60_000.0, f64::min) };
    (times, step_ms)
}

/// Native histograms: the buckets that any of them has.
fn from_histograms(scene: &Scene<'_>) -> Cells {
    let by_bounds = |a: &Bucket, b: &Bucket| a.lower.total_cmp(&b.lower).then(a.upper.total_cmp(&b.upper));
    let points = || scene.frames.iter().flat_map(|frame| frame.histograms.iter());
    let mut bounds: Vec<Bucket> = Vec::new();
    for bucket in points().flat_map(|(_, buckets)| buckets) {
        if let Err(at) = bounds.binary_search_by(|other| by_bounds(other, bucket))
            && bounds.len() < BANDS_MAX
        {
            bounds.insert(at, *bucket);
        }
    }
    // A bucket without an end reaches as far as the other end is from zero.
    let band = |bucket: &Bucket| Band {
        low: if bucket.lower.is_finite() { bucket.lower } else { bucket.upper - bucket.upper.abs() },
        high: if bucket.upper.is_finite() { bucket.upper } else { bucket.lower + bucket.lower.abs() },
        ..Band::default()
    };
    let (times, step_ms) = columns(scene);
    let mut cells = Cells::empty(times, step_ms, bounds.iter().map(band).collect(), false);
    for (time_ms, buckets) in points() {
        let column = cells.times.binary_search_by(|other| other.total_cmp(&(*time_ms as f64)));
        let Ok(column) = column else { continue };
        for bucket in buckets {
            let band = bounds.binary_search_by(|other| by_bounds(other, bucket));
            if let Some(cell) = band.ok().and_then(|band| cells.cell(band, column)) {
                *cell = if cell.is_nan() { bucket.count } else { *cell + bucket.count };
            }
        }
    }
    cells
}

/// Plain values, sorted into buckets of time and of value.
fn from_values(scene: &Scene<'_>, calculation: &JsonValue) -> Cells {
    let samples = || {
        let timed = scene.frames.iter().filter_map(|frame| Some((frame, frame.time()?)));
        let fields = timed.flat_map(|(frame, time)| frame.numbers().map(move |field| (time, field)));
        let samples =
            fields.flat_map(|(time, field)| time.values.numbers().iter().zip(field.values.numbers()));
        samples.filter(|(_, value)| value.is_finite())
    };
    let low = samples().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = samples().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return Cells::empty(Vec::new(), 1.0, Vec::new(), false);
    }
    let step_ms = column_width(calculation.at("xBuckets"), scene.range);
    let first = (scene.range.from_ms as f64 / step_ms).ceil() * step_ms;
    let columns = ((scene.range.to_ms as f64 - first) / step_ms).floor().max(0.0) as usize + 2;
    let times = (0..columns).map(|at| first + at as f64 * step_ms).collect();
    let width = band_width(calculation.at("yBuckets"), low, high);
    let lowest = (low / width).floor();
    let count = ((high / width).floor() - lowest) as usize + 1;
    let band = |at: usize| Band {
        low: (lowest + at as f64) * width,
        high: (lowest + at as f64 + 1.0) * width,
        ..Band::default()
    };
    let mut cells = Cells::empty(times, step_ms, (0..count).map(band).collect(), false);
    for (time, value) in samples() {
        let column = ((time - first) / step_ms).ceil().max(0.0) as usize;
        let band = ((value / width).floor() - lowest) as usize;
        if column < cells.times.len()
            && let Some(cell) = cells.cell(band.min(count - 1), column)
        {
            *cell = if cell.is_nan() { 1.0 } else { *cell + 1.0 };
        }
    }
    cells
}

fn column_width(buckets: &JsonValue, range: TimeRange) -> f64 {
    let span = range.length_ms().max(1.0);
    let wanted = buckets.at("value").text_or_empty();
    let counted = buckets.at("mode").as_str() == Some("count");
    let size = if counted { None } else { parse_duration(&wanted).filter(|size| *size > 0.0) };
    let count = if counted { wanted.parse::<f64>().ok().filter(|count| *count >= 1.0) } else { None };
    let width = size.unwrap_or(span / count.unwrap_or(COLUMNS));
    let nice = NICE_S.into_iter().map(|seconds| seconds * 1e3).find(|nice| *nice >= width);
    let width = if size.is_none() && count.is_none() { nice.unwrap_or(width) } else { width };
    width.max(span / 1000.0)
}

fn band_width(buckets: &JsonValue, low: f64, high: f64) -> f64 {
    let wanted = buckets.at("value").number().filter(|wanted| *wanted > 0.0);
    let span = if high > low { high - low } else { 1.0 };
    let width = match (buckets.at("mode").as_str(), wanted) {
        (Some("size"), Some(size)) => size,
        (Some("count"), Some(count)) => nice_step(span / count),
        _ => nice_step(span / BANDS),
    };
    width.max(span / (BANDS_MAX - 2) as f64)
}
