//! What the catalog knows of phases, for people who want to learn or have to decide.

use super::Style;
use super::layout::{rounded, wrap};
use crate::catalog::{self, Command, Knowledge, Paths, Phase, RetryClass, tree};
use crate::ids::PhaseId;
use crate::version::Version;

/// The phases of kubeadm's three commands in that release, in their order, a sentence each.
pub fn phases(version: &Version, style: Style) -> String {
    let mut lines = Vec::new();
    for command in Command::ALL {
        lines.push(style.bold(&format!("kubeadm {command}, {version}")));
        let phases = tree(command, version);
        let indent = |phase: &Phase| 2 + 2 * (phase.id.as_str().matches('/').count() - 1);
        let widest = phases.iter().map(|phase| indent(phase) + phase.id.leaf().len()).max().unwrap_or(0);
        for phase in &phases {
            let name = format!("{}{}", " ".repeat(indent(phase)), phase.id.leaf());
            let room = style.width.max(60).saturating_sub(widest + 2);
            for (n, part) in wrap(&sentence(phase, version), room).iter().enumerate() {
                lines.push(format!("{:widest$}  {part}", if n == 0 { name.as_str() } else { "" }));
            }
        }
        lines.push(String::new());
    }
    lines.push("`kubestep explain PHASE` says more about one of them.".to_owned());
    lines.join("\n") + "\n"
}

fn sentence(phase: &Phase, version: &Version) -> String {
    let known = catalog::knowledge(&phase.id, version);
    let mut text = known.as_ref().map_or("", |known| known.summary).to_owned();
    if known.is_some_and(|known| known.no_op) {
        text.push_str(" (Does nothing in this release.)");
    } else if phase.hidden {
        text.push_str(" (Only within the whole command.)");
    } else if phase.deprecated {
        text.push_str(" (Will go away.)");
    }
    text
}

/// The phases that a person means who typed `name`: by path, by path without the command, or by its last word alone.
pub fn meant(name: &str, version: &Version) -> Vec<PhaseId> {
    let name = name.trim_matches('/');
    let all: Vec<PhaseId> =
        Command::ALL.into_iter().flat_map(|command| tree(command, version)).map(|phase| phase.id).collect();
    let named = |how: &dyn Fn(&PhaseId) -> bool| all.iter().filter(|id| how(id)).cloned().collect::<Vec<_>>();
    let whole =
        named(&|id| id.as_str() == name || id.as_str().split_once('/').is_some_and(|it| it.1 == name));
    if whole.is_empty() { named(&|id| id.leaf() == name) } else { whole }
}

/// All about one phase.
pub fn phase(id: &PhaseId, version: &Version, style: Style) -> String {
    let mut lines = vec![style.bold(&format!("{id}  in kubeadm {version}"))];
    let Some(known) = catalog::knowledge(id, version) else {
        lines.push("  kubestep does not know this phase; it runs it all the same.".to_owned());
        return lines.join("\n") + "\n";
    };
    let width = style.width.max(60);
    lines.extend(wrap(known.summary, width.saturating_sub(2)).iter().map(|line| format!("  {line}")));
    lines.push(String::new());
    let leaves = catalog::leaves(id, version);
    let parts: Vec<&str> = leaves.iter().filter(|leaf| *leaf != id).map(PhaseId::leaf).collect();
    for (name, values, one_each) in [
        ("command", vec![command(id, version)], false),
        ("runs", vec![parts.join(", ")], true),
        ("needs", vec![known.needs.join(", ")], true),
        ("provides", vec![known.provides.join(", ")], true),
        ("writes", known.writes.iter().map(ToString::to_string).collect(), true),
        ("talks to", vec![if known.api { "the API server".to_owned() } else { String::new() }], true),
        ("says", known.expect.lines().iter().map(ToString::to_string).collect(), true),
        ("stopped", vec![format!("after {}", rounded(known.budget))], true),
        ("again", vec![again(&known).to_owned()], true),
        ("undo", known.undo.iter().map(ToString::to_string).collect(), false),
    ] {
        let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        // Commands to be copied stay in one line.
        let rows = values.iter().flat_map(|value| {
            if one_each { wrap(value, width.saturating_sub(12)) } else { vec![value.clone()] }
        });
        for (n, row) in rows.enumerate() {
            let head = style.dim(&format!("{:8}", if n == 0 { name } else { "" }));
            lines.push(format!("  {head}  {row}"));
        }
    }
    lines.join("\n") + "\n"
}

fn command(id: &PhaseId, version: &Version) -> String {
    let group = tree_of(id, version).is_some_and(|phase| phase.group);
    if group && !catalog::runs_whole(id) {
        return "none for the group: its phases run one by one".to_owned();
    }
    if let Some(why) = catalog::why_not_alone(id, version, &[]) {
        return format!("none of its own: {why}");
    }
    let paths = Paths { config: "FILE", ..Paths::default() };
    format!("kubeadm {}", catalog::args(id, version, &paths).join(" "))
}

fn tree_of(id: &PhaseId, version: &Version) -> Option<Phase> {
    tree(Command::of(id)?, version).into_iter().find(|phase| phase.id == *id)
}

const fn again(known: &Knowledge) -> &'static str {
    match known.retry {
        RetryClass::Safe => "safe: it may be run again as it is",
        RetryClass::NeedsCleanUp => "after a clean-up: what the failed try left has to go first",
        RetryClass::NeverAlone => "never by itself: reset the node, and let it join anew",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    const WIDE: Style = Style { unicode: true, width: 100, ..Style::PLAIN };

    #[test]
    fn the_trees_fit_the_screen() {
        for minor in 20..=36 {
            let text = phases(&Version::new(1, minor, 0), Style::PLAIN);
            assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        }
        insta::assert_snapshot!("explain_tree", phases(&Version::new(1, 29, 0), WIDE));
    }

    #[test]
    fn every_phase_of_every_release_can_be_explained() {
        for minor in 20..=36 {
            let version = Version::new(1, minor, 0);
            for found in Command::ALL.into_iter().flat_map(|command| tree(command, &version)) {
                let text = phase(&found.id, &version, WIDE);
                assert!(!text.contains("does not know"), "{text}");
                assert!(text.contains("\n  command  ") && text.contains("\n  again  "), "{text}");
                assert!(meant(found.id.as_str(), &version).contains(&found.id));
            }
        }
    }

    #[test]
    fn a_phase_is_told_with_its_command_and_its_undo() {
        let version = Version::new(1, 29, 0);
        let told: Vec<String> =
            ["init/certs", "init/upload-certs", "join/control-plane-join/etcd", "init/wait-control-plane"]
                .map(|id| phase(&PhaseId::new(id), &version, WIDE))
                .into();
        insta::assert_snapshot!("explain_phases", told.join("\n"));
    }

    #[test]
    fn short_names_mean_every_phase_of_that_name() {
        let version = Version::new(1, 29, 0);
        let ids = |name: &str| meant(name, &version).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(ids("preflight"), ["init/preflight", "join/preflight", "reset/preflight"]);
        assert_eq!(ids("ca"), ["init/certs/ca"]);
        assert_eq!(ids("etcd/local"), ["init/etcd/local"]);
        assert_eq!(ids("nosuch"), [""; 0]);
    }
}
