//! Colours: those of the pages' two themes.

mod color;
mod palette;

pub(crate) use color::Color;
pub use palette::Theme;
