//! The table and the findings as plain text.

use unicode_width::UnicodeWidthStr;

use crate::diag::Severity;
use crate::ids::NodeName;
use crate::survey::finding::Finding;

use super::matrix::{Cell, Matrix};

/// The table in lines of at most `width` columns, if node names and single columns fit at all; wider tables go on below.
/// Checks that all nodes passed are named in a last line instead. `ascii` keeps to ASCII.
pub fn render(matrix: &Matrix, width: usize, ascii: bool) -> String {
    let node_width = matrix.rows.iter().map(|row| row.node.as_str().width()).max().unwrap_or(0).max(4);
    let shown: Vec<usize> = (0..matrix.columns.len())
        .filter(|&at| {
            matrix
                .rows
                .iter()
                .any(|row| !matches!(row.cells.get(at), Some(Cell::Passed | Cell::Unknown) | None))
        })
        .collect();
    let mut text = String::new();
    let mut rest = shown.as_slice();
    while !rest.is_empty() {
        let mut used = node_width;
        let mut count = 0;
        for &at in rest {
            used += 2 + column_width(matrix, at, ascii);
            if used > width && count > 0 {
                break;
            }
            count += 1;
        }
        let (block, after) = rest.split_at(count);
        rest = after;
        if !text.is_empty() {
            text.push('\n');
        }
        push_line(
            &mut text,
            "node",
            node_width,
            block.iter().map(|&at| (matrix.columns[at].as_str(), column_width(matrix, at, ascii))),
        );
        for row in &matrix.rows {
            let cells = block.iter().map(|&at| {
                let cell = row.cells.get(at).copied().unwrap_or(Cell::Unknown);
                (word(cell, ascii), column_width(matrix, at, ascii))
            });
            push_line(&mut text, row.node.as_str(), node_width, cells);
        }
    }
    let passed: Vec<&str> = (0..matrix.columns.len())
        .filter(|at| !shown.contains(at))
        .filter(|&at| matrix.rows.iter().any(|row| row.cells.get(at) == Some(&Cell::Passed)))
        .map(|at| matrix.columns[at].as_str())
        .collect();
    if !passed.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        let silent = matrix.rows.iter().any(|row| row.cells.contains(&Cell::Unknown));
        let scope = if silent { "on all that answered" } else { "everywhere" };
        wrap(&mut text, &format!("{} {scope}:", word(Cell::Passed, ascii)), &passed, width);
    }
    text
}

/// The findings one below the other, each with its fix, worst first and then in the order given.
pub fn listing(findings: &[(NodeName, Finding)]) -> String {
    let mut sorted: Vec<&(NodeName, Finding)> = findings.iter().collect();
    sorted.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    let mut text = String::new();
    for (node, finding) in sorted {
        text.extend([
            &finding.severity.to_string(),
            ": ",
            node.as_str(),
            ": ",
            &finding.check,
            ": ",
            &finding.message,
            "\n",
        ]);
        if let Some(fix) = finding.fix.as_ref().filter(|_| finding.severity > Severity::Note) {
            text.extend(["  fix: ", fix, "\n"]);
        }
    }
    text
}

/// A cell's glyph and word.
pub const fn word(cell: Cell, ascii: bool) -> &'static str {
    match (cell, ascii) {
        (Cell::Unknown, true) => "? -",
        (Cell::Passed, true) => "+ ok",
        (Cell::Note, true) => "* note",
        (Cell::Error, true) => "x ERROR",
        (Cell::Unknown, false) => "? –",
        (Cell::Passed, false) => "✔ ok",
        (Cell::Note, false) => "· note",
        (Cell::Warning, true) => "! warn",
        (Cell::Warning, false) => "▲ warn",
        (Cell::Error, false) => "✖ ERROR",
    }
}

fn column_width(matrix: &Matrix, at: usize, ascii: bool) -> usize {
    let cells = matrix.rows.iter().filter_map(|row| row.cells.get(at)).map(|&cell| word(cell, ascii).width());
    cells.chain([matrix.columns[at].width()]).max().unwrap_or(0)
}

fn push_line<'a>(
    text: &mut String,
    first: &str,
    first_width: usize,
    cells: impl Iterator<Item = (&'a str, usize)>,
) {
    let mut line = String::new();
    push_padded(&mut line, first, first_width);
    for (cell, width) in cells {
        line.push_str("  ");
        push_padded(&mut line, cell, width);
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn push_padded(line: &mut String, cell: &str, width: usize) {
    line.push_str(cell);
    line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
}

fn wrap(text: &mut String, start: &str, words: &[&str], width: usize) {
    let mut used = start.width();
    text.push_str(start);
    for (at, word) in words.iter().enumerate() {
        let comma = if at + 1 < words.len() { "," } else { "" };
        let needed = 1 + word.width() + comma.len();
        if used + needed > width {
            text.push_str("\n ");
            used = 1;
        }
        text.extend([" ", word, comma]);
        used += needed;
    }
    text.push('\n');
}
