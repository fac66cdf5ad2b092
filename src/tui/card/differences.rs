//! A file held against another: as it was before, or as it is on another node.

use super::files::{before, text};
use super::sight::{Lines, Sight, Spot};
use super::{Page, Part};
use crate::artifact::compare::{self, Row};
use crate::ids::NodeName;
use crate::report::layout::counted;
use crate::tui::model::Model;
use crate::tui::theme::Role;

fn told(rows: &[Row]) -> String {
    match compare::differences(rows) {
        0 => "Both are the same.".to_owned(),
        1 => format!("1 of {} is not alike.", counted(rows.len(), "line")),
        count => format!("{count} of {} are not alike.", counted(rows.len(), "line")),
    }
}

const fn is_same(row: &Row) -> bool {
    matches!(row, Row::Same(_))
}

/// The page, with `head` above the rows; lines that are alike are only counted where they are not wanted. `other` is the
/// same page with the other choice of lines.
fn page(
    title: String,
    head: Vec<Part>,
    rows: &[Row],
    lines: Lines,
    drawn: impl Fn(Row) -> Part,
    other: Sight,
) -> Page {
    let mut parts = head;
    let mut marks = Vec::new();
    for alike in rows.chunk_by(|one, next| is_same(one) == is_same(next)) {
        let same = alike.first().is_none_or(is_same);
        let begins = parts.len();
        if same && lines == Lines::Differing {
            let count = counted(alike.len(), "line");
            let verb = if alike.len() == 1 { "is" } else { "are" };
            parts.push(Part::Text(Role::Note, format!("({count} {verb} alike)")));
        } else {
            parts.extend(alike.iter().cloned().map(&drawn));
        }
        if !same {
            marks.push(begins..parts.len());
        }
    }
    let page = Page::new(title, parts);
    if marks.is_empty() {
        return page;
    }
    let says = match lines {
        Lines::All => "only what differs",
        Lines::Differing => "all lines",
    };
    page.marks("difference", marks).instead('o', says, other)
}

/// What a step changed in it: lines that went above those that came.
pub(super) fn since(model: &Model, spot: &Spot, lines: Lines) -> Page {
    let title = format!("{} on {}, against before", spot.path, spot.node);
    let now = spot.with_text(model).and_then(|file| file.content.as_deref()).unwrap_or_default();
    let Some(was) = before(model, spot) else { return Page::new(title, Vec::new()) };
    let old = was.artifact.content.as_deref().unwrap_or_default();
    let rows = compare::rows(old, now);
    let from = format!("as {} left it in attempt {}, against what it is now", was.step.phase, was.attempt);
    let head = vec![text(Role::Note, from), text(Role::Text, told(&rows)), Part::Gap];
    page(title, head, &rows, lines, Part::Against, Sight::Since(spot.clone(), lines.other()))
}

/// The file on two nodes.
pub(super) fn beside(model: &Model, spot: &Spot, other: &NodeName, lines: Lines) -> Page {
    let own = spot.with_text(model).and_then(|file| file.content.as_deref()).unwrap_or_default();
    let theirs = model.file(other, &spot.path).and_then(|file| file.content.as_deref()).unwrap_or_default();
    let rows = compare::rows(own, theirs);
    let names = Part::Beside(Row::Differs(spot.node.to_string(), other.to_string()));
    let head = vec![text(Role::Text, told(&rows)), names, Part::Gap];
    let title = format!("{}: {} and {other}", spot.path, spot.node);
    let turned = Sight::Beside(spot.clone(), other.clone(), lines.other());
    page(title, head, &rows, lines, Part::Beside, turned)
}
