//! Lines taken out of a pane: to the clipboard, and under the mouse.

use super::pane::View;
use super::{Level, Pane, Ring};

impl Pane {
    /// The selected lines, as far as they pass the filter; without a selection, the line looked at, else the last one in the
    /// pane while it follows and the first one while it doesn't.
    pub fn copy(&self, view: &View<'_>) -> Option<String> {
        let ring = view.ring?;
        let at = self.current(view)?;
        let (first, last) = self.selection().unwrap_or((at, at));
        let lines = self.lines(ring);
        let numbers = std::iter::successors(lines.at_or_after(first), |at| lines.after(*at));
        joined(ring, numbers.take_while(|at| *at <= last))
    }

    /// The line in a row of the pane, from 0.
    pub fn line_at(&self, row: u16, view: &View<'_>) -> Option<u64> {
        let window = self.window(view.ring?, view.width, view.height);
        window.rows(self.top(&window)?).get(usize::from(row)).map(|(line, _)| *line)
    }

    /// Looks at the line in that row, as a click asks for.
    pub fn click(&mut self, row: u16, view: &View<'_>) {
        if let Some(line) = self.line_at(row, view) {
            self.hold(view);
            (self.cursor, self.anchor) = (Some(line), None);
        }
    }

    /// Selects from the line that was clicked to the one in that row.
    pub fn drag(&mut self, row: u16, view: &View<'_>) {
        if let Some(line) = self.line_at(row, view) {
            self.hold(view);
            self.anchor = self.anchor.or(self.cursor).or(Some(line));
            self.cursor = Some(line);
        }
    }
}

impl Ring {
    /// All lines that are still here.
    pub fn text(&self) -> Option<String> {
        joined(self, self.first()..self.end())
    }
}

fn joined(ring: &Ring, numbers: impl Iterator<Item = u64>) -> Option<String> {
    let lines = numbers.filter_map(|at| ring.get(at)).filter(|line| line.level != Level::Gap);
    let texts: Vec<&str> = lines.map(|line| &*line.text).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}
