//! The section `storage`: what the store is told by the file and not by flags.

use crate::{
    schema,
    yaml::{Complaint, Fields, Node, scalar},
};

/// Exemplars that Prometheus keeps where the file says nothing.
const MAX_EXEMPLARS: usize = 100_000;

/// How long and how samples are kept, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Storage {
    /// How far behind the newest sample others may come out of order, in milliseconds.
    pub out_of_order_time_window_ms: Option<i64>,
    /// The section `tsdb.retention`, which takes the place of both flags.
    pub retention: Option<Retention>,
    /// `exemplars.max_exemplars`, when the section `exemplars` is given: none are kept at 0 and below.
    pub max_exemplars: Option<i64>,
}

/// How long samples are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Retention {
    /// In milliseconds; 0 is whatever their age.
    pub time_ms: i64,
    /// While all files have so many bytes; 0 is no limit.
    pub size_bytes: u64,
    /// The same as a share of the file system's size, from 0 to 100; if not 0 it takes the place of `size_bytes`.
    pub percentage: f64,
}

impl Storage {
    /// Reads the section.
    pub(crate) fn read(fields: &Fields<'_>) -> Self {
        let (window, retention) = fields.section("tsdb", &schema::TSDB, read_tsdb).unwrap_or_default();
        let max = |fields: &Fields<'_>| fields.get("max_exemplars", scalar::signed).unwrap_or(0);
        let max_exemplars = fields.section("exemplars", &schema::EXEMPLARS, max);
        Self { out_of_order_time_window_ms: window, retention, max_exemplars }
    }

    /// How many exemplars are kept at most; 0 keeps none.
    pub fn exemplars_max(&self) -> usize {
        self.max_exemplars.map_or(MAX_EXEMPLARS, |max| usize::try_from(max).unwrap_or(0))
    }
}

fn read_tsdb(fields: &Fields<'_>) -> (Option<i64>, Option<Retention>) {
    let window = fields.get("out_of_order_time_window", scalar::duration_ms);
    let retention = fields.section("retention", &schema::RETENTION, |fields| Retention {
        time_ms: fields.get("time", scalar::duration_ms).unwrap_or_default(),
        size_bytes: fields.get("size", scalar::size_bytes).unwrap_or_default(),
        percentage: fields.get("percentage", percentage).unwrap_or_default(),
    });
    if retention == Some(Retention::default()) {
        let complaint = Complaint::new("neither time nor size nor percentage limits what is kept");
        fields.complain("retention", complaint.cure("write time: 15d, or size: 1GB, or both"));
    }
    (window, retention)
}

fn percentage(node: &Node) -> Result<f64, Complaint> {
    let percentage = scalar::float(node)?;
    if (0.0..=100.0).contains(&percentage) {
        return Ok(percentage);
    }
    let what = "'storage.tsdb.retention.percentage' must be in the range [0, 100], got";
    Err(Complaint::new(format!("{what} {percentage}")).cure("write a share of the disk: percentage: 10"))
}
