//! How much a name resembles a term, from 0 to 1. The figures are those of Prometheus.

/// What is left of the score of a name that does not equal the term, so that it stays below 1.
const INEXACT: f64 = 0.999;

/// Characters of a name that are looked at: no name that people search for is as long.
const CHARS_MAX: usize = 4_096;

/// How a term is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// All its characters, in order, others between them.
    Subsequence,
    /// As it is, or by what Jaro and Winkler call similar.
    JaroWinkler,
}

/// Terms, any of which will do.
pub(super) struct Filter {
    terms: Vec<Vec<char>>,
    algorithm: Algorithm,
    threshold: f64,
    case_sensitive: bool,
}

impl Filter {
    /// Accepts names with at least a score of `threshold` for one of the terms; all names without any.
    pub(super) fn new(terms: &[&str], algorithm: Algorithm, threshold: f64, case_sensitive: bool) -> Self {
        let fold = |term: &&str| if case_sensitive { (*term).to_owned() } else { term.to_lowercase() };
        let terms = terms.iter().filter(|term| !term.is_empty()).map(fold);
        let terms = terms.map(|term| term.chars().collect()).collect();
        Self { terms, algorithm, threshold, case_sensitive }
    }

    /// True when every name is accepted.
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The best score of a name; `None` when it is not accepted.
    pub(super) fn score(&self, name: &str) -> Option<f64> {
        if self.terms.is_empty() {
            return Some(1.0);
        }
        let name: Vec<char> = match self.case_sensitive {
            true => name.chars().take(CHARS_MAX).collect(),
            false => name.to_lowercase().chars().take(CHARS_MAX).collect(),
        };
        let scores = self.terms.iter().filter_map(|term| self.score_of(term, &name));
        scores.reduce(f64::max)
    }

    fn score_of(&self, term: &[char], name: &[char]) -> Option<f64> {
        match self.algorithm {
            Algorithm::Subsequence if name.starts_with(term) => Some(1.0),
            Algorithm::Subsequence => {
                let score = subsequence(term, name);
                (score > 0.0 && score >= self.threshold).then_some(score)
            }
            Algorithm::JaroWinkler => substring(term, name).or_else(|| {
                let score = if self.threshold > 0.0 { jaro_winkler(term, name) } else { 0.0 };
                (self.threshold > 0.0 && score >= self.threshold).then_some(score)
            }),
        }
    }
}

/// The earlier the term stands in the name, the better; `None` when it does not.
fn substring(term: &[char], name: &[char]) -> Option<f64> {
    let at = name.windows(term.len()).position(|window| window == term)?;
    let last = name.len() - term.len();
    Some(if at == 0 { 1.0 } else { 1.0 - 0.9 * at as f64 / last as f64 })
}

/// The best score over all places where the term can begin: runs count by the square of their length, gaps
/// take something off, and the end half of that.
fn subsequence(term: &[char], name: &[char]) -> f64 {
    let mut best: Option<f64> = None;
    let starts = (name.len() + 1).saturating_sub(term.len());
    for start in (0..starts).filter(|&start| name.get(start) == term.first()) {
        match subsequence_from(term, name, start) {
            Some(score) => best = Some(best.unwrap_or(-1.0).max(score)),
            // Who does not find the rest from here does not find it further on.
            None => break,
        }
    }
    let squared = (term.len() * term.len()) as f64;
    best.filter(|score| *score >= 0.0).map_or(0.0, |score| score / squared * INEXACT)
}

fn subsequence_from(term: &[char], name: &[char], start: usize) -> Option<f64> {
    let len = name.len() as f64;
    let (mut score, mut at, mut end, mut matched) = (0.0, start, 0, 0);
    while matched < term.len() {
        at += name.get(at..)?.iter().position(|c| Some(c) == term.get(matched))?;
        let run = name.get(at..)?.iter().zip(term.get(matched..)?).take_while(|(a, b)| a == b).count();
        score += (run * run) as f64 - (at - end) as f64 / len;
        matched += run;
        at += run;
        end = at;
    }
    Some(score - (name.len() - end) as f64 / len * 0.5)
}

/// The similarity of Jaro, and what Winkler adds for a common beginning.
fn jaro_winkler(a: &[char], b: &[char]) -> f64 {
    if a == b {
        return 1.0;
    }
    let (short, long) = if a.len() > b.len() { (b, a) } else { (a, b) };
    if short.is_empty() {
        return 0.0;
    }
    let distance = (long.len() / 2).saturating_sub(1);
    let mut taken = vec![false; long.len()];
    let mut of_short = Vec::new();
    for (i, c) in short.iter().enumerate() {
        let near = i.saturating_sub(distance)..(i + distance + 1).min(long.len());
        let places = taken.iter_mut().zip(long).skip(near.start).take(near.len());
        if let Some((place, _)) = places.into_iter().find_map(|(t, l)| (!*t && l == c).then_some((t, l))) {
            *place = true;
            of_short.push(*c);
        }
    }
    let matches = of_short.len() as f64;
    if of_short.is_empty() {
        return 0.0;
    }
    let of_long = long.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(c, _)| c);
    let transposed = of_short.iter().zip(of_long).filter(|(a, b)| a != b).count() as f64;
    let share = |len: usize| matches / len as f64;
    let jaro = (share(short.len()) + share(long.len()) + (matches - transposed * 0.5) / matches) / 3.0;
    let prefix = short.iter().zip(long).take(4).take_while(|(a, b)| a == b).count() as f64;
    jaro + prefix * 0.1 * (1.0 - jaro)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(terms: &[&str], algorithm: Algorithm, threshold: f64, name: &str) -> Option<f64> {
        Filter::new(terms, algorithm, threshold, true).score(name).map(|s| (s * 1e4).round() / 1e4)
    }

    #[test]
    fn names_are_scored_by_each_algorithm() {
        use Algorithm::{JaroWinkler, Subsequence};
        for (terms, algorithm, threshold, name, expected) in [
            (&["http"][..], Subsequence, 0.0, "http_requests", Some(1.0)),
            // Two runs of two, a gap of one before, one between and one after, of eight.
            (
                &["abcd"],
                Subsequence,
                0.0,
                "xab_cdyy",
                Some(((8.0 - 0.25 - 0.125) / 16.0 * 0.999f64 * 1e4).round() / 1e4),
            ),
            (&["abcd"], Subsequence, 0.6, "xab_cdyy", None),
            (&["ba"], Subsequence, 0.0, "ab", None),
            (&["up"], JaroWinkler, 0.0, "group", Some(0.1)),
            (&["martha"], JaroWinkler, 0.9, "marhta", Some(0.9611)),
            (&["martha"], JaroWinkler, 0.0, "marhta", None),
            (&["x", "up"], Subsequence, 0.0, "up", Some(1.0)),
            (&[""], Subsequence, 1.0, "anything", Some(1.0)),
        ] {
            assert_eq!(score(terms, algorithm, threshold, name), expected, "{terms:?} {name}");
        }
        assert_eq!(Filter::new(&["UP"], Subsequence, 0.0, false).score("Up"), Some(1.0));
    }
}
