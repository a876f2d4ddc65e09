//! The objects and arrays of an answer, visited as they come.

use std::{collections::BTreeMap, fmt, io::Read};

use model::{LabelSet, Reservation, histogram::Bucket};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    Answer, Exemplar, ResultType, Series, Unread,
    paced::{Pace, Paced},
};

/// Bytes of a series without points: its place in a list that doubles, and the heads of its allocations.
const SERIES_BYTES: usize = 3 * size_of::<Series>() + 64;
const POINT_BYTES: usize = size_of::<(i64, f64)>();
/// Room for points that a series begins with.
const POINTS_MIN: usize = 8;

pub(super) fn read<R: Read>(text: Paced<R>, account: &mut Reservation) -> Result<Answer, Unread> {
    let pace = text.pace.clone();
    let mut taken = Taken { account, pace, refused: None, answer: Answer::default(), point: (None, None) };
    let mut json = serde_json::Deserializer::from_reader(text);
    let read = json.deserialize_map(Whole(&mut taken));
    if let Some(refused) = taken.refused {
        return Err(refused);
    }
    match read {
        Ok(()) => Ok(taken.answer),
        Err(_) if taken.pace.is_exceeded() => Err(Unread::TooLong),
        Err(error) if error.is_io() => Err(Unread::Broken(error.to_string())),
        Err(_) => Err(Unread::Unknown),
    }
}

/// What was read so far, and what pays for it.
struct Taken<'a> {
    account: &'a mut Reservation,
    pace: Pace,
    /// Why reading was given up.
    refused: Option<Unread>,
    answer: Answer,
    /// Time and value of a scalar.
    point: (Option<f64>, Option<f64>),
}

impl Taken<'_> {
    /// Pays, and lets the next piece begin.
    fn pay<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.pace.rest();
        if self.account.grow(bytes) {
            return Ok(());
        }
        self.refused = Some(Unread::Memory);
        Err(E::custom("no memory"))
    }

    fn push_series<E: serde::de::Error>(&mut self, series: Series) -> Result<(), E> {
        self.pay(SERIES_BYTES + series.labels.as_bytes().len())?;
        self.answer.series.push(series);
        Ok(())
    }
}

/// A number as text: `null` in Rust where it is none.
struct Number(Option<f64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number as text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                Ok(Number(text.parse().ok()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Seconds, and what was there at that time.
#[derive(Deserialize)]
struct Point<T>(f64, T);

impl<T> Point<T> {
    fn timestamp_ms(&self) -> i64 {
        (self.0 * 1_000.0).round() as i64
    }
}

/// The buckets of a native histogram.
#[derive(Deserialize)]
struct Buckets {
    #[serde(default)]
    buckets: Vec<(u8, Number, Number, Number)>,
}

impl Buckets {
    fn read(self) -> Vec<Bucket> {
        let bucket = |(rule, lower, upper, count): (u8, Number, Number, Number)| {
            Some(Bucket {
                lower: lower.0?,
                upper: upper.0?,
                lower_inclusive: matches!(rule, 1 | 3),
                upper_inclusive: matches!(rule, 0 | 3),
                count: count.0?,
            })
        };
        self.buckets.into_iter().filter_map(bucket).collect()
    }
}

fn label_set(labels: &BTreeMap<String, String>) -> LabelSet {
    LabelSet::from_pairs(labels.iter())
}

/// Declares what visits an object or an array of an answer.
macro_rules! seed {
    ($name:ident, $method:ident) => {
        struct $name<'t, 'a>(&'t mut Taken<'a>);

        impl<'de> DeserializeSeed<'de> for $name<'_, '_> {
            type Value = ();

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.$method(self)
            }
        }
    };
}

seed!(Whole, deserialize_map);
seed!(Data, deserialize_any);
seed!(Item, deserialize_any);
seed!(Results, deserialize_seq);
seed!(OneResult, deserialize_any);

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of Prometheus's API")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut status, mut error) = (String::new(), None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "status" => status = map.next_value()?,
                "error" => error = map.next_value()?,
                "data" => map.next_value_seed(Data(self.0))?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        if status == "success" {
            return Ok(());
        }
        self.0.refused = Some(error.map_or(Unread::Unknown, Unread::Refused));
        Err(A::Error::custom("refused"))
    }
}

impl<'de> Visitor<'de> for Data<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a result or a list")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let taken = self.0;
        let mut named = String::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resultType" => named = map.next_value()?,
                "result" => map.next_value_seed(Results(taken))?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        let result_type = ResultType::find(&named).ok_or_else(|| A::Error::custom("an unknown result"))?;
        taken.answer.result_type = Some(result_type);
        if let (ResultType::Scalar, (Some(seconds), Some(value))) = (result_type, taken.point) {
            let samples = vec![(Point(seconds, ()).timestamp_ms(), value)];
            taken.push_series(Series { samples, ..Series::default() })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Item(self.0))?.is_some() {}
        Ok(())
    }
}

