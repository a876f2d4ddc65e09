//! What one does with a data folder by hand: look whether it is sound, mend it, see what is in it.

mod analysis;
mod check;
mod repair;

pub use analysis::{Analysis, MetricBytes, PageKind};
pub use check::{Checked, Fault};
pub use repair::{Repaired, RepairedPart};
