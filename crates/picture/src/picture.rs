//! From a dashboard and a request to a picture.

use std::{collections::BTreeSet, sync::Arc};

use model::{Budget, Part};

use crate::{
    Error, PIXELS_MAX, Source, Theme, Zone,
    annotation::{self, Annotation},
    dashboard::{Dashboard, GridPos, Panel},
    drawing::{Drawing, Rect, Text, write_png, write_svg},
    field::configure,
    grid,
    json::Json,
    panel::{self, Scene},
    query::{self, PlanContext, panel_range},
    time::{RawRange, TimeRange},
    transform::transform,
    variable::{Given, VariableValue, Variables, references, resolve},
};

/// What a picture is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Pixels.
    #[default]
    Png,
    /// Shapes and texts.
    Svg,
}

impl Format {
    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// What is to be drawn, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The id of a panel; `None` for the whole dashboard.
    pub panel: Option<i64>,
    /// Start of the time range as Grafana writes it (`now-6h`); the dashboard's own when `None`.
    pub from: Option<String>,
    /// End of the time range, likewise.
    pub to: Option<String>,
    /// Values of variables, by name; a name may come several times.
    pub variables: Vec<(String, String)>,
    /// The zone in which times are written, see [`Zone::find`]; the dashboard's own when `None`.
    pub zone: Option<String>,
    /// Pixels across before scaling, at most [`PIXELS_MAX`] after.
    pub width: u32,
    /// Pixels down, likewise; of a whole dashboard 0 is as much as it needs.
    pub height: u32,
    /// Pixels of the picture for one pixel across and down.
    pub scale: f32,
    /// Dark or light.
    pub theme: Theme,
    /// What the picture is written as.
    pub format: Format,
    /// Now, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// How often targets are scraped, in milliseconds: the shortest step.
    pub scrape_interval_ms: i64,
}

/// Smallest picture, in pixels each way.
const PIXELS_MIN: u32 = 10;
/// Pixels of a row of the grid, and of the room between panels.
const ROW_HEIGHT: f32 = 38.0;
const GAP: f32 = 8.0;
const TITLE_HEIGHT: f32 = 40.0;

/// Draws a panel of a dashboard, or all of it, and writes the picture. `dashboard` is its JSON, of any generation.
///
/// Blocks until the source has answered. Memory in proportion to the answers and to the picture is drawn from the
/// budget.
///
/// # Errors
/// See [`Error`]. What single queries say is written into the picture.
pub fn draw(
    dashboard: &str,
    request: &Request,
    source: &mut dyn Source,
    budget: &Arc<Budget>,
) -> Result<Vec<u8>, Error> {
    let mut parsed = budget.open(Part::Query);
    // What is read from JSON takes several times the room of its text.
    let json_bytes = dashboard.len() * 6;
    if !parsed.grow(json_bytes) {
        return Err(Error::budget(json_bytes, budget));
    }
    let dashboard = Dashboard::read(dashboard)?;
    let zone =
        Zone::find(request.zone.as_deref().filter(|zone| !zone.is_empty()).unwrap_or(&dashboard.timezone));
    let raw = RawRange {
        from: request.from.clone().unwrap_or_else(|| dashboard.time.from.clone()),
        to: request.to.clone().unwrap_or_else(|| dashboard.time.to.clone()),
    };
    let range = raw.resolve(request.now_ms, &zone);
    let session = Session { dashboard: &dashboard, request, zone: &zone, range, budget };
    let drawing = match request.panel {
        Some(id) => session.panel(id, source)?,
        None => session.dashboard(source)?,
    };
    if drawing.refused_bytes() > 0 {
        return Err(Error::budget(drawing.refused_bytes(), budget));
    }
    session.write(&drawing)
}

/// What holds for the panels of a page.
struct Page<'a> {
    variables: &'a Variables,
    annotations: &'a [Annotation],
}

