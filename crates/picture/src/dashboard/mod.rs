//! The dashboard model: one shape for every generation of Grafana's JSON.

mod annotation;
mod field_config;
mod graph;
mod migrate;
mod read;
mod resource;
mod rows;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(crate) use annotation::{AnnotationQuery, HandMade};

pub(crate) use field_config::{
    ColorConfig, FieldConfig, FieldConfigSource, Mapping, Matched, Override, Threshold,
};

use crate::time::RawRange;

/// A dashboard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dashboard {
    pub(crate) uid: String,
    pub(crate) title: String,
    pub(crate) time: RawRange,
    /// A zone's name, `utc`, `browser` or nothing.
    pub(crate) timezone: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) annotations: Vec<AnnotationQuery>,
    pub(crate) panels: Vec<Panel>,
}

/// Place on the grid of 24 columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GridPos {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) w: u32,
    pub(crate) h: u32,
}

/// A panel, or a row of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panel {
    pub(crate) id: i64,
    /// Its type by today's name.
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) grid: GridPos,
    pub(crate) transparent: bool,
    pub(crate) targets: Vec<Target>,
    /// Lower limit of the step as written.
    pub(crate) interval: String,
    pub(crate) max_data_points: Option<f64>,
    pub(crate) time_from: String,
    pub(crate) time_shift: String,
    /// The variable that it is repeated for; empty when it is not.
    pub(crate) repeat: String,
    pub(crate) repeat_down: bool,
    pub(crate) max_per_row: u32,
    pub(crate) options: Value,
    pub(crate) fields: FieldConfigSource,
    pub(crate) transformations: Vec<Transformation>,
    /// Of a row: whether its panels are folded away, and those panels.
    pub(crate) collapsed: bool,
    pub(crate) panels: Vec<Panel>,
}

/// One query of a panel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    pub(crate) ref_id: String,
    /// Uid or name of the data source that it asks, or a variable.
    pub(crate) data_source: String,
    pub(crate) expr: String,
    pub(crate) legend_format: String,
    /// Its "Min step" as written.
    pub(crate) interval: String,
    pub(crate) interval_factor: f64,
    pub(crate) instant: bool,
    pub(crate) range: bool,
    pub(crate) format: TargetFormat,
    pub(crate) hide: bool,
    /// Whether single measurements are shown beside its curves.
    pub(crate) exemplar: bool,
    /// Kind of a data source that does not answer PromQL.
    pub(crate) foreign: Option<String>,
}

/// What a target's series become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TargetFormat {
    #[default]
    TimeSeries,
    Table,
    Heatmap,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Transformation {
    pub(crate) id: String,
    pub(crate) options: Value,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum VariableKind {
    Query,
    Custom,
    DataSource,
    Interval,
    Constant,
    TextBox,
    #[default]
    Other,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) kind: VariableKind,
    /// Uid or name of the data source that is asked, or a variable.
    pub(crate) data_source: String,
    pub(crate) query: String,
    pub(crate) regex: String,
    pub(crate) sort: i64,
    pub(crate) multi: bool,
    pub(crate) include_all: bool,
    pub(crate) all_value: String,
    pub(crate) auto: bool,
    pub(crate) auto_count: f64,
    pub(crate) auto_min: String,
    pub(crate) current: Vec<String>,
    pub(crate) options: Vec<VariableOption>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VariableOption {
    pub(crate) text: String,
    pub(crate) value: String,
}

impl Dashboard {
    /// A panel by its id, wherever it stands.
    pub(crate) fn panel(&self, id: i64) -> Option<&Panel> {
        let nested = self.panels.iter().flat_map(|panel| &panel.panels);
        self.panels.iter().chain(nested).find(|panel| panel.id == id && panel.kind != "row")
    }
}
