//! What targets say about their metric families, each text held once for all targets.

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use expfmt::Parser;
use model::{FamilyMetadata, Metadata, MetricType, Reservation};

/// Families of one target beyond this many are not kept.
const FAMILIES_MAX: usize = 10_000;

/// The families of a target, in the order of its exposition.
pub(crate) type Families = Arc<[Arc<FamilyMetadata>]>;

/// Reads the comments of a body against the families of the body before.
pub(crate) struct FamilyReader<'b, 'l> {
    known: &'l [Arc<FamilyMetadata>],
    repeated: usize,
    current: Option<Family<'b>>,
    /// The families after the first that is not as last time.
    changed: Option<Vec<FamilyMetadata>>,
}

struct Family<'b> {
    metric: &'b str,
    kind: MetricType,
    help: Cow<'b, str>,
    unit: Cow<'b, str>,
}

impl<'b, 'l> FamilyReader<'b, 'l> {
    pub(crate) fn new(known: &'l [Arc<FamilyMetadata>]) -> Self {
        Self { known, repeated: 0, current: None, changed: None }
    }

    pub(crate) fn help(&mut self, metric: &'b str, help: Cow<'b, str>) {
        self.family(metric).help = help;
    }

    pub(crate) fn kind(&mut self, metric: &'b str, kind: MetricType) {
        self.family(metric).kind = kind;
    }

    pub(crate) fn unit(&mut self, metric: &'b str, unit: &'b str) {
        self.family(metric).unit = Cow::Borrowed(unit);
    }

    /// Goes past the comments of the next family if they are as last time.
    #[inline]
    pub(crate) fn skip_repeated(&mut self, parser: &mut Parser<'b>) -> bool {
        let at = match &self.current {
            _ if self.changed.is_some() => return false,
            None => self.repeated,
            // What was read in full just now is as last time: the next family may be, too.
            Some(current) if self.known.get(self.repeated).is_some_and(|known| current.is(known)) => {
                self.repeated + 1
            }
            Some(_) => return false,
        };
        let Some(known) = self.known.get(at) else { return false };
        let Metadata { kind, help, unit } = &known.metadata;
        let skipped = parser.skip_family(&known.metric, help, *kind, unit);
        if skipped {
            (self.current, self.repeated) = (None, at + 1);
        }
        skipped
    }

    fn family(&mut self, metric: &'b str) -> &mut Family<'b> {
        self.resume(metric);
        if self.current.as_ref().is_some_and(|current| current.metric != metric) {
            self.end_family();
        }
        self.current.get_or_insert(Family {
            metric,
            kind: MetricType::Unknown,
            help: Cow::Borrowed(""),
            unit: Cow::Borrowed(""),
        })
    }

    /// A family that seemed to be as last time has one more comment.
    fn resume(&mut self, metric: &'b str) {
        let last = self.repeated.checked_sub(1).and_then(|last| self.known.get(last));
        let untouched = self.current.is_none() && self.changed.is_none();
        if let Some(known) = last.filter(|known| untouched && *known.metric == *metric) {
            let Metadata { kind, help, unit } = &known.metadata;
            let (help, unit) = (Cow::Owned(help.to_string()), Cow::Owned(unit.to_string()));
            self.current = Some(Family { metric, kind: *kind, help, unit });
            self.repeated -= 1;
        }
    }

    fn end_family(&mut self) {
        let Some(family) = self.current.take() else { return };
        let known = self.known.get(self.repeated).filter(|_| self.changed.is_none());
        if known.is_some_and(|known| family.is(known)) {
            self.repeated += 1;
            return;
        }
        let changed = self.changed.get_or_insert_default();
        if self.repeated + changed.len() < FAMILIES_MAX {
            changed.push(family.into_metadata());
        }
    }

    /// The body is at its end.
    pub(crate) fn end(&mut self) {
        self.end_family();
        if self.repeated < self.known.len() {
            self.changed.get_or_insert_default();
        }
    }

    /// The families of the body, when they are not those of the body before.
    pub(crate) fn into_changed(self, pool: &FamilyPool) -> Option<Families> {
        let changed = self.changed?;
        let repeated = self.known.iter().take(self.repeated).cloned();
        Some(repeated.chain(changed.into_iter().filter_map(|family| pool.share(family))).collect())
    }
}

impl Family<'_> {
    fn is(&self, known: &FamilyMetadata) -> bool {
        *self.metric == *known.metric
            && self.kind == known.metadata.kind
            && *self.help == *known.metadata.help
            && *self.unit == *known.metadata.unit
    }

