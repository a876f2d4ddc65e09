//! Label sets out of a request: checked, sorted, or quoted as they are.

use model::{LabelSet, METRIC_NAME, exemplar::EXEMPLAR_LABEL_CHARS_MAX, label::is_label_name};

use crate::{error::Error, message::Labels, rejection::Reason};

/// Bytes of a series' labels at most. The longest that is known from real exporters has some 4 kB.
const LABELS_BYTES_MAX: usize = 16 << 10;

/// Bytes of an exemplar's labels at most: each of its characters takes four at most, and each label one more.
const EXEMPLAR_LABELS_BYTES_MAX: usize = 5 * EXEMPLAR_LABEL_CHARS_MAX;

/// Labels that a rejection quotes at most.
const QUOTED_MAX: usize = 32;

/// The label set, or what is wrong with it.
///
/// # Errors
/// When the labels cannot be read at all.
pub(super) fn to_set(mut labels: Labels<'_>) -> Result<Result<LabelSet, Reason>, Error> {
    let (mut pairs, mut bytes) = (Vec::new(), 0);
    while let Some((name, value)) = labels.next()? {
        // An empty label takes a place in the list, too.
        bytes += name.len() + value.len() + 1;
        if bytes <= LABELS_BYTES_MAX {
            pairs.push((name, value));
        }
    }
    if bytes > LABELS_BYTES_MAX {
        return Ok(Err(Reason::LabelsLength { bytes, limit_bytes: LABELS_BYTES_MAX }));
    }
    Ok(check(&pairs))
}

/// The label set of an exemplar; `None` when it is longer than any exemplar's or no text.
///
/// # Errors
/// When the labels cannot be read at all.
pub(super) fn to_exemplar_set(mut labels: Labels<'_>) -> Result<Option<LabelSet>, Error> {
    let (mut pairs, mut bytes) = (Vec::new(), 0);
    while let Some((name, value)) = labels.next()? {
        bytes += name.len() + value.len() + 1;
        let (Ok(name), Ok(value)) = (str::from_utf8(name), str::from_utf8(value)) else { return Ok(None) };
        if bytes > EXEMPLAR_LABELS_BYTES_MAX {
            return Ok(None);
        }
        pairs.push((name, value));
    }
    Ok(Some(LabelSet::from_pairs(pairs)))
}

fn check(pairs: &[(&[u8], &[u8])]) -> Result<LabelSet, Reason> {
    let mut texts = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        match (str::from_utf8(name), str::from_utf8(value)) {
            (Ok(name), Ok(value)) if is_label_name(name) => texts.push((name, value)),
            _ => return Err(Reason::Labels),
        }
    }
    if !texts.iter().any(|(name, value)| *name == METRIC_NAME && !value.is_empty()) {
        return Err(Reason::Labels);
    }
    texts.sort_by_key(|(name, _)| *name);
    if let Some(twice) = texts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Reason::DuplicateLabel(twice[0].0.to_owned()));
    }
    // A label without a value is no label.
    texts.retain(|(_, value)| !value.is_empty());
    Ok(LabelSet::from_sorted(texts.into_iter()))
}

/// The first labels, for a message; what is no text is replaced.
pub(super) fn describe(mut labels: Labels<'_>) -> String {
    let mut pairs = Vec::new();
    while pairs.len() < QUOTED_MAX
        && let Ok(Some((name, value))) = labels.next()
    {
        pairs.push((String::from_utf8_lossy(name), String::from_utf8_lossy(value)));
    }
    LabelSet::from_pairs(pairs).to_string()
}
