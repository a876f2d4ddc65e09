//! Which group a series belongs to.

use foldhash::{HashMap, HashMapExt};
use model::{LabelSet, METRIC_NAME};

use crate::engine::plan::Aggregate;

/// The groups of an aggregation in the order in which they are met.
pub(super) struct Groups<'a, G> {
    aggregate: &'a Aggregate,
    index: HashMap<LabelSet, usize>,
    pub(super) groups: Vec<(LabelSet, G)>,
    /// The labels of the last series and the place of its group: the next one often has the same.
    last: Option<(LabelSet, usize)>,
}

/// The labels of the group of a series.
pub(super) fn labels(aggregate: &Aggregate, grouping: &[Box<str>], series: &LabelSet) -> LabelSet {
    let named = |name: &str| grouping.binary_search_by(|own| own.as_ref().cmp(name)).is_ok();
    if aggregate.without {
        series.retain(|name| name != METRIC_NAME && !named(name))
    } else if grouping.is_empty() {
        LabelSet::empty()
    } else {
        series.retain(named)
    }
}

impl<'a, G> Groups<'a, G> {
    pub(super) fn new(aggregate: &'a Aggregate) -> Self {
        Self { aggregate, index: HashMap::new(), groups: Vec::new(), last: None }
    }

    /// The group of a series, made when it is new.
    pub(super) fn of<E>(
        &mut self,
        series: &LabelSet,
        make: impl FnOnce() -> Result<G, E>,
    ) -> Result<Option<&mut G>, E> {
        if let Some((labels, at)) = &self.last
            && labels == series
        {
            return Ok(self.groups.get_mut(*at).map(|(_, group)| group));
        }
        let labels = labels(self.aggregate, &self.aggregate.grouping, series);
        let at = match self.index.get(&labels) {
            Some(&at) => at,
            None => {
                self.groups.push((labels.clone(), make()?));
                self.index.insert(labels, self.groups.len() - 1);
                self.groups.len() - 1
            }
        };
        self.last = Some((series.clone(), at));
        Ok(self.groups.get_mut(at).map(|(_, group)| group))
    }
}