    fn into_metadata(self) -> FamilyMetadata {
        let metadata = Metadata {
            kind: self.kind,
            help: self.help.into_owned().into(),
            unit: self.unit.into_owned().into(),
        };
        FamilyMetadata { metric: self.metric.into(), metadata }
    }
}

/// All families of all targets: a hundred targets of one kind say the same.
#[derive(Debug)]
pub(crate) struct FamilyPool {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    families: HashSet<Arc<FamilyMetadata>>,
    account: Reservation,
}

impl FamilyPool {
    pub(crate) fn new(account: Reservation) -> Self {
        Self { inner: Mutex::new(Inner { families: HashSet::new(), account }) }
    }

    /// The pool's copy of a family; `None` when there is no memory for a new one.
    fn share(&self, family: FamilyMetadata) -> Option<Arc<FamilyMetadata>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = inner.families.get(&family) {
            return Some(Arc::clone(known));
        }
        if !inner.account.grow(heap_bytes(&family)) {
            return None;
        }
        let family = Arc::new(family);
        inner.families.insert(Arc::clone(&family));
        Some(family)
    }

    /// Lets go of what no target says any more.
    pub(crate) fn prune(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { families, account } = &mut *inner;
        families.retain(|family| {
            let used = Arc::strong_count(family) > 1;
            if !used {
                account.shrink(heap_bytes(family));
            }
            used
        });
        families.shrink_to_fit();
    }
}

fn heap_bytes(family: &FamilyMetadata) -> usize {
    // Two counters before the value, and a pointer of the set with its share of free places.
    let fixed = size_of::<FamilyMetadata>() + 4 * size_of::<usize>();
    fixed + family.metric.len() + family.metadata.help.len() + family.metadata.unit.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Budget, Part};

    fn read(known: &[Arc<FamilyMetadata>], names: &[&str], pool: &FamilyPool) -> Option<Families> {
        let mut reader = FamilyReader::new(known);
        for name in names {
            let (metric, help) = (&**name, Cow::Borrowed("help"));
            reader.help(metric, help);
            reader.kind(metric, MetricType::Gauge);
        }
        reader.end();
        reader.into_changed(pool)
    }

    #[test]
    fn a_family_that_says_more_than_last_time_is_changed() {
        let pool = FamilyPool::new(Budget::new(100_000).open(Part::Scrape));
        let first = read(&[], &["a_s"], &pool).unwrap();
        let read = |body: &[u8]| {
            let mut parser = Parser::new(body, expfmt::Format::OpenMetricsText100);
            let mut reader = FamilyReader::new(&first);
            assert!(reader.skip_repeated(&mut parser));
            if let Some(expfmt::Entry::Unit { metric, unit }) = parser.next().unwrap() {
                reader.unit(metric, unit);
            }
            reader.end();
            reader.into_changed(&pool).map(|families| families.to_vec())
        };
        assert_eq!(read(b"# HELP a_s help\n# TYPE a_s gauge\n# EOF\n"), None);
        let changed = read(b"# HELP a_s help\n# TYPE a_s gauge\n# UNIT a_s s\n# EOF\n").unwrap();
        assert_eq!((&*changed[0].metadata.unit, &*changed[0].metadata.help), ("s", "help"));
    }

    #[test]
    fn families_are_shared_and_replaced_when_they_change() {
        let budget = Budget::new(100_000);
        let pool = FamilyPool::new(budget.open(Part::Scrape));
        let first = read(&[], &["a", "b"], &pool).unwrap();
        assert_eq!((&*first[1].metric, first[1].metadata.kind), ("b", MetricType::Gauge));
        assert!(read(&first, &["a", "b"], &pool).is_none());
        let held = budget.used_bytes();
        let second = read(&[], &["b", "a"], &pool).unwrap();
        assert!(Arc::ptr_eq(&first[0], &second[1]));
        assert_eq!(budget.used_bytes(), held);
        let third = read(&first, &["a"], &pool).unwrap();
        drop((first, second));
        pool.prune();
        assert_eq!((third.len(), budget.used_bytes()), (1, held / 2));
    }
}
