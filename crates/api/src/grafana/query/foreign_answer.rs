//! What other servers answer, read into series at the expense of the budget.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData, mem};

use model::Reservation;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::FoundSeries;

/// Bytes of a series without points: its place, and the first node of the map of its labels.
const SERIES_BYTES: usize = 700;
/// Bytes of a label's place in the map and of its two texts' heads.
const LABEL_BYTES: usize = 100;
/// What labels take while they are read, as a multiple of their text: the shortest have seven bytes.
const LABEL_FACTOR: usize = 16;
/// Bytes of a point in the text of its frame, which is written whole: a time and a value, in a buffer that doubles.
const WRITTEN_BYTES: usize = 96;
const POINT_BYTES: usize = size_of::<(i64, f64)>();
/// Room for points that a series begins with.
const POINTS_MIN: usize = 8;

/// A series of another server: labels, and points by time in milliseconds.
pub(super) struct ForeignSeries {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) points: Vec<(i64, f64)>,
}

/// Why an answer was not read.
#[derive(Debug, PartialEq)]
pub(super) enum Unread {
    /// It is none of Prometheus's.
    Unknown,
    /// It says what went wrong.
    Refused(String),
    /// The budget has no room for it.
    Memory,
}

#[derive(Deserialize)]
struct Answer<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<Data<'a>>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    result_type: String,
    #[serde(borrow)]
    result: &'a RawValue,
}

#[derive(Deserialize)]
struct Series<'a> {
    #[serde(borrow)]
    metric: &'a RawValue,
    #[serde(borrow)]
    values: Option<&'a RawValue>,
    #[serde(borrow)]
    value: Option<Point<'a>>,
}

/// Seconds, and a value as text.
#[derive(Deserialize)]
struct Point<'a>(f64, #[serde(borrow)] Cow<'a, str>);

/// The series of an answer; what they take is added to the account.
pub(super) fn read(text: &[u8], account: &mut Reservation) -> Result<FoundSeries, Unread> {
    let answer: Answer<'_> = serde_json::from_slice(text).map_err(|_| Unread::Unknown)?;
    let Some(data) = answer.data.filter(|_| answer.status == "success") else {
        return Err(answer.error.map_or(Unread::Unknown, Unread::Refused));
    };
    let known = ["matrix", "vector", "scalar", "string"];
    let result_type = known.into_iter().find(|known| *known == data.result_type).ok_or(Unread::Unknown)?;
    let mut series = Vec::new();
    match result_type {
        "string" => {}
        "scalar" => {
            let point: Point<'_> = parse(data.result)?;
            series
                .push(ForeignSeries { labels: BTreeMap::new(), points: point.read().into_iter().collect() });
        }
        _ => each(data.result, |item: Series<'_>| {
            series.push(read_series(&item, account)?);
            Ok(())
        })?,
    }
    let longest = series.iter().map(|one| one.points.len()).max().unwrap_or(0);
    pay(account, longest.saturating_mul(WRITTEN_BYTES))?;
    Ok(FoundSeries::Foreign { result_type, series })
}

fn read_series(item: &Series<'_>, account: &mut Reservation) -> Result<ForeignSeries, Unread> {
    let reading = item.metric.get().len().saturating_mul(LABEL_FACTOR);
    pay(account, SERIES_BYTES + reading)?;
    let labels: BTreeMap<String, String> = parse(item.metric)?;
    account.shrink(reading);
    pay(account, labels.iter().map(|(name, value)| LABEL_BYTES + name.len() + value.len()).sum())?;
    let mut points = Vec::new();
    if let Some(values) = item.values {
        each(values, |point: Point<'_>| push(&mut points, &point, account))?;
    }
    item.value.iter().try_for_each(|point| push(&mut points, point, account))?;
    Ok(ForeignSeries { labels, points })
}

/// Adds a point; while the points move to a larger place, both places are paid.
fn push(points: &mut Vec<(i64, f64)>, point: &Point<'_>, account: &mut Reservation) -> Result<(), Unread> {
    let Some(point) = point.read() else { return Ok(()) };
    if points.len() == points.capacity() {
        let held = points.capacity();
        let more = held.max(POINTS_MIN);
        pay(account, (held + more) * POINT_BYTES)?;
        points.reserve_exact(more);
        account.shrink(held * POINT_BYTES);
    }
    points.push(point);
    Ok(())
}

impl Point<'_> {
    /// `None` when the value is no number.
    fn read(&self) -> Option<(i64, f64)> {
        Some(((self.0 * 1_000.0).round() as i64, self.1.parse().ok()?))
    }
}

