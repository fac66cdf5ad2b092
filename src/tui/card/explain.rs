//! What a phase does, needs, writes, and how it may be repeated.

use super::{Page, Part};
use crate::catalog::{self, Knowledge, RetryClass};
use crate::ids::PhaseId;
use crate::plan::step::Work;
use crate::state::StepState;
use crate::teaching::{self, Idea, Item, Section};
use crate::text;
use crate::tui::theme::Role;
use crate::version::Version;

/// All about the phase of a step, or about one leaf of it: why it exists, then how it is run, then the rest.
pub fn explain(step: &StepState, phase: &PhaseId, version: &Version) -> Vec<Part> {
    let Some(known) = catalog::knowledge(phase, version) else { return ours(step) };
    let mut parts = vec![Part::Text(Role::Title, known.summary.to_owned()), Part::Gap];
    if known.no_op {
        let text = format!("In kubeadm {version} it does nothing, and says so with status 0.");
        parts.extend([Part::Text(Role::Note, text), Part::Gap]);
    }
    let sections = teaching::phase(phase, version);
    let (lead, rest): (Vec<&Section>, Vec<&Section>) =
        sections.iter().partition(|section| section.heading.is_empty());
    for item in lead.iter().flat_map(|section| &section.items) {
        parts.extend(told(item));
    }
    parts.extend(facts(step, phase, &known));
    for section in rest {
        parts.extend([Part::Gap, Part::Head(section.heading.to_owned())]);
        parts.extend(section.items.iter().flat_map(told));
    }
    parts.dedup_by(|one, other| *one == Part::Gap && *other == Part::Gap);
    parts
}

/// The ideas behind a phase: the name of each, and its page.
pub fn ideas(phase: &PhaseId, version: &Version) -> Vec<(&'static str, Page)> {
    let names = teaching::explanation(phase).map_or(&[][..], |text| &text.ideas);
    names.iter().filter_map(|name| Some((name.as_str(), idea(name, version)?))).collect()
}

/// The page of an idea; none for one that nobody knows.
pub fn idea(name: &str, version: &Version) -> Option<Page> {
    let page = |idea: &'static Idea| {
        let mut parts = Vec::new();
        for section in teaching::idea(&idea.idea, version) {
            if !section.heading.is_empty() {
                parts.extend([Part::Gap, Part::Head(section.heading.to_owned())]);
            }
            parts.extend(section.items.iter().flat_map(told));
        }
        parts.dedup_by(|one, other| *one == Part::Gap && *other == Part::Gap);
        Page::new(idea.title.clone(), parts)
    };
    teaching::idea_named(name).map(page)
}

/// The page of a phase that need not be a step of the run; none for one that nobody knows.
pub fn phase(phase: &PhaseId, version: &Version) -> Option<Page> {
    let known = catalog::knowledge(phase, version)?;
    let mut parts = vec![Part::Text(Role::Title, known.summary.to_owned()), Part::Gap];
    for section in teaching::phase(phase, version) {
        if !section.heading.is_empty() {
            parts.extend([Part::Gap, Part::Head(section.heading.to_owned())]);
        }
        parts.extend(section.items.iter().flat_map(told));
    }
    parts.dedup_by(|one, other| *one == Part::Gap && *other == Part::Gap);
    let page = Page::new(format!("{phase}, kubeadm {version}"), parts);
    let ideas = ideas(phase, version).into_iter().zip('1'..);
    Some(ideas.fold(page, |page, ((name, idea), key)| page.opens(key, name, idea)))
}

/// How the phase is run, and what follows from its failing.
fn facts(step: &StepState, phase: &PhaseId, known: &Knowledge) -> impl Iterator<Item = Part> + use<> {
    let whole = *phase == step.id().phase;
    let command = if whole { step.plan.command() } else { None };
    let leaves = if whole { &step.plan.covers[..] } else { &[] };
    let again = match known.retry {
        RetryClass::Safe => "safe: it may be run again as it is",
        RetryClass::NeedsCleanUp => "after a clean-up: what the failed try left has to go first",
        RetryClass::NeverAlone => "never by itself: reset the node, and let it join anew",
    };
    let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    [
        Part::field("command", command),
        Part::field("runs", [leaves.iter().map(PhaseId::leaf).collect::<Vec<_>>().join(", ")]),
        Part::field("needs", [known.needs.join(", ")]),
        Part::field("provides", [known.provides.join(", ")]),
        Part::field("talks to", known.api.then(|| "the API server".to_owned())),
        Part::field("says", list(known.expect.lines())),
        Part::field("stopped", [format!("after {}", text::duration(step.plan.budget))]),
        Part::field("again", [again.to_owned()]),
        Part::field("undo", list(&known.undo)),
    ]
    .into_iter()
    .flatten()
}

