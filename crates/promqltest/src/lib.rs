//! Prometheus's script language for tests of queries: parser, runner and a store in memory.
//!
//! A script loads series, evaluates expressions and says what they give:
//!
//! ```text
//! load 1m
//!   requests_total{job="a"} 0+60x10
//!
//! eval instant at 10m rate(requests_total[5m])
//!   {job="a"} 1
//! ```
//!
//! The language is that of Prometheus's own scripts, all forms of `expect` and the older `eval_fail`,
//! `eval_warn`, `eval_info` and `eval_ordered` included. As there, every instant query is evaluated as a range
//! query too, and with all its selectors fixed by `@` at several other times.

mod compare;
mod expect;
mod invariance;
mod literal;
mod nhcb;
mod run;
mod script;
mod series;
mod start_timestamp;
mod steps;
mod store;
mod word;

pub use run::{Failure, Report, engine, run_file, run_script};
pub use store::Store;
