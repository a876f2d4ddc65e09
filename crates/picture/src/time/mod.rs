//! Times of dashboards: durations, ranges, steps, zones, and how they are written.

mod duration;
mod interval;
mod pattern;
mod range;
mod zone;

pub(crate) use duration::{format_duration, parse_duration};
pub(crate) use interval::{StepRequest, align, range_variable, round_interval, target_step};
pub(crate) use pattern::ByPattern;
pub use range::moment;
pub(crate) use range::{RawRange, TimeRange};
pub use zone::Zone;
