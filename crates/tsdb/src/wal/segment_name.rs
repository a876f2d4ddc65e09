//! The files of the log: `0000000001.wal` and on.

/// The file name of a segment.
pub(super) fn segment_name(number: u64) -> String {
    format!("{number:010}.wal")
}

/// The number of a segment by its file name.
pub(crate) fn segment_number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".wal")?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
