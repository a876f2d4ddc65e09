//! Start timestamps of series, on a line before the series: `name{label="value"}@st -1m -30s-1mx3 _`.

use model::duration;

use crate::series::{metric_len, parse_metric};

/// The offsets from each sample's time to its start timestamp, in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct StartTimestamps {
    pub(crate) labels: model::LabelSet,
    pub(crate) offsets_ms: Vec<Option<i64>>,
}

/// Offsets that a line may ask for, as many as points.
const OFFSETS_MAX: u64 = 1_000_000;

/// Reads a line of start timestamps; `None` when it is a line of another kind.
pub(crate) fn parse_start_timestamps(line: &str) -> Option<Result<StartTimestamps, String>> {
    let (metric, rest) = line.split_at(metric_len(line));
    let offsets = rest.strip_prefix("@st")?;
    if !offsets.starts_with(char::is_whitespace) {
        return None;
    }
    let parse = || {
        let labels = parse_metric(metric)?;
        let mut offsets_ms = Vec::new();
        for item in offsets.split_whitespace() {
            push_item(item, &mut offsets_ms).map_err(|e| format!("invalid ST item {item:?}: {e}"))?;
        }
        Ok(StartTimestamps { labels, offsets_ms })
    };
    Some(parse())
}

fn push_item(item: &str, offsets_ms: &mut Vec<Option<i64>>) -> Result<(), String> {
    if let Some(rest) = item.strip_prefix('_') {
        let count = if rest.is_empty() { 1 } else { repeats(rest)? };
        offsets_ms.extend((0..count).map(|_| None));
        return Ok(());
    }
    let (mut offset_ms, rest) = signed_duration(item)?;
    let (step_ms, rest) = if rest.starts_with(['+', '-']) { signed_duration(rest)? } else { (0, rest) };
    let count = if rest.is_empty() { 0 } else { repeats(rest)? };
    for _ in 0..=count {
        offsets_ms.push(Some(offset_ms));
        offset_ms += step_ms;
    }
    Ok(())
}

fn repeats(text: &str) -> Result<u64, String> {
    let count = text.strip_prefix('x').and_then(|digits| digits.parse().ok());
    count.filter(|&count| count <= OFFSETS_MAX).ok_or_else(|| "invalid repeat count".to_owned())
}

/// A duration with or without a sign at the start of a text, in milliseconds, and what follows it.
fn signed_duration(text: &str) -> Result<(i64, &str), String> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let unit = unsigned.bytes().skip(digits).take_while(|b| b.is_ascii_alphabetic() && *b != b'x').count();
    let (duration, rest) = unsigned.split_at(digits + unit);
    let ms = duration::parse_ms(duration).map_err(|e| e.to_string())?;
    Ok((if negative { -ms } else { ms }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_unrolled() {
        let line = parse_start_timestamps("a{b=\"c\"}@st _ -30s-1mx2 0 5sx1 _x2").unwrap().unwrap();
        assert_eq!(line.labels.to_string(), "a{b=\"c\"}");
        let offsets = [-30_000, -90_000, -150_000, 0, 5_000, 5_000].map(Some);
        assert_eq!(line.offsets_ms, [&[None][..], &offsets, &[None, None]].concat());
        assert!(parse_start_timestamps("a{b=\"@st \"} 1").is_none());
        assert!(parse_start_timestamps("a@st 1q").unwrap().is_err());
    }
}
