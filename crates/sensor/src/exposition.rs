//! From a registry to the body of a scrape.

use expfmt::{Exposition, Format, negotiate, openmetrics_to_text};
use prometheus_client::{encoding::text, registry::Registry};

/// Renders all metrics of the registry in the format that the `Accept` header asks for, text 0.0.4 when it asks
/// for none that there is.
///
/// # Errors
/// When the registry holds a metric that text cannot express.
pub fn render(registry: &Registry, accept: &str) -> Result<Exposition, RenderError> {
    let format = negotiate(accept);
    let mut body = String::new();
    text::encode(&mut body, registry)?;
    if !format.is_open_metrics() {
        body = openmetrics_to_text(&body)?;
    }
    Ok(Exposition { content_type: format.content_type(), body })
}

/// Why metrics cannot be rendered; always a defect of who registered them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A metric has no form in OpenMetrics text.
    #[error("cannot encode the metrics")]
    Encode(#[from] std::fmt::Error),
    /// What was encoded is not OpenMetrics.
    #[error("cannot convert the metrics to {}", Format::PrometheusText004.as_str())]
    Convert(#[from] Box<expfmt::ParseError>),
}
