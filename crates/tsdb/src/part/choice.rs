//! Which parts to merge.

use std::sync::{Arc, atomic::Ordering};

use model::sort;

use super::{Part, PartId};

/// Parts of one level that are merged at once: with two-hour windows eight make sixteen hours, so samples are
/// written twice in all, and fifteen days are some thirty parts.
const MERGE_PARTS: usize = 8;

/// What the choice depends on.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    id: PartId,
    range_ms: (i64, i64),
    sound: bool,
}

impl Candidate {
    fn new(part: &Arc<Part>) -> Self {
        let sound = part.damaged.load(Ordering::Relaxed) == 0;
        Self { id: part.id, range_ms: (part.footer.min_ms, part.footer.max_ms), sound }
    }

    fn overlaps(&self, range_ms: (i64, i64)) -> bool {
        self.range_ms.0 <= range_ms.1 && range_ms.0 <= self.range_ms.1
    }
}

/// The parts to merge, by their ids: of one level, lowest level and oldest first, none of them damaged, none
/// longer together than `span_max_ms` or, where one of them is longer already, a quarter more than that one.
pub(super) fn choose(parts: &[Arc<Part>], span_max_ms: i64) -> Option<Vec<Arc<Part>>> {
    let candidates: Vec<Candidate> = parts.iter().map(Candidate::new).collect();
    let chosen = choose_ids(&candidates, span_max_ms)?;
    Some(parts.iter().filter(|part| chosen.contains(&part.id)).cloned().collect())
}

fn choose_ids(candidates: &[Candidate], span_max_ms: i64) -> Option<Vec<PartId>> {
    let mut sound: Vec<Candidate> = candidates.iter().filter(|c| c.sound).copied().collect();
    sort::by_key(&mut sound, |candidate| (candidate.id.level, candidate.id.number));
    let levels = sound.chunk_by(|a, b| a.id.level == b.id.level);
    let mut starts = levels.flat_map(|level| (0..level.len()).filter_map(|at| level.get(at..)));
    starts
        .find_map(|from| gather(from, span_max_ms).filter(|chosen| keeps_order(chosen, candidates)))
        .map(|chosen| chosen.iter().map(|candidate| candidate.id).collect())
}

/// The first part and those after it that do not make the whole too long, if they are enough.
fn gather(from: &[Candidate], span_max_ms: i64) -> Option<Vec<Candidate>> {
    let mut chosen: Vec<Candidate> = Vec::new();
    let (mut whole, mut longest_ms) = ((i64::MAX, i64::MIN), 0);
    for candidate in from {
        let (min_ms, max_ms) = candidate.range_ms;
        let wider = (whole.0.min(min_ms), whole.1.max(max_ms));
        let longest = longest_ms.max(span(candidate.range_ms));
        // Parts of samples out of order may be long; those that are long alike can be merged with each other.
        if span(wider) <= span_max_ms.max(longest.saturating_add(longest / 4)) {
            chosen.push(*candidate);
            (whole, longest_ms) = (wider, longest);
        }
        if chosen.len() == MERGE_PARTS {
            return Some(chosen);
        }
    }
    None
}

fn span(range_ms: (i64, i64)) -> i64 {
    range_ms.1.saturating_sub(range_ms.0)
}

/// Whether samples with the same time keep their order: what is merged counts as new as the newest of it, so no
/// part in between may have samples of the time of an older one.
fn keeps_order(chosen: &[Candidate], all: &[Candidate]) -> bool {
    let newest = chosen.iter().map(|candidate| candidate.id).max().unwrap_or_default();
    let is_chosen = |id: PartId| chosen.iter().any(|candidate| candidate.id == id);
    let between = all.iter().filter(|candidate| candidate.id < newest && !is_chosen(candidate.id));
    let overtaken = |between: &Candidate| {
        chosen.iter().any(|older| older.id < between.id && older.overlaps(between.range_ms))
    };
    !between.into_iter().any(overtaken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u64, level: u32, range_ms: (i64, i64)) -> Candidate {
        Candidate { id: PartId { number, level }, range_ms, sound: true }
    }

    fn numbers(candidates: &[Candidate], span_max_ms: i64) -> Vec<u64> {
        let chosen = choose_ids(candidates, span_max_ms).unwrap_or_default();
        chosen.iter().map(|id| id.number).collect()
    }

    #[test]
    fn neighbours_in_time_are_merged_past_parts_of_another_time() {
        let mut parts: Vec<_> = (1..=7).map(|n| part(n, 0, (n as i64 * 10, n as i64 * 10 + 9))).collect();
        assert_eq!(numbers(&parts, 100), [0; 0]);
        parts.push(part(8, 0, (-5000, -4990)));
        parts.push(part(9, 0, (80, 89)));
        assert_eq!(numbers(&parts, 100), [1, 2, 3, 4, 5, 6, 7, 9]);
        assert_eq!(numbers(&parts, 50), [0; 0]);
        parts[7] = Candidate { sound: false, ..part(8, 0, (20, 29)) };
        assert_eq!(numbers(&parts, 100), [0; 0], "what 8 has would be older than what 2 has");
    }

    #[test]
    fn long_parts_are_merged_with_such_as_are_long_too() {
        let parts: Vec<_> = (1..=8).map(|n| part(n, 0, (0, 1000 + n as i64))).collect();
        assert_eq!(numbers(&parts, 10).len(), 8);
        let ladder: Vec<_> = (1..=8).map(|n| part(n, 0, (n as i64 * 900, n as i64 * 900 + 1000))).collect();
        assert_eq!(numbers(&ladder, 10).len(), 0);
    }
}
