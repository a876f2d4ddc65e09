//! What targets say about their metric families, each text held once for all targets.

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use model::{Metadata, MetricType, Reservation};

use crate::status::FamilyMetadata;

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
    unit: &'b str,
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
        self.family(metric).unit = unit;
    }

    fn family(&mut self, metric: &'b str) -> &mut Family<'b> {
        if self.current.as_ref().is_some_and(|current| current.metric != metric) {
            self.end_family();
        }
        self.current.get_or_insert(Family {
            metric,
            kind: MetricType::Unknown,
            help: Cow::Borrowed(""),
            unit: "",
        })
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
        let metadata =
            Metadata { kind: self.kind, help: self.help.into_owned().into(), unit: self.unit.into() };
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
