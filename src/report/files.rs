//! Files of a run's nodes as text: what is known of them, what is in them, two of them side by side, all certificates.

use super::layout::{cut, wrap};
use super::style::Style;
use crate::artifact::compare::{self, Row};
use crate::artifact::{Artifact, Block, Pki, decode, place};
use crate::ids::NodeName;
use crate::state::RunState;

/// Columns before what is said of something.
const INDENT: usize = 4;

fn now(state: &RunState) -> Option<i64> {
    state.at.map(jiff::Timestamp::as_second)
}

/// A line a file: node, path, size, mode and owner, and which step wrote it.
pub fn list(state: &RunState, nodes: &[&NodeName]) -> Vec<String> {
    let mut lines = Vec::new();
    for node in nodes {
        let Some(known) = state.node(node) else { continue };
        for (file, _) in known.files.all() {
            let writer = state.last_written(node, &file.path).map_or_else(String::new, |written| {
                format!("{} by {}", written.artifact.change.as_str(), written.step.phase)
            });
            let line = format!(
                "{node}  {:58}  {:>6}  {:4}  {writer}",
                file.path,
                if file.is_object() { String::new() } else { file.size.to_string() },
                file.mode
            );
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

/// What is in a file, explained.
pub fn file(state: &RunState, node: &NodeName, file: &Artifact, style: Style) -> Vec<String> {
    let mut lines = vec![style.bold(&format!("{} on {node}", file.path))];
    let facts = match file.mode.as_str() {
        "" => place(&file.path).as_str().to_owned(),
        mode => format!("{}, {mode} {}, {} bytes", place(&file.path).as_str(), file.owner, file.size),
    };
    lines.push(style.dim(&facts));
    lines.push(String::new());
    lines.extend(blocks(&decode(file, now(state)), style));
    lines
}

/// Who signed whom.
pub fn pki(state: &RunState, style: Style) -> Vec<String> {
    blocks(&tree(state).blocks(now(state)), style)
}

/// All certificates that are known.
pub fn tree(state: &RunState) -> Pki {
    Pki::of(state.nodes().flat_map(|node| node.files.all().map(move |(file, _)| (node.name.as_str(), file))))
}

fn blocks(blocks: &[Block], style: Style) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let said = |indent: usize, text: &str| -> Vec<String> {
        let room = style.width.max(60).saturating_sub(indent);
        wrap(text, room).into_iter().map(|line| format!("{:indent$}{line}", "")).collect()
    };
    for block in blocks {
        match block {
            Block::Head(head) => {
                lines.push(String::new());
                lines.push(style.bold(head));
            }
            Block::Say(text) | Block::Warn(text) => lines.extend(said(0, text)),
            Block::Field(name, values) => {
                for (at, line) in values.iter().flat_map(|value| said(11, value)).enumerate() {
                    let head = if at == 0 { name } else { "" };
                    let text = line.get(11..).unwrap_or_default();
                    lines.push(format!("{}{text}", style.dim(&format!("{head:11}"))));
                }
            }
            Block::Line { text, says } => {
                lines.push(format!("  {text}"));
                if !says.is_empty() {
                    lines.extend(said(INDENT + 2, says).iter().map(|line| style.dim(line)));
                }
            }
            Block::Twig(depth, name, says) => {
                let indent = depth * 2;
                lines.extend(said(indent, name));
                for text in says.lines() {
                    lines.extend(said(indent + INDENT, text).iter().map(|line| style.dim(line)));
                }
            }
        }
    }
    lines
}

/// Two texts side by side; what is not alike has a mark between: `~` differs, `<` and `>` only there.
pub fn beside(left: (&str, &str), right: (&str, &str), style: Style) -> Vec<String> {
    let column = style.width.max(60).saturating_sub(3) / 2;
    let cell = |text: &str| format!("{:column$}", cut(text, column, style.unicode));
    let rows = compare::rows(left.1, right.1);
    let mut lines = vec![style.bold(format!("{}   {}", cell(left.0), cell(right.0)).trim_end())];
    for row in &rows {
        let (one, mark, two) = match row {
            Row::Same(line) => (line.as_str(), " ", line.as_str()),
            Row::Differs(one, two) => (one.as_str(), "~", two.as_str()),
            Row::Left(line) => (line.as_str(), "<", ""),
            Row::Right(line) => ("", ">", line.as_str()),
        };
        let (one, two) = (pieces(one, column), pieces(two, column));
        for at in 0..one.len().max(two.len()) {
            let piece = |pieces: &[String]| pieces.get(at).cloned().unwrap_or_default();
            lines.push(format!("{} {mark} {}", cell(&piece(&one)), piece(&two)).trim_end().to_owned());
        }
    }
    lines.push(String::new());
    lines.push(match compare::differences(&rows) {
        0 => "Both are the same.".to_owned(),
        count => format!("{count} of {} lines are not alike.", rows.len()),
    });
    lines
}

/// A line in pieces of `width` characters, so that nothing of it is lost.
fn pieces(line: &str, width: usize) -> Vec<String> {
    let characters: Vec<char> = line.chars().collect();
    characters.chunks(width.max(1)).map(|piece| piece.iter().collect()).collect()
}
