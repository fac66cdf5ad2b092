//! Explanations as text for a terminal.

use super::super::Style;
use super::super::layout::wrap;
use crate::teaching::{Item, Section};

/// Columns before the text under a heading.
const INDENT: usize = 4;
/// Columns before what is said of a thing.
const DEEPER: usize = 6;

/// Lines of at most as many columns as the style has; commands and drawings stay as they are.
#[derive(Debug)]
pub(super) struct Lines {
    style: Style,
    pub(super) lines: Vec<String>,
}

impl Lines {
    pub(super) const fn new(style: Style) -> Self {
        Self { style, lines: Vec::new() }
    }

    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    pub(super) fn wrapped(&mut self, indent: usize, text: &str) {
        let room = self.style.width.max(60).saturating_sub(indent);
        self.lines.extend(wrap(text, room).iter().map(|line| format!("{:indent$}{line}", "")));
    }

    fn raw(&mut self, indent: usize, text: &str) {
        self.lines.push(format!("{:indent$}{text}", ""));
    }

    pub(super) fn heading(&mut self, text: &str) {
        let text = self.style.bold(text);
        self.raw(2, &text);
    }

    /// The sections that have a heading, each with a gap before it; and what comes first without one.
    pub(super) fn section(&mut self, section: &Section) {
        self.gap();
        if !section.heading.is_empty() {
            self.heading(section.heading);
        }
        for item in &section.items {
            self.item(item, if section.heading.is_empty() { 2 } else { INDENT });
        }
    }

    fn item(&mut self, item: &Item, indent: usize) {
        match item {
            Item::Prose(text) => {
                if indent < INDENT {
                    self.gap();
                }
                self.wrapped(indent, text);
            }
            Item::Picture(lines) => {
                self.gap();
                for line in lines.lines() {
                    self.raw(INDENT, line);
                }
            }
            Item::Command { run, shows } => {
                self.raw(INDENT, &format!("$ {run}"));
                self.wrapped(DEEPER, shows);
            }
            Item::Thing { name, facts, text } => {
                let facts = if facts.is_empty() { String::new() } else { format!("  ({facts})") };
                self.wrapped(INDENT, &format!("{name}{facts}"));
                self.wrapped(DEEPER, text);
            }
            Item::Failure(failure) => {
                self.wrapped(INDENT, &failure.symptom);
                self.wrapped(DEEPER, &failure.means);
                for look in &failure.look {
                    self.raw(DEEPER, &format!("$ {look}"));
                }
                self.wrapped(DEEPER, &format!("Fix: {}", failure.fix));
            }
            Item::Change(change) => {
                let room = self.style.width.max(60).saturating_sub(INDENT + 6);
                for (n, line) in wrap(&change.text, room).iter().enumerate() {
                    let since = if n == 0 { change.since.to_string() } else { String::new() };
                    self.raw(INDENT, &format!("{since:6}{line}"));
                }
            }
            Item::Idea { name, title } => self.wrapped(INDENT, &format!("{name}: {title}")),
            Item::Phase(phase) => self.wrapped(INDENT, phase.as_str()),
        }
    }

    pub(super) fn text(self) -> String {
        self.lines.join("\n") + "\n"
    }
}
