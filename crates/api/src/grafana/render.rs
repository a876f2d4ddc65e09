//! Pictures of dashboards and panels: `/render/d-solo/<uid>` and `/render/d/<uid>`, as Grafana's image renderer
//! answers them.

mod source;

use std::{sync::Arc, time::Duration};

use ::dashboard::Dashboard;
use axum::{
    Extension, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use picture::{Format, Request, Theme};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{Viewer, data_source::Asking, message};
use crate::{
    error::{ApiError, ErrorKind},
    evaluator::Job,
    handler::get,
    parameter::Parameters,
};
use source::JobSource;

/// Size of a picture that says nothing else, as in Grafana.
const WIDTH: u32 = 1000;
const HEIGHT: u32 = 500;
/// Pictures drawn at once: each takes a core.
const RUNNING_MAX: usize = 2;
/// Pictures that wait; whoever comes besides is told to come again.
const WAITING_MAX: usize = 8;
/// How long they wait.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// Seconds after which to come again.
const RETRY_AFTER: &str = "5";

/// Pictures of dashboards, for whoever may see them.
pub(super) fn routes() -> Router<Asking> {
    Router::new()
        .route("/render/d-solo/{uid}", get(panel))
        .route("/render/d-solo/{uid}/{slug}", get(panel))
        .route("/render/d/{uid}", get(dashboard))
        .route("/render/d/{uid}/{slug}", get(dashboard))
}

/// Room for the pictures that are asked for at once.
pub(super) struct Desk {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Desk {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { running: places(RUNNING_MAX), waiting: places(WAITING_MAX) }
    }
}

impl Desk {
    /// A place to draw at, as soon as there is one.
    async fn place(&self) -> Result<OwnedSemaphorePermit, Response> {
        let busy = |status| (status, [(header::RETRY_AFTER, RETRY_AFTER)], "too many pictures at once\n");
        if let Ok(place) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(place);
        }
        let Ok(_waiting) = self.waiting.try_acquire() else {
            return Err(busy(StatusCode::TOO_MANY_REQUESTS).into_response());
        };
        match timeout(WAIT_MAX, Arc::clone(&self.running).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(busy(StatusCode::SERVICE_UNAVAILABLE).into_response()),
        }
    }
}

/// One panel of a dashboard.
async fn panel(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    Path(path): Path<Vec<(String, String)>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Response {
    // Newer links have the panel's key here.
    let id = parameters.get("panelId").trim_start_matches("panel-").parse().ok();
    let Some(id) = id else { return message(StatusCode::BAD_REQUEST, "panelId is missing or no number") };
    let request = request(&asking, &headers, &parameters, Some(id));
    answer(asking, viewer, &path, request).await
}

/// All of a dashboard.
async fn dashboard(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    Path(path): Path<Vec<(String, String)>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Response {
    let request = request(&asking, &headers, &parameters, None);
    answer(asking, viewer, &path, request).await
}

async fn answer(asking: Asking, viewer: Viewer, path: &[(String, String)], request: Request) -> Response {
    let uid = path.iter().find(|(name, _)| name == "uid").map(|(_, uid)| uid.clone()).unwrap_or_default();
    match picture(asking, viewer, uid, request).await {
        Ok(response) | Err(response) => response,
    }
}

fn request(asking: &Asking, headers: &HeaderMap, parameters: &Parameters, panel: Option<i64>) -> Request {
    let given = |name| Some(parameters.get(name).to_owned()).filter(|text| !text.is_empty());
    let number = |name| parameters.get(name).parse::<f32>().ok().filter(|number| number.is_finite());
    let pixels = |name, otherwise| number(name).map_or(otherwise, |pixels| pixels.max(0.0) as u32);
    // Grafana asks for as much height as a dashboard needs by a height below zero.
    let height = if panel.is_some() { HEIGHT } else { 0 };
    let variables = parameters.with_prefix("var-");
    Request {
        panel,
        from: given("from"),
        to: given("to"),
        variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        zone: given("tz").or_else(|| given("timezone")),
        width: pixels("width", WIDTH),
        height: pixels("height", height),
        scale: number("scale").or_else(|| number("deviceScaleFactor")).unwrap_or(1.0),
        theme: match parameters.get("theme") {
            "light" => Theme::Light,
            "paper" => Theme::Paper,
            _ => Theme::Dark,
        },
        format: format(headers, parameters),
        now_ms: asking.evaluator.now_ms(),
        scrape_interval_ms: asking.grafana.instance.scrape_interval_ms(),
    }
}

async fn picture(
    asking: Asking,
    viewer: Viewer,
    uid: String,
    request: Request,
) -> Result<Response, Response> {
    let place = asking.grafana.desk.place().await?;
    let asker = viewer.clone();
    let found = asking.grafana.blocking(move |grafana| grafana.dashboard(&uid, &asker)).await?;
    let dashboard = found.map_err(IntoResponse::into_response)?;
    let content_type = request.format.content_type();
    let network = Handle::current();
    let drawing = Arc::new(Drawing { dashboard, request, asking, viewer, network, _place: place });
    let bytes = drawing.drawn().await?;
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "private")];
    Ok((headers, bytes).into_response())
}

/// A picture, for one turn of the evaluator or two.
struct Drawing {
    dashboard: Dashboard,
    request: Request,
    asking: Asking,
    viewer: Viewer,
    network: Handle,
    _place: OwnedSemaphorePermit,
}

impl Drawing {
    /// Draws it; where it asks other servers while somebody else waits for one, anew once that is over.
    async fn drawn(self: Arc<Self>) -> Result<Vec<u8>, Response> {
        let mut reader = None;
        loop {
            let drawing = Arc::clone(&self);
            let draw = move |job: &Job| drawing.draw(job, reader);
            let drawn = self.asking.evaluator.run(None, draw).await;
            let drawn = drawn.map_err(|error| message(error.kind.status(), &error.message))?;
            if let Some(bytes) = drawn {
                return Ok(bytes);
            }
            let free = self.asking.grafana.sources.upstreams().reader(WAIT_MAX).await;
            reader = Some(free.map_err(|error| message(error.status(), &error.told(&self.viewer)))?);
        }
    }

    /// Nothing where it has to wait for the right to ask other servers.
    fn draw(&self, job: &Job, reader: Option<OwnedSemaphorePermit>) -> Result<Option<Vec<u8>>, ApiError> {
        let budget = Arc::clone(job.account().budget());
        let mut source = JobSource::new(job, &self.asking, &self.viewer, &self.network, reader);
        let drawn = picture::draw(&self.dashboard.json, &self.request, &mut source, &budget);
        if source.stood_back() {
            return Ok(None);
        }
        Ok(Some(drawn?))
    }
}

/// SVG for whoever asks for it before all else; browsers take it among others, and get what Grafana gives.
fn format(headers: &HeaderMap, parameters: &Parameters) -> Format {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match parameters.get("format") {
        "svg" => Format::Svg,
        "" if accept.trim_start().starts_with(Format::Svg.content_type()) => Format::Svg,
        _ => Format::Png,
    }
}

impl From<picture::Error> for ApiError {
    fn from(error: picture::Error) -> Self {
        use picture::Error;
        let kind = match &error {
            Error::Panel(_) => ErrorKind::NotFound,
            Error::Size { .. } => ErrorKind::BadData,
            Error::Budget { .. } => ErrorKind::Unavailable,
            Error::Source(_) => ErrorKind::Timeout,
            _ => {
                tracing::error!(%error, "picture");
                ErrorKind::Internal
            }
        };
        Self::new(kind, error)
    }
}
