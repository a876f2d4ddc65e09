//! The vocabulary that every other crate speaks: samples, label sets, matchers, the appender and querier
//! traits (the doors of the store), clocks, and the memory budget.
//!
//! This crate knows nothing of HTTP, YAML, files, threads or async, and never reads the clock by itself.

pub mod appender;
pub mod budget;
mod cause;
pub mod civil;
pub mod clock;
pub mod duration;
pub mod exemplar;
pub mod float;
pub mod histogram;
pub mod kahan;
pub mod label;
pub mod matcher;
pub mod metadata;
pub mod percent;
pub mod querier;
pub mod sample;
pub mod sort;

pub use appender::{Appendable, Appended, Appender, Origin, SampleGroup, SeriesRef};
pub use budget::{Budget, Part, Reservation};
pub use cause::with_causes;
pub use clock::Clock;
pub use exemplar::{Exemplar, ExemplarQueryable, SeriesExemplars};
pub use histogram::{CounterReset, FloatHistogram};
pub use label::{LabelSet, LabelSetBuilder, METRIC_NAME};
pub use matcher::{MatchOp, Matcher};
pub use metadata::{FamilyMetadata, Metadata, MetricType};
pub use querier::{Projection, Querier, Queryable, SelectHints, Series, SeriesSet};
pub use sample::{STALE_NAN_BITS, Sample, SampleBlock, is_stale, stale_nan};
