//! Room for what is saved: old versions give way to new ones.

use std::{collections::HashMap, sync::Arc};

use super::{
    ChangeError, Library, State,
    shelf::{DASHBOARDS_MAX, SHELF_BYTES_MAX, Saved},
};

/// Versions of the dashboard that is being worked on which stay while other dashboards have older ones to give.
const OWN_VERSIONS_MIN: usize = 2;

impl State {
    /// Refuses what would not fit even if every dashboard had one version only.
    pub(super) fn check_room(&self, uid: &str, new_bytes: u64) -> Result<(), ChangeError> {
        let (used, limit) = (self.saved.len() as u64, DASHBOARDS_MAX as u64);
        if used >= limit && !self.saved.contains_key(uid) {
            return Err(ChangeError::Full { what: "saved dashboards", used, limit });
        }
        let others = self.saved.iter().filter(|(other, _)| *other != uid);
        let (used, limit) = (others.map(|(_, saved)| saved.newest_bytes()).sum::<u64>(), SHELF_BYTES_MAX);
        if used + new_bytes > limit {
            return Err(ChangeError::Full { what: "bytes of saved dashboards", used, limit });
        }
        Ok(())
    }
}

impl Library {
    /// Removes old versions until all that is saved fits, those of the dashboard that was just saved first.
    pub(super) fn make_room(&self, uid: &str) {
        let used =
            |saved: &HashMap<String, Arc<Saved>>| saved.values().map(|one| one.size_bytes()).sum::<u64>();
        let mut saved = {
            let state = self.look();
            if used(&state.saved) <= SHELF_BYTES_MAX {
                return;
            }
            state.saved.clone()
        };
        while used(&saved) > SHELF_BYTES_MAX {
            let Some(victim) = next_to_give(&mut saved, uid) else { break };
            self.shelf.remove_oldest(Arc::make_mut(victim));
        }
        self.change(|state| state.saved = saved);
    }
}

/// Who gives up its oldest version next: the dashboard of the uid, then whichever has most bytes of old ones.
fn next_to_give<'a>(saved: &'a mut HashMap<String, Arc<Saved>>, uid: &str) -> Option<&'a mut Arc<Saved>> {
    let turn = |(other, one): &(&String, &mut Arc<Saved>)| match *other == uid {
        false => 1,
        true if one.versions().count() > OWN_VERSIONS_MIN => 2,
        true => 0,
    };
    let order =
        |entry: &(&String, &mut Arc<Saved>)| (turn(entry), entry.1.size_bytes() - entry.1.newest_bytes());
    saved.iter_mut().filter(|(_, one)| one.versions().count() > 1).max_by_key(order).map(|(_, one)| one)
}
