//! The columns of a line: time, node, state, what.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::inventory::model::Role;
use crate::report::layout::{clean, counted, fit, wrap};
use crate::report::style::{Mark, Style};
use crate::state::RunState;
use crate::text;

/// Where things stand on a line.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) style: Style,
    node: usize,
}

/// Wide enough for `59m59s` and `23h59m`.
const TIME: usize = 6;
/// What the columns need to be of use.
const NARROWEST: usize = 60;
/// Glyph, blank, and the longest word.
const MARK: usize = 11;

impl Columns {
    pub(super) const fn new(style: Style) -> Self {
        let width = if style.width < NARROWEST { NARROWEST } else { style.width };
        Self { style: Style { width, ..style }, node: 8 }
    }

    /// Makes the node column as wide as the longest name, within reason.
    pub(super) fn measure(&mut self, state: &RunState) {
        let widest = state.nodes().map(|node| node.name.as_str().width()).max().unwrap_or(0);
        self.node = widest.clamp(4, (self.style.width / 4).min(24));
    }

    /// A line about a node; `node` may be empty for the whole rack. `detail` goes beside `what` if it fits
    /// there, else under it.
    pub(super) fn line(&self, at: Duration, node: &str, mark: Mark, what: &str, detail: &str) -> Vec<String> {
        self.row(&format!("{:>TIME$}", text::duration(at)), node, mark, what, detail)
    }

    /// The same about what has no time of its own.
    pub(super) fn untimed(&self, node: &str, mark: Mark, what: &str, detail: &str) -> Vec<String> {
        self.row(&" ".repeat(TIME), node, mark, what, detail)
    }

    /// A line that a node printed.
    pub(super) fn quote(&self, node: &str, printed: &str) -> String {
        let node = fit(&clean(node), self.node, self.style.unicode);
        let bar = self.style.dim(self.style.bar());
        format!("{}  {node}  {bar}{}", " ".repeat(TIME), clean(printed))
    }

    fn row(&self, time: &str, node: &str, mark: Mark, what: &str, detail: &str) -> Vec<String> {
        let node = fit(&clean(node), self.node, self.style.unicode);
        let head = format!("{}  {node}  {}  ", self.style.dim(time), self.style.mark(mark));
        let (what, detail) = (clean(what), clean(detail));
        let beside = if what.is_empty() { detail.clone() } else { format!("{what}  {detail}") };
        if beside.width() <= self.room() {
            return vec![head + &beside];
        }
        let mut rest = wrap(&what, self.room()).into_iter();
        let mut lines = vec![head + &rest.next().unwrap_or_default()];
        lines.extend(rest.map(|more| self.under(&more)));
        lines.extend(self.more(&detail));
        lines
    }

    /// Further lines under what a line is about, wrapped.
    pub(super) fn more(&self, text: &str) -> Vec<String> {
        wrap(&clean(text), self.room()).iter().map(|line| self.under(line)).collect()
    }

    /// A line under what a line is about, as it stands.
    pub(super) fn under(&self, text: &str) -> String {
        format!("{}{text}", " ".repeat(self.margin()))
    }

    fn margin(&self) -> usize {
        TIME + 2 + self.node + 2 + MARK + 2
    }

    fn room(&self) -> usize {
        self.style.width.saturating_sub(self.margin()).max(16)
    }

    /// What runs, where, and under which name.
    pub(super) fn heading(&self, state: &RunState) -> Vec<String> {
        let Some(info) = &state.info else { return Vec::new() };
        let count =
            |role| state.nodes().filter(|node| node.info.as_ref().is_some_and(|i| i.role == role)).count();
        let nodes = [(Role::ControlPlane, "control plane"), (Role::Worker, "worker")]
            .into_iter()
            .filter(|(role, _)| count(*role) > 0)
            .map(|(role, name)| counted(count(role), name))
            .collect::<Vec<_>>()
            .join(", ");
        let command = format!("kubestep {}", info.command);
        let mut parts = vec![command, clean(&info.cluster), nodes];
        parts.retain(|part| !part.is_empty());
        let title = parts.join(self.style.dot());
        let again = if info.sessions > 1 || info.resumes.is_some() { ", resumed" } else { "" };
        let mut lines: Vec<_> =
            wrap(&title, self.style.width).iter().map(|line| self.style.bold(line)).collect();
        lines.extend([self.style.dim(&format!("run {}{again}", info.id)), String::new()]);
        lines
    }
}
