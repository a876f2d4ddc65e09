//! The table, as text and as Markdown.

use std::fmt::Write;

use crate::server::Kind;

/// What one server reached in one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// The figure, in the row's unit.
    pub value: f64,
    /// What a reader must know beside it; mostly empty.
    pub note: String,
}

/// One figure of a workload.
#[derive(Debug)]
pub(crate) struct Row {
    /// The workload and what is measured, with its unit.
    pub name: String,
    /// What Gnomon wants to reach; nothing where no goal was set.
    pub goal: Option<f64>,
    cells: [Option<Cell>; Kind::ALL.len()],
}

/// All rows, in the order in which they were first reported.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Notes a figure; a row comes into being with its first.
    pub(crate) fn set(&mut self, kind: Kind, name: &str, goal: Option<f64>, value: f64, note: &str) {
        let index = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name: name.to_owned(), goal, cells: [None, None, None] });
            self.rows.len() - 1
        });
        let column = Kind::ALL.iter().position(|k| *k == kind);
        let row = self.rows.get_mut(index);
        if let Some(cell) = row.zip(column).and_then(|(row, column)| row.cells.get_mut(column)) {
            *cell = Some(Cell { value, note: note.to_owned() });
        }
    }

    /// For a terminal.
    pub(crate) fn to_text(&self) -> String {
        let rows = self.lines();
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
        rows.iter().fold(String::new(), |mut out, row| {
            for (text, width) in row.iter().zip(&widths) {
                // Writing to a string cannot fail.
                let _ = write!(out, "{text:width$}  ");
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
            out
        })
    }

    /// For a page of the documentation.
    pub(crate) fn to_markdown(&self) -> String {
        let mut out = String::new();
        for (index, row) in self.lines().iter().enumerate() {
            let _ = writeln!(out, "| {} |", row.join(" | "));
            if index == 0 {
                let _ = writeln!(out, "|{}|", ["---"; HEADINGS.len()].join("|"));
            }
        }
        out
    }

    fn lines(&self) -> Vec<Vec<String>> {
        let headings = HEADINGS.map(str::to_owned).to_vec();
        std::iter::once(headings).chain(self.rows.iter().map(Row::texts)).collect()
    }
}

const HEADINGS: [&str; 7] =
    ["Workload and figure", "Gnomon", "Goal", "Prometheus", "ratio", "VictoriaMetrics", "ratio"];

impl Row {
    fn texts(&self) -> Vec<String> {
        let [gnomon, prometheus, victoria] = &self.cells;
        let ratio = |peer: &Option<Cell>| match (peer, gnomon) {
            (Some(peer), Some(own)) if own.value > 0.0 => format!("{:.2}", peer.value / own.value),
            _ => String::new(),
        };
        let goal = self.goal.map(number).unwrap_or_default();
        vec![
            self.name.clone(),
            text(gnomon),
            goal,
            text(prometheus),
            ratio(prometheus),
            text(victoria),
            ratio(victoria),
        ]
    }
}

fn text(cell: &Option<Cell>) -> String {
    match cell {
        Some(cell) if cell.note.is_empty() => number(cell.value),
        Some(cell) => format!("{} ({})", number(cell.value), cell.note),
        None => String::new(),
    }
}

/// Three digits that count.
fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_peers_as_multiples_of_gnomon() {
        let mut table = Table::default();
        table.set(Kind::Gnomon, "idle: RSS, MiB", Some(7.0), 8.0, "");
        table.set(Kind::VictoriaMetrics, "idle: RSS, MiB", Some(7.0), 0.0, "killed");
        table.set(Kind::Prometheus, "idle: RSS, MiB", Some(7.0), 100.0, "");
        let row = "| idle: RSS, MiB | 8.00 | 7.00 | 100 | 12.50 | 0.000 (killed) | 0.00 |";
        assert_eq!(table.to_markdown().lines().nth(2), Some(row));
        assert_eq!(table.to_text().lines().count(), 2);
    }
}
