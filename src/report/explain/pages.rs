//! Explanations as Markdown: a page for each phase and each idea, and an index.

use std::fmt::Write as _;

use super::phase::{again, command};
use crate::catalog::{self, Command, tree};
use crate::ids::PhaseId;
use crate::teaching::{self, Item, Section};
use crate::version::Version;

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name: `init-certs-ca.md`.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The pages of one release: the index, the ideas, and every phase.
pub fn pages(version: &Version) -> Vec<Page> {
    let phases = Command::ALL.into_iter().flat_map(|command| tree(command, version));
    let ideas = teaching::ideas().iter().map(|idea| Page {
        file: idea_file(&idea.idea),
        text: whole(&idea.title, "", &teaching::idea(&idea.idea, version), version),
    });
    let phases = phases.map(|phase| Page { file: phase_file(&phase.id), text: of_phase(&phase.id, version) });
    [Page { file: "index.md".to_owned(), text: index(version) }]
        .into_iter()
        .chain(ideas)
        .chain(phases)
        .collect()
}

fn phase_file(id: &PhaseId) -> String {
    format!("{}.md", id.as_str().replace('/', "-"))
}

fn idea_file(name: &str) -> String {
    format!("idea-{name}.md")
}

fn index(version: &Version) -> String {
    let mut text = format!("# The phases of kubeadm {}, from inside\n\n## Ideas\n\n", version.minor_name());
    for idea in teaching::ideas() {
        let _ = writeln!(text, "- [{}]({}): {}", idea.title, idea_file(&idea.idea), escaped(&idea.short));
    }
    for command in Command::ALL {
        let _ = write!(text, "\n## kubeadm {command}\n\n");
        for phase in tree(command, version) {
            let depth = phase.id.as_str().matches('/').count() - 1;
            let known = catalog::knowledge(&phase.id, version);
            let summary = known.map_or_else(String::new, |known| format!(": {}", escaped(known.summary)));
            let indent = "  ".repeat(depth);
            let _ = writeln!(text, "{indent}- [{}]({}){summary}", phase.id.leaf(), phase_file(&phase.id));
        }
    }
    text.push_str(
        "\nOwners, modes and lifetimes are what kubeadm 1.20.2 was seen to write; where a later release is known to differ, the page says so.\n",
    );
    text
}

fn of_phase(id: &PhaseId, version: &Version) -> String {
    let mut lead = String::new();
    if let Some(known) = catalog::knowledge(id, version) {
        let command = command(id, version);
        let command =
            if command.starts_with("kubeadm ") { format!("`{command}`") } else { escaped(&command) };
        let _ = write!(
            lead,
            "{}\n\nCommand: {command}\n\nA second time: {}\n",
            escaped(known.summary),
            again(&known).replacen(": ", ", ", 1)
        );
    }
    whole(&format!("`{id}`"), &lead, &teaching::phase(id, version), version)
}

fn whole(title: &str, lead: &str, sections: &[Section], version: &Version) -> String {
    let mut text = format!("# {title}\n\n");
    if !lead.is_empty() {
        let _ = writeln!(text, "{lead}");
    }
    for section in sections {
        if !section.heading.is_empty() {
            let _ = write!(text, "## {}\n\n", section.heading);
        }
        for item in &section.items {
            text.push_str(&markdown(item));
        }
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
    }
    let _ = writeln!(text, "[All phases and ideas](index.md) · kubeadm {}", version.minor_name());
    text
}

/// An item with the empty line or the line break behind it that it needs.
fn markdown(item: &Item) -> String {
    match item {
        Item::Prose(text) => format!("{}\n\n", escaped(text)),
        Item::Picture(lines) => format!("```text\n{}\n```\n\n", lines.trim_end()),
        Item::Command { run, shows } => format!("```sh\n{run}\n```\n\n{}\n\n", escaped(shows)),
        Item::Thing { name, facts, text } => {
            let facts = if facts.is_empty() { String::new() } else { format!(" ({facts})") };
            let text = if text.is_empty() { String::new() } else { format!(": {}", escaped(text)) };
            let name = if name.starts_with('/') && !name.contains(' ') {
                format!("`{name}`")
            } else {
                escaped(name)
            };
            format!("- {name}{facts}{text}\n")
        }
        Item::Failure(failure) => {
            let look = failure.look.join("\n");
            format!(
                "```text\n{}\n```\n\n{}\n\n```sh\n{look}\n```\n\nFix: {}\n\n",
                failure.symptom,
                escaped(&failure.means),
                escaped(&failure.fix)
            )
        }
        Item::Change(change) => format!("- {}: {}\n", change.since, escaped(&change.text)),
        Item::Idea { name, title } => format!("- [{title}]({})\n", idea_file(name)),
        Item::Phase(phase) => format!("- [{phase}]({})\n", phase_file(phase)),
    }
}

/// Text that Markdown shows as it is; what stands between backticks stays code.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        code ^= c == '`';
        if !code && matches!(c, '*' | '_' | '<' | '[' | ']' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