/// A piece of an explanation, and nothing of how it looks but what is to be typed and what stands out.
fn told(item: &Item) -> Vec<Part> {
    let plain = |text: &str| Part::Text(Role::Text, text.to_owned());
    let under = |text: &str| Part::Under(Role::Dim, text.to_owned());
    let typed = |command: &str| Part::Verbatim(Role::Key, format!("$ {command}"));
    match item {
        Item::Prose(text) => vec![plain(text), Part::Gap],
        Item::Picture(lines) => {
            let lines = lines.lines().map(|line| Part::Verbatim(Role::Dim, line.to_owned()));
            [Part::Gap].into_iter().chain(lines).collect()
        }
        Item::Command { run, shows } => vec![typed(run), under(shows)],
        Item::Thing { name, facts, text } => {
            let facts = if facts.is_empty() { String::new() } else { format!("  ({facts})") };
            let more = (!text.is_empty()).then(|| under(text));
            [plain(&format!("{name}{facts}"))].into_iter().chain(more).collect()
        }
        Item::Failure(failure) => [Part::Text(Role::Failed, failure.symptom.clone()), plain(&failure.means)]
            .into_iter()
            .chain(failure.look.iter().map(|look| typed(look)))
            .chain([plain(&format!("Fix: {}", failure.fix)), Part::Gap])
            .collect(),
        Item::Change(change) => vec![plain(&format!("{}: {}", change.since, change.text))],
        Item::Idea { name, title } => vec![plain(&format!("{name}: {title}"))],
        Item::Phase(phase) => vec![plain(phase.as_str())],
    }
}

fn ours(step: &StepState) -> Vec<Part> {
    let detail = match &step.plan.work {
        Work::Kubeadm { args } => Some(format!("kubeadm {}", args.join(" "))),
        Work::Apply { manifest } => Some(manifest.clone()),
        Work::Hook { run } => Some(run.clone()),
        Work::Label { labels } => Some(labels.join(", ")),
        _ => None,
    };
    let mut parts = vec![Part::Text(Role::Text, step.plan.work.sentence()), Part::Gap];
    parts.extend(Part::field("does", detail));
    let whose = match step.plan.work {
        Work::Kubeadm { .. } => "kubeadm's; the catalog doesn't know this phase, it is run all the same",
        _ => "kubestep's own step, not one of kubeadm's phases",
    };
    parts.extend(Part::field("whose", [whose.to_owned()]));
    parts.extend(Part::field("stopped", [format!("after {}", text::duration(step.plan.budget))]));
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::catalog::{Command, tree};
    use crate::state::RunState;
    use crate::tui::card::lay_out;
    use crate::tui::testing::{self, Demo};
    use crate::tui::theme::Theme;

    fn run() -> RunState {
        let mut run = RunState::default();
        for event in &Demo::goldentooth().events() {
            run.apply(event);
        }
        run
    }

    fn text(parts: &[Part], width: usize) -> Vec<String> {
        lay_out(parts, width, &Theme::default()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_phase_and_every_idea_behind_it_fits_a_small_screen_in_every_release() {
        let run = run();
        let step = run.steps().find(|step| step.id().phase.as_str() == "init/upload-certs").unwrap();
        for minor in 20..=36 {
            let version = Version::new(1, minor, 0);
            for phase in Command::ALL.into_iter().flat_map(|command| tree(command, &version)) {
                let card = text(&explain(step, &phase.id, &version), 60);
                let ideas = ideas(&phase.id, &version);
                assert!(!ideas.is_empty() && ideas.len() < 9, "{}", phase.id);
                let pages = ideas.iter().flat_map(|(_, page)| text(page.parts(), 60));
                for line in card.iter().cloned().chain(pages) {
                    assert!(line.width() <= 60, "{}: {line}", phase.id);
                }
                assert!(card.windows(2).all(|two| !(two[0].is_empty() && two[1].is_empty())), "{}", phase.id);
                let why = card.iter().position(|line| line.starts_with("again")).unwrap();
                let lead = card.iter().position(|line| line == "What changed").unwrap_or(usize::MAX);
                assert!(why > 4 && why < lead, "{}: why, how it is run, the rest", phase.id);
            }
        }
    }

    #[test]
    fn a_number_opens_an_idea_and_esc_leads_back() {
        let events = Demo::goldentooth().events();
        let mut model = testing::model(100, 30);
        testing::play(&mut model, testing::until(&events, "bettley", "init/upload-certs"));
        model.rack.go_to(&model.run, testing::step("bettley", "init/upload-certs"));
        testing::press(&mut model, "e");
        let card = testing::screen(&model);
        assert!(card.contains("init/upload-certs, kubeadm"), "{card}");
        testing::press(&mut model, "2");
        let idea = testing::screen(&model);
        assert!(idea.contains("The three authorities, and who trusts whom"), "{idea}");
        testing::press(&mut model, "esc");
        assert_eq!(testing::screen(&model), card);
        testing::press(&mut model, "esc e 9");
        assert_eq!(testing::screen(&model), card, "there is no ninth idea");
    }

    #[test]
    fn why_comes_first_then_how_then_the_rest() {
        let run = run();
        let step = run.steps().find(|step| step.id().phase.as_str() == "init/upload-certs").unwrap();
        let card = text(&explain(step, &step.id().phase, &Version::new(1, 29, 0)), 76);
        insta::assert_snapshot!("explain", card.join("\n"));
    }
}
