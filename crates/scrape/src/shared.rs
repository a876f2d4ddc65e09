//! What the loops of all targets share.

use std::sync::{Arc, Mutex};

use model::{Appendable, Budget, Clock};

use crate::{
    alarm::Alarm, buffer::BufferPool, client_pool::ClientPool, family::FamilyPool, ingest::Scratch,
    status::ScrapeFigures,
};

/// What all targets share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Appendable>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alarm: Alarm,
    pub(crate) clients: ClientPool,
    pub(crate) buffers: BufferPool,
    pub(crate) families: FamilyPool,
    pub(crate) scratch: Mutex<Scratch>,
    pub(crate) figures: Mutex<ScrapeFigures>,
    pub(crate) budget: Arc<Budget>,
}
