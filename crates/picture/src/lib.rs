//! Pictures of dashboards and their panels, as SVG and PNG, without a browser.
//!
//! [`draw`] reads a dashboard's JSON of any generation, works out its variables, asks a [`Source`] what the panel asks,
//! and draws the answers with the colours, units and names that the pages in `web/` give them. Shapes go into one
//! list (`drawing`), which is written as SVG or painted into pixels a strip at a time; letters are outlines of Noto
//! Sans that `build.rs` puts into the program.
//!
//! This crate knows nothing of HTTP, of the store and of the query engine; it reads no clock, and of the disk only
//! the system's zones of time.

mod annotation;
mod chart;
mod dashboard;
mod drawing;
mod error;
mod field;
mod frame;
mod grid;
mod json;
mod panel;
mod pattern;
mod picture;
mod query;
mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod theme;
mod time;
mod transform;
mod unit;
mod variable;

pub use error::Error;
pub use picture::{Format, Request, draw};
pub use source::{
    AnnotationSearch, DataSource, Exemplar, HandAnnotation, InstantQuery, RangeQuery, Selection, Series,
    Source, SourceError,
};
pub use theme::Theme;
pub use time::{Zone, moment};

/// Pixels of a picture across and down at most, as in Grafana.
pub const PIXELS_MAX: u32 = 3000;
