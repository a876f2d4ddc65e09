//! From values to what is shown: texts and colours, by the configuration of their fields.

mod display;
mod mapping;
mod overrides;
mod reduce;
mod threshold;

pub(crate) use display::{Display, Shown, curve_color, limits};
pub(crate) use mapping::{Mapped, Mappings};
pub(crate) use overrides::configure;
pub(crate) use reduce::Calculation;
pub(crate) use threshold::{Limits, steps};
