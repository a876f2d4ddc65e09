//! Laying out a dashboard: repeats unrolled, folded rows hidden, places worked out.

use crate::{
    dashboard::{GridPos, Panel},
    variable::{Scope, Variables},
};
use model::sort;

const COLUMNS: usize = 24;
/// Panels that one repeat may unroll to.
const REPEATS_MAX: usize = 50;
/// Panels of a picture.
const PANELS_MAX: usize = 300;

/// A panel where it stands.
#[derive(Clone)]
pub(crate) struct Placed<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) grid: GridPos,
    /// Values of repeated variables that hold inside it.
    pub(crate) scope: Scope,
}

impl<'a> Placed<'a> {
    fn new(panel: &'a Panel) -> Self {
        Self { panel, grid: panel.grid, scope: Scope::new() }
    }

    fn scoped(&self, name: &str, value: &str) -> Self {
        let mut scoped = self.clone();
        scoped.scope.insert(name.to_owned(), value.to_owned());
        scoped
    }
}

/// A row with the panels below it, up to the next row.
#[derive(Clone, Default)]
struct Section<'a> {
    row: Option<Placed<'a>>,
    panels: Vec<Placed<'a>>,
}

/// All panels to show, rows among them, in order and with their places.
pub(crate) fn lay_out<'a>(panels: &'a [Panel], variables: &Variables) -> Vec<Placed<'a>> {
    let mut placed = Vec::new();
    let mut top = 0;
    for section in sections(panels).iter().flat_map(|section| repeated_section(section, variables)) {
        let folded = section.row.as_ref().is_some_and(|row| row.panel.collapsed);
        if let Some(mut row) = section.row {
            row.grid = GridPos { x: 0, y: top, w: COLUMNS as u32, h: 1 };
            placed.push(row);
            top += 1;
        }
        if !folded {
            let inside = place(section.panels, top, variables);
            top = inside.iter().map(|panel| panel.grid.y + panel.grid.h).fold(top, u32::max);
            placed.extend(inside);
        }
        if placed.len() >= PANELS_MAX {
            break;
        }
    }
    placed.truncate(PANELS_MAX);
    placed
}

fn sections(panels: &[Panel]) -> Vec<Section<'_>> {
    let mut sorted: Vec<&Panel> = panels.iter().collect();
    sort::by_key(&mut sorted, |panel| (panel.grid.y, panel.grid.x));
    let mut found = vec![Section::default()];
    for panel in sorted {
        if panel.kind == "row" {
            let panels = panel.panels.iter().map(Placed::new).collect();
            found.push(Section { row: Some(Placed::new(panel)), panels });
        } else if let Some(section) = found.last_mut() {
            section.panels.push(Placed::new(panel));
        }
    }
    found
}

fn values(name: &str, variables: &Variables) -> Vec<String> {
    if name.is_empty() {
        return Vec::new();
    }
    let value = variables.get(name).map(|value| value.values).unwrap_or_default();
    value.into_iter().take(REPEATS_MAX).collect()
}

fn repeated_section<'a>(section: &Section<'a>, variables: &Variables) -> Vec<Section<'a>> {
    let name = section.row.as_ref().map(|row| row.panel.repeat.as_str()).unwrap_or_default();
    let values = values(name, variables);
    if values.is_empty() {
        return vec![section.clone()];
    }
    let copy = |value: &String| Section {
        row: section.row.as_ref().map(|row| row.scoped(name, value)),
        panels: section.panels.iter().map(|panel| panel.scoped(name, value)).collect(),
    };
    values.iter().map(copy).collect()
}

/// Places of a section's panels from `top` down: each as high up as the panels above it allow.
fn place<'a>(mut panels: Vec<Placed<'a>>, top: u32, variables: &Variables) -> Vec<Placed<'a>> {
    sort::by_key(&mut panels, |panel| (panel.grid.y, panel.grid.x));
    let mut heights = [top; COLUMNS];
    let mut placed = Vec::new();
    for mut panel in panels.into_iter().flat_map(|panel| copies(panel, variables)).take(PANELS_MAX) {
        let columns = panel.grid.x as usize..((panel.grid.x + panel.grid.w) as usize).min(COLUMNS);
        let taken = heights.get_mut(columns).unwrap_or_default();
        panel.grid.y = taken.iter().copied().max().unwrap_or(top);
        taken.fill(panel.grid.y + panel.grid.h);
        placed.push(panel);
    }
    placed
}

/// The panel, or one for each value that it repeats over, beside or below one another.
fn copies<'a>(panel: Placed<'a>, variables: &Variables) -> Vec<Placed<'a>> {
    let name = panel.panel.repeat.as_str();
    let values = if panel.scope.contains_key(name) { Vec::new() } else { values(name, variables) };
    if values.is_empty() {
        return vec![panel];
    }
    let across = values.len().min(panel.panel.max_per_row.max(1) as usize);
    let w = (COLUMNS / across).max(1) as u32;
    let copy = |(index, value): (usize, &String)| {
        let mut copy = panel.scoped(name, value);
        if !panel.panel.repeat_down {
            (copy.grid.w, copy.grid.x) = (w, (index % across) as u32 * w);
        }
        copy
    };
    values.iter().enumerate().map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variable::VariableValue;

    fn panel(kind: &str, [x, y, w, h]: [u32; 4]) -> Panel {
        Panel { kind: kind.into(), grid: GridPos { x, y, w, h }, max_per_row: 2, ..Panel::default() }
    }

    fn places(panels: &[Panel]) -> Vec<[u32; 4]> {
        let mut variables = Variables::default();
        let values = ["a", "b", "c"].map(str::to_owned).to_vec();
        variables.set("v", VariableValue { values, ..VariableValue::default() });
        let placed = lay_out(panels, &variables);
        placed.iter().map(|panel| [panel.grid.x, panel.grid.y, panel.grid.w, panel.grid.h]).collect()
    }

    #[test]
    fn folded_rows_and_gaps_take_no_room() {
        let folded = Panel {
            collapsed: true,
            panels: vec![panel("stat", [0, 9, 24, 5])],
            ..panel("row", [0, 8, 24, 1])
        };
        let panels = [
            folded,
            panel("row", [0, 20, 24, 1]),
            panel("stat", [0, 30, 12, 4]),
            panel("stat", [12, 2, 12, 4]),
        ];
        assert_eq!(places(&panels), [[12, 0, 12, 4], [0, 4, 24, 1], [0, 5, 24, 1], [0, 6, 12, 4]]);
    }

    #[test]
    fn panels_are_repeated_beside_and_below() {
        let repeated = Panel { repeat: "v".into(), ..panel("stat", [3, 0, 6, 4]) };
        assert_eq!(places(&[repeated]), [[0, 0, 12, 4], [12, 0, 12, 4], [0, 4, 12, 4]]);
        let row = Panel { repeat: "v".into(), ..panel("row", [0, 0, 24, 1]) };
        assert_eq!(places(&[row, panel("stat", [0, 1, 24, 2])]).len(), 6);
    }
}
