//! Findings as a table, nodes by checks.

use crate::diag::Severity;
use crate::ids::NodeName;
use crate::survey::finding::Finding;

use super::CHECKS;

/// How a check went on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// The node gave no facts.
    Unknown,
    /// Nothing to say.
    Passed,
    /// Something worth knowing.
    Note,
    /// Something that may hurt.
    Warning,
    /// Something that stops a run.
    Error,
}

/// A node's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose.
    pub node: NodeName,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// Nodes by checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The checks' names: ours in their order, then others that findings brought along.
    pub columns: Vec<String>,
    /// The nodes, in the order given.
    pub rows: Vec<Row>,
}

impl Matrix {
    /// The worst cell of all.
    pub fn worst(&self) -> Option<Cell> {
        self.rows.iter().flat_map(|row| row.cells.iter().copied()).max()
    }
}

/// The table of `findings` on `nodes`. A node with an error in `connect` gave no facts: its other cells are unknown.
pub fn matrix(nodes: &[NodeName], findings: &[(NodeName, Finding)]) -> Matrix {
    let mut columns: Vec<String> = CHECKS.map(str::to_owned).into();
    for (_, finding) in findings {
        if !columns.contains(&finding.check) {
            columns.push(finding.check.clone());
        }
    }
    let rows = nodes
        .iter()
        .map(|node| {
            let own = || findings.iter().filter(|(name, _)| name == node).map(|(_, finding)| finding);
            let silent =
                own().any(|finding| finding.check == "connect" && finding.severity == Severity::Error);
            let cells = columns
                .iter()
                .map(|column| {
                    let worst = own().filter(|f| f.check == *column).map(|f| f.severity).max();
                    match worst {
                        Some(Severity::Error) => Cell::Error,
                        Some(Severity::Warning) => Cell::Warning,
                        Some(Severity::Note) => Cell::Note,
                        None if silent => Cell::Unknown,
                        None => Cell::Passed,
                    }
                })
                .collect();
            Row { node: node.clone(), cells }
        })
        .collect();
    Matrix { columns, rows }
}
