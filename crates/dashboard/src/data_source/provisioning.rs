//! What files of a provisioning folder say about data sources, and what that does to the store.

use std::{collections::HashSet, sync::Arc};

use super::{
    DataSource, DataSourceError, DataSources, Definition, Kept, Key, OWN_UID, definition::uid_of_name,
};

/// What all files say together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provisioning {
    /// What there is to be, in the order of the files.
    pub sources: Vec<Provisioned>,
    /// Names of what there is not to be; done first.
    pub deleted: Vec<String>,
    /// Whether there may be more in files that could not be read; nothing is pruned then.
    pub incomplete: bool,
}

/// A data source of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Provisioned {
    /// What is set.
    pub definition: Definition,
    /// Whether people may change it; the file comes back at the next start or reload.
    pub editable: bool,
    /// Whether it goes when no file names it any more.
    pub prune: bool,
}

impl DataSources {
    /// Puts in force what the files say. One with the own store's uid says how that one is called and set, as the
    /// own store is where Prometheus was. Blocks on the disk if something changes.
    ///
    /// # Errors
    /// When it contradicts itself or cannot be stored; nothing changes then.
    pub fn provision(&self, wanted: &Provisioning) -> Result<(), DataSourceError> {
        let mut defaults = wanted.sources.iter().filter(|source| source.definition.is_default);
        if let (Some(first), Some(second)) = (defaults.next(), defaults.next()) {
            let [first, second] = [first, second].map(|source| source.definition.name.clone());
            return Err(DataSourceError::Defaults { first, second });
        }
        let names: HashSet<&str> = wanted.sources.iter().map(|s| s.definition.name.as_str()).collect();
        self.change(|kept| {
            kept.sources.retain(|source| {
                let name = &source.definition.name;
                let stale = source.prunable && !wanted.incomplete && !names.contains(name.as_str());
                !stale && (names.contains(name.as_str()) || !wanted.deleted.contains(name))
            });
            wanted.sources.iter().try_for_each(|source| kept.provision(source))
        })
    }
}

impl Kept {
    /// Puts one of a file in the place of the one with its name.
    fn provision(&mut self, wanted: &Provisioned) -> Result<(), DataSourceError> {
        let Provisioned { definition, editable, prune } = wanted;
        let mut definition = definition.clone().checked()?;
        let own = definition.uid == OWN_UID;
        let key = if own { Key::Uid(OWN_UID) } else { Key::Name(&definition.name) };
        let before = self.sources.iter().find(|source| key.matches(source)).map(Arc::clone);
        if definition.uid.is_empty() {
            definition.uid = match &before {
                Some(before) => before.definition.uid.clone(),
                None => uid_of_name(&definition.name),
            };
        }
        let id = before.as_ref().map(|before| before.id);
        let taken =
            |key: Key<'_>| self.sources.iter().any(|other| Some(other.id) != id && key.matches(other));
        if taken(Key::Uid(&definition.uid)) {
            return Err(DataSourceError::UidExists);
        }
        if taken(Key::Name(&definition.name)) {
            return Err(DataSourceError::NameExists);
        }
        let base = before.as_deref().cloned().unwrap_or_default();
        let next = DataSource { read_only: own || !editable, prunable: own || *prune, ..base };
        match before {
            // What is as it was keeps its version.
            Some(before) if *before == (DataSource { definition: definition.clone(), ..next.clone() }) => {
                Ok(())
            }
            Some(_) => self.put(definition, next).map(drop),
            None => self.insert(definition, next).map(drop),
        }
    }
}