/// A name, a label set, or a series with its exemplars.
impl<'de> Visitor<'de> for Item<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an object")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.pay(3 * size_of::<String>() + text.len())?;
        self.0.answer.texts.push(text.to_owned());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let taken = self.0;
        let mut labels = BTreeMap::new();
        let mut is_series = true;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "seriesLabels" => labels = map.next_value()?,
                "exemplars" => {
                    is_series = false;
                    map.next_value_seed(Exemplars { taken, series: label_set(&labels) })?;
                }
                _ => _ = labels.insert(key, map.next_value()?),
            }
        }
        if is_series {
            taken.push_series(Series { labels: label_set(&labels), ..Series::default() })?;
        }
        Ok(())
    }
}

struct Exemplars<'t, 'a> {
    taken: &'t mut Taken<'a>,
    series: LabelSet,
}

#[derive(Deserialize)]
struct OneExemplar {
    labels: BTreeMap<String, String>,
    value: Number,
    timestamp: f64,
}

impl<'de> DeserializeSeed<'de> for Exemplars<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Exemplars<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of exemplars")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(one) = items.next_element::<OneExemplar>()? {
            let Some(value) = one.value.0 else { continue };
            let labels = label_set(&one.labels);
            self.taken.pay(3 * size_of::<Exemplar>() + labels.as_bytes().len())?;
            let timestamp_ms = Point(one.timestamp, ()).timestamp_ms();
            self.taken.answer.exemplars.push(Exemplar {
                series: self.series.clone(),
                labels,
                timestamp_ms,
                value,
            });
        }
        Ok(())
    }
}

/// Series, or the time and the value of a scalar.
impl<'de> Visitor<'de> for Results<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of series, or a point")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(OneResult(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for OneResult<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a series, a time or a value")
    }

    fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<(), E> {
        self.0.point.0 = Some(seconds);
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<(), E> {
        self.visit_f64(seconds as f64)
    }

    fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<(), E> {
        self.visit_f64(seconds as f64)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.point.1 = text.parse().ok();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let taken = self.0;
        let mut series = Series::default();
        let Series { labels, samples, histograms } = &mut series;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "metric" => *labels = label_set(&map.next_value()?),
                "values" => map.next_value_seed(Samples(taken, samples))?,
                "histograms" => map.next_value_seed(Histograms(taken, histograms))?,
                "value" => push(taken, samples, &map.next_value()?)?,
                "histogram" => keep(taken, histograms, map.next_value()?)?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        taken.push_series(series)
    }
}

/// Adds a point; while the points move to a larger place, both places are paid.
fn push<E: serde::de::Error>(
    taken: &mut Taken<'_>,
    samples: &mut Vec<(i64, f64)>,
    point: &Point<Number>,
) -> Result<(), E> {
    taken.pace.rest();
    let Some(value) = point.1.0 else { return Ok(()) };
    let held = samples.capacity();
    if samples.len() == held {
        let more = held.max(POINTS_MIN);
        taken.pay((held + more) * POINT_BYTES)?;
        samples.reserve_exact(more);
        taken.account.shrink(held * POINT_BYTES);
    }
    samples.push((point.timestamp_ms(), value));
    Ok(())
}

/// Adds a native histogram.
fn keep<E: serde::de::Error>(
    taken: &mut Taken<'_>,
    histograms: &mut Vec<(i64, Vec<Bucket>)>,
    point: Point<Buckets>,
) -> Result<(), E> {
    let timestamp_ms = point.timestamp_ms();
    let buckets = point.1.read();
    taken.pay(3 * size_of::<(i64, Vec<Bucket>)>() + buckets.capacity() * size_of::<Bucket>())?;
    histograms.push((timestamp_ms, buckets));
    Ok(())
}

struct Samples<'t, 'a>(&'t mut Taken<'a>, &'t mut Vec<(i64, f64)>);

impl<'de> DeserializeSeed<'de> for Samples<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Samples<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of samples")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(point) = items.next_element()? {
            push(self.0, self.1, &point)?;
        }
        Ok(())
    }
}

struct Histograms<'t, 'a>(&'t mut Taken<'a>, &'t mut Vec<(i64, Vec<Bucket>)>);

impl<'de> DeserializeSeed<'de> for Histograms<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Histograms<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of native histograms")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(point) = items.next_element()? {
            keep(self.0, self.1, point)?;
        }
        Ok(())
    }
}