/// One request.
struct Session<'a> {
    dashboard: &'a Dashboard,
    request: &'a Request,
    zone: &'a Zone,
    range: TimeRange,
    budget: &'a Arc<Budget>,
}

impl Session<'_> {
    fn panel(&self, id: i64, source: &mut dyn Source) -> Result<Drawing, Error> {
        let panel = self.dashboard.panel(id).ok_or(Error::Panel(id))?;
        let mut drawing = self.drawing(self.request.height)?;
        let area = Rect::new(0.0, 0.0, drawing.width, drawing.height);
        drawing.rect(area, self.request.theme.surface());
        let variables = self.variables(&[panel], source)?;
        let annotations = self.annotations(&[panel], &variables, source)?;
        let page = Page { variables: &variables, annotations: &annotations };
        self.draw_panel(&mut drawing, area, panel, &page, source)?;
        Ok(drawing)
    }

    fn dashboard(&self, source: &mut dyn Source) -> Result<Drawing, Error> {
        let all: Vec<&Panel> = self.dashboard.panels.iter().collect();
        let variables = self.variables(&all, source)?;
        let annotations = self.annotations(&all, &variables, source)?;
        let placed = grid::lay_out(&self.dashboard.panels, &variables);
        let rows = placed.iter().map(|panel| panel.grid.y + panel.grid.h).max().unwrap_or(1);
        let needed = TITLE_HEIGHT + rows as f32 * ROW_HEIGHT + GAP;
        let needed = (needed as u32).min((PIXELS_MAX as f32 / self.scale()) as u32);
        let height = if self.request.height == 0 { needed } else { self.request.height };
        let mut drawing = self.drawing(height)?;
        let theme = self.request.theme;
        drawing.rect(Rect::new(0.0, 0.0, drawing.width, drawing.height), theme.ground());
        let title =
            Text::new(variables.text(&self.dashboard.title), GAP + 2.0, 0.0, 17.0, theme.ink()).bold();
        drawing.text(title.centred_on(TITLE_HEIGHT / 2.0));
        for placed in &placed {
            let area = self.place(placed.grid, drawing.width);
            let (panel, variables) = (placed.panel, variables.within(&placed.scope));
            if area.y > drawing.height {
                continue;
            }
            if panel.kind == "row" {
                let title = variables.text(&panel.title);
                drawing
                    .text(Text::new(title, area.x, 0.0, 14.0, theme.ink()).bold().centred_on(area.y + 16.0));
                continue;
            }
            if !panel.transparent {
                drawing.rounded(area, 6.0, theme.line());
                drawing.rounded(area.inset(1.0), 5.0, theme.surface());
            }
            let page = Page { variables: &variables, annotations: &annotations };
            self.draw_panel(&mut drawing, area, panel, &page, source)?;
        }
        Ok(drawing)
    }

    /// Where a panel stands on a page.
    fn place(&self, grid: GridPos, width: f32) -> Rect {
        let column = (width - GAP) / 24.0;
        let [x, y, w, h] = [grid.x, grid.y, grid.w, grid.h].map(|cells| cells as f32);
        Rect::new(GAP + x * column, TITLE_HEIGHT + y * ROW_HEIGHT, w * column - GAP, h * ROW_HEIGHT - GAP)
    }

    fn draw_panel(
        &self,
        drawing: &mut Drawing,
        area: Rect,
        panel: &Panel,
        page: &Page<'_>,
        source: &mut dyn Source,
    ) -> Result<(), Error> {
        let variables = page.variables;
        let context = PlanContext {
            range: self.range,
            now_ms: self.request.now_ms,
            width: area.width,
            variables,
            zone: self.zone,
            scrape_interval_ms: self.request.scrape_interval_ms.max(1) as f64,
        };
        let mut account = self.budget.open(Part::Query);
        let mut answers = match panel::needs_no_data(&panel.kind) {
            true => query::Answers::default(),
            false => query::ask(panel, &context, source, &mut account)?,
        };
        let (mut frames, unknown) = transform(answers.frames, &panel.transformations);
        let missed = |id: &str| format!("The transformation \"{id}\" is left out");
        answers.notices.extend(unknown.into_iter().map(missed));
        configure(&mut frames, &panel.fields);
        let scene = Scene {
            panel,
            title: variables.text(&panel.title),
            content: variables.text(&panel.options.at("content").text_or_empty()),
            frames,
            exemplars: answers.exemplars,
            annotations: page.annotations,
            errors: answers.errors,
            notices: answers.notices,
            range: panel_range(panel, &context),
            theme: self.request.theme,
            zone: self.zone,
        };
        panel::draw(drawing, area, &scene);
        Ok(())
    }

    /// What curves are marked with, where there are any.
    fn annotations(
        &self,
        panels: &[&Panel],
        variables: &Variables,
        source: &mut dyn Source,
    ) -> Result<Vec<Annotation>, Error> {
        let inner = panels.iter().flat_map(|panel| &panel.panels);
        match panels.iter().copied().chain(inner).any(|panel| panel.kind == "timeseries") {
            true => annotation::find(self.dashboard, self.range, variables, self.request.theme, source),
            false => Ok(Vec::new()),
        }
    }

    /// The variables that panels use, with their values.
    fn variables(&self, panels: &[&Panel], source: &mut dyn Source) -> Result<Variables, Error> {
        let mut used: BTreeSet<String> =
            references(&self.dashboard.title).into_iter().map(str::to_owned).collect();
        let inner = panels.iter().flat_map(|panel| &panel.panels);
        for panel in panels.iter().copied().chain(inner) {
            used.insert(panel.repeat.clone());
            let content = panel.options.at("content").text_or_empty();
            let own = [&panel.title, &panel.interval, &panel.time_from, &panel.time_shift, &content];
            let targets =
                panel.targets.iter().flat_map(|target| [&target.expr, &target.interval, &target.data_source]);
            let names = own.into_iter().chain(targets).flat_map(|text| references(text));
            used.extend(names.map(str::to_owned));
        }
        let annotations = self.dashboard.annotations.iter();
        let of_annotations = annotations.flat_map(|one| {
            let tags = one.hand_made.iter().flat_map(|made| &made.tags);
            [&one.expr, &one.step, &one.data_source].into_iter().chain(tags)
        });
        used.extend(of_annotations.flat_map(|text| references(text)).map(str::to_owned));
        let mut given = Given::new();
        for (name, value) in &self.request.variables {
            given.entry(name.clone()).or_default().push(value.clone());
        }
        let mut built_in = Variables::default();
        for (name, value) in [
            ("__from", self.range.from_ms.to_string()),
            ("__to", self.range.to_ms.to_string()),
            ("__dashboard", self.dashboard.title.clone()),
            ("__org", "1".to_owned()),
        ] {
            built_in.set(name, VariableValue::single(value));
        }
        resolve(&self.dashboard.variables, &used, &given, built_in, self.range, source)
    }

    fn scale(&self) -> f32 {
        if self.request.scale.is_finite() { self.request.scale.clamp(0.1, 10.0) } else { 1.0 }
    }

    /// An empty drawing of the size that is asked for.
    fn drawing(&self, height: u32) -> Result<Drawing, Error> {
        let width = self.request.width;
        let fits = |pixels: u32| pixels >= PIXELS_MIN && pixels as f32 * self.scale() <= PIXELS_MAX as f32;
        if !fits(width) || !fits(height) {
            return Err(Error::Size { width, height });
        }
        Ok(Drawing::new(width as f32, height as f32, self.budget.open(Part::Query)))
    }

    fn write(&self, drawing: &Drawing) -> Result<Vec<u8>, Error> {
        match self.request.format {
            Format::Svg => Ok(write_svg(drawing, self.scale(), &self.dashboard.title).into_bytes()),
            Format::Png => {
                let account = self.budget.open(Part::Query);
                write_png(drawing, self.scale(), self.request.theme.ground(), account)
            }
        }
    }
}
