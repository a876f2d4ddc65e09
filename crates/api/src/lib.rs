//! HTTP handlers and their JSON; the only place where an error becomes a status.
//!
//! Two routers come from here: [`prometheus_router`], which is Prometheus's HTTP API with the pages beside it,
//! and [`dashboard_router`], which is the same behind a login, with the part of Grafana's API that dashboards
//! need. What runs behind them is given by the binary: an [`Instance`], an [`Evaluator`], the [`Assets`].

// The stack of the integration tests serves the unit tests too.
#[cfg(test)]
extern crate self as api;

mod asset;
mod error;
mod evaluator;
mod external;
mod first_data;
mod grafana;
mod handler;
mod held_request;
mod instance;
mod json;
mod method;
mod notification;
mod offload;
mod otlp_request;
mod parameter;
mod peer;
mod prometheus;
mod receiver;
mod router;

pub use asset::Assets;
pub use error::{ApiError, ErrorKind};
pub use evaluator::Evaluator;
pub use external::{ExternalUrl, GivenUrl};
pub use grafana::{Dashboards, Grafana, Sources};
pub use instance::{Exposition, Features, Instance, Readiness, Reload, RuntimeInfo, Settings};
pub use notification::Notifications;
pub use parameter::Parameters;
pub use prometheus::{OtlpReceiver, Prometheus, ReadLimits};
pub use receiver::{Receiver, ReceiverFigures};
pub use router::{dashboard_router, metrics_router, prometheus_router};