fn pay(account: &mut Reservation, bytes: usize) -> Result<(), Unread> {
    if account.grow(bytes) { Ok(()) } else { Err(Unread::Memory) }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a RawValue) -> Result<T, Unread> {
    serde_json::from_str(text.get()).map_err(|_| Unread::Unknown)
}

/// Hands out the items of an array one by one, until one is not taken.
fn each<'a, T: Deserialize<'a>>(
    array: &'a RawValue,
    take: impl FnMut(T) -> Result<(), Unread>,
) -> Result<(), Unread> {
    let mut untaken = None;
    let visitor = Each { take, untaken: &mut untaken, item: PhantomData };
    let read = serde_json::Deserializer::from_str(array.get()).deserialize_seq(visitor);
    read.map_err(|_| mem::take(&mut untaken).unwrap_or(Unread::Unknown))
}

struct Each<'f, T, F> {
    take: F,
    /// Why the last one was not taken.
    untaken: &'f mut Option<Unread>,
    item: PhantomData<T>,
}

impl<'a, T: Deserialize<'a>, F: FnMut(T) -> Result<(), Unread>> Visitor<'a> for Each<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            if let Err(why) = (self.take)(item) {
                *self.untaken = Some(why);
                return Err(A::Error::custom("not taken"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use model::{Budget, Part};

    use super::*;

    fn points(text: &str, account: &mut Reservation) -> Result<Vec<(i64, f64)>, Unread> {
        let FoundSeries::Foreign { series, .. } = read(text.as_bytes(), account)? else {
            return Err(Unread::Unknown);
        };
        Ok(series.into_iter().flat_map(|series| series.points).collect())
    }

    #[test]
    fn answers_of_every_type_are_read() {
        let account = &mut Budget::new(1 << 20).open(Part::Query);
        for (data, expected) in [
            (r#"{"resultType":"scalar","result":[1.5,"+Inf"]}"#, vec![(1_500, f64::INFINITY)]),
            (
                r#"{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]}]}"#,
                vec![(1_000, 2.0)],
            ),
            (
                r#"{"result":[{"metric":{},"values":[[1,"2"],[2,"x"]]}],"resultType":"matrix"}"#,
                vec![(1_000, 2.0)],
            ),
            (r#"{"resultType":"string","result":[1,"2"]}"#, vec![]),
            (r#"{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1"}]}]}"#, vec![]),
        ] {
            let text = format!(r#"{{"status":"success","data":{data}}}"#);
            assert_eq!(points(&text, account), Ok(expected), "{data}");
        }
        let error = points(r#"{"status":"error","errorType":"bad_data","error":"no"}"#, account);
        assert_eq!(error, Err(Unread::Refused("no".to_owned())));
        assert_eq!(points("<html>", account), Err(Unread::Unknown));
    }

    /// A series of a million points, 10 MB as text, took more than 300 MB of which 20 MB were paid.
    #[test]
    fn points_are_paid_as_they_come() {
        const POINTS: usize = 20_000;
        let values = vec![r#"[1,"2"]"#; POINTS].join(",");
        let text = format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{}},"values":[{values}]}}]}}}}"#
        );
        let mut account = Budget::new(8 << 20).open(Part::Query);
        assert_eq!(points(&text, &mut account).map(|points| points.len()), Ok(POINTS));
        assert!(account.bytes() >= POINTS * (POINT_BYTES + WRITTEN_BYTES));
        let mut account = Budget::new(POINTS * POINT_BYTES).open(Part::Query);
        assert_eq!(points(&text, &mut account), Err(Unread::Memory));
    }
}
