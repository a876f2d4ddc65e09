//! The one byte budget that every part of the process draws on.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The parts of the process that hold memory in proportion to what users ask of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Series, symbols, postings and open chunks.
    Head,
    /// Indexes and pages of parts on disk.
    Cache,
    /// Queries that run.
    Query,
    /// Scrape buffers and layouts.
    Scrape,
    /// Requests of remote write, and which series their labels are.
    Write,
    /// Exemplars.
    Exemplar,
    /// Types, help texts and units of metric families.
    Metadata,
    /// Dashboards on their way, annotations.
    Dashboard,
    /// Users with their preferences and stars, sessions, and the brake on guessing passwords.
    Account,
    /// Answers on their way out.
    Answer,
}

impl Part {
    /// All parts, in the order of their figures.
    pub const ALL: [Self; 10] = [
        Self::Head,
        Self::Cache,
        Self::Query,
        Self::Scrape,
        Self::Write,
        Self::Exemplar,
        Self::Metadata,
        Self::Dashboard,
        Self::Account,
        Self::Answer,
    ];

    /// The name in metrics and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Cache => "cache",
            Self::Query => "query",
            Self::Scrape => "scrape",
            Self::Write => "write",
            Self::Exemplar => "exemplar",
            Self::Metadata => "metadata",
            Self::Dashboard => "dashboard",
            Self::Account => "account",
            Self::Answer => "answer",
        }
    }
}

/// A limit in bytes and who uses how much of it.
#[derive(Debug)]
pub struct Budget {
    limit_bytes: usize,
    total: AtomicUsize,
    parts: [AtomicUsize; Part::ALL.len()],
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(limit_bytes: usize) -> Arc<Self> {
        Arc::new(Self { limit_bytes, total: AtomicUsize::new(0), parts: Default::default() })
    }

    /// The limit in bytes.
    pub fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// Bytes in use by all parts.
    pub fn used_bytes(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }

    /// Bytes in use by one part.
    pub fn part_bytes(&self, part: Part) -> usize {
        self.parts.get(part as usize).map_or(0, |p| p.load(Ordering::Relaxed))
    }

    /// An account of nothing that can grow.
    pub fn open(self: &Arc<Self>, part: Part) -> Reservation {
        Reservation { budget: Arc::clone(self), part, bytes: 0 }
    }

    fn take(&self, part: Part, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|&sum| sum <= self.limit_bytes);
        if self.total.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            return false;
        }
        if let Some(p) = self.parts.get(part as usize) {
            p.fetch_add(bytes, Ordering::Relaxed);
        }
        true
    }

    fn give_back(&self, part: Part, bytes: usize) {
        self.total.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(p) = self.parts.get(part as usize) {
            p.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}

/// Bytes taken from a budget; given back when dropped.
#[derive(Debug)]
pub struct Reservation {
    budget: Arc<Budget>,
    part: Part,
    bytes: usize,
}

impl Reservation {
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The budget that it draws on.
    pub fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// Takes so many bytes more; false, and nothing taken, when they are not there.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let taken = self.budget.take(self.part, bytes);
        if taken {
            self.bytes += bytes;
        }
        taken
    }

    /// Gives so many bytes back, at most what is held.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.budget.give_back(self.part, bytes);
        self.bytes -= bytes;
    }

    /// Takes or gives back until so many bytes are held; false, and nothing taken, when they are not there.
    #[must_use]
    pub fn resize(&mut self, bytes: usize) -> bool {
        if bytes > self.bytes {
            return self.grow(bytes - self.bytes);
        }
        self.shrink(self.bytes - bytes);
        true
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back() {
        let budget = Budget::new(100);
        let mut head = budget.open(Part::Head);
        let mut query = budget.open(Part::Query);
        assert!(head.grow(60));
        assert!(!query.grow(50));
        assert!(query.grow(40));
        assert_eq!((budget.used_bytes(), budget.part_bytes(Part::Query)), (100, 40));
        assert!(!head.resize(61) && head.resize(55) && head.resize(60));
        head.shrink(10);
        drop(query);
        assert_eq!((budget.used_bytes(), budget.part_bytes(Part::Head)), (50, 50));
    }
}
